"""A lost access code: a new one to the contact on record, and not a word about whether there is one."""

import secrets
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from redis.exceptions import RedisError

from appeals import hints
from appeals.citizen.consent import caller
from appeals.citizen.fields import LineField
from appeals.citizen.follow import later
from appeals.citizen.puzzle import puzzle, solution
from appeals.errors import PuzzleNeeded, TryLater
from appeals.limits import LOST, pass_through
from registry.access import public
from registry.attempts import count_attempt
from registry.phones import InvalidPhone, normalise_phone

DAY = 24 * 3600
PER_NUMBER = 3
# As long as a worker may need to come to it.
WAITS = 15 * 60


class LostForm(forms.Form):
    number = LineField(
        label=gettext_lazy("Number of the appeal"),
        help_text=gettext_lazy("It stands in our messages, for example 39-2026-0000412-7"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-medium"}),
        error_messages={"required": gettext_lazy("Write the number of the appeal")},
    )
    contact = LineField(
        label=gettext_lazy("The e-mail or phone you gave in the appeal"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "class": "w-medium"}),
        error_messages={"required": gettext_lazy("Write the e-mail or the phone you gave in the appeal")},
    )

    def clean_contact(self) -> str:
        typed: str = self.cleaned_data["contact"]
        if "@" in typed:
            return typed.lower()
        try:
            return normalise_phone(typed)
        except InvalidPhone as error:
            raise forms.ValidationError(
                _("This is neither an e-mail address nor a phone number"), code="invalid"
            ) from error


@public
@never_cache
@require_http_methods(["GET", "POST"])
def lost_code(request: HttpRequest) -> HttpResponseBase:
    """The same answer, at the same speed, whatever was typed: a worker looks for the appeal."""
    form = LostForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _taken(request, form)
        except (RedisError, OSError):
            return later(request, 60)
    return _show(request, {"form": form, "heading": _("A new access code")}, 422 if form.errors else 200)


def _taken(request: HttpRequest, form: LostForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        by = f"{given['number']} {given['contact']}"
        pass_through(LOST, caller(request), now=timezone.now(), solution=solution(request), by=by)
    except PuzzleNeeded as error:
        form.add_error(None, str(error))
        return _show(request, {"form": form, "heading": _("A new access code")}, 422, asked=True)
    except TryLater as error:
        return later(request, error.seconds)
    # Past the limit of one number the answer stays the same; only nothing is sent.
    if count_attempt("lost.number", given["number"], seconds=DAY) <= PER_NUMBER:
        # What was typed waits in the cache under a random key: a broker's queue is no place for contacts.
        key = secrets.token_hex(16)
        cache.set(hints.asked_key(key), dict(given), timeout=WAITS)
        hints.new_code_soon(key=key)
    return _show(request, {"sent": True, "heading": _("Check your mail and messages")})


def _show(
    request: HttpRequest, context: dict[str, Any], status: int = 200, *, asked: bool = False
) -> HttpResponse:
    context["puzzle"] = puzzle(request, LOST, asked=asked) if "form" in context else None
    return render(request, "appeals/citizen/lost.html", context, status=status)
