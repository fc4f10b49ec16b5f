"""Pages of the region: are there enough representatives, and who stands behind each number."""

import csv
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import User
from registry.scoping import Role
from registry.subjects import Subject
from representatives import presenting, workbook
from representatives.duty import clinics_with_coverage
from representatives.forms import DayForm, PeopleForm
from representatives.selectors import month_ends, people_page, staffing, staffing_trend
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
            "counted_at": timezone.now(),
            "permanent": request.build_absolute_uri(
                f"{reverse('representatives:staffing')}?region={region.code}&on={on.isoformat()}"
            ),
            **_over_time_and_place(request, region.code, on),
            "bars": presenting.bars(region, on),
            "in_words": presenting.in_words(region),
            "staffing_rows": presenting.table(region, on),
            "norms": [line.norm for line in region.lines if line.norm],
            "has_fund": any(one.is_fund and one.insured is None for one in region.organizations),
        }
    return render(request, "representatives/staffing.html", context)


def _over_time_and_place(request: ScopedRequest, region: str, on: date) -> dict[str, Any]:
    days = month_ends(on)
    clinics = list(clinics_with_coverage(region, on).order_by("mo_code"))
    neither = sum(not one.has_post and not one.has_line for one in clinics)
    words = ngettext(
        "%(count)d clinic has neither a duty post nor a direct line.",
        "%(count)d clinics have neither a duty post nor a direct line.",
        neither,
    )
    return {
        "over_year": presenting.trend(staffing_trend(request.scope, region, days), days, region),
        "tiles": presenting.tiles(clinics),
        "tile_words": words % {"count": neither}
        if neither
        else gettext("Every clinic has a post or a line."),
    }


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


@require_safe
@roles(Role.FUND_ADMIN, Role.SUPERVISOR)
def staffing_xlsx(request: ScopedRequest) -> HttpResponse:
    """The report of all regions the reader sees as a book, with a sheet that says how it was counted."""
    now = timezone.now()
    form = DayForm.asked(request.GET, reader_today(request, now))
    if not form.is_valid():
        raise Http404("No such day")
    on = form.cleaned_data["on"]
    report = staffing(request.scope, on)
    address = request.build_absolute_uri(f"{reverse('representatives:staffing')}?on={on.isoformat()}")
    body = workbook.staffing_book(report, address=address, counted_at=timezone.localtime(now))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="staffing-{on.isoformat()}.xlsx"'
    return response
