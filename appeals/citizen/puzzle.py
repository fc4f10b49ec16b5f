"""The puzzle on a page, where the network of its reader asks for more than a household does."""

import json
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from appeals.citizen.consent import caller
from appeals.limits import wants_puzzle
from registry.puzzles import Door

FIELD = "puzzle"


def puzzle(request: HttpRequest, door: Door, *, asked: bool = False) -> dict[str, Any] | None:
    """What `components/puzzle.html` needs; None where nothing has to be proved. `asked`: it stood in the way."""
    if not asked and not wants_puzzle(door, caller(request)):
        return None
    return {"url": reverse("api-puzzle", args=[door.name]), "field": FIELD, "strings": json.dumps(_words())}


def solution(request: HttpRequest) -> str:
    return request.POST.get(FIELD, "")


def _words() -> dict[str, str]:
    """The widget's own words, in the reader's language."""
    return {
        "label": _("I am not a robot"),
        "verifying": _("Checking, this takes some seconds…"),
        "verified": _("Checked"),
        "error": _("The check did not work. Reload the page."),
        "expired": _("The check has run out. Tick the box again."),
        "waitAlert": _("Checking, please wait."),
        "verificationRequired": _("Tick this box first"),
    }
