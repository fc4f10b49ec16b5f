"""CSV as it really comes: four encodings, four separators, open quotes, a megabyte in one cell.

Every line is taken apart by itself, so that one open quote cannot swallow the rest of the file.
"""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from charset_normalizer import from_bytes

from dispensary.files.codes import FileRejected
from dispensary.files.reading.base import Format, Line, Table, wide_order

MAX_LINE = 64 * 1024
# A cell may hold line breaks; further than this an open quote is a slip, not a text.
MAX_BREAKS = 20
SEPARATORS = ";\t,|"
_BROKEN = "\N{REPLACEMENT CHARACTER}"
_RUSSIAN = ["cp1251", "cp866", "koi8_r"]


def open_text(path: Path, head: bytes) -> Table:
    encoding = encoding_of(head)
    file = path.open(encoding=encoding, errors="replace", newline=None)
    try:
        return _table(file, encoding)
    except FileRejected:
        file.close()
        raise


def _table(file: TextIO, encoding: str) -> Table:
    lines = _logical(file)
    first = next((line for line in lines if line.text.strip(SEPARATORS + " \"'")), None)
    if first is None:
        raise FileRejected("empty")
    if first.fault:
        raise FileRejected("no_header")
    separator = max(SEPARATORS, key=first.text.count)
    return Table(
        format=Format.CSV,
        encoding=encoding,
        header=_split(first.text, separator),
        lines=_lines(lines, separator),
        source=file,
    )


def encoding_of(head: bytes) -> str:
    """By its mark, else by trial: UTF-8 that decodes is UTF-8, and of the Russian ones the likeliest."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    if wide := wide_order(head[:400]):
        return wide
    try:
        # The sample may end inside a letter: an incremental decoder waits for its rest.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        if error.start > 4096:  # a long UTF-8 text with one broken sign, not another encoding
            return "utf-8"
        found = from_bytes(head[:32_768], cp_isolation=_RUSSIAN).best()
        if found is None:
            raise FileRejected("encoding_unknown") from None
        return found.encoding
    return "utf-8"


class _Logical:
    """A line of the table: one line of text, or several where a quoted cell holds line breaks."""

    __slots__ = ("ended", "fault", "text")

    def __init__(self, text: str, fault: str, *, ended: bool) -> None:
        self.text, self.fault, self.ended = text, fault, ended


def _logical(file: TextIO) -> Iterator[_Logical]:
    waiting: list[str] = []
    while True:
        line = waiting.pop(0) if waiting else file.readline(MAX_LINE)
        if not line:
            return
        if len(line) == MAX_LINE and not line.endswith("\n"):
            _skip_rest(file)
            yield _Logical(line[:200], "line_too_long", ended=True)
        elif line.count('"') % 2 == 0:
            yield _Logical(line.rstrip("\n"), "", ended=line.endswith("\n"))
        else:
            yield _joined(file, line, waiting)


def _joined(file: TextIO, line: str, waiting: list[str]) -> _Logical:
    """The cell with line breaks, as far as its quote closes; else the first line alone, as a slip."""
    parts, size = [line], len(line)
    while len(parts) <= MAX_BREAKS and size < MAX_LINE:
        more = waiting.pop(0) if waiting else file.readline(MAX_LINE)
        if not more:
            break
        parts.append(more)
        size += len(more)
        if more.count('"') % 2:
            whole = "".join(parts)
            return _Logical(whole.rstrip("\n"), "", ended=whole.endswith("\n"))
    waiting[:0] = parts[1:]
    return _Logical(line.rstrip("\n"), "quote", ended=line.endswith("\n"))


def _skip_rest(file: TextIO) -> None:
    while (part := file.readline(MAX_LINE)) and not part.endswith("\n"):
        pass


def _lines(logical: Iterator[_Logical], separator: str) -> Iterator[Line]:
    row = 1
    for line in logical:
        row += 1
        text = line.text
        if not text or not text.strip(separator + " "):
            continue
        fault = line.fault or ("characters" if _BROKEN in text else "")
        cells = [] if fault else _split(text, separator)
        yield Line(row, cells, fault, last_cut=not line.ended)


def _split(text: str, separator: str) -> list[str]:
    if '"' not in text:
        return text.split(separator)
    # Taken alone, a line whose quotes do not pair inside a cell cannot reach for the next one.
    return next(csv.reader([text], delimiter=separator))
