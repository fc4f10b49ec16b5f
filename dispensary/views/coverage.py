"""Staff: coverage split six ways; the same as a spreadsheet and a text; the people behind a figure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dispensary import coverage_book, coverage_report
from dispensary.coverage_report import Query, Report
from dispensary.files.writing import csv_text
from dispensary.models import Programme
from dispensary.views import coverage_figures
from dispensary.views.campaigns import READERS, staff_context
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import Organization
from registry.scoping import Role
from registry.subjects import Subject

# A longer list of insurers is narrowed by the rows of the report itself.
MOST_OPTIONS = 20


def asked(request: ScopedRequest, years: Sequence[int], now: datetime) -> Query:
    """What the address asks for; without a year the latest that has campaigns."""
    latest = years[0] if years else coverage_report.this_year(now)
    return Query.of(request.GET.dict(), year=latest)


@require_GET
@roles(*READERS)
def coverage_page(request: ScopedRequest) -> HttpResponse:
    now = timezone.now()
    years = coverage_report.years(request.scope)
    query = asked(request, years, now)
    report = coverage_report.report(query, request.scope, today=timezone.localdate(now))
    context: dict[str, Any] = {
        "report": report,
        "query": query,
        "years": years,
        "programmes": Programme.objects.order_by("position"),
        "insurers": _insurers(request),
        "splits": coverage_figures.splits(query),
        "narrowed": coverage_figures.narrowed(query),
        "address": urlencode(query.address),
        "permanent": request.build_absolute_uri(
            f"{reverse('dispensary:coverage')}?{urlencode(query.address)}"
        ),
        **coverage_figures.of(report),
    }
    return render(request, "dispensary/coverage.html", staff_context(request, **context))


def _insurers(request: ScopedRequest) -> list[Organization]:
    """For the choice on the page: those whose people the reader sees, none where the list would be too long."""
    scope = request.scope
    regions = scope.regions(Role.FUND_ADMIN)
    own = Organization.objects.filter(pk__in=scope.organizations(*READERS))
    rows = own | Organization.objects.filter(region__in=regions, kind="insurer")
    found = list(rows.distinct().order_by("short_name")[: MOST_OPTIONS + 1])
    return found if 1 < len(found) <= MOST_OPTIONS else []


@require_GET
@roles(*READERS)
def coverage_csv(request: ScopedRequest) -> HttpResponse:
    report = _report(request)
    text = "".join(csv_text(coverage_book.csv_rows(report)))
    return _attached(text.encode(), "text/csv; charset=utf-8", report, "csv")


@require_GET
@roles(*READERS)
def coverage_xlsx(request: ScopedRequest) -> HttpResponse:
    report = _report(request)
    address = request.build_absolute_uri(
        f"{reverse('dispensary:coverage')}?{urlencode(report.query.address)}"
    )
    content = coverage_book.book(report, address=address, now=timezone.localtime())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _attached(content, kind, report, "xlsx")


def _report(request: ScopedRequest) -> Report:
    now = timezone.now()
    query = asked(request, coverage_report.years(request.scope), now)
    return coverage_report.report(query, request.scope, today=timezone.localdate(now))


def _attached(content: bytes, kind: str, report: Report, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    name = f"coverage-{report.query.year}-{report.query.by}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@roles(*READERS)
def coverage_people(request: ScopedRequest) -> HttpResponse:
    """The rows behind one figure. Errors: Http404 for an address that no figure has."""
    now = timezone.now()
    outcome = request.GET.get("outcome", "")
    if outcome not in coverage_report.STATES:
        raise Http404("No figure of the report has this address")
    query = asked(request, coverage_report.years(request.scope), now)
    page = coverage_report.people(query, outcome, request.scope, after=request.GET.get("after", ""))
    record_read(
        scope=request.scope,
        subject=Subject.CAMPAIGN_PEOPLE,
        key=f"{query.year} {outcome}",
        rows=len(page.rows),
        page=request.path,
        now=now,
        request_id=request.request_id,
    )
    address = urlencode(query.address)
    context = {
        "query": query,
        "outcome": coverage_figures.outcome_word(outcome),
        "narrowed": coverage_figures.narrowed(query),
        "page": page.rows,
        "next_url": f"?{address}&outcome={outcome}&after={page.after}" if page.after else "",
        "back_url": f"{reverse('dispensary:coverage')}?{address}",
        "empty_text": _("The figures are counted every ten minutes: since then these people have moved on."),
    }
    return render(request, "dispensary/coverage_people.html", staff_context(request, **context))
