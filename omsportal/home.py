"""The first page: joins the doors of all wings."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from appeals.knowledge.search import popular
from registry.access import public

ASKED_OFTEN = 6
# Name of the page, label, what waits behind it, icon.
_DOORS: list[tuple[str, str | Promise, str | Promise, str]] = [
    (
        "appeal_new",
        _("Submit an appeal"),
        _("A complaint, a question or an application. About ten minutes."),
        "pencil-square",
    ),
    (
        "appeal_track",
        _("Find out the answer by number"),
        _("You need the number and the access code."),
        "search",
    ),
    (
        "representatives:find",
        _("My insurance representative"),
        _("Who helps you, where and by what phone."),
        "person-badge",
    ),
    ("dispensary:exams", _("My check-ups"), _("Which free check-ups are due this year."), "calendar-check"),
]


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", {"doors": doors(), "popular": popular(ASKED_OFTEN)})


def doors() -> list[dict[str, Any]]:
    return [
        {"url": reverse(name), "label": label, "text": text, "icon": icon}
        for name, label, text, icon in _DOORS
    ]
