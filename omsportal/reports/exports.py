"""What is on screen as files: CSV for Excel, a book with a sheet that says how it was counted, a sheet of paper."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from appeals.reports.query import WrongQuery
from appeals.reports.reading import behind
from omsportal.reports import paper
from omsportal.reports.asking import READERS, Asked, Asking
from omsportal.reports.indicators import ALL
from omsportal.reports.presenting import Report, filter_words, period_words, report_of
from omsportal.reports.tables import appeal_rows, report_rows
from omsportal.reports.views import log_read
from registry.access import roles
from registry.db import db_scope
from registry.middleware import ScopedRequest

BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Excel reads what begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that gives back what is written."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[list[Any]]) -> Iterator[str]:
    """Lines as Excel of Russia opens them: with a BOM and semicolons, decimal commas, days as people write them."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield BOM
    for row in rows:
        yield writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _attached(response: HttpResponseBase, asked: Asked, ending: str) -> HttpResponseBase:
    period = asked.query.period
    name = f"appeals-{asked.query.owner}-{period.first.isoformat()}-{period.last.isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@roles(*READERS)
def report_csv(request: ScopedRequest) -> HttpResponseBase:
    asked = Asking.of(request, timezone.now()).sure()
    body = "".join(csv_lines(report_rows(report_of(asked))))
    return _attached(HttpResponse(body, content_type="text/csv; charset=utf-8"), asked, "csv")


@require_safe
@roles(*READERS)
def report_xlsx(request: ScopedRequest) -> HttpResponseBase:
    asked = Asking.of(request, timezone.now()).sure()
    body = book(report_of(asked), request.build_absolute_uri(asked.url()))
    return _attached(HttpResponse(body, content_type=XLSX), asked, "xlsx")


@require_safe
@roles(*READERS)
def report_pdf(request: ScopedRequest) -> HttpResponseBase:
    asked = Asking.of(request, timezone.now()).sure()
    body = paper.report_pdf(report_of(asked), request.build_absolute_uri(asked.url()))
    return _attached(HttpResponse(body, content_type="application/pdf"), asked, "pdf")


@require_safe
@roles(*READERS)
def rows_csv(request: ScopedRequest) -> HttpResponseBase:
    """All appeals behind a number, however many. Errors: Http404 for a number that the report does not have."""
    now = timezone.now()
    asked = Asking.of(request, now).sure()
    measure = request.GET.get("measure", "")
    try:
        behind(asked.query, measure)
    except WrongQuery as wrong:
        raise Http404(wrong.code) from wrong
    log_read(request, asked, now, rows=None)

    def stream() -> Iterator[str]:
        # The request's own transaction is over when the body is sent.
        with db_scope(request.scope):
            yield from csv_lines(appeal_rows(asked.query, measure))

    response = StreamingHttpResponse(stream(), content_type="text/csv; charset=utf-8")
    return _attached(response, asked, f"{measure}.csv")


def book(report: Report, address: str) -> bytes:
    """Words go in as text, never as formulas."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    made = xlsxwriter.Workbook(target, options)
    head = made.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    _sheet(made, head, "Показатели", _indicators(report), (46, 18, 18, 18))
    _sheet(made, head, "Разрез", list(report_rows(report)), (60, 12, *[15] * 30))
    _sheet(made, head, "Как посчитано", how_counted(report, address), (46, 110))
    made.close()
    return target.getvalue()


def _sheet(made: Any, head: Any, name: str, rows: list[list[Any]], widths: tuple[int, ...]) -> None:
    page = made.add_worksheet(name)
    wrapped = made.add_format({"text_wrap": True, "valign": "top"})
    for column, width in enumerate(widths[: max(map(len, rows))]):
        page.set_column(column, column, width)
    page.freeze_panes(1, 1)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            page.write(number, column, "" if value is None else value, wrapped if number else head)


def _indicators(report: Report) -> list[list[Any]]:
    before = report.asked.before
    rows: list[list[Any]] = [
        [
            "Показатель",
            period_words(report.asked.query.period),
            period_words(before.period) if before else "",
            "Изменение",
        ]
    ]
    for one in ALL:
        then = one.value(report.before) if report.before else None
        now = one.value(report.sums)
        change = round(now - then, 2) if now is not None and then is not None else None
        rows.append([str(one.label), now, then, change])
    return rows


def how_counted(report: Report, address: str) -> list[list[Any]]:
    asked = report.asked
    narrowed = "; ".join(one["text"] for one in filter_words(asked)) or "нет"
    counted = timezone.localtime(asked.run.at, asked.place.region.zone)
    return [
        ["О чём", "Сведения"],
        ["Чьи обращения", asked.place.name],
        ["Зарегистрированы", period_words(asked.query.period)],
        ["Отбор", narrowed],
        ["Разрез", report.title],
        [
            "Складывается ли разрез в целое",
            "да" if report.adds_up else "нет: обращение стоит в нескольких строках или ни в одной",
        ],
        ["Подсчёт", f"№ {asked.run.pk} от {counted:%d.%m.%Y %H:%M %Z}"],
        ["Источник", "журнал обращений портала; каждое обращение учтено один раз, по дню регистрации"],
        ["Постоянный адрес", address],
        *[[str(one.label), str(one.definition)] for one in ALL],
    ]
