"""The demo's door: choose a person and you are in; beside it everything that would have left the house.

Mounted only where `PORTAL_MODE=demo`; every view refuses anywhere else too.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from omsportal.demo import inbox
from omsportal.demo.people import PEOPLE
from registry.access import public
from registry.models import User

View = Callable[..., HttpResponseBase]
BACKEND = "django.contrib.auth.backends.ModelBackend"
# Five minutes from a complaint to the answer. Where a role is needed, the step names it.
TOUR: tuple[tuple[Any, str], ...] = (
    (_("File an appeal: no sign-in is needed"), "/appeals/new/"),
    (_("Look up by number and code to whom it went"), "/appeals/track/"),
    (_("Come in as the specialist of level 2, take it and answer"), "/staff/queue/"),
    (_("Read the answer by number and code, and the letter in the list below"), "/appeals/track/"),
    (_("Come in as a fund administrator: are there enough representatives?"), "/region/staffing/"),
)


def demo_only(view: View) -> View:
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return public(guarded)


@demo_only
@require_safe
def door(request: HttpRequest) -> HttpResponseBase:
    known = User.objects.filter(email__in=[person.email for person in PEOPLE])
    names = dict(known.values_list("email", "full_name"))
    context = {
        "people": [(person, names.get(person.email)) for person in PEOPLE],
        "tour": TOUR,
        "mails": inbox.mails(last=8),
        "texts": inbox.sms(last=8),
        "letters": inbox.letters(last=8),
    }
    return render(request, "demo/door.html", context)


@demo_only
@require_POST
def enter(request: HttpRequest, key: str) -> HttpResponseBase:
    """Signs the visitor in as one of the sample people and leads to that person's first page."""
    person = next((person for person in PEOPLE if person.key == key), None)
    if person is None:
        raise Http404
    user = get_object_or_404(User, email=person.email, is_active=True)
    login(request, user, backend=BACKEND)
    return redirect("start")


@demo_only
@require_safe
def post(request: HttpRequest) -> HttpResponseBase:
    """All mails, SMS and letters, newest first."""
    context = {"mails": inbox.mails(), "texts": inbox.sms(), "letters": inbox.letters()}
    return render(request, "demo/post.html", context)


@demo_only
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponseBase:
    """One mail as text: its HTML is foreign and is not shown."""
    found = next((mail for mail in inbox.mails() if mail.name == name), None)
    if found is None:
        raise Http404
    return render(request, "demo/mail.html", {"mail": found})


@demo_only
@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponseBase:
    path = inbox.letter_file(name)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type="application/pdf", filename=name)
