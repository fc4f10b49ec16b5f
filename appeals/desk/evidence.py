"""What was asked of clinics and experts, as the case page tells it."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from appeals.desk.presenting import Fact
from appeals.models import Attachment, Expertise
from appeals.selectors import CaseView

Papers = Callable[[Sequence[Attachment]], list[dict[str, Any]]]


def evidence_of(view: CaseView, papers: Papers) -> dict[str, Any]:
    """`papers` draws files as the page draws all others."""
    return {
        "requests": [
            {
                "asked": row,
                "papers": papers([one for one in view.attachments if one.clinic_request_id == row.pk]),
            }
            for row in view.requests
        ],
        "expertises": [
            {
                "row": row,
                "facts": _facts(row),
                "violations": [str(code) for code in row.violations.all()],
                "papers": papers([one for one in view.attachments if one.expertise_id == row.pk]),
            }
            for row in view.expertises
        ],
    }


def roubles(kopecks: int) -> str:
    """«1 234,56 ₽», as the law writes sums; the same in both languages."""
    whole, rest = divmod(kopecks, 100)
    grouped = f"{whole:,}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{grouped},{rest:02}\N{NO-BREAK SPACE}₽"


def _facts(row: Expertise) -> list[Fact]:
    period = f"{_day(row.period_from)} – {_day(row.period_to)}"
    facts = [
        Fact(gettext("Clinic"), row.clinic.short_name),
        Fact(gettext("Care"), period),
        Fact(gettext("Expert"), row.expert),
        Fact(gettext("Asked of the expert"), row.task),
        Fact(gettext("Ordered"), _day(row.ordered_at)),
    ]
    if row.received_at is None:
        return [*facts, Fact(gettext("Act by"), _day(row.due_on))]
    found = gettext("violations found") if row.found_violations else gettext("no violations found")
    sums = (
        (gettext("Not paid to the clinic"), row.unpaid),
        (gettext("Fine"), row.fine),
        (gettext("Refund to the patient"), row.refund),
    )
    return [
        *facts,
        Fact(gettext("Act"), f"№ {row.act_number}, {_day(row.act_on)}"),
        Fact(gettext("Outcome"), found),
        *(Fact(label, roubles(kopecks)) for label, kopecks in sums if kopecks),
    ]


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT")
