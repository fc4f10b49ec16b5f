"""Proving who writes, where the law or the portal asks for it: a code to the contact given, or signing in."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from redis.exceptions import RedisError

from appeals import letters
from appeals.citizen import steps
from appeals.citizen.consent import caller
from appeals.citizen.drafts import door, keep, remember
from appeals.citizen.follow import later
from appeals.citizen.puzzle import puzzle, solution
from appeals.citizen.wizard import url_of, wrong_turn
from appeals.errors import PuzzleNeeded, TryLater
from appeals.limits import PROOF, pass_through
from appeals.models import AppealDraft, Proof
from registry.access import by_secret
from registry.attempts import count_attempt
from registry.models import User
from registry.phones import display_phone

CODE_SECONDS = 10 * 60
CODE_ATTEMPTS = 5
HOUR, DAY = 3600, 24 * 3600
PER_CONTACT = 5
_ASKS = gettext_lazy("Confirm that it is you")


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^\s*\d{3}[\s-]?\d{3}\s*$",
        label=gettext_lazy("Code from the message"),
        help_text=gettext_lazy("Six digits"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}
        ),
        error_messages={
            "required": gettext_lazy("Enter the code from the message: six digits"),
            "invalid": gettext_lazy("Enter the code from the message: six digits"),
        },
    )

    def clean_code(self) -> str:
        return "".join(char for char in self.cleaned_data["code"] if char.isdigit())


@by_secret
@never_cache
@require_http_methods(["GET", "POST"])
def proof(request: HttpRequest) -> HttpResponseBase:
    """Sends a code to the contact of the page before and takes it; whoever is signed in passes at once."""
    now = timezone.now()
    opened = door(request, now=now, lock=request.method == "POST")
    moved = wrong_turn(steps.PROOF, opened)
    if moved is not None or opened.draft is None:
        return moved or HttpResponseRedirect(reverse("appeal_new"))
    draft = opened.draft
    if isinstance(request.user, User):
        return _passed(request, draft, {"by": "account", "contact": request.user.email}, now)
    if draft.data[steps.NEEDS] == Proof.SIGN_IN:
        return _show(request, draft, {"sign_in": True, "heading": _("Sign in to send it")})
    contact = contact_of(draft.data)
    if not contact:
        return _show(request, draft, {"no_contact": True, "heading": _("We need an e-mail or a phone")})
    try:
        if request.method == "GET":
            return _show(request, draft, {"heading": _ASKS, "waiting": _waiting(draft, contact)})
        if "send" in request.POST:
            return _send(request, draft, contact, now)
        return _check(request, draft, contact, now)
    except (RedisError, OSError):
        return later(request, 60)


def contact_of(answers: steps.Answers) -> str:
    """Where the code goes: the e-mail, else the phone of the contacts given."""
    given = answers.get(steps.CONTACTS, {})
    return given.get("email", "").lower() or given.get("phone") or ""


def _send(request: HttpRequest, draft: AppealDraft, contact: str, now: datetime) -> HttpResponseBase:
    try:
        pass_through(PROOF, caller(request), now=now, solution=solution(request), by=draft.key.hex)
    except PuzzleNeeded as error:
        return _show(request, draft, {"heading": _ASKS, "problem": error}, 422)
    except TryLater as error:
        return later(request, error.seconds)
    if count_attempt("proof.contact", contact, seconds=DAY) > PER_CONTACT:
        return later(request, HOUR)
    code = f"{secrets.randbelow(1_000_000):06}"
    cache.set(_key(draft), {"code": code, "contact": contact}, CODE_SECONDS)
    person = draft.data[steps.PERSON]
    letters.contact_code(
        contact, code, region=person["region"], language=(get_language() or "ru")[:2], now=now
    )
    return HttpResponseRedirect(url_of(steps.PROOF))


def _check(request: HttpRequest, draft: AppealDraft, contact: str, now: datetime) -> HttpResponseBase:
    form = CodeForm(request.POST)
    asked = cache.get(_key(draft))
    context: dict[str, Any] = {"form": form, "waiting": True, "heading": _ASKS}
    if asked is None or asked["contact"] != contact:
        context = {"expired": True, "heading": _ASKS}
        return _show(request, draft, context, 422)
    if not form.is_valid():
        return _show(request, draft, context, 422)
    tried = count_attempt("proof.code", f"{draft.pk}:{asked['code']}", seconds=CODE_SECONDS)
    if tried <= CODE_ATTEMPTS and constant_time_compare(form.cleaned_data["code"], asked["code"]):
        cache.delete(_key(draft))
        return _passed(request, draft, {"by": "code", "contact": contact}, now)
    left = CODE_ATTEMPTS - tried
    if left <= 0:
        cache.delete(_key(draft))
        return _show(request, draft, {"expired": True, "heading": _ASKS}, 422)
    text = ngettext(
        "The code is wrong. %(left)s attempt is left", "The code is wrong. %(left)s attempts are left", left
    )
    form.add_error("code", text % {"left": left})
    return _show(request, draft, context, 422)


def _passed(
    request: HttpRequest, draft: AppealDraft, how: Mapping[str, str], now: datetime
) -> HttpResponseBase:
    keep(draft, steps.PROOF, {**how, "at": now.isoformat()}, request=request, now=now)
    response = HttpResponseRedirect(url_of(steps.after(steps.PROOF, draft.data)))
    remember(response, draft)
    return response


def _waiting(draft: AppealDraft, contact: str) -> bool:
    asked = cache.get(_key(draft))
    return bool(asked) and asked["contact"] == contact


def _key(draft: AppealDraft) -> str:
    return f"appeals.proof.{draft.key.hex}"


def _show(
    request: HttpRequest, draft: AppealDraft, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    answers = draft.data
    number, total = steps.place(steps.PROOF, answers)
    contact = contact_of(answers)
    shown = {
        "contact": contact if "@" in contact else display_phone(contact) if contact else "",
        "step": number,
        "steps_total": total,
        "back_url": url_of(steps.before(steps.PROOF, answers) or steps.CONTACTS),
        "contacts_url": url_of(steps.CONTACTS),
        "form": CodeForm() if context.get("waiting") else None,
        "puzzle": puzzle(request, PROOF, asked="problem" in context) if contact else None,
        **context,
    }
    return render(request, "appeals/citizen/proof.html", shown, status=status)
