"""How long talks take, by topic: for the head of a contact centre, and for the calculation of «what if»."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, FloatField, Q, QuerySet
from django.db.models.functions import Extract
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from appeals.calls import call_backs
from appeals.desk.access import heads_only
from appeals.desk.tabs import bounded_counts, count_words
from appeals.models import CallResult, PhoneCall
from registry.middleware import ScopedRequest
from registry.models import Organization

DAYS = 30
TOPICS = 50
# With fewer talks their middle would be chance.
FEWEST = 20


class Share(Aggregate):
    """The value below which a share of the rows lies; 0.5 is the median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: Any, share: float) -> None:
        super().__init__(expression, share=share)


@dataclass(frozen=True, slots=True)
class Length:
    """Seconds: half of the talks are shorter than `median`, nine of ten than `most`."""

    code: str
    title: str
    talks: int
    median: int
    most: int


def lengths(rows: QuerySet[PhoneCall]) -> list[Length]:
    """By topic, the most frequent first. One query."""
    found = (
        _timed(rows)
        .values("appeal__topic__code", "appeal__topic__plain_title")
        .annotate(talks=Count("pk"), median=Share(F("took"), 0.5), most=Share(F("took"), 0.9))
        .order_by("-talks", "appeal__topic__code")[:TOPICS]
    )
    return [
        Length(
            code=row["appeal__topic__code"],
            title=row["appeal__topic__plain_title"],
            talks=row["talks"],
            median=round(row["median"]),
            most=round(row["most"]),
        )
        for row in found
    ]


def usual_length(organizations: QuerySet[Organization], *, now: datetime) -> int | None:
    """The median of all talks of these contact centres, in seconds; None while there are too few to know."""
    rows = PhoneCall.objects.filter(
        organization__in=organizations.values("pk"), ended_at__gte=now - timedelta(days=DAYS)
    )
    found = _timed(rows).aggregate(talks=Count("pk"), median=Share(F("took"), 0.5))
    return round(found["median"]) if found["talks"] >= FEWEST else None


def _timed(rows: QuerySet[PhoneCall]) -> QuerySet[Any]:
    took = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    return rows.annotate(took=Extract(took, "epoch", output_field=FloatField())).order_by()


@heads_only
@require_safe
def figures(request: ScopedRequest) -> HttpResponse:
    now = timezone.now()
    rows = PhoneCall.objects.visible_to(request.scope).filter(ended_at__gte=now - timedelta(days=DAYS))
    all_of_them = _timed(rows).aggregate(
        talks=Count("pk"),
        at_once=Count("pk", filter=Q(result=CallResult.ANSWERED)),
        median=Share(F("took"), 0.5),
    )
    open_calls = bounded_counts({"owed": call_backs.waiting(request.scope)})["owed"]
    context = {"topics": lengths(rows), "figures": _figures(all_of_them, open_calls), "days": DAYS}
    return render(request, "appeals/calls/figures.html", context)


def _figures(found: dict[str, Any], owed: int) -> list[dict[str, str]]:
    talks, median = found["talks"], found["median"]
    at_once = round(100 * found["at_once"] / talks) if talks else None
    days = {"days": DAYS}
    took = gettext(
        "From the first key in the form to saving it, by the server's clock; the last %(days)s days."
    )
    return [
        {
            "label": gettext("Half of the talks are shorter"),
            "value": "—" if median is None else gettext("%(seconds)s s") % {"seconds": round(median)},
            "url": "",
            "definition": took % days,
        },
        {
            "label": gettext("Talks in %(days)s days") % days,
            "value": str(talks),
            "url": "",
            "definition": gettext("Talks that operators saved in the form in the last %(days)s days.") % days,
        },
        {
            "label": gettext("Answered at once"),
            "value": "—" if at_once is None else f"{at_once}\N{NO-BREAK SPACE}%",
            "url": "",
            "definition": gettext("Talks that ended with the answer, without handing over or calling back."),
        },
        {
            "label": gettext("Questions without an answer"),
            "value": count_words(owed),
            "url": reverse("staff_calls"),
            "definition": gettext("Promised calls and voice messages that nobody has answered yet."),
        },
    ]
