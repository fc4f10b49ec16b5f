"""Letters as tagged PDF (PDF/UA-1), a millisecond each. Pure but for reading the layout."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

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


def render_letter(letter: Letter) -> bytes:
    """The PDF. Only fonts that come with the compiler are used, so that a letter looks alike on every machine.

    Errors: typst.TypstError for a text the layout cannot set, which would be a fault of the layout.
    """
    content = _compiler().compile(
        sys_inputs={"letter": json.dumps(asdict(letter), ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
    )
    if not isinstance(content, bytes):
        raise TypeError("One PDF was expected")
    return content


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(_LAYOUT), ignore_system_fonts=True)
