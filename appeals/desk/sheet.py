"""The list as a spreadsheet: what is filtered, with a sheet that says how it was counted.

A mass export of personal data: for heads of staff alone, with a reason, and it stands in the access log.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from appeals.desk import searches
from appeals.desk.access import heads_only
from appeals.desk.filters import kept, read
from appeals.desk.finding import said
from appeals.desk.paging import page_of
from appeals.desk.query import Query
from appeals.models import Appeal
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.subjects import Subject

# One sheet in one request; whoever needs more narrows the list or takes the regional report.
MOST = 50_000
CHUNK = 1_000
Value = str | date | int | None
COLUMNS: tuple[tuple[Promise, int, Callable[[Appeal], Value]], ...] = (
    (_("Number"), 19, lambda one: one.number),
    (_("Registered"), 12, lambda one: one.registered_on),
    (_("Answer due"), 12, lambda one: one.due_on),
    (_("State"), 22, lambda one: one.get_state_display()),
    (_("Kind"), 14, lambda one: one.get_kind_display()),
    (_("Came by"), 16, lambda one: one.get_channel_display()),
    (_("Urgency"), 12, lambda one: one.get_urgency_display()),
    (_("Topic of form ЗПЗ"), 14, lambda one: one.topic.code),
    (_("Topic"), 50, lambda one: one.topic.plain_title),
    (_("Organisation"), 30, lambda one: one.organization.short_name if one.organization else ""),
    (_("Level"), 8, lambda one: one.level),
    (_("Representative"), 30, lambda one: one.assignee.full_name if one.assignee else ""),
    (_("Clinic"), 30, lambda one: one.clinic.short_name if one.clinic else ""),
    (_("Applicant"), 34, lambda one: one.applicant_name),
    (_("Validity"), 18, lambda one: one.get_validity_display() if one.validity else ""),
)


class SheetForm(forms.Form):
    reason = forms.CharField(
        label=_("What do you need the spreadsheet for"),
        help_text=_("It holds people's names. The reason is written into the access log."),
        min_length=5,
        max_length=300,
        error_messages={
            "required": _("Write what you need the spreadsheet for"),
            "min_length": _("Write it in a few words"),
        },
    )


@heads_only
@require_http_methods(["GET", "POST"])
def sheet(request: ScopedRequest) -> HttpResponseBase:
    params = request.POST if request.method == "POST" else request.GET
    now, today = timezone.now(), timezone.localdate()
    address = kept(params)
    search = searches.found(request.scope, str(address.get("search", "")), now)
    query = read(address, search)
    form = SheetForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _ask(request, form, query, address)
    rows = query.rows(request.scope, today).select_related("topic", "organization", "assignee", "clinic")
    target = TemporaryFile()  # noqa: SIM115 - the response closes it
    count = write(target, rows, query, asked_by=str(request.user), now=now)
    record_read(
        scope=request.scope,
        subject=Subject.APPEAL_EXPORT,
        rows=count,
        page=request.path,
        now=now,
        reason=form.cleaned_data["reason"],
        request_id=request.request_id,
    )
    target.seek(0)
    name = gettext("appeals-%(day)s.xlsx") % {"day": today.isoformat()}
    response = FileResponse(
        target,
        as_attachment=True,
        filename=name,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _ask(request: ScopedRequest, form: SheetForm, query: Query, address: Any) -> HttpResponse:
    context = {
        "form": form,
        "said": said(query),
        "address": address.items(),
        "most": MOST,
        "back_url": f"{reverse('staff_queue')}?{address.urlencode()}",
    }
    return render(request, "appeals/desk/sheet.html", context, status=422 if form.is_bound else 200)


def write(target: IO[bytes], rows: QuerySet[Appeal], query: Query, *, asked_by: str, now: datetime) -> int:
    """Writes the book row by row, so that memory stays the same however long the list; returns how many rows."""
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy"})
    page = book.add_worksheet(gettext("Appeals"))
    page.freeze_panes(1, 0)
    for column, (title, width, _value) in enumerate(COLUMNS):
        page.set_column(column, column, width)
        page.write_string(0, column, str(title), bold)
    count = 0
    for count, one in enumerate(_in_order(rows, query), start=1):
        for column, (_title, _width, value) in enumerate(COLUMNS):
            _cell(page, count, column, value(one), day)
    _how_counted(book, query, count, asked_by=asked_by, now=now)
    book.close()
    return count


def _in_order(rows: QuerySet[Appeal], query: Query) -> Iterator[Appeal]:
    """By key, a chunk at a time: the order of the page, and no cursor held open."""
    light = rows.defer("text", "wish", "answer", "routing_reasons", "search_words")
    key, left = "", MOST
    while left > 0:
        page = page_of(light, query.order, after=key, size=min(CHUNK, left))
        yield from page.rows
        left -= len(page.rows)
        key = page.after
        if not key:
            return


def _cell(page: Any, row: int, column: int, value: Value, day: Any) -> None:
    if isinstance(value, date):
        page.write_datetime(row, column, value, day)
    elif isinstance(value, int):
        page.write_number(row, column, value)
    elif value:
        # Always a string: what people typed is no formula, whatever it begins with.
        page.write_string(row, column, str(value))


def _how_counted(book: Any, query: Query, count: int, *, asked_by: str, now: datetime) -> None:
    page = book.add_worksheet(gettext("How counted"))
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 90)
    limit = gettext("Only the first %(most)s rows are in the file: narrow the filters.") % {"most": MOST}
    lines = [
        (gettext("What was asked for"), said(query)),
        (gettext("Rows"), str(count)),
        (gettext("Completeness"), limit if count >= MOST else gettext("All rows that fit the filters.")),
        (gettext("Taken at"), timezone.localtime(now).strftime("%d.%m.%Y %H:%M %Z")),
        (gettext("Taken by"), asked_by),
        (gettext("Whose rows"), gettext("Appeals that this person may see on the day of the export.")),
        (gettext("Answer due"), gettext("The lawful term; an extension is already counted in.")),
        (gettext("State"), gettext("The state at the moment of the export.")),
    ]
    for row, (title, words) in enumerate(lines):
        page.write_string(row, 0, title)
        page.write_string(row, 1, words)
