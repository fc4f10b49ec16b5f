"""Opens a clinic's file, whatever it came as: one header and a stream of lines, never the whole in memory."""

from pathlib import Path

from dispensary.files.codes import FileRejected
from dispensary.files.kinds import FileKind
from dispensary.files.reading.base import Format, Line, Table, format_of
from dispensary.files.reading.text import open_text
from dispensary.files.reading.workbook import open_workbook
from dispensary.files.reading.xml import open_xml

__all__ = ["Format", "Line", "Table", "format_of", "open_table"]

HEAD = 1024 * 1024


def open_table(path: Path, kind: FileKind) -> Table:
    """Errors: FileRejected for what cannot be read at all; it may also come later, from the stream of lines."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise FileRejected("empty")
    form = format_of(head)
    if form is Format.XLSX:
        return open_workbook(path)
    return open_xml(path, kind) if form is Format.XML else open_text(path, head)
