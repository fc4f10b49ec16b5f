"""The coverage report as templates take it: figures, bars against the plan, tables whose numbers are links."""

from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from dispensary.coverage_report import Line, Query, Report, labels_of
from dispensary.uplift import Interval
from dispensary.views.figures import number, of_uplift, percent

# A chart of more bars is a wall; the table below has all of them.
BARS = 12
SPLIT_WORDS: dict[str, Promise] = {
    "programme": gettext_lazy("By programme"),
    "insurer": gettext_lazy("By insurer"),
    "clinic": gettext_lazy("By clinic"),
    "age": gettext_lazy("By age"),
    "channel": gettext_lazy("By channel"),
    "month": gettext_lazy("By month of the plan"),
}
HEADS: dict[str, Promise] = {
    "programme": gettext_lazy("Programme"),
    "insurer": gettext_lazy("Insurer"),
    "clinic": gettext_lazy("Clinic"),
    "age": gettext_lazy("Age reached in the year"),
    "channel": gettext_lazy("Channel"),
    "month": gettext_lazy("Month of the plan"),
}
OUTCOMES: dict[str, Promise] = {
    "planned": pgettext_lazy("column", "Planned"),
    "informed": pgettext_lazy("column", "Informed"),
    "excluded": pgettext_lazy("column", "Excluded"),
    "failed": pgettext_lazy("column", "Not reached"),
    "pending": gettext_lazy("Pending"),
    "came": gettext_lazy("Informed and came"),
    "attended": gettext_lazy("Came in all"),
}


def outcome_word(outcome: str) -> str:
    return str(OUTCOMES[outcome])


def splits(query: Query) -> list[dict[str, Any]]:
    return [
        {
            "url": f"?{urlencode({**query.address, 'by': by})}",
            "label": label,
            "count": None,
            "current": by == query.by,
        }
        for by, label in SPLIT_WORDS.items()
    ]


def narrowed(query: Query) -> list[dict[str, str]]:
    """What the report is narrowed to, each with the address without it."""
    found = []
    for name, value in query.filters.items():
        rest = {key: kept for key, kept in query.address.items() if key != name}
        label = labels_of(name, [value]).get(value, value)
        found.append({"label": f"{HEADS[name]}: {label}", "url": f"?{urlencode(rest)}"})
    return found


def of(report: Report) -> dict[str, Any]:
    total = report.total.counts
    return {
        "figures": _figures(report),
        "bars": _bars(report),
        "bars_target": report.total.target,
        "table": _table(report),
        "channel_table": _channels(report),
        "informed_share": percent(total.informed, total.planned),
        "attended_share": percent(total.attended, total.planned),
        **of_uplift(total.uplift),
    }


def people_url(query: Query, outcome: str) -> str:
    return f"{reverse('dispensary:coverage-people')}?{urlencode({**query.address, 'outcome': outcome})}"


def _figures(report: Report) -> list[dict[str, Any]]:
    total = report.total.counts
    found: list[tuple[str, int, str]] = [
        ("planned", total.planned, _("Everybody due in this year, each counted once, in the first round.")),
        (
            "informed",
            total.informed,
            _("A message was delivered or accepted for delivery, or the person was spoken to."),
        ),
        ("pending", total.pending, _("Waiting their turn, being sent, or on the list of calls.")),
        ("failed", total.failed, _("Every allowed channel was tried and none reached the person.")),
        (
            "attended",
            total.attended,
            _("Came to the exam in this year by the clinics' files, invited or not."),
        ),
    ]
    return [
        {
            "label": OUTCOMES[outcome],
            "value": people,
            "url": people_url(report.query, outcome) if people else "",
            "definition": text,
            "trend": _("%(share)s of the planned") % {"share": percent(people, total.planned)}
            if outcome != "planned" and total.planned
            else "",
        }
        for outcome, people, text in found
    ]


def _share(value: Fraction | None) -> float:
    return round(float(100 * value), 1) if value is not None else 0.0


def _bars(report: Report) -> list[dict[str, Any]]:
    """The share of the planned who came, against the plan in force."""
    return [
        {
            "label": line.label,
            "norm": line.target,
            "bars": [
                {
                    "value": _share(line.counts.attended_share),
                    "shown": percent(line.counts.attended, line.counts.planned),
                    "url": people_url(report.query.narrowed(line.key), "attended"),
                }
            ],
        }
        for line in report.lines[:BARS]
        if line.counts.planned
    ]


def _table(report: Report) -> dict[str, Any]:
    heads = [
        HEADS[report.query.by],
        *(OUTCOMES[name] for name in ("planned", "informed", "excluded", "failed", "pending")),
        pgettext("column", "Informed, share"),
        pgettext("column", "Of them came"),
        pgettext("column", "Came of the informed"),
        pgettext("column", "Came in all"),
        pgettext("column", "Came of the planned"),
        pgettext("column", "Plan, %"),
    ]
    return {
        "caption": SPLIT_WORDS[report.query.by],
        "columns": [{"label": head, "num": place > 0} for place, head in enumerate(heads)],
        "rows": [_row(line, report.query) for line in report.lines],
        "foot": _row(report.total, None, name=pgettext("sum", "Total")),
    }


def _row(line: Line, query: Query | None, *, name: str = "") -> dict[str, Any]:
    """`query` is None for the foot: its figures stand above, with links."""
    counts = line.counts

    def people(outcome: str) -> dict[str, Any]:
        value = getattr(counts, outcome)
        url = people_url(query.narrowed(line.key), outcome) if query and value else ""
        return {"text": number(value), "num": True, "url": url}

    def share(part: int, whole: int) -> dict[str, Any]:
        return {"text": percent(part, whole), "num": True}

    head: dict[str, Any] = {"text": name or line.label}
    if query:
        head["url"] = f"?{urlencode({**query.narrowed(line.key).address, 'by': _next(query)})}"
    return {
        "cells": [
            head,
            *(people(outcome) for outcome in ("planned", "informed", "excluded", "failed", "pending")),
            share(counts.informed, counts.planned),
            people("came"),
            share(counts.came, counts.informed),
            people("attended"),
            share(counts.attended, counts.planned),
            {"text": "—" if line.target is None else f"{line.target}", "num": True},
        ]
    }


def _next(query: Query) -> str:
    """What to split a row by that was opened: the first that it is not narrowed to yet."""
    taken = {*query.filters, query.by}
    return next((by for by in SPLIT_WORDS if by not in taken), query.by)


def _channels(report: Report) -> dict[str, Any]:
    """What each channel is worth: who was reached by it last, and how many of them came."""
    heads = [HEADS["channel"], OUTCOMES["informed"], OUTCOMES["came"], _("Share"), _("With 95 % certainty")]
    return {
        "caption": _("Who came, by the channel that reached them"),
        "columns": [{"label": head, "num": place > 0} for place, head in enumerate(heads)],
        "rows": [
            {
                "cells": [
                    {"text": line.label},
                    {"text": number(line.counts.informed), "num": True},
                    {"text": number(line.counts.came), "num": True},
                    {"text": percent(line.counts.came, line.counts.informed), "num": True},
                    {"text": _interval(line.counts.came_interval), "num": True},
                ]
            }
            for line in report.channels
        ],
    }


def _interval(found: Interval | None) -> str:
    if found is None:
        return "—"
    low, high = (number(Decimal(str(round(100 * edge, 1))), 1) for edge in (found.low, found.high))
    return f"{low}–{high}\u00a0%"
