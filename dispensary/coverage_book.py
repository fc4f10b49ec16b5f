"""The coverage report as a spreadsheet with a sheet that says how it was counted, and as rows of a CSV."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

import xlsxwriter

from dispensary.coverage_report import Line, Report

_HEADS = {
    "programme": "Программа",
    "insurer": "Страховая организация",
    "clinic": "Медицинская организация",
    "age": "Возраст, достигаемый в году",
    "channel": "Канал",
    "month": "Месяц плана",
}
COLUMNS = (
    "Запланированы",
    "Информированы",
    "Исключены",
    "Не удалось связаться",
    "Ожидают",
    "Информированы, %",
    "Пришли из информированных",
    "Пришли из информированных, %",
    "Пришли всего",
    "Пришли из запланированных, %",
    "План, %",
)
HOW = (
    ("Запланированы", "все, кому в этом году положено мероприятие; каждый учтён один раз, по первому приглашению"),
    ("Информированы", "сообщение доставлено или принято к доставке, либо с человеком поговорили"),
    ("Исключены", "не приглашены по причине: нет согласия или связи, уже пришёл, контрольная группа и другие"),
    ("Не удалось связаться", "испробованы все разрешённые каналы"),
    ("Ожидают", "ждут очереди, сообщение отправляется, или человек в списке обзвона"),
    ("Проверка", "запланированы = информированы + исключены + не удалось связаться + ожидают, в каждой строке"),
    ("Пришли", "дата явки или завершения первого этапа в файле медицинской организации"),
    ("Месяц плана", "месяц, до конца которого человека надо информировать"),
    ("Возраст", "которого человек достигает в году мероприятия"),
)  # fmt: skip


def csv_rows(report: Report) -> Iterator[list[str]]:
    yield [_HEADS[report.query.by], *COLUMNS]
    for line in report.lines:
        yield [line.label, *(_text(value) for value in _values(line))]
    yield ["Всего", *(_text(value) for value in _values(report.total))]


def _values(line: Line) -> list[int | float | None]:
    one = line.counts
    return [
        *(one.planned, one.informed, one.excluded, one.failed, one.pending),
        _percent(one.informed, one.planned),
        one.came,
        _percent(one.came, one.informed),
        one.attended,
        _percent(one.attended, one.planned),
        line.target,
    ]


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _text(value: int | float | None) -> str:
    """A comma in fractions, as Excel in Russian reads them."""
    return "" if value is None else str(value).replace(".", ",")


def book(report: Report, *, address: str, now: datetime) -> bytes:
    """`address` is where the report stands on the portal; words go in as text, never as formulas."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    pages = xlsxwriter.Workbook(target, options)
    head = pages.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    bold, wrapped = pages.add_format({"bold": True}), pages.add_format({"text_wrap": True, "valign": "top"})
    sheet = pages.add_worksheet("Охват")
    sheet.write_row(0, 0, [_HEADS[report.query.by], *COLUMNS], head)
    for number, line in enumerate(report.lines, start=1):
        sheet.write_row(number, 0, [line.label, *_values(line)])
    sheet.write_row(len(report.lines) + 1, 0, ["Всего", *_values(report.total)], bold)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, len(COLUMNS), 15)
    sheet.freeze_panes(1, 1)
    how = pages.add_worksheet("Как посчитано")
    for number, (name, text) in enumerate([*_about(report, address, now), *HOW, *_targets(report)]):
        how.write_string(number, 0, name, head)
        how.write_string(number, 1, text, wrapped)
    how.set_column(0, 0, 34)
    how.set_column(1, 1, 90)
    pages.close()
    return target.getvalue()


def _about(report: Report, address: str, now: datetime) -> list[tuple[str, str]]:
    counted = report.counted_at.astimezone(now.tzinfo) if report.counted_at else None
    return [
        ("Год", str(report.query.year)),
        ("Сформирован", f"{now:%d.%m.%Y %H:%M %Z}"),
        ("Данные посчитаны", f"{counted:%d.%m.%Y %H:%M %Z}" if counted else "ещё нет"),
        ("Источник", "приглашения портала и файлы результатов медицинских организаций"),
        ("Адрес отчёта", address),
    ]


def _targets(report: Report) -> list[tuple[str, str]]:
    return [
        (
            f"План, {target.programme.title}",
            f"{target.share} % запланированных"
            f"{'' if target.confirmed else ' (для примера, не подтверждён)'}: {target.source}",
        )
        for target in report.targets
    ]
