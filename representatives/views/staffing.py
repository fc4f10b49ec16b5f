"""Pages of the region: are there enough representatives, and who stands behind each number."""

import csv
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import User
from registry.scoping import Role
from registry.subjects import Subject
from representatives import presenting
from representatives.forms import DayForm, PeopleForm
from representatives.selectors import people_page, staffing
from representatives.staffing import RegionStaffing, StaffingReport


def reader_today(request: ScopedRequest, now: datetime) -> date:
    user = request.user
    return timezone.localdate(now, ZoneInfo(user.time_zone) if isinstance(user, User) else None)


def chosen_region(report: StaffingReport, code: str | None) -> RegionStaffing | None:
    """The region asked for, by default the first one. Errors: Http404 for one the reader does not see."""
    if not code:
        return report.regions[0] if report.regions else None
    region = report.region(code)
    if region is None:
        raise Http404("Not found and not allowed look alike")
    return region


def region_tabs(report: StaffingReport, current: RegionStaffing | None) -> list[dict[str, Any]]:
    if len(report.regions) < 2:
        return []
    return [
        {
            "url": f"?region={region.code}&on={report.on.isoformat()}",
            "label": region.name,
            "count": None,
            "current": region is current,
        }
        for region in report.regions
    ]


@require_safe
@roles(Role.FUND_ADMIN, Role.SUPERVISOR)
def staffing_page(request: ScopedRequest) -> HttpResponse:
    today = reader_today(request, timezone.now())
    form = DayForm.asked(request.GET, today)
    # A date that cannot be read leaves today's figures on the page, under a message that says so.
    on = form.cleaned_data["on"] if form.is_valid() else today
    report = staffing(request.scope, on)
    region = chosen_region(report, request.GET.get("region"))
    context: dict[str, Any] = {
        "form": form,
        "on": on,
        "today": today,
        "region": region,
        "tabs": region_tabs(report, region),
    }
    if region is not None:
        context |= {
            "figures": presenting.figures(region, on),
            "bars": presenting.bars(region, on),
            "in_words": presenting.in_words(region),
            "staffing_rows": presenting.table(region, on),
            "norms": [line.norm for line in region.lines if line.norm],
            "has_fund": any(one.is_fund and one.insured is None for one in region.organizations),
        }
    return render(request, "representatives/staffing.html", context)


@require_safe
@roles(Role.FUND_ADMIN, Role.SUPERVISOR)
def staffing_people(request: ScopedRequest) -> HttpResponse:
    """The people behind a number. Errors: Http404 for a foreign region or organisation and for a bad filter."""
    now = timezone.now()
    form = PeopleForm.asked(request.GET, reader_today(request, now))
    if not form.is_valid():
        raise Http404("No number of the report has this address")
    on = form.cleaned_data["on"]
    region = chosen_region(staffing(request.scope, on), request.GET.get("region"))
    if region is None:
        raise Http404("The reader sees no region")
    code = form.cleaned_data["organization"]
    if code and all(one.code != code for one in region.organizations):
        raise Http404("Not found and not allowed look alike")
    people, after = people_page(
        request.scope,
        on=on,
        region=region.code,
        filters=form.filters(),
        trained=form.cleaned_data["trained"],
        after=form.cleaned_data["after"],
    )
    record_read(
        scope=request.scope,
        subject=Subject.REPRESENTATIVES,
        key=region.code,
        page=request.get_full_path(),
        now=now,
        region_id=region.code,
        request_id=getattr(request, "request_id", ""),
    )
    query = request.GET.copy()
    query["after"] = after
    context = {
        "people": people,
        "on": on,
        "region": region,
        "chosen": form.cleaned_data,
        "next_url": f"?{query.urlencode()}" if after else "",
    }
    return render(request, "representatives/staffing_people.html", context)


@require_safe
@roles(Role.FUND_ADMIN, Role.SUPERVISOR)
def staffing_csv(request: ScopedRequest) -> HttpResponse:
    """The report of all regions the reader sees, for Excel: with a BOM and semicolons."""
    form = DayForm.asked(request.GET, reader_today(request, timezone.now()))
    if not form.is_valid():
        raise Http404("No such day")
    on = form.cleaned_data["on"]
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="staffing-{on.isoformat()}.csv"'
    csv.writer(response, delimiter=";").writerows(presenting.csv_rows(staffing(request.scope, on)))
    return response
