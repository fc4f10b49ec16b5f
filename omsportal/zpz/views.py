"""Pages of the official forms: the region's board, one form with its story, its rows, its spreadsheet."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from omsportal.zpz import counting, drill, explaining, presenting, reading
from omsportal.zpz.book import about_version, form_book
from omsportal.zpz.forms import EnteredForm, PeriodForm, ReasonForm
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import Organization
from registry.scoping import Role
from registry.subjects import Subject
from representatives.models.zpz import ZpzEvent, ZpzReport, ZpzVersion
from representatives.services import zpz
from representatives.views.register import chosen_place
from representatives.views.staffing import reader_today
from representatives.zpz import differences, workflow
from representatives.zpz.layout import TABLES
from representatives.zpz.periods import Period
from representatives.zpz.workflow import Action, Status

keepers = roles(Role.FUND_ADMIN, Role.SUPERVISOR)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def address(report: ZpzReport) -> str:
    return reverse("zpz:form", args=[report.pk])


@never_cache
@require_safe
@keepers
def board(request: ScopedRequest) -> HttpResponse:
    """Who has handed in what for a period, and what the reader has to do about it."""
    now = timezone.now()
    form = PeriodForm.asked(request.GET, reader_today(request, now))
    period = form.chosen(reader_today(request, now))
    region, tabs, places = chosen_place(request, reading.organizations_of(request.scope))
    for tab in tabs:
        tab["url"] += f"&period={period.code}&year={period.year}"
    context = {
        "form": form,
        "period": period,
        "region": region,
        "tabs": tabs,
        "tables": TABLES.values(),
        "rows": reading.board(request.scope, places, period),
        "kinds": presenting.KINDS,
        "whole": region in request.scope.regions(Role.FUND_ADMIN),
        "over": period.is_over(reader_today(request, now)),
    }
    return render(request, "region/forms/board.html", context)


@require_POST
@keepers
def open_form(request: ScopedRequest) -> HttpResponse:
    """Counts the form of an organisation, table and period. Errors: Http404 for what is not the reader's."""
    code, table = request.POST.get("organization", ""), request.POST.get("table", "")
    organization = _organization(request, code)
    if table not in TABLES or not reading.files(organization, table):
        raise Http404("No such table")
    try:
        period = Period(int(request.POST.get("year", "")), request.POST.get("period", ""))
    except ValueError as error:
        raise Http404("No such period") from error
    now = timezone.now()
    try:
        counted = counting.count(organization, table, period, now=now)
        report = zpz.open_report(
            organization=organization,
            table=table,
            period=period,
            filled=counted.filled,
            scope=request.scope,
            now=now,
            run=counted.run,
        )
    except workflow.Refusal as refusal:
        messages.error(request, refusal.text)
        query = urlencode({"period": period.code, "year": period.year, "region": organization.region_id})
        return HttpResponseRedirect(f"{reverse('zpz:board')}?{query}")
    messages.success(request, presenting.done_words(Action.COUNT))
    return HttpResponseRedirect(address(report))


def _organization(request: ScopedRequest, code: str) -> Organization:
    for one in reading.organizations_of(request.scope):
        if one.code == code:
            return one
    raise Http404("Not found and not allowed look alike")


@never_cache
@require_safe
@keepers
def form_page(request: ScopedRequest, report_id: int) -> HttpResponse:
    report = reading.one_report(request.scope, report_id)
    version = reading.version_of(request.scope, report, request.GET.get("version", ""))
    return _form_page(request, report, version, ReasonForm())


def _form_page(
    request: ScopedRequest, report: ZpzReport, version: ZpzVersion, reason_form: ReasonForm, asked: str = ""
) -> HttpResponse:
    now = timezone.now()
    filled = version.filled
    found = zpz.findings(report, version, now=now)
    latest = version.number == report.number
    faulty = frozenset((one.row, one.column) for one in found)
    events = ZpzEvent.objects.visible_to(request.scope).filter(report=report).select_related("actor")
    versions = ZpzVersion.objects.visible_to(request.scope).filter(report=report).defer("rows")
    context = {
        "report": report,
        "version": version,
        "latest": latest,
        "table": TABLES[report.table],
        "groups": presenting.groups(report.table),
        "form_rows": presenting.rows(filled, presenting.link_of(version), faulty),
        "has_entered": any(line.row.entered for line in filled.lines),
        "has_doubts": any(not line.row.confirmed for line in filled.lines),
        "findings": found,
        "errors": sum(one.is_error for one in found),
        "status_kind": presenting.KINDS[report.status],  # type: ignore[index]
        "steps": _steps(request, report) if latest else [],
        "reason_form": reason_form,
        "asked": asked,
        "events": list(events),
        "versions": list(versions.select_related("made_by").order_by("-number")),
        "board_url": _board_url(report),
    }
    return render(request, "region/forms/form.html", context)


def _board_url(report: ZpzReport) -> str:
    query = urlencode({"region": report.region_id, "period": report.period, "year": report.year})
    return f"{reverse('zpz:board')}?{query}"


def _steps(request: ScopedRequest, report: ZpzReport) -> list[dict[str, Any]]:
    sides = zpz.sides_of(request.scope, report.organization)
    offered = workflow.offered(Status(report.status), sides=sides, own=report.organization.is_fund)
    return [
        {
            "action": action.value,
            "words": presenting.words_of(action),
            "needs_reason": workflow.needs_reason(Status(report.status), action),
        }
        for action in offered
        if action is not Action.ENTER
    ]


@require_POST
@keepers
def act(request: ScopedRequest, report_id: int) -> HttpResponse:
    """One step of the form. A step that needs a reason comes with it."""
    report = reading.one_report(request.scope, report_id)
    try:
        action = Action(request.POST.get("action", ""))
    except ValueError as error:
        raise Http404("No such step") from error
    if action is Action.ENTER:
        raise Http404("Rows are filled in on a page of their own")
    form = ReasonForm(request.POST)
    if workflow.needs_reason(Status(report.status), action) and not form.is_valid():
        version = reading.version_of(request.scope, report)
        return _form_page(request, report, version, form, asked=action.value)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        _do(request, report, action, reason, timezone.now())
    except workflow.Refusal as refusal:
        messages.error(request, refusal.text)
    else:
        messages.success(request, presenting.done_words(action))
    return HttpResponseRedirect(address(report))


def _do(request: ScopedRequest, report: ZpzReport, action: Action, reason: str, now: datetime) -> None:
    if action is Action.COUNT:
        counted = counting.count(report.organization, report.table, report.span, now=now)
        zpz.count(report_id=report.pk, filled=counted.filled, scope=request.scope, now=now, run=counted.run)
    else:
        zpz.act(report_id=report.pk, action=action, scope=request.scope, now=now, reason=reason)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@keepers
def enter(request: ScopedRequest, report_id: int) -> HttpResponse:
    """The rows that people fill in."""
    report = reading.one_report(request.scope, report_id)
    sides = zpz.sides_of(request.scope, report.organization)
    offered = workflow.offered(Status(report.status), sides=sides, own=report.organization.is_fund)
    filled = reading.version_of(request.scope, report).filled
    if Action.ENTER not in offered or not any(line.row.entered for line in filled.lines):
        raise Http404("Nothing to fill in now")
    form = EnteredForm(request.POST if request.method == "POST" else None, filled=filled)
    form.use_required_attribute = False
    if request.method == "POST" and form.is_valid():
        try:
            zpz.enter(report_id=report.pk, values=form.values(), scope=request.scope, now=timezone.now())
        except workflow.Refusal as refusal:
            form.add_error(None, refusal.text)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, presenting.done_words(Action.ENTER))
            return HttpResponseRedirect(address(report))
    context = {
        "form": form,
        "heading": _("Rows filled in by hand"),
        "lead": _("The portal does not keep these figures: take them from your own records."),
        "back_url": address(report),
        "button": _("Save"),
    }
    return render(request, "representatives/register/form.html", context)


@never_cache
@require_safe
@keepers
def changes(request: ScopedRequest, report_id: int) -> HttpResponse:
    """What differs between a version and the data of today, or another version, and why."""
    report = reading.one_report(request.scope, report_id)
    version = reading.version_of(request.scope, report, request.GET.get("version", ""))
    against = request.GET.get("against", "")
    other = reading.version_of(request.scope, report, against) if against else None
    if other is None:
        counted = counting.recount(report.organization, report.table, report.span, now=timezone.now())
    else:
        counted = counting.Counted(other.filled, other.counted_at, other.run)
    found = differences.changes(version.filled, counted.filled)
    if other is None:  # what people enter by hand is not counted again
        entered = {line.row.code for line in counted.filled.lines if line.row.entered}
        found = [change for change in found if change.row not in entered]
    explained = None
    if found and version.run is not None and counted.run is not None:
        before, after = sorted((version.run, counted.run))
        explained = explaining.explain(request.scope, report, counted.filled, before, after)
        _log(request, report, Subject.APPEAL_QUEUE, len(explained.moved))
    context = {
        "report": report,
        "table": TABLES[report.table],
        "version": version,
        "other": other,
        "counted_at": counted.at,
        "changes": found,
        "explained": explained,
        "form_url": address(report),
    }
    return render(request, "region/forms/changes.html", context)


@never_cache
@require_safe
@keepers
def rows(request: ScopedRequest, report_id: int) -> HttpResponse:
    """The rows behind one figure."""
    report = reading.one_report(request.scope, report_id)
    version = reading.version_of(request.scope, report, request.GET.get("version", ""))
    filled = version.filled
    row, column, after = (request.GET.get(name, "") for name in ("row", "column", "after"))
    found = drill.behind(
        request.scope,
        version,
        filled,
        row=row,
        column=column,
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,
    )
    line = filled.line(row)
    subject = Subject.APPEAL_QUEUE if report.table == "1" else Subject.CAMPAIGN_PEOPLE
    _log(request, report, subject, len(found.rows))
    query = urlencode(
        {"version": version.number, "row": row, "column": column, "after": found.next_key or ""}
    )
    signed = (line.cells.get(column) if line else None) or 0
    context = {
        "report": report,
        "version": version,
        "table": TABLES[report.table],
        "line": line,
        "column": next(one for one in TABLES[report.table].columns if one.key == column),
        "signed": signed,
        "found": found,
        "hidden": max(0, (signed if report.table == "1" else found.now) - found.seen),
        "next_url": f"?{query}" if found.next_key else "",
        "form_url": address(report),
    }
    return render(request, "region/forms/rows.html", context)


def _log(request: ScopedRequest, report: ZpzReport, subject: Subject, count: int) -> None:
    record_read(
        scope=request.scope,
        subject=subject,
        key=str(report.pk),
        rows=count,
        page=request.get_full_path(),
        now=timezone.now(),
        region_id=report.region_id,
        request_id=getattr(request, "request_id", ""),
    )


def _book(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


@require_safe
@keepers
def form_xlsx(request: ScopedRequest, report_id: int) -> HttpResponse:
    report = reading.one_report(request.scope, report_id)
    version = reading.version_of(request.scope, report, request.GET.get("version", ""))
    counted = timezone.localtime(version.counted_at, report.region.zone)
    state = report.get_status_display() if version.number == report.number else _("an earlier version")
    body = form_book(
        version.filled,
        filer=f"{report.organization.name} ({report.organization.code})",
        period=report.span.words,
        about=about_version(version, state, counted),
    )
    return _book(body, f"zpz-{report.table}-{report.organization.code}-{report.year}-{report.period}")


@never_cache
@require_safe
@keepers
def region_form(request: ScopedRequest, region: str, table: str, year: str, period: str) -> HttpResponse:
    """The region's consolidated table of the forms that the fund has accepted."""
    whole = _consolidated(request, region, table, year, period)
    context = {
        "whole": whole,
        "table": TABLES[table],
        "groups": presenting.groups(table),
        "form_rows": presenting.rows(whole.filled),
        "kinds": presenting.KINDS,
        "board_url": f"{reverse('zpz:board')}?"
        + urlencode({"region": region, "period": period, "year": year}),
    }
    return render(request, "region/forms/region.html", context)


@require_safe
@keepers
def region_xlsx(request: ScopedRequest, region: str, table: str, year: str, period: str) -> HttpResponse:
    whole = _consolidated(request, region, table, year, period)
    included = [one.organization.short_name for one in whole.parts if one.counts]
    about = [
        ("Вошли принятые формы", ", ".join(included) or "ни одной"),
        ("Ещё не приняты", ", ".join(one.short_name for one in whole.missing) or "приняты все"),
        ("Сформирована", f"{timezone.localtime(timezone.now(), whole.region.zone):%d.%m.%Y %H:%M %Z}"),
    ]
    body = form_book(
        whole.filled, filer=whole.region.name, period=whole.period.words, about=about, whole_region=True
    )
    return _book(body, f"zpz-{table}-region-{region}-{year}-{period}")


def _consolidated(
    request: ScopedRequest, region: str, table: str, year: str, period: str
) -> reading.Consolidated:
    try:
        span = Period(int(year), period)
    except ValueError as error:
        raise Http404("No such period") from error
    return reading.consolidated(request.scope, region, table, span)
