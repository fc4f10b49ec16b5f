"""Registered letters as tagged PDF (PDF/UA-1): one, or a whole print batch in one document."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appeals import letter_texts
from appeals.links import verify_link
from appeals.models import AppealLetter, LetterKind
from notifications.letters import square_code
from registry.phones import display_phone

_LAYOUT = Path(__file__).parent / "data" / "official_letter.typ"


def render(letters: Sequence[AppealLetter], *, title: str = "") -> bytes:
    """The PDF of letters with their appeals. `title` names a batch; a single letter has its own heading.

    Errors: typst.TypstError for a text the layout cannot set, which would be a fault of the layout.
    """
    job = {
        "title": title or letters[0].subject or letters[0].number,
        "author": letters[0].sender,
        "language": letters[0].language,
        "letters": [_sheet(letter) for letter in letters],
    }
    content = _compiler().compile(
        sys_inputs={"job": json.dumps(job, ensure_ascii=False)}, format="pdf", pdf_standards="ua-1"
    )
    if not isinstance(content, bytes):
        raise TypeError("One PDF was expected")
    return content


def _sheet(letter: AppealLetter) -> dict[str, Any]:
    appeal, head, url = letter.appeal, letter.head, verify_link(letter.secret)
    with translation.override(letter.language):
        reply = _("In reply to No. %(number)s of %(day)s") % {
            "number": appeal.number,
            "day": letter_texts.day(appeal.registered_on),
        }
        executor = _("Prepared by: %(name)s") % {"name": letter.executor} if letter.executor else ""
        enclosure = _paragraphs(letter.enclosure)
        return {
            "language": letter.language,
            "head_name": head.get("name") or letter.sender,
            "head_lines": _requisites(head),
            "dated": _("%(day)s No. %(number)s")
            % {"day": letter_texts.day(letter.issued_on), "number": letter.number},
            "replies_to": reply,
            "name": letter.addressee,
            "address": letter.address,
            "subject": letter.subject or letter_texts.subject(letter.kind, appeal.number),
            "paragraphs": _paragraphs(letter.body),
            "enclosed": _("Enclosure: the text of the appeal.") if enclosure else "",
            "enclosure_title": _("Enclosure to letter No. %(number)s") % {"number": letter.number},
            "enclosure": enclosure,
            "position": head.get("position", ""),
            "signatory": head.get("signatory", ""),
            "executor": ", ".join(part for part in (executor, _phone(head)) if part) if executor else "",
            "code": square_code(url),
            "code_words": _("Square code:"),
            "verify_words": _verify_words(letter.kind),
            "verify_url": url,
        }


def _verify_words(kind: str) -> str:
    words = _("Is this letter genuine? Point the camera of your phone at the square, or type the address.")
    if kind == LetterKind.ANSWER:
        words += " " + _("There you can also say what you think of the answer.")
    return words


def _requisites(head: dict[str, str]) -> list[str]:
    contacts = [_phone(head), head.get("email", ""), head.get("site", "")]
    codes = [
        f"{label} {head[name]}"
        for name, label in (("ogrn", "ОГРН"), ("inn", "ИНН"), ("kpp", "КПП"))
        if head.get(name)
    ]
    lines = [head.get("address", ""), ", ".join(part for part in contacts if part), ", ".join(codes)]
    return [line for line in lines if line]


def _phone(head: dict[str, str]) -> str:
    return display_phone(head["phone"]) if head.get("phone") else ""


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def batch_title(number: int, size: int) -> str:
    words = ngettext(
        "Print batch %(number)s: %(size)s letter", "Print batch %(number)s: %(size)s letters", size
    )
    return words % {"number": number, "size": size}


@cache
def _compiler() -> typst.Compiler:
    # Only fonts that come with the compiler are used, so that a letter looks alike on every machine.
    return typst.Compiler(str(_LAYOUT), ignore_system_fonts=True)
