"""What the values of a breakdown are called, and in which order they stand."""

from collections.abc import Callable, Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from appeals.models import AppealTopic, Body, Outcome, Validity
from appeals.words import CHANNELS, FORMS, KINDS
from registry.models import Clinic, Organization

BREAKDOWNS: dict[str, Promise] = {
    "topic": _("Topic (row of form ЗПЗ)"),
    "kind": _("Kind of appeal"),
    "form": _("Oral or written"),
    "channel": _("Way of intake"),
    "receiver": _("Received by the fund or the insurer"),
    "organization": _("Who answers"),
    "insurer": _("Insurer of the person"),
    "clinic": _("Clinic the appeal is about"),
    "level": _("Level of the representative"),
    "outcome": _("What came of it"),
    "validity": _("Whether the complaint was justified"),
    "body": _("Where it was forwarded"),
    "path": _("Hand-overs between levels"),
}
# Where «nothing» says only that the breakdown does not concern the appeal.
WITHOUT_EMPTY = frozenset({"body", "validity"})
# These do not add up to the whole: one appeal may stand in several rows, or in none.
OVERLAPPING = frozenset({"path", "body", "validity"})


def labels(dimension: str, values: Iterable[str]) -> dict[str, str]:
    """The words of each value; one query at most. A value that is gone keeps its code."""
    asked = list(values)
    found = _WORDS[dimension](asked)
    return {value: found.get(value) or (_nothing(dimension) if value == "" else value) for value in asked}


def _nothing(dimension: str) -> str:
    if dimension == "level":
        return gettext("without a level: matters of the fund and outside OMS")
    if dimension == "organization":
        return gettext("not routed yet")
    return pgettext("value of a breakdown", "not stated")


def _topics(values: list[str]) -> dict[str, str]:
    rows = AppealTopic.objects.filter(code__in=values).order_by("valid_from").values_list("code", "title")
    return {code: f"{code} {title}" for code, title in rows}


def _offices(values: list[str]) -> dict[str, str]:
    rows = Organization.objects.filter(pk__in=[value for value in values if value])
    return {str(pk): name for pk, name in rows.values_list("pk", "short_name")}


def _clinics(values: list[str]) -> dict[str, str]:
    rows = Clinic.objects.filter(pk__in=[value for value in values if value])
    return {str(pk): name for pk, name in rows.values_list("pk", "short_name")}


def _bodies(values: list[str]) -> dict[str, str]:
    return dict(Body.objects.filter(code__in=values).order_by("valid_from").values_list("code", "title"))


def _paths(values: list[str]) -> dict[str, str]:
    return {
        value: gettext("from level %(first)s to level %(second)s")
        % {"first": value.partition("-")[0], "second": value.partition("-")[2]}
        for value in values
    }


def _levels(values: list[str]) -> dict[str, str]:
    return {value: gettext("level %(level)s") % {"level": value} for value in values if value}


_WORDS: dict[str, Callable[[list[str]], dict[str, str]]] = {
    "kind": lambda values: {str(key): str(label) for key, label in KINDS.items()},
    "form": lambda values: {str(key): str(label) for key, label in FORMS.items()},
    "channel": lambda values: {str(key): str(label) for key, label in CHANNELS.items()},
    "outcome": lambda values: {key: str(label) for key, label in Outcome.choices},
    "validity": lambda values: {key: str(label) for key, label in Validity.choices},
    "receiver": lambda values: {
        "fund": gettext("the territorial fund"),
        "insurer": gettext("the insurer, directly"),
        "insurer_on_instruction": gettext("the insurer, on the instruction of another body"),
    },
    "topic": _topics,
    "organization": _offices,
    "received_by": _offices,
    "insurer": _offices,
    "clinic": _clinics,
    "body": _bodies,
    "level": _levels,
    "path": _paths,
}


def topic_order(code: str) -> tuple[tuple[int, str], ...]:
    """3.1.2 before 3.1.10; matters outside OMS (X.…) last."""
    return tuple((int(part), "") if part.isdecimal() else (1000, part) for part in code.split("."))
