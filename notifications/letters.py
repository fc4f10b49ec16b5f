"""Letters as tagged PDF (PDF/UA-1), a millisecond each. Pure but for reading the layout."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

_LAYOUTS = Path(__file__).parent / "data"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything on the sheet. Texts go in as data, so nothing in them is markup."""

    language: str
    sender: str
    date: str
    number: str
    name: str
    address: str
    subject: str
    paragraphs: Sequence[str]
    # The page that says whether the letter is genuine; set as a square code and in words.
    verify_url: str = ""
    # The page where an invited person says what came of it; the same way.
    reply_url: str = ""


def render_letter(letter: Letter) -> bytes:
    """The PDF. Only fonts that come with the compiler are used, so that a letter looks alike on every machine.

    Errors: typst.TypstError for a text the layout cannot set, which would be a fault of the layout.
    """
    return _compile("letter.typ", letter=_facts(letter))


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A letter in a batch: its number for mail that comes back, and its place in the envelope."""

    letter: Letter
    number: str
    envelope: int
    sheet: int
    of: int


def render_batch(leaves: Sequence[Leaf], *, title: str) -> bytes:
    """All letters as one PDF in the given order, each from a sheet of its own. Errors as in `render_letter`."""
    facts = {
        "title": title,
        "sender": leaves[0].letter.sender,
        "leaves": [
            {
                "letter": _facts(leaf.letter),
                "number": leaf.number,
                "mark": square_code(leaf.number, error="m"),
                "position": f"Конверт {leaf.envelope} · лист {leaf.sheet} из {leaf.of}",
            }
            for leaf in leaves
        ],
    }
    return _compile("print_batch.typ", batch=facts)


def _facts(letter: Letter) -> dict[str, Any]:
    url = letter.verify_url or letter.reply_url
    return {**asdict(letter), "code": square_code(url) if url else ""}


def _compile(layout: str, **facts: dict[str, Any]) -> bytes:
    content = _compiler(layout).compile(
        sys_inputs={name: json.dumps(value, ensure_ascii=False) for name, value in facts.items()},
        format="pdf",
        pdf_standards="ua-1",
    )
    if not isinstance(content, bytes):
        raise TypeError("One PDF was expected")
    return content


def square_code(text: str, *, error: str = "q") -> str:
    """An SVG picture for a camera or a scanner; the usual correction reads it with a fold or a stain across."""
    out = BytesIO()
    segno.make(text, error=error, micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


@cache
def _compiler(layout: str) -> typst.Compiler:
    return typst.Compiler(str(_LAYOUTS / layout), root=str(_LAYOUTS), ignore_system_fonts=True)
