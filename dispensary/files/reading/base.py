"""What a table is for the checks, and what a file is by its first bytes. Names and endings are not believed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any, NamedTuple

from dispensary.files.codes import FileRejected


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    XML = "xml"


class Line(NamedTuple):
    """`row` is counted as a spreadsheet shows it, the header being 1. A line that cannot be taken apart has a
    `fault`. `last_cut` marks the last line of a text that ends without an end of line."""

    row: int
    cells: Sequence[str]
    fault: str = ""
    last_cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """`declared` and `clinic` are what an XML says of itself; other formats say nothing."""

    format: Format
    encoding: str
    header: Sequence[str]
    lines: Iterator[Line]
    declared: int | None = None
    clinic: str = ""
    source: IO[Any] | None = None

    def close(self) -> None:
        """Lets go of the file; the lines must not be read afterwards."""
        if self.source is not None:
            self.source.close()


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = (b"MZ", b"\x7fELF", b"%PDF", b"{\\rtf")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def format_of(head: bytes) -> Format:
    """Errors: FileRejected for a picture, a program, an old Excel book and other things that are no list."""
    if head.startswith(b"PK\x03\x04"):
        return Format.XLSX
    if head.startswith(_OLE):
        raise FileRejected("spreadsheet_locked" if _ENCRYPTED in head else "format_old_excel")
    if head.startswith(_PROGRAMS):
        raise FileRejected("format_unknown")
    start = head[:400]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_wide(start):
        return Format.XML if b"<\0?\0x\0m\0l" in start or b"\0<\0?\0x\0m\0l" in start else Format.CSV
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"<?xml", b"<clinic_file")):
        return Format.XML
    control = sum(byte < 9 or 13 < byte < 32 for byte in head[:4000])
    if control or text.startswith(b"<"):
        raise FileRejected("format_unknown")
    return Format.CSV


def _is_wide(start: bytes) -> bool:
    """UTF-16 without a mark at its beginning: every other byte of Latin letters and separators is zero."""
    return wide_order(start) != ""


def wide_order(start: bytes) -> str:
    even, odd = start[0::2].count(0), start[1::2].count(0)
    # A Russian header has few Latin letters: separators and digits alone must do, on one side only.
    if not even and odd * 20 > len(start):
        return "utf-16-le"
    return "utf-16-be" if not odd and even * 20 > len(start) else ""
