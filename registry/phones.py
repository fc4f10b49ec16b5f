"""Telephone numbers: what people type, what is stored (E.164), what is shown."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber

NBSP = "\N{NO-BREAK SPACE}"
_HOME = "RU"
_RUSSIA = 7
# Regional centres and large towns whose code has four digits: "8 3842 57-59-29", not "8 384 257-59-29".
_FOUR_DIGIT_CODES = frozenset({"3842", "3843", "4012", "8652", "8793"})
_EXAMPLE = "+7 900 000-00-00"


class InvalidPhone(ValueError):
    """A number that cannot be dialled; ``code`` for programs, the message for people."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def normalise_phone(value: str) -> str:
    """The number in E.164, for example ``+78002006068``.

    A Russian number may be typed as 8…, +7…, 7… or ten digits, with any brackets and dashes; a foreign one
    needs its plus. Raises InvalidPhone with a message in Russian.
    """
    typed = _fold(value)
    if not typed:
        raise InvalidPhone("empty", "Укажите номер телефона")
    letters = [char for char in typed if char.isalpha()]
    if letters:
        raise InvalidPhone("letters", f"В номере телефона есть буква «{letters[0]}»: оставьте только цифры")
    digits = "".join(char for char in typed if char.isdigit())
    # Eleven digits from 7 lack only the plus; the library would read them as a local number that is too long.
    if len(digits) == 11 and digits[0] == "7":
        typed = f"+{digits}"
    try:
        number = phonenumbers.parse(typed, _HOME)
    except NumberParseException as error:
        raise InvalidPhone("unreadable", f"Не получилось разобрать номер. Пример: {_EXAMPLE}") from error
    _require_valid(number, len(digits))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def display_phone(e164: str) -> str:
    """How a stored number is shown: ``8 800 200-60-68``, ``+7 900 000-00-00``.

    Its spaces do not break; hyphens between digits never do.
    """
    number = phonenumbers.parse(e164, _HOME)
    national = str(number.national_number)
    if number.country_code != _RUSSIA or len(national) != 10:
        shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    elif national[:4] in _FOUR_DIGIT_CODES:
        shown = f"8 {national[:4]} {national[4:6]}-{national[6:8]}-{national[8:]}"
    else:
        # Free and landline numbers are dialled through 8 by habit; mobiles are kept in the form phones store.
        prefix = "+7" if national[0] == "9" else "8"
        shown = f"{prefix} {national[:3]} {national[3:6]}-{national[6:8]}-{national[8:]}"
    return shown.replace(" ", NBSP)


def is_mobile(e164: str) -> bool:
    """Whether a text message can reach the number."""
    number = phonenumbers.parse(e164, _HOME)
    if number.country_code == _RUSSIA:
        return str(number.national_number).startswith("9")
    kind = phonenumbers.number_type(number)
    return kind in {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def _fold(value: str) -> str:
    """ASCII digits, without the invisible characters that come along with pasted text."""
    visible = (char for char in value if unicodedata.category(char) not in {"Cf", "Cc"})
    return "".join(str(unicodedata.decimal(char, char)) for char in visible).strip()


def _require_valid(number: PhoneNumber, typed_digits: int) -> None:
    # New Russian ranges are opened faster than the library learns them: what has the shape of a number is taken.
    if number.country_code == _RUSSIA and re.fullmatch(r"[3489][0-9]{9}", str(number.national_number)):
        return
    if phonenumbers.is_valid_number(number):
        return
    if number.country_code == _RUSSIA and typed_digits not in {10, 11}:
        raise InvalidPhone(
            "length", f"В номере должно быть 11 цифр, введено {typed_digits}. Пример: {_EXAMPLE}"
        )
    raise InvalidPhone("unknown", f"Такого номера не бывает: проверьте код и цифры. Пример: {_EXAMPLE}")
