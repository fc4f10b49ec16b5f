"""Letters as tagged PDF (PDF/UA-1), a millisecond each. Pure but for reading the layout."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import segno
import typst

_LAYOUT = Path(__file__).parent / "data" / "letter.typ"


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
    url = letter.verify_url or letter.reply_url
    facts = {**asdict(letter), "code": square_code(url) if url else ""}
    content = _compiler().compile(
        sys_inputs={"letter": json.dumps(facts, ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
    )
    if not isinstance(content, bytes):
        raise TypeError("One PDF was expected")
    return content


def square_code(url: str) -> str:
    """The address as an SVG picture for a phone's camera, readable with a fold or a stain across it."""
    out = BytesIO()
    segno.make(url, error="q", micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(_LAYOUT), ignore_system_fonts=True)
