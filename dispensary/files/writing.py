"""Files that the portal gives back: empty templates, the XML schema, the protocol, and the clinic's own table with
the bad cells marked.

Cells go out as text, never as formulas: a name that begins with = is a name, not a program for Excel.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from dispensary.files.kinds import KINDS, Field, FileKind
from dispensary.files.reading import open_table
from dispensary.files.reading.xml import ROOT, ROW
from dispensary.files.rows import columns_of
from dispensary.files.selectors import ProtocolLine

BOM = "\ufeff"
_OPENERS = ("=", "+", "-", "@", "\t", "\r")
# A larger table is not drawn anew as a whole: its rows with errors alone are what has to be mended.
WHOLE = 20_000
MOST = 50_000
REMEDY = "Что исправить"
_SAFE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def csv_text(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a CSV that Excel opens: a mark at the beginning, semicolons, nothing that runs."""
    yield BOM
    for row in rows:
        line = StringIO()
        csv.writer(line, delimiter=";", lineterminator="\r\n").writerow([harmless(cell) for cell in row])
        yield line.getvalue()


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_OPENERS) else cell


def template_csv(kind: FileKind) -> str:
    return "".join(csv_text([[one.title for one in kind.fields]]))


def table_xlsx(kind: FileKind, rows: Iterable[Mapping[str, str]] = ()) -> bytes:
    """A book with the kind's columns, their hints as notes, all cells text; `rows` by the fields' codes."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {**_SAFE, "in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet(kind.title[:31])
    text, head = book.add_format({"num_format": "@"}), _head(book)
    for column, one in enumerate(kind.fields):
        sheet.set_column(column, column, max(12, len(one.title) + 2), text)
        sheet.write_string(0, column, one.title, head)
        note = f"{'Обязательное. ' if one.required else ''}{one.hint}"
        if note:
            sheet.write_comment(0, column, note)
    for number, row in enumerate(rows, start=1):
        for column, one in enumerate(kind.fields):
            sheet.write_string(number, column, row.get(one.code, ""), text)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def _head(book: Any) -> Any:
    return book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "num_format": "@"})


def table_xml(kind: FileKind, clinic: str, rows: Sequence[Mapping[str, str]]) -> str:
    lines = [f"<{ROOT} kind={quoteattr(kind.code)} mo={quoteattr(clinic)} rows={quoteattr(str(len(rows)))}>"]
    for row in rows:
        cells = "".join(
            f"<{one.code}>{escape(row[one.code])}</{one.code}>" for one in kind.fields if row.get(one.code)
        )
        lines.append(f"  <{ROW}>{cells}</{ROW}>")
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *lines, f"</{ROOT}>", ""])


def schema_xsd(kind: FileKind) -> str:
    """The schema of the kind's XML: its elements in any order, the required ones once."""
    elements = "\n".join(_element(one) for one in kind.fields)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
  <xs:element name="{ROOT}">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="{ROW}" maxOccurs="unbounded">
          <xs:complexType>
            <xs:all>
{elements}
            </xs:all>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
      <xs:attribute name="kind" type="xs:string" fixed="{kind.code}" use="required"/>
      <xs:attribute name="mo" type="xs:string" use="required"/>
      <xs:attribute name="rows" type="xs:nonNegativeInteger" use="required"/>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""


def _element(one: Field) -> str:
    lowest = "" if one.required else ' minOccurs="0"'
    note = f"<xs:annotation><xs:documentation>{escape(one.title)}</xs:documentation></xs:annotation>"
    return f'              <xs:element name="{one.code}" type="xs:string"{lowest}>{note}</xs:element>'


PROTOCOL_HEAD = ("Строка", "Поле", "Столбец", "Код", "Что не так", "Что сделать", "Значение")


def protocol_rows(lines: Iterable[ProtocolLine]) -> Iterator[Sequence[str]]:
    yield PROTOCOL_HEAD
    for line in lines:
        found = line.fault
        yield (str(line.row), line.field, line.title, found.code, found.text, found.remedy, line.value)


def marked_xlsx(
    path: Path, kind_code: str, lines: Iterable[ProtocolLine], *, rows: int, target: BytesIO
) -> None:
    """The clinic's own table as a book: bad cells filled, the remedy in the last column.

    `lines` come in the order of the rows; both are read once, side by side. Of a table of more than `WHOLE` rows
    only those with faults are given, up to `MOST`. Errors: FileRejected for a file that cannot be read any more.
    """
    kind = KINDS[kind_code]
    table = open_table(path, kind)
    try:
        columns = columns_of(kind, table.header)
        book = xlsxwriter.Workbook(target, {**_SAFE, "in_memory": True})
        sheet = book.add_worksheet(kind.title[:31])
        paint = _Paint(book, sheet, columns, _kept(table.header))
        paint.head(table.header)
        faults = _Grouped(lines)
        written = 0
        for line in table.lines:
            found = faults.of(line.row)
            if (found or rows <= WHOLE) and written < MOST:
                written += 1
                paint.row(written, line.cells, found)
        book.close()
    finally:
        table.close()


def _kept(header: Sequence[str]) -> list[int]:
    """The columns to show: all but the remedies of an earlier round."""
    return [place for place, cell in enumerate(header) if cell.strip() != REMEDY]


class _Grouped:
    """The faults of a row, taken from a stream that is ordered by row."""

    def __init__(self, lines: Iterable[ProtocolLine]) -> None:
        self._lines = iter(lines)
        self._next = next(self._lines, None)

    def of(self, row: int) -> list[ProtocolLine]:
        found = []
        while self._next is not None and self._next.row <= row:
            if self._next.row == row:
                found.append(self._next)
            self._next = next(self._lines, None)
        return found


class _Paint:
    def __init__(self, book: Any, sheet: Any, columns: Mapping[str, int], kept: Sequence[int]) -> None:
        self._sheet, self._columns, self._kept = sheet, columns, kept
        text = {"num_format": "@"}
        self._text, self._head = book.add_format(text), _head(book)
        self._bad = book.add_format({**text, "bg_color": "#F8C9C4", "border": 1, "border_color": "#A8221A"})
        self._note = book.add_format({**text, "bg_color": "#FCEFD9", "border": 1, "border_color": "#8A5200"})
        self._words = book.add_format({"text_wrap": True})

    def head(self, header: Sequence[str]) -> None:
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(self._kept) - 1, 18, self._text)
        self._sheet.set_column(len(self._kept), len(self._kept), 60, self._words)
        for column, place in enumerate(self._kept):
            self._sheet.write_string(0, column, header[place], self._head)
        self._sheet.write_string(0, len(self._kept), REMEDY, self._head)

    def row(self, number: int, cells: Sequence[str], faults: Sequence[ProtocolLine]) -> None:
        looks = {
            self._columns[fault.field]: self._bad if fault.fault.level == "row" else self._note
            for fault in faults
            if fault.field in self._columns
        }
        for column, place in enumerate(self._kept):
            cell = cells[place] if place < len(cells) else ""
            self._sheet.write_string(number, column, cell[:32_000], looks.get(place, self._text))
        words = "; ".join(
            f"{fault.title + ': ' if fault.title else ''}{fault.fault.text}. {fault.fault.remedy}"
            for fault in faults
        )
        if words:
            self._sheet.write_string(number, len(self._kept), words, self._words)
