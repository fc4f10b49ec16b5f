"""Numbers of appeals (`RR-YYYY-NNNNNNN-C`) and access codes: written, checked, read as people type them.

Who draws the running number, and how the code is kept as a hash, is the business of the services.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

# Base 32 without I, L, O and U: nothing in it is mistaken for a digit or for each other.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 13  # 5 bits a character: 65 bits
_GROUPS = ((0, 4), (4, 8), (8, 13))
_LARGEST = 9_999_999

_DASHES = "-‐‑‒–—―−_.·"
_BLANK = {ord(character): None for character in f"{_DASHES} \t\r\n\u00a0\u202f\u200b"}
# Cyrillic letters that look like a character of the alphabet, and the letters the alphabet leaves out.
_LOOKALIKES = str.maketrans("АВЕКМНРСТУХЗОІOIL", "ABEKMHPCTYX301011")


class BadNumber(ValueError):
    """`code`: `malformed` (not of the shape) or `check_digit` (a digit is mistyped)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BadAccessCode(ValueError):
    """`code`: `wrong_length` or `wrong_character`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class AppealNumber:
    """Region of two digits, year of registration there, running number within both."""

    region: str
    year: int
    running: int

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{2}", self.region):
            raise BadNumber("malformed", f"region {self.region!r} is not two digits")
        if not 1000 <= self.year <= 9999:
            raise BadNumber("malformed", f"year {self.year} is not four digits")
        if not 1 <= self.running <= _LARGEST:
            raise BadNumber("malformed", f"running number {self.running} is not between 1 and {_LARGEST}")

    def __str__(self) -> str:
        check = luhn_digit(f"{self.region}{self.year}{self.running:07}")
        return f"{self.region}-{self.year}-{self.running:07}-{check}"


def format_number(region: str, year: int, running: int) -> str:
    """The number as stored and shown. Raises BadNumber."""
    return str(AppealNumber(region, year, running))


def parse_number(text: str) -> AppealNumber:
    """The number a person typed, with or without dashes and spaces. Raises BadNumber."""
    compact = text.translate(_BLANK).upper().translate(_LOOKALIKES)
    if not re.fullmatch(r"[0-9]{14}", compact):
        raise BadNumber("malformed", "a number looks like 39-2026-0000001-9")
    if luhn_digit(compact[:13]) != int(compact[13]):
        raise BadNumber("check_digit", "the check digit does not fit: a digit is mistyped")
    return AppealNumber(compact[:2], int(compact[2:6]), int(compact[6:13]))


def luhn_digit(body: str) -> int:
    """The digit that makes `body` pass Luhn: finds any one wrong digit and nearly all swaps of neighbours.

    The rule of `registry.enp.luhn_digit` said once more: this module is pure and leans on no other room.
    """
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


def new_access_code(randbelow: Callable[[int], int] = secrets.randbelow) -> str:
    """A fresh code as shown once to the applicant, e.g. `7KQ2-M9XD-4TZB6`.

    `randbelow(n)` gives an unpredictable number from 0 to n-1; only tests pass their own.
    """
    return show_access_code("".join(ALPHABET[randbelow(len(ALPHABET))] for _ in range(CODE_LENGTH)))


def show_access_code(code: str) -> str:
    """Grouped for reading aloud and typing."""
    return "-".join(code[start:end] for start, end in _GROUPS)


def normalise_access_code(text: str) -> str:
    """The 13 characters meant by what a person typed; this form is hashed.

    Case, spaces and dashes do not matter; letters that look alike, Cyrillic ones too, are taken for those of
    the alphabet. Raises BadAccessCode.
    """
    code = text.translate(_BLANK).upper().translate(_LOOKALIKES)
    if wrong := sorted(set(code) - set(ALPHABET)):
        raise BadAccessCode("wrong_character", f"not part of any code: {' '.join(wrong)}")
    if len(code) != CODE_LENGTH:
        raise BadAccessCode("wrong_length", f"a code has {CODE_LENGTH} characters, got {len(code)}")
    return code
