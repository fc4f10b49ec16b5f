"""CSV as it really comes: four encodings, four separators, open quotes, a megabyte in one cell.

Every line is taken apart by itself, so that one open quote cannot swallow the rest of the file.
"""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from charset_normalizer import from_bytes

from dispensary.files.codes import FileRejected
from dispensary.files.reading.base import Format, Line, Table, wide_order

MAX_LINE = 64 * 1024
_BLOCK = 256 * 1024
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


class _Logical(NamedTuple):
    """A line of the table: one line of text, or several where a quoted cell holds line breaks."""

    text: str
    fault: str
    ended: bool


def _physical(file: TextIO) -> Iterator[_Logical]:
    """Lines as they stand in the text, a block at a time; of one without an end no more than a block is kept."""
    rest, block = "", file.read(_BLOCK)
    while block or "\n" in rest:
        lines = (rest + block).split("\n")
        rest = lines.pop()
        for line in lines:
            yield _Logical(line, "", True) if len(line) <= MAX_LINE else _too_long(line)
        if len(rest) > MAX_LINE:
            yield _too_long(rest)
            rest = _after_this_line(file)
        block = file.read(_BLOCK)
    if rest:
        yield _Logical(rest, "", False)


def _too_long(line: str) -> _Logical:
    return _Logical(line[:200], "line_too_long", True)


def _after_this_line(file: TextIO) -> str:
    while block := file.read(_BLOCK):
        _, found, rest = block.partition("\n")
        if found:
            # What follows goes through the same gate as everything: it may be a long line again.
            return rest
    return ""


def _logical(file: TextIO) -> Iterator[_Logical]:
    physical = _physical(file)
    waiting: list[_Logical] = []
    while True:
        line = waiting.pop(0) if waiting else next(physical, None)
        if line is None:
            return
        if '"' not in line.text or line.fault or line.text.count('"') % 2 == 0:
            yield line
        else:
            yield _joined(physical, line, waiting)


def _joined(physical: Iterator[_Logical], line: _Logical, waiting: list[_Logical]) -> _Logical:
    """The cell with line breaks, as far as its quote closes; else the first line alone, as a slip."""
    parts, size = [line], len(line.text)
    while len(parts) <= MAX_BREAKS and size < MAX_LINE:
        more = waiting.pop(0) if waiting else next(physical, None)
        if more is None:
            break
        parts.append(more)
        size += len(more.text)
        if not more.fault and more.text.count('"') % 2:
            return _Logical("\n".join(part.text for part in parts), "", more.ended)
    waiting[:0] = parts[1:]
    return _Logical(line.text, "quote", line.ended)


def _lines(logical: Iterator[_Logical], separator: str) -> Iterator[Line]:
    nothing = separator + " "
    for row, (text, fault, ended) in enumerate(logical, start=2):
        if not text or not text.lstrip(nothing):
            continue
        wrong = fault or ("characters" if _BROKEN in text else "")
        yield Line(row, () if wrong else _split(text, separator), wrong, not ended)


def _split(text: str, separator: str) -> list[str]:
    if '"' not in text:
        return text.split(separator)
    # Taken alone, a line whose quotes do not pair inside a cell cannot reach for the next one.
    return next(csv.reader([text], delimiter=separator))
