"""What each number of the report counts and what it can be broken down by: said once, for sums, rows and forms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, Func, Q, Sum, Value, When
from django.db.models.functions import Cast, Coalesce

from appeals.models.appeal_rules import Validity
from appeals.models.reports import Outcome
from appeals.reports.measures import COUNTS
from appeals.reports.query import WrongQuery
from appeals.terms import Channel, Form, Kind

JUSTIFIED = Q(validity__in=[Validity.JUSTIFIED, Validity.REPEATED])

# Which facts stand behind each count; `stars` is a sum and has the rows of `surveyed`, `oral` is what is not written.
ROWS: Mapping[str, Q] = {
    "appeals": Q(),
    "consultations": Q(kind=Kind.CONSULTATION),
    "complaints": Q(kind=Kind.COMPLAINT),
    "written": Q(form=Form.WRITTEN),
    "oral": Q(form=Form.ORAL),
    "judged": JUSTIFIED | Q(validity=Validity.UNJUSTIFIED),
    "justified": JUSTIFIED,
    "answered": Q(outcome=Outcome.ANSWERED),
    "in_time": Q(outcome=Outcome.ANSWERED, in_time=True),
    "late": Q(outcome=Outcome.ANSWERED, in_time=False),
    "open": Q(outcome=Outcome.OPEN),
    "overdue": Q(overdue=True),
    "forwarded": Q(outcome=Outcome.FORWARDED),
    "declined": Q(outcome=Outcome.DECLINED),
    "withdrawn": Q(outcome=Outcome.WITHDRAWN),
    "repeated": Q(repeated=True),
    "handed_over": ~Q(paths=[]),
    "surveyed": Q(satisfaction__isnull=False),
    "solved": Q(solved="yes"),
}


# Some counts are called like a column of the facts: the aggregates need names of their own.
PREFIX = "n_"


def sums() -> dict[str, Any]:
    """The aggregates of a query set of facts, in the order of `COUNTS`, by its names behind a prefix."""
    counted: dict[str, Any] = {
        name: Count("pk", filter=ROWS[name] or None) for name in COUNTS if name != "stars"
    }
    counted["stars"] = Coalesce(Sum("satisfaction"), 0)
    return {f"{PREFIX}{name}": counted[name] for name in COUNTS}


@dataclass(frozen=True, slots=True)
class Dimension:
    """`value` gives the text a fact has in it; `where` the facts that have a text. Both agree by test."""

    value: Callable[[], Any]
    where: Callable[[str], Q]


def _plain(field: str) -> Dimension:
    return Dimension(lambda: F(field), lambda value: Q(**{field: value}))


def _key(field: str) -> Dimension:
    """A number or nothing; nothing reads as an empty text."""

    def where(value: str) -> Q:
        if value == "":
            return Q(**{f"{field}__isnull": True})
        if not value.isdecimal() or len(value) > 18:
            raise WrongQuery("unknown_value")
        return Q(**{field: int(value)})

    return Dimension(lambda: Coalesce(Cast(field, CharField()), Value("")), where)


def _topic_rows(value: str) -> Q:
    """A heading stands for all rows under it: 3.1.5 has 3.1.5.1, and 3.1.1 has not 3.1.10."""
    return Q(topic=value) | Q(topic__startswith=f"{value}.")


def _receiver() -> Any:
    """The columns of form ЗПЗ: the fund, the insurer, and of the insurer's those sent by another body."""
    return Case(
        When(received_by_fund=True, then=Value("fund")),
        When(channel=Channel.FROM_ANOTHER_BODY, then=Value("insurer_on_instruction")),
        default=Value("insurer"),
        output_field=CharField(),
    )


def _received(value: str) -> Q:
    if value == "fund":
        return Q(received_by_fund=True)
    instructed = Q(channel=Channel.FROM_ANOTHER_BODY)
    return Q(received_by_fund=False) & (instructed if value == "insurer_on_instruction" else ~instructed)


DIMENSIONS: Mapping[str, Dimension] = {
    "kind": _plain("kind"),
    "topic": Dimension(lambda: F("topic"), _topic_rows),
    "form": _plain("form"),
    "channel": _plain("channel"),
    "organization": _key("organization_id"),
    "insurer": _key("insurer_id"),
    "clinic": _key("clinic_id"),
    "level": _key("level"),
    "outcome": _plain("outcome"),
    "validity": _plain("validity"),
    "body": _plain("body"),
    "receiver": Dimension(_receiver, _received),
    "received_by": _key("received_by_id"),
    # One appeal may go 1→2 and then 2→3: it counts in both, so these rows do not add up to the whole.
    "path": Dimension(
        lambda: Func(F("paths"), function="unnest", output_field=CharField()),
        lambda value: Q(paths__contains=[value]),
    ),
}
# The sums of an owner without a breakdown stand under this name.
WHOLE = "all"
# Letter of an owner and the column of its facts.
OWNERS: Mapping[str, str] = {"R": "region", "O": "organization", "C": "clinic"}
