"""Names of people: cleaning what was typed, ordering, and the forms shown on screen."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Part = Literal["last", "first", "middle"]

NBSP = "\N{NO-BREAK SPACE}"
MAX_LENGTH = 100
_PART_NAMES: dict[Part, str] = {"last": "Фамилия", "first": "Имя", "middle": "Отчество"}
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´′", "'"))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_SPACED_HYPHEN = re.compile(r" *- *")
_SPACES = re.compile(r"\s+")
# Two marks in a row, or a mark at an end, is a slip of the finger.
_DOUBLED_MARK = re.compile(r"[-'.]{2}")


class InvalidName(ValueError):
    """A name that cannot be stored; ``code`` for programs, the message for people."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def clean_name(value: str, part: Part = "last", *, required: bool = True) -> str:
    """The name as stored: one space between words, plain hyphens and apostrophes, nothing invisible.

    Letter case is left alone: «де Лакруа» and «О'Нил» are right as typed. Raises InvalidName with a message
    in Russian.
    """
    label = _PART_NAMES[part]
    visible = "".join(
        char for char in unicodedata.normalize("NFC", value) if char.isspace() or _visible(char)
    )
    name = _SPACES.sub(" ", visible.translate(_APOSTROPHES).translate(_DASHES)).strip()
    name = _SPACED_HYPHEN.sub("-", name)
    if not name:
        if required:
            raise InvalidName("empty", f"{label}: заполните поле")
        return ""
    if len(name) > MAX_LENGTH:
        raise InvalidName("length", f"{label}: не больше {MAX_LENGTH} знаков, введено {len(name)}")
    for char in name:
        if char.isdigit():
            raise InvalidName("digits", f"{label}: уберите цифру «{char}», она здесь не бывает")
        if not (char.isalpha() or char in " -'." or unicodedata.category(char) == "Mn"):
            raise InvalidName("symbols", f"{label}: уберите знак «{char}»")
    if name[0] in "-'." or name[-1] in "-'" or _DOUBLED_MARK.search(name):
        raise InvalidName("marks", f"{label}: лишний дефис, апостроф или точка")
    if _mixes_alphabets(name):
        raise InvalidName(
            "alphabet", f"{label}: русские и латинские буквы в одном слове, наберите слово заново"
        )
    return name


def sort_key(last: str, first: str, middle: str = "") -> str:
    """What names are ordered by: lower case, ё as е, single spaces. Equals the generated database column."""
    return _SPACES.sub(" ", f"{last} {first} {middle}").strip().lower().replace("ё", "е")


def display_name(last: str, first: str, middle: str = "") -> str:
    """«Петров Иван Ильич»; ordinary spaces, so that a long name may wrap."""
    return " ".join(part for part in (last, first, middle) if part)


def short_name(last: str, first: str, middle: str = "") -> str:
    """«И. И. Петров», held together by no-break spaces; a double first name gives «А.-М.»."""
    initials = [_initials(part) for part in (first, middle) if part]
    return NBSP.join([*initials, last])


def polite_name(first: str, middle: str = "") -> str:
    """How a letter or an operator addresses a person: «Иван Ильич», or the first name alone."""
    return f"{first}{NBSP}{middle}" if middle else first


def _initials(name: str) -> str:
    return "-".join(f"{word[0].upper()}." for word in name.split("-") if word)


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in {"Cf", "Cc"}


def _mixes_alphabets(name: str) -> bool:
    """A Latin letter that looks Cyrillic makes a person unfindable."""
    for word in re.split(r"[ '-]", name):
        scripts = {unicodedata.name(char, "").partition(" ")[0] for char in word if char.isalpha()}
        if {"LATIN", "CYRILLIC"} <= scripts:
            return True
    return False
