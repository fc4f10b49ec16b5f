"""XLSX. The archive is weighed before anything opens it: a book of a few kilobytes can unpack to terabytes, and one
cell in the last corner of a sheet makes a table of billions."""

import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from dispensary.files.codes import FileRejected
from dispensary.files.reading.base import Format, Line, Table

MAX_UNPACKED = 150 * 1024 * 1024
MAX_ENTRIES = 500
MAX_ROWS = 100_000
MAX_COLUMNS = 60
_CHUNK = 1024 * 1024
_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")


def open_workbook(path: Path) -> Table:
    weigh(path)
    try:
        book = CalamineWorkbook.from_path(path)
        sheet = book.get_sheet_by_index(0)
    except PasswordError:
        raise FileRejected("spreadsheet_locked") from None
    except (CalamineError, OSError, ValueError):
        raise FileRejected("spreadsheet_broken") from None
    rows = _rows(sheet)
    for line in rows:
        if any(line.cells):
            return Table(format=Format.XLSX, encoding="", header=line.cells, lines=rows)
    raise FileRejected("empty")


def weigh(path: Path) -> None:
    """Unpacks every entry into nothing and counts. Errors: FileRejected for a bomb or a broken archive."""
    total = 0
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise FileRejected("spreadsheet_bomb")
            if "xl/workbook.xml" not in archive.NameToInfo:
                raise FileRejected("format_unknown")
            for entry in entries:
                total += _weigh_entry(archive, entry, MAX_UNPACKED - total)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise FileRejected("spreadsheet_broken") from None


def _weigh_entry(archive: ZipFile, entry: ZipInfo, room: int) -> int:
    size, tail = 0, b""
    is_sheet = entry.filename.startswith("xl/worksheets/")
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > room:
                raise FileRejected("spreadsheet_bomb")
            if is_sheet:
                _check_corner(tail + chunk)
                tail = chunk[-16:]
    return size


def _check_corner(part: bytes) -> None:
    for letters, number in _CELL.findall(part):
        if int(number) > MAX_ROWS:
            raise FileRejected("too_many_rows", limit=f"{MAX_ROWS:,}".replace(",", " "))
        if len(letters) > 2 or (len(letters) == 2 and letters > b"BH"):
            raise FileRejected("spreadsheet_bomb")


def _rows(sheet: CalamineSheet) -> Iterator[Line]:
    try:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = [_text(cell) for cell in row]
            if any(cells):
                yield Line(number, cells)
    except CalamineError:
        raise FileRejected("spreadsheet_broken") from None


def _text(cell: Any) -> str:
    """A cell as it would stand in a text file: whole numbers without a point, days as YYYY-MM-DD."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
