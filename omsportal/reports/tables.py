"""The report as rows of plain values, for CSV, XLSX and the API; and the appeals behind a number, one by one."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F

from appeals.models import Outcome, Validity
from appeals.reports.measures import COUNTS, RATES, Sums
from appeals.reports.query import Query
from appeals.reports.reading import behind
from appeals.words import CHANNELS, FORMS, KINDS
from omsportal.reports.presenting import Report
from registry.models import Clinic, Organization

CHUNK = 2_000
HEAD = {
    "appeals": "Обращений", "consultations": "Консультаций", "complaints": "Жалоб", "written": "Письменных",
    "judged": "Жалоб рассмотрено по существу", "justified": "Обоснованных жалоб", "answered": "Дан ответ",
    "in_time": "Ответ в срок", "late": "Ответ с опозданием", "open": "В работе", "overdue": "Просрочено",
    "forwarded": "Перенаправлено", "declined": "Оставлено без ответа", "withdrawn": "Отозвано",
    "repeated": "Повторных", "handed_over": "Передано между уровнями", "surveyed": "Опрошено",
    "solved": "Вопрос решён", "stars": "Сумма оценок",
    "consultation_share": "Доля консультаций, %", "complaint_share": "Доля жалоб, %",
    "justified_share": "Доля обоснованных жалоб, %", "in_time_share": "Отвечено в срок, %",
    "solved_share": "Вопрос решён, %", "satisfaction": "Средняя оценка",
    "median_days": "Половина ответов за, дней", "ninth_decile_days": "Девять из десяти ответов за, дней",
}  # fmt: skip
ROW_HEAD = (
    "Номер", "Зарегистрировано", "Вид", "Форма", "Способ поступления", "Строка формы ЗПЗ", "Кто отвечает",
    "Куда поступило", "Медицинская организация", "Уровень", "Итог", "Обоснованность", "Срок ответа",
    "Дата решения", "Дней до ответа", "В срок", "Просрочено", "Повторное", "Передачи между уровнями",
    "Куда перенаправлено", "Оценка",
)  # fmt: skip


def values(sums: Sums) -> dict[str, Any]:
    """Every count and rate of a cell by its name; rates of nothing are None."""
    return {name: getattr(sums, name) for name in (*COUNTS, *RATES)}


def report_rows(report: Report) -> Iterator[list[Any]]:
    """Head, the whole, then each value. Rows of a breakdown that adds up sum to the whole, headings left out."""
    yield ["Значение", "Код", *HEAD.values()]
    yield ["Всего", "", *_cells(report.sums)]
    for line in report.lines:
        if not line.heading:
            yield [line.label, line.value, *_cells(line.sums)]


def _cells(sums: Sums) -> list[Any]:
    found = values(sums)
    return [found[name] for name in HEAD]


_COLUMNS = (
    "number", "day", "kind", "form", "channel", "topic", "organization_id", "received_by_id", "clinic_id", "level",
    "outcome", "validity", "due_on", "decided_on", "days", "in_time", "overdue", "repeated", "paths", "body",
    "satisfaction",
)  # fmt: skip


def appeal_rows(query: Query, measure: str) -> Iterator[list[Any]]:
    """The appeals behind a number, without names. Read by a cursor of the server: memory stays as it is.

    Errors: WrongQuery, before the first row.
    """
    facts = behind(query, measure).annotate(number=F("appeal__number")).order_by("day", "appeal_id")
    return _appeal_rows(facts.values_list(*_COLUMNS).iterator(chunk_size=CHUNK))


def _appeal_rows(facts: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    offices = dict(Organization.objects.values_list("pk", "short_name"))
    clinics = dict(Clinic.objects.values_list("pk", "short_name"))
    outcomes, validities = dict(Outcome.choices), dict(Validity.choices)
    yield list(ROW_HEAD)
    for fact in facts:
        row = list(fact)
        row[2] = str(KINDS.get(row[2], row[2]))
        row[3] = str(FORMS.get(row[3], row[3]))
        row[4] = str(CHANNELS.get(row[4], row[4]))
        row[6], row[7] = offices.get(row[6], ""), offices.get(row[7], "")
        row[8] = clinics.get(row[8], "")
        row[10], row[11] = str(outcomes[row[10]]), str(validities.get(row[11], ""))
        row[15:18] = [_yes(flag) for flag in row[15:18]]
        row[18] = ", ".join(row[18])
        yield row


def _yes(flag: bool | None) -> str:
    return "" if flag is None else "да" if flag else "нет"
