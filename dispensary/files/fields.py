"""How each type of field is read: text of a cell in, the value that is kept or the code of what is wrong.

Pure. A checker never raises for what people write; a year of clinic data passes through here, so each is short
and the slow ones (a name with a strange sign) take the careful path only when the quick one does not match.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from dispensary.files.kinds import MAX_PLACES, Field, Type
from dispensary.icd10 import Icd10Error
from dispensary.icd10 import normalise as normalise_icd10
from registry.enp import luhn_digit
from registry.identifiers import normalise as normalise_number
from registry.identifiers import snils_holds
from registry.names import InvalidName, Part, clean_name

# The value to keep and the code of the fault; one of the two is empty, both are for an empty optional field.
Verdict = tuple[str, str]
Checker = Callable[[str], Verdict]

MAX_TEXT = 300
# Nobody alive is older; a greater age is a slip in the year of birth.
MAX_AGE = 120
# Excel counts days from here; five digits in a column of days are such a number, whatever the file's format.
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.0+)?")
_RUSSIAN_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?: 0?0:00(?::00)?)?")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]00:00(?::00)?)?")
_PLAIN_NAME = re.compile(r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?")
_ENP = re.compile(r"\d{16}")
_OLDEST_DAY = date(2010, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the checks compare with: the clinic that sends, the region's today, and the programmes by their names
    and codes in lower case."""

    clinic: str
    region: str
    today: date
    programmes: Mapping[str, str] = field(default_factory=dict)


def checker(one: Field, around: Surroundings) -> Checker:
    """The function for a field's cells."""
    inner = _CHECKERS[one.type](one, around)
    required = one.required

    def check(cell: str) -> Verdict:
        value = cell.strip()
        if not value:
            return ("", "required") if required else ("", "")
        return inner(value)

    return check


def folded(text: str) -> str:
    """What people's spelling of a fixed word is compared by."""
    return " ".join(text.lower().replace("ё", "е").split())


def _clinic(around: Surroundings, value: str) -> Verdict:
    code = value.removesuffix(".0")
    if code == around.clinic:
        return code, ""
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        return "", "clinic_shape"
    return "", "clinic_foreign"


def _other_clinic(value: str) -> Verdict:
    code = value.removesuffix(".0")
    shaped = len(code) == 6 and code.isascii() and code.isdigit()
    return (code, "") if shaped else ("", "clinic_shape")


def _enp(value: str) -> Verdict:
    if not _ENP.fullmatch(value) or not value.isascii():
        value = normalise_number(value)
        if len(value) != 16 or not value.isascii() or not value.isdigit():
            return "", "enp_shape"
    if value == "0" * 16:
        return "", "enp_shape"
    return (value, "") if luhn_digit(value[:-1]) == int(value[-1]) else ("", "enp_check")


def _snils(value: str) -> Verdict:
    number = normalise_number(value)
    if not number.isascii() or not number.isdigit() or len(number) > 11:
        return "", "snils_shape"
    # A spreadsheet that took it for a number has dropped the zeros in front.
    if len(number) < 9:
        return "", "snils_shape"
    number = number.zfill(11)
    return (number, "") if snils_holds(number) else ("", "snils_check")


def _name(part: Part, value: str) -> Verdict:
    if len(value) <= 60 and _PLAIN_NAME.fullmatch(value):
        return value, ""
    try:
        name = clean_name(value, part)
    except InvalidName as error:
        return "", "too_long" if error.code == "length" else "name"
    return (name.title(), "") if name.isupper() or name.islower() else (name, "")


def parse_day(value: str) -> date | str:
    """A day as people and spreadsheets write it; else the code of the fault."""
    if match := _RUSSIAN_DAY.fullmatch(value):
        day, month, year = (int(part) for part in match.groups())
    elif match := _ISO_DAY.fullmatch(value):
        year, month, day = (int(part) for part in match.groups())
    elif _SERIAL.fullmatch(value):
        return _EXCEL_EPOCH + timedelta(days=int(float(value)))
    else:
        return "date_shape"
    try:
        return date(year, month, day)
    except ValueError:
        return "date_impossible"


def _day(judge: Callable[[date], str], value: str) -> Verdict:
    found = parse_day(value)
    if isinstance(found, str):
        return "", found
    code = judge(found)
    return ("", code) if code else (found.isoformat(), "")


def _birth(today: date, day: date) -> str:
    if day > today:
        return "born_future"
    return "born_long_ago" if today.year - day.year > MAX_AGE else ""


def _past(today: date, day: date) -> str:
    if day > today:
        return "day_future"
    return "day_too_early" if day < _OLDEST_DAY else ""


def _planned(today: date, day: date) -> str:
    if day.year > today.year + 2:
        return "day_too_late"
    return "day_too_early" if day.year < today.year - 1 else ""


def _coming(today: date, day: date) -> str:
    return "day_past" if day < today else _planned(today, day)


def _programme(programmes: Mapping[str, str], value: str) -> Verdict:
    code = programmes.get(folded(value), "")
    return (code, "") if code else ("", "programme")


def _year(today: date, value: str) -> Verdict:
    text = value.removesuffix(".0")
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        return "", "year"
    return (text, "") if abs(int(text) - today.year) <= 1 else ("", "year")


def _choice(allowed: Mapping[str, str], value: str) -> Verdict:
    found = allowed.get(folded(value).removesuffix(".0"), "")
    return (found, "") if found else ("", "choice")


def _places(value: str) -> Verdict:
    text = value.removesuffix(".0")
    if not (text.isascii() and text.isdigit() and len(text) <= 6) or int(text) > MAX_PLACES:
        return "", "places"
    return str(int(text)), ""


def _icd10(value: str) -> Verdict:
    if len(value) > 12:
        return "", "icd10"
    try:
        return normalise_icd10(value), ""
    except Icd10Error:
        return "", "icd10"


def _text(value: str) -> Verdict:
    if len(value) > MAX_TEXT:
        return "", "too_long"
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    return clean, "" if clean else "required"


_CHECKERS: Mapping[Type, Callable[[Field, Surroundings], Checker]] = {
    Type.CLINIC: lambda _, around: partial(_clinic, around),
    Type.OTHER_CLINIC: lambda *_: _other_clinic,
    Type.ENP: lambda *_: _enp,
    Type.SNILS: lambda *_: _snils,
    Type.LAST_NAME: lambda *_: partial(_name, "last"),
    Type.FIRST_NAME: lambda *_: partial(_name, "first"),
    Type.MIDDLE_NAME: lambda *_: partial(_name, "middle"),
    Type.BIRTH_DATE: lambda _, around: partial(_day, partial(_birth, around.today)),
    Type.PAST_DAY: lambda _, around: partial(_day, partial(_past, around.today)),
    Type.PLAN_DAY: lambda _, around: partial(_day, partial(_planned, around.today)),
    Type.COMING_DAY: lambda _, around: partial(_day, partial(_coming, around.today)),
    Type.PROGRAMME: lambda _, around: partial(_programme, around.programmes),
    Type.YEAR: lambda _, around: partial(_year, around.today),
    Type.CHOICE: lambda one, _: partial(_choice, one.allowed),
    Type.PLACES: lambda *_: _places,
    Type.ICD10: lambda *_: _icd10,
    Type.TEXT: lambda *_: _text,
}
