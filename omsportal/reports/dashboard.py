"""The dashboard: does anything need help? Few numbers, and who falls behind."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals.models import ReportMail
from appeals.models.report_mails import Every
from appeals.reports.query import month_end
from omsportal.reports import presenting
from omsportal.reports.asking import READERS, Asked, Asking
from omsportal.reports.indicators import BY_NAME
from omsportal.reports.presenting import Line, Report
from registry.access import roles
from registry.middleware import ScopedRequest
from registry.scoping import Scope
from representatives.selectors import staffing
from representatives.staffing import RegionStaffing

# This month and the two before: whole months, so that no appeal is counted on opening the page.
MONTHS = 3
FIGURES = ("in_time_share", "overdue", "justified_share", "median_days")
# What a reader compares: the region its organisations, an organisation its levels, a clinic what people write about.
COMPARED = {"R": "organization", "O": "level", "C": "topic"}


@require_safe
@roles(*READERS)
def dashboard(request: ScopedRequest) -> HttpResponse:
    now = timezone.now()
    asking = Asking(request.scope, _window(request.GET, timezone.localdate(now)), now)
    asked = asking.asked
    if asked is not None and asked.by != COMPARED[asked.query.owner.kind]:
        given = _window(request.GET, timezone.localdate(now))
        given["by"] = COMPARED[asked.query.owner.kind]
        asked = Asking(request.scope, given, now).asked
    context: dict[str, Any] = {"place": asking.place, "asked": asked}
    if asked is not None:
        context |= _shown(request.scope, asked)
        wished = ReportMail.objects.visible_to(request.scope).running()
        mails = list(wished.filter(place=str(asked.query.owner)).order_by("pk"))
        had = {mail.every for mail in mails}
        context |= {"mails": mails, "every": [one for one in Every.choices if one[0] not in had]}
    return render(request, "reports/dashboard.html", context)


def _window(params: QueryDict, today: date) -> QueryDict:
    """The address with the months it means; nothing but place and count is asked for here."""
    first = today.replace(day=1)
    for _month in range(MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    given = QueryDict(mutable=True)
    for name in ("owner", "count", "first", "last"):
        if params.get(name):
            given[name] = str(params[name])
    if not {"first", "last"} <= given.keys():
        given["first"], given["last"] = first.isoformat(), month_end(today).isoformat()
    return given


def _shown(scope: Scope, asked: Asked) -> dict[str, Any]:
    report = presenting.report_of(asked)
    lines = sorted((line for line in report.lines if not line.heading), key=_worst_first)
    return {
        "report": report,
        "tabs": [
            {
                "url": f"{reverse('dashboard')}?owner={place.owner}",
                "label": place.name,
                "count": None,
                "current": place.owner == asked.query.owner,
            }
            for place in asked.offered
        ],
        "period_words": presenting.period_words(asked.query.period),
        "figures": [*_figures(report), *_staff(scope, asked)],
        "bars": _bars(report, lines),
        "bars_words": " ".join(f"{line.label}: {_in_time(line)}." for line in lines),
        "over_time": presenting.trend(asked),
        "rows": _rows(report, lines),
        "columns": [BY_NAME[name].label for name in ("appeals", *FIGURES)],
        "exports": {name: asked.url(f"appeals_report_{name}") for name in ("xlsx", "pdf")},
        "report_url": asked.url(),
    }


def _worst_first(line: Line) -> tuple[float, int]:
    """Whoever answers late stands at the top; without any answer yet there is nothing to blame."""
    late = line.sums.in_time_share
    return (101.0 if late is None else late, -line.sums.overdue)


def _in_time(line: Line) -> str:
    return BY_NAME["in_time_share"].shown(line.sums)


def _figures(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "value": one.shown(report.sums),
            "url": report.asked.rows_url(one.measure),
            "definition": one.definition,
            "trend": presenting.compared(one, report),
        }
        for one in (BY_NAME[name] for name in FIGURES)
    ]


def _staff(scope: Scope, asked: Asked) -> list[dict[str, Any]]:
    """Representatives missing to the norm, on the day of the count. A clinic employs none."""
    owner = asked.query.owner
    region = staffing(scope, asked.counted_on).region(asked.place.region.pk) if owner.kind != "C" else None
    if region is None:
        return []
    missing = _missing(region, int(owner.key)) if owner.kind == "O" else region.shortage
    return [
        {
            "label": _("Representatives missing to the norm"),
            "value": "—" if missing is None else missing,
            "url": f"{reverse('representatives:staffing')}?region={region.code}&on={asked.counted_on.isoformat()}",
            "definition": _(
                "The people of each level that the insured divided by the norm would need and that are not there."
            ),
            "trend": "",
        }
    ]


def _missing(region: RegionStaffing, organization: int) -> int | None:
    found = next((one for one in region.organizations if one.organization_id == organization), None)
    if found is None or all(line.balance is None for line in found.lines):
        return None
    return sum(line.shortage for line in found.lines)


def _bars(report: Report, lines: list[Line]) -> list[dict[str, Any]]:
    """The share answered in time of each, the worst first; whoever had nothing to answer is left out."""
    asked = report.asked
    return [
        {
            "label": line.label,
            "norm": None,
            "bars": [
                {
                    "value": line.sums.in_time_share,
                    "shown": _in_time(line),
                    "url": asked.rows_url("in_time", **{asked.by: line.value or "-"}),
                }
            ],
        }
        for line in lines
        if line.sums.in_time_share is not None
    ][: presenting.BARS]


def _rows(report: Report, lines: list[Line]) -> list[dict[str, Any]]:
    asked = report.asked
    rows = []
    for line in lines:
        cells: list[dict[str, Any]] = [{"text": line.label, "url": _deeper(asked, line)}]
        for one in (BY_NAME[name] for name in ("appeals", *FIGURES)):
            behind = asked.rows_url(one.measure, **{asked.by: line.value or "-"})
            url = behind if one.value(line.sums) not in (None, 0) else ""
            cells.append({"text": one.shown(line.sums), "num": True, "url": url})
        rows.append({"cells": cells})
    return rows


def _deeper(asked: Asked, line: Line) -> str:
    """From the region to the dashboard of one of its organisations."""
    owner = f"O{line.value}"
    if asked.by == "organization" and any(str(place.owner) == owner for place in asked.offered):
        return f"{reverse('dashboard')}?owner={owner}"
    return ""
