"""A form as a spreadsheet in the layout of the order: title, period, filer, heads with merged cells, rows with their
codes, a line for the signature; and a second sheet that says where the figures come from."""

from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from omsportal.zpz.presenting import Group, groups
from representatives.zpz.layout import TABLES, Filled

FORM = "Форма № ЗПЗ «Организация защиты прав застрахованных лиц в сфере ОМС»"
HOW: dict[str, tuple[str, ...]] = {
    "1": (
        "Обращение относится к организации, в которую оно поступило, и к дню регистрации по часам региона.",
        "Строка 3 — все жалобы; строка 3.1 и ниже — обоснованные, по теме; повторные обоснованные — строка 3.1.15.",
        "Темы, для которых в разделе нет строки, учтены в строках 3.1.16 и 4.18; прочие заявления — в строке 2.",
        "«По поручению» — письменные обращения, поступившие из другого органа.",
    ),
    "9": (
        "Представитель учтён, если работает в последний день периода, в том числе если он в отпуске.",
        "Прошли специальную подготовку те, у кого в этот день действует удостоверение.",
    ),
    "10": (
        "Подлежат информированию люди, чей срок информирования приходится на период.",
        "Проинформированы те, до кого сообщение или звонок дошли в периоде, по часам региона.",
        "Оценка репродуктивного здоровья учтена вместе с диспансеризацией.",
        "Строки «другие темы» и «публичное информирование» организация заполняет вручную.",
    ),
}


def form_book(
    filled: Filled, *, filer: str, period: str, about: list[tuple[str, str]], whole_region: bool = False
) -> bytes:
    """Words go in as text, never as formulas. `about` are the lines of the second sheet: state, version, hash."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    sheet = book.add_worksheet(f"Таблица {filled.table}")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    bold = book.add_format({"bold": True, "text_wrap": True})
    table = TABLES[filled.table]
    for number, text in enumerate(
        (
            FORM,
            table.title,
            f"{'Сводная по региону' if whole_region else 'Организация'}: {filer}",
            f"За {period}",
        )
    ):
        sheet.write_string(number, 0, text, bold)
    last = _body(book, sheet, filled, _heads(book, sheet, filled.table, 5))
    sheet.write_string(last + 2, 1, "Руководитель ____________________ / ____________________ /")
    sheet.write_string(last + 3, 1, "«____» ______________ 20____ г.")
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 62)
    sheet.set_column(2, 2 + len(table.columns), 14)
    _about(book, filled, about)
    book.close()
    return target.getvalue()


def _heads(book: Any, sheet: Any, table: str, top: int) -> int:
    """Both rows of heads and the row of column numbers; gives the first row of figures."""
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1}
    )
    for column, text in enumerate(("№ строки", "Наименование показателя")):
        sheet.merge_range(top, column, top + 1, column, text, head)
    place = 2
    columns = TABLES[table].columns
    for group in groups(table) or [Group("", 1)] * len(columns):
        if not group.title:
            sheet.merge_range(top, place, top + 1, place, columns[place - 2].title, head)
            place += 1
            continue
        sheet.merge_range(top, place, top, place + group.span - 1, group.title, head)
        for step in range(group.span):
            sheet.write_string(top + 1, place + step, columns[place - 2 + step].title, head)
        place += group.span
    for number in range(len(columns) + 2):
        sheet.write_number(top + 2, number, number + 1, head)
    sheet.freeze_panes(top + 3, 2)
    sheet.repeat_rows(top, top + 2)
    return top + 3


def _body(book: Any, sheet: Any, filled: Filled, top: int) -> int:
    words = {
        depth: book.add_format({"text_wrap": True, "valign": "top", "border": 1, "indent": depth})
        for depth in range(4)
    }
    code = book.add_format({"valign": "top", "border": 1})
    figure = book.add_format({"valign": "top", "border": 1, "num_format": "#,##0"})
    blank = book.add_format({"valign": "top", "border": 1, "align": "center", "font_color": "#52637a"})
    for number, line in enumerate(filled.lines, top):
        sheet.write_string(number, 0, line.row.code, code)
        sheet.write_string(number, 1, line.row.title, words[min(3, line.row.code.count("."))])
        for place, column in enumerate(TABLES[filled.table].columns, 2):
            value = line.cells.get(column.key)
            if value is None:
                sheet.write_string(number, place, "x", blank)
            else:
                sheet.write_number(number, place, value, figure)
    return top + len(filled.lines)


def _about(book: Any, filled: Filled, about: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("Как посчитано")
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    unsure = [line.row.code for line in filled.lines if not line.row.confirmed]
    lines = [*about, *(("Правило", text) for text in HOW[filled.table])]
    if unsure:
        lines.append(("Наименования не сверены с приказом", ", ".join(unsure)))
    for number, (name, text) in enumerate(lines):
        sheet.write_string(number, 0, name, wrapped)
        sheet.write_string(number, 1, text, wrapped)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)


def about_version(version: Any, status: str, made: datetime) -> list[tuple[str, str]]:
    return [
        ("Состояние", status),
        ("Версия", str(version.number)),
        ("Посчитана", f"{made:%d.%m.%Y %H:%M %Z}"),
        ("Контрольная сумма содержания (SHA-256)", version.sha256),
    ]
