"""How figures, phones and identifiers read on screen. Pure: no Django, no clock."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from registry.phones import display_phone

NBSP = "\u00a0"
MINUS = "\u2212"

# Short words that must not stay alone at the end of a line.
_SHORT = re.compile(
    r"(?<![\w-])(а|без|в|во|да|до|за|и|из|к|ко|на|не|ни|но|о|об|от|по|при|с|со|у|№|д\.|кв\.) ", re.IGNORECASE
)
_BEFORE_UNIT = re.compile(r"(\d) (?=(г\.|руб\.|дн\.|дн[яей]|лет|года?|час|мин|%|₽))")


def keep_together(text: str) -> str:
    """Russian text with no-break spaces after short words and before units."""
    text = _SHORT.sub(lambda match: match.group(1) + NBSP, text)
    # Two short words in a row share their space, so the first pass sees only one of them.
    text = _SHORT.sub(lambda match: match.group(1) + NBSP, text)
    return _BEFORE_UNIT.sub(lambda match: match.group(1) + NBSP, text)


def group_number(value: Decimal | float | int, places: int | None = None) -> str:
    """1234567.5 → «1 234 567,5»: no-break spaces, decimal comma, a proper minus sign.

    `places` fixes the number of decimals; without it an integer has none and others keep what they have.
    """
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        return "—"
    if places is not None:
        number = round(number, places)
    text = f"{abs(number):,f}".replace(",", NBSP).replace(".", ",")
    if places is None and "," in text:
        text = text.rstrip("0").rstrip(",")
    return (MINUS if number < 0 else "") + text


@lru_cache(maxsize=4096)
def phone_digits(value: str) -> str:
    """What stands behind `tel:`: +7 for Russian numbers; 8 800 and short numbers stay as they are."""
    digits = re.sub(r"\D", "", value)
    if len(digits) == 10:
        digits = "8" + digits if digits.startswith("800") else "7" + digits
    if len(digits) == 11 and digits[1:4] == "800":
        return "8" + digits[1:]
    if len(digits) == 11 and digits[0] in "78":
        return "+7" + digits[1:]
    return digits


@lru_cache(maxsize=4096)
def format_phone(value: str) -> str:
    """A Russian number as `registry.phones` shows it, with no-break spaces; short and foreign ones as they came."""
    digits = re.sub(r"\D", "", phone_digits(value))
    return display_phone(f"+7{digits[1:]}") if len(digits) == 11 else value


def format_snils(value: str) -> str:
    """«112-233-445 95»; a value that has not 11 digits comes back unchanged."""
    digits = re.sub(r"\D", "", value)
    if len(digits) != 11:
        return value
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]}{NBSP}{digits[9:]}"
