"""«What if»: how many people are really needed, from what was measured and what the reader changes."""

from datetime import date
from math import ceil
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals.calls.figures import usual_length
from omsportal import charts
from omsportal.what_if.counting import CallsAnswer, CasesAnswer, calls_answer, cases_answer
from omsportal.what_if.forms import WhatIfForm
from registry.access import roles
from registry.middleware import ScopedRequest
from registry.models import Organization
from registry.scoping import Role
from representatives.load_curve import Measured, measured
from representatives.register import organizations_for
from representatives.selectors import staffing
from representatives.staffing import RegionStaffing
from representatives.views.register import chosen_place
from representatives.views.staffing import reader_today

# Where nothing is measured yet: a short call, 80 % of calls within 20 seconds, as contact centres usually promise.
USUAL = {
    "handling": 240, "target": 20, "share": 80, "patience": 180, "away": 20,
    "hours2": 3, "hours3": 8, "hours": 5, "term": 30,
}  # fmt: skip


@require_safe
@roles(Role.FUND_ADMIN, Role.SUPERVISOR)
def what_if(request: ScopedRequest) -> HttpResponse:
    today = reader_today(request, timezone.now())
    region, tabs, places = chosen_place(request, organizations_for(request.scope))
    codes = {one.code: one for one in places}
    chosen = codes.get(request.GET.get("organization", ""))
    members = [chosen] if chosen else places
    day = measured(Organization.objects.filter(pk__in=[one.pk for one in members]), region, on=today)
    defaults = _defaults(request, day, today, region, [one.code for one in members])
    form = WhatIfForm(
        request.GET, organizations=[(one.code, one.short_name) for one in places], defaults=defaults
    )
    context: dict[str, Any] = {
        "form": form,
        "tabs": tabs,
        "region": region,
        "day": day,
        "has_places": bool(places),
    }
    if form.is_valid():
        try:
            calls = calls_answer(form.cleaned_data, day.curve)
        except ValueError:
            form.add_error(
                "calls", _("More than 5,000 people would be needed: check the calls and the seconds.")
            )
        else:
            cases = cases_answer(form.cleaned_data)
            context |= {"calls": calls, "cases": cases, **_shown(calls, cases)}
            context |= _charts(calls, cases, form.cleaned_data)
    return render(request, "region/what_if.html", context)


def _defaults(
    request: ScopedRequest, day: Measured, today: date, region: str, members: list[str]
) -> dict[str, float]:
    report = staffing(request.scope, today).region(region)
    heads = _heads(report, members) if report else {1: 0, 2: 0, 3: 0}
    offices = Organization.objects.filter(code__in=members)
    usual = usual_length(offices, now=timezone.now())
    return USUAL | {
        "handling": min(max(usual, 10), 3600) if usual is not None else USUAL["handling"],
        "calls": ceil(day.calls_a_day),
        "people": round(heads[1] * (1 - USUAL["away"] / 100)),
        "level2": min(heads[2], 200),
        "level3": min(heads[3], 200),
        "cases2": min(round(day.cases.get(2, 0.0), 1), 100),
        "cases3": min(round(day.cases.get(3, 0.0), 1), 100),
    }


def _heads(report: RegionStaffing, members: list[str]) -> dict[int, int]:
    heads = {1: 0, 2: 0, 3: 0}
    for one in report.organizations:
        if one.code in members:
            for line in one.lines:
                heads[line.level] += line.counts.people
    return heads


def percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _shown(calls: CallsAnswer, cases: CasesAnswer) -> dict[str, Any]:
    return {
        "in_time": percent(calls.in_time),
        "cases_in_time": percent(cases.outcome.in_time),
        "cases_busy": percent(cases.outcome.busy),
        "hour_rows": [
            {
                "hour": f"{row.hour:02}",
                "calls": row.calls,
                "load": row.load,
                "needed": row.needed,
                "in_time": percent(row.found.answered_in_time),
                "wait": row.wait,
                "lost": percent(row.found.lost),
                "busy": percent(row.found.busy),
            }
            for row in calls.rows
        ],
        "hours_words": " ".join(
            _("%(hour)s:00: %(people)d.") % {"hour": row.hour, "people": row.needed} for row in calls.rows
        ),
        "teams_words": " ".join(
            _("%(people)d of level 2: %(share)s %%.")
            % {"people": team.level2, "share": percent(found.in_time) or 0}
            for team, found in cases.around
        ),
        "weeks_words": _("At the end of the year %(open)d cases are open.")
        % {"open": cases.outcome.open_by_week[-1]},
    }


def _charts(calls: CallsAnswer, cases: CasesAnswer, values: dict[str, Any]) -> dict[str, Any]:
    hours = [f"{row.hour:02}:00" for row in calls.rows]
    series = [
        charts.Series(_("people needed"), [row.needed for row in calls.rows]),
        charts.Series(_("people there"), [values["people"]] * len(calls.rows)),
    ]
    line = charts.line_chart(hours, series)
    bars = charts.bar_chart(
        [
            charts.Group(
                _("%(people)d of level 2") % {"people": team.level2},
                [
                    charts.Bar(
                        round(100 * (found.in_time or 0.0), 1),
                        series=1 if team.level2 == values["level2"] else 2,
                    )
                ],
            )
            for team, found in cases.around
        ]
    )
    weeks = cases.outcome.open_by_week
    queue = charts.line_chart(
        [str(number) for number in range(1, len(weeks) + 1)], [charts.Series(_("open cases"), list(weeks))]
    )
    return {"hours_chart": line, "teams_chart": bars, "weeks_chart": queue}
