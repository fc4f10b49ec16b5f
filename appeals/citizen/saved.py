"""Going on with an unfinished appeal on another device: a link by e-mail, secret and short-lived."""

import secrets
from datetime import timedelta
from uuid import UUID

from django import forms
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from redis.exceptions import RedisError

from appeals import hints, selectors
from appeals.citizen import steps
from appeals.citizen.consent import caller
from appeals.citizen.drafts import door, remember
from appeals.citizen.follow import later
from appeals.citizen.puzzle import puzzle, solution
from appeals.citizen.wizard import url_of
from appeals.errors import PuzzleNeeded, TryLater
from appeals.limits import SAVE, pass_through
from appeals.models import AppealDraft
from registry.access import by_secret
from registry.attempts import count_attempt
from registry.middleware import ScopedRequest
from registry.scoping import EMPTY_SCOPE

LINK_KEPT = timedelta(days=7)
HOUR, DAY = 3600, 24 * 3600
PER_MAIL = 5
WAITS = 15 * 60
_SALT = "appeals.citizen.saved"


class SaveForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "class": "w-medium"}),
        error_messages={
            "required": gettext_lazy("Write the e-mail address for the link"),
            "invalid": gettext_lazy("This does not look like an e-mail address. Example: name@mail.ru"),
        },
    )


def token_for(draft: AppealDraft) -> str:
    return signing.dumps(draft.key.hex, salt=_SALT)


@by_secret
@never_cache
@require_http_methods(["GET", "POST"])
def save(request: HttpRequest) -> HttpResponseBase:
    """Sends the link for the draft of this browser; what was typed stays here as well."""
    now = timezone.now()
    opened = door(request, now=now)
    if opened.draft is None or not opened.draft.data:
        return HttpResponseRedirect(reverse("appeal_new"))
    draft = opened.draft
    back = url_of(steps.first_open(draft.data))
    given = draft.data.get(steps.CONTACTS, {}).get("email", "")
    form = SaveForm(request.POST if request.method == "POST" else None, initial={"email": given})
    context = {"form": form, "back_url": back, "heading": _("Go on later or on another device")}
    context["puzzle"] = puzzle(request, SAVE)
    if form.is_valid():
        email = form.cleaned_data["email"].lower()
        try:
            pass_through(SAVE, caller(request), now=now, solution=solution(request), by=draft.key.hex)
            if count_attempt("save.mail", email, seconds=DAY) > PER_MAIL:
                return later(request, HOUR)
            key = secrets.token_hex(16)
            language = (get_language() or "ru")[:2]
            cache.set(
                hints.asked_key(key), {"email": email, "token": token_for(draft), "language": language}, WAITS
            )
        except PuzzleNeeded as error:
            form.add_error(None, str(error))
            context["puzzle"] = puzzle(request, SAVE, asked=True)
            return render(request, "appeals/citizen/saved.html", context, status=422)
        except TryLater as error:
            return later(request, error.seconds)
        except (RedisError, OSError):
            return later(request, 60)
        hints.draft_link_soon(key=key)
        context = {"sent_to": email, "back_url": back, "heading": _("The link is on its way")}
    return render(request, "appeals/citizen/saved.html", context, status=422 if form.errors else 200)


@by_secret
@never_cache
@require_http_methods(["GET", "POST"])
def resume(request: ScopedRequest, token: str) -> HttpResponseBase:
    """GET asks, because scanners of mail follow links; POST gives the draft to this browser."""
    draft = _draft(request, token)
    if draft is None or draft.appeal_id is not None:
        return _gone(request)
    if request.method == "POST":
        response = HttpResponseRedirect(url_of(steps.first_open(draft.data)))
        remember(response, draft)
        return response
    context = {"draft": draft, "heading": _("Go on with your appeal?")}
    return render(request, "appeals/citizen/resume.html", context)


def _draft(request: ScopedRequest, token: str) -> AppealDraft | None:
    """The draft behind the link; one of an account opens for that account alone."""
    try:
        key = UUID(signing.loads(token, salt=_SALT, max_age=LINK_KEPT))
    except (signing.BadSignature, ValueError):
        return None
    scope = request.scope if request.user.is_authenticated else EMPTY_SCOPE
    return selectors.draft_by_key(key, scope=scope, now=timezone.now())


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"heading": _("This link no longer works")}
    return render(request, "appeals/citizen/resume.html", context, status=404)
