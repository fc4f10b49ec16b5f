"""One page for two doors: whoever opened an appeal by number and code, and its owner in the cabinet."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals.actors import Actor
from appeals.citizen.acts import address
from appeals.citizen.follow import opened_appeal
from appeals.models import Appeal
from appeals.selectors import own_appeals
from appeals.tracking import page_rows
from registry.access import by_secret, signed_in
from registry.middleware import ScopedRequest
from registry.scoping import Scope


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may act on the appeal as its citizen. `number` is empty for number and code."""

    appeal: Appeal
    actor: Actor
    number: str

    def url(self, name: str) -> str:
        """The address of a page of this appeal behind the same door."""
        return address(name, self.number)

    @property
    def home(self) -> str:
        return address("status", self.number)


# Takes the request, the holder and what else its address names.
Act = Callable[..., HttpResponseBase]
View = Callable[..., HttpResponseBase]


def by_code(act: Act) -> View:
    """For the browser that showed number and access code; a relative's code opens no actions."""

    @by_secret
    @never_cache
    @require_http_methods(["GET", "POST"])
    @wraps(act)
    def view(request: HttpRequest, **named: Any) -> HttpResponseBase:
        appeal = opened_appeal(request)
        if appeal is None:
            return HttpResponseRedirect(f"{reverse('appeal_track')}?again=1")
        return act(request, Holder(appeal, Actor.holder(appeal.pk), ""), **named)

    return view


def by_account(act: Act) -> View:
    """For a signed-in citizen of the household; 404 for everybody else's appeal."""

    @signed_in
    @never_cache
    @require_http_methods(["GET", "POST"])
    @wraps(act)
    def view(request: ScopedRequest, number: str, **named: Any) -> HttpResponseBase:
        return act(request, Holder(found_own(request, number), as_citizen(request), number), **named)

    return view


def found_own(request: ScopedRequest, number: str) -> Appeal:
    """An appeal of the reader's household with what its page tells; 404 for everybody else's."""
    appeal = page_rows(own_appeals(request.scope)).filter(number=number).first()
    if appeal is None:
        raise Http404("No such appeal, or not of this household")
    return appeal


def as_citizen(request: ScopedRequest) -> Actor:
    """As a citizen, whatever else this person works as."""
    return Actor.of(Scope(user_id=request.scope.user_id, own_people=request.scope.own_people))
