"""The staffing report as a spreadsheet: the figures, and a sheet that says how they were counted."""

from datetime import datetime
from io import BytesIO

import xlsxwriter

from representatives.presenting import csv_rows
from representatives.staffing import StaffingReport

HOW = (
    ("Представитель", "учтён с первого по последний день работы, в том числе в отпуске"),
    ("Прошли специальную подготовку", "на эту дату действует хотя бы одно удостоверение"),
    ("Застрахованных", "официальная численность застрахованных организации, действующая на эту дату"),
    (
        "Застрахованных на одного",
        "застрахованные, делённые на представителей уровня, с округлением до целого",
    ),
    (
        "Нужно",
        "застрахованные, делённые на норматив, с округлением вверх; каждая организация округлена отдельно",
    ),
    ("Избыток (+) или нехватка (−)", "представители минус сколько нужно"),
    ("Вакансии", "должности штатного расписания, действующего на эту дату, которые никто не занимает"),
)


def staffing_book(report: StaffingReport, *, address: str, counted_at: datetime) -> bytes:
    """Words go in as text, never as formulas. `address` is where the report stands for this day for ever."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    sheet = book.add_worksheet("Численность")
    for number, row in enumerate(csv_rows(report)):
        for column, value in enumerate(row):
            sheet.write(number, column, "" if value is None else value, None if number else head)
    sheet.set_column(0, 15, 16)
    sheet.freeze_panes(1, 3)
    how = book.add_worksheet("Как посчитано")
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for number, (name, text) in enumerate([*_about(report, address, counted_at), *HOW, *_norms(report)]):
        how.write(number, 0, name, head)
        how.write(number, 1, text, wrapped)
    how.set_column(0, 0, 34)
    how.set_column(1, 1, 90)
    book.close()
    return target.getvalue()


def _about(report: StaffingReport, address: str, counted_at: datetime) -> list[tuple[str, str]]:
    return [
        ("На дату", f"{report.on:%d.%m.%Y}"),
        ("Сформирован", f"{counted_at:%d.%m.%Y %H:%M %Z}"),
        ("Источник", "реестр страховых представителей портала; официальная численность застрахованных"),
        ("Постоянный адрес", address),
    ]


def _norms(report: StaffingReport) -> list[tuple[str, str]]:
    found = []
    for region in report.regions:
        for line in region.lines:
            if line.norm:
                binding = "" if line.norm.confirmed else " (назван в прессе, не обязателен)"
                value = f"{line.norm.insured_per_representative} застрахованных на одного{binding}: {line.norm.source}"
                found.append((f"Норматив, {region.name}, уровень {line.level}", value))
    return found
