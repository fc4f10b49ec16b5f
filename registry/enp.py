"""The number of a compulsory insurance policy (ЕНП): how it is built and what it says about its holder.

Sixteen digits ``RR MM YYYY DD SSSSS C``: region of first issue, birth month, birth year, birth day, serial
number, check digit. The birth part is disguised: the month carries the era, the year is written backwards,
men have 50 added to the day, and every digit of the three is replaced by its complement to nine. The last
digit is Luhn's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Sex = Literal["F", "M"]

ENP_LENGTH = 16
MAX_SERIAL = 99_999
_MALE_DAY_SHIFT = 50
_COMPLEMENT = str.maketrans("0123456789", "9876543210")
# What Luhn adds for a digit that is doubled: 5 → 10 → 1 + 0; by the digit as a byte, as imports check millions.
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_ZERO = ord("0")


@dataclass(frozen=True, slots=True)
class EnpParts:
    """What a number says. ``birth_date`` and ``sex`` are None when the birth part is impossible."""

    region: str
    birth_date: date | None
    sex: Sex | None
    serial: int
    check_digit: int


def luhn_digit(digits: str) -> int:
    """The digit that completes ``digits`` under Luhn's rule; the rightmost given digit is doubled."""
    signs = digits.encode("ascii")
    kept = signs[-2::-2]
    return -(sum(kept) - _ZERO * len(kept) + sum(signs[::-2].translate(_DOUBLED))) % 10


def enp_for(region: str, birth_date: date, sex: Sex, serial: int) -> str:
    """Build a number.

    Raises ValueError for a region that is not two digits or a serial outside 0..99,999.
    """
    if len(region) != 2 or not (region.isascii() and region.isdigit()):
        raise ValueError(f"region must be two digits, got {region!r}")
    if not 0 <= serial <= MAX_SERIAL:
        raise ValueError(f"serial must be within 0..{MAX_SERIAL}, got {serial}")
    body = f"{region}{birth_code(birth_date, sex)}{serial:05d}"
    return f"{body}{luhn_digit(body)}"


def birth_code(birth_date: date, sex: Sex) -> str:
    """The eight disguised digits of birth date and sex."""
    month = birth_date.month + _month_shift(birth_date.year)
    day = birth_date.day + (_MALE_DAY_SHIFT if sex == "M" else 0)
    return f"{month:02d}{f'{birth_date.year:04d}'[::-1]}{day:02d}".translate(_COMPLEMENT)


def decode_enp(number: str) -> EnpParts:
    """Read a normalised number of 16 digits; the check digit is reported, not judged."""
    if len(number) != ENP_LENGTH or not (number.isascii() and number.isdigit()):
        raise ValueError("a policy number is sixteen digits")
    birth_date, sex = _decode_birth(number[2:10])
    return EnpParts(
        region=number[:2],
        birth_date=birth_date,
        sex=sex,
        serial=int(number[10:15]),
        check_digit=int(number[15]),
    )


def _month_shift(year: int) -> int:
    """The era of birth, hidden in the month."""
    if year <= 1950:
        return 20
    return 40 if year <= 2000 else 0


def _decode_birth(code: str) -> tuple[date | None, Sex | None]:
    plain = code.translate(_COMPLEMENT)
    year = int(plain[2:6][::-1])
    month = int(plain[:2]) - _month_shift(year)
    day = int(plain[6:8])
    sex: Sex = "M" if day > _MALE_DAY_SHIFT else "F"
    try:
        birth_date = date(year, month, day - _MALE_DAY_SHIFT if sex == "M" else day)
    except ValueError:
        return None, None
    return birth_date, sex
