"""XML, element by element. No DTD, no entities, no network: a document that brings any of them is refused unread.

<clinic_file kind="name_list" mo="390901" rows="2"><row><ENP>…</ENP>…</row>…</clinic_file>
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from dispensary.files.codes import FileRejected
from dispensary.files.kinds import KINDS, FileKind
from dispensary.files.reading.base import Format, Line, Table
from dispensary.files.reading.text import MAX_LINE, encoding_of

ROOT, ROW = "clinic_file", "row"


def open_xml(path: Path, kind: FileKind) -> Table:
    _refuse_declarations(path)
    file = path.open("rb")
    try:
        return _table(file, kind)
    except FileRejected:
        file.close()
        raise


def _table(file: BinaryIO, kind: FileKind) -> Table:
    events = _events(file)
    root = next(events)[1]
    if root.tag != ROOT:
        raise FileRejected("xml_root", found=str(root.tag)[:60])
    said = root.get("kind", "")
    if said in KINDS and said != kind.code:
        raise FileRejected("other_kind", found=KINDS[said].title, chosen=kind.title)
    rows = root.get("rows", "")
    header = [one.code for one in kind.fields]
    return Table(
        format=Format.XML,
        encoding=root.getroottree().docinfo.encoding or "utf-8",
        header=header,
        lines=_lines(events, root, header),
        declared=int(rows) if rows.isdecimal() and len(rows) < 10 else None,
        clinic=root.get("mo", ""),
        source=file,
    )


def _refuse_declarations(path: Path) -> None:
    """Before any parser sees them. They may stand only before the root element, so the head is enough."""
    with path.open("rb") as file:
        head = file.read(MAX_LINE)
    text = head.decode(encoding_of(head), errors="replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise FileRejected("xml_forbidden")


def _events(file: BinaryIO) -> Iterator[tuple[str, Any]]:
    parser = etree.iterparse(
        file,
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, element in parser:
            if element.getroottree().docinfo.internalDTD is not None:
                raise FileRejected("xml_forbidden")
            yield event, element
            break
        yield from parser
    except etree.XMLSyntaxError as error:
        raise FileRejected("xml_broken", why=_why(error)) from None


def _why(error: etree.XMLSyntaxError) -> str:
    line = getattr(error, "lineno", None)
    return f"строка {line}" if line else "не разобрать"


def _lines(events: Iterator[tuple[str, Any]], root: Any, header: list[str]) -> Iterator[Line]:
    place = {code: number for number, code in enumerate(header)}
    number = 0
    for event, element in events:
        # Only rows right under the root: what else stands there is not ours to read.
        if event != "end" or element.tag != ROW or element.getparent() is not root:
            continue
        number += 1
        cells = [""] * len(header)
        for child in element:
            at = place.get(child.tag) if isinstance(child.tag, str) else None
            if at is not None:
                cells[at] = child.text or ""
        yield Line(number, cells)
        # A row that was read is forgotten with its place in the tree, or a long file would fill the memory.
        element.clear()
        while element.getprevious() is not None:
            del root[0]
