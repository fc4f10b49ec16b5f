"""Numbers that name people and organisations: cleaning what was typed, and saying what is wrong with it.

One entry, ``check``. An *error* means the number cannot be right. A *warning* means it disagrees with
something else we know, which happens lawfully: a corrected birth date does not change the policy number.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from operator import mul
from typing import Any, Literal, get_args

from stdnum.ru import inn as stdnum_inn

from registry.enp import Sex, decode_enp, enp_for, luhn_digit

__all__ = [
    "Check",
    "Finding",
    "Kind",
    "Sex",
    "check",
    "decode_enp",
    "enp_for",
    "luhn_digit",
    "normalise",
    "snils_for",
    "snils_holds",
]

Kind = Literal["enp", "snils", "inn", "ogrn", "smo", "mo"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# Lower numbers were issued before check digits existed.
_UNCHECKED_SNILS = "001001998"
# Subjects by the numbers their territorial funds carry, and Baikonur (99). Numbers 80-82, 84, 85 and 88
# belonged to districts merged before policy numbers appeared. A number outside the set is only doubtful.
KNOWN_REGIONS = frozenset(f"{code:02d}" for code in (*range(1, 80), 83, 86, 87, *range(89, 96), 99))
_LENGTHS: dict[Kind, tuple[int, ...]] = {
    "enp": (16,),
    "snils": (11,),
    "inn": (10, 12),
    "ogrn": (13, 15),
    "smo": (5,),
    "mo": (6,),
}
_NAMES: dict[Kind, str] = {
    "enp": "Номер полиса ОМС",
    "snils": "СНИЛС",
    "inn": "ИНН",
    "ogrn": "ОГРН",
    "smo": "Реестровый номер страховой организации",
    "mo": "Реестровый номер медицинской организации",
}
_SEPARATORS = frozenset(".-\N{MINUS SIGN}")
_ASCII_DROPPED = dict.fromkeys(code for code in range(128) if chr(code).isspace() or chr(code) in ".-")
_WEIGHTS = tuple(range(9, 0, -1))
_LOOKALIKES = {"O": "0", "О": "0", "З": "3", "I": "1", "L": "1", "Б": "6", "B": "8", "В": "8"}
_MISTYPED = "проверьте, не переставлены ли соседние цифры"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed: a stable code for programs and a sentence for people."""

    code: str
    text: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "text": self.text}


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict. ``normalised`` is the number as it would be stored, even when it is wrong."""

    normalised: str
    errors: tuple[Finding, ...] = field(default=())
    warnings: tuple[Finding, ...] = field(default=())

    @property
    def valid(self) -> bool:
        return not self.errors

    def as_dict(self) -> dict[str, Any]:
        """The shape printed by ``manage.py check_identifier`` and returned by the API."""
        return {
            "valid": self.valid,
            "normalised": self.normalised,
            "errors": [finding.as_dict() for finding in self.errors],
            "warnings": [finding.as_dict() for finding in self.warnings],
        }


def normalise(value: str) -> str:
    """Drop what people put between digits and fold digits of other scripts to ASCII; keep all the rest."""
    if value.isascii():
        return value.translate(_ASCII_DROPPED)
    kept = []
    for char in value:
        if char.isspace() or char in _SEPARATORS or unicodedata.category(char) in {"Cf", "Pd"}:
            continue
        kept.append(str(unicodedata.decimal(char, char)))
    return "".join(kept)


def check(
    kind: Kind,
    value: str,
    *,
    birth_date: date | None = None,
    sex: Sex | None = None,
    region: str | None = None,
) -> Check:
    """Judge one number.

    ``birth_date`` and ``sex`` are compared with a policy number, ``region`` with the registry codes of
    insurers and clinics. A policy number is not compared with ``region``: it names the region of first issue,
    and people move.
    Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}, expected one of {', '.join(KINDS)}")
    number = normalise(value)
    wrong = _shape_error(kind, number)
    if wrong is not None:
        return Check(number, errors=(wrong,))
    if kind == "enp":
        return _check_enp(number, birth_date, sex)
    if kind in {"smo", "mo"}:
        return Check(number, warnings=_region_warnings(number, region))
    checker = {"snils": _check_snils, "inn": _check_inn, "ogrn": _check_ogrn}[kind]
    return checker(number)


def snils_for(number: int) -> str:
    """The eleven digits for an insurance number: nine digits and their check number.

    Raises ValueError outside 1..999,999,999.
    """
    if not 1 <= number <= 999_999_999:
        raise ValueError(f"number must have at most nine digits, got {number}")
    body = f"{number:09d}"
    return f"{body}{_snils_check(body):02d}"


def _shape_error(kind: Kind, number: str) -> Finding | None:
    """Emptiness, strange characters, length, and the placeholder of zeros."""
    name = _NAMES[kind]
    if not number:
        return Finding("empty", f"{name} не указан")
    strange = [char for char in number if not ("0" <= char <= "9")]
    if strange:
        return _strange_error(strange[0])
    if len(number) not in _LENGTHS[kind]:
        expected = " или ".join(str(length) for length in _LENGTHS[kind])
        return Finding("length", f"Должно быть {expected} цифр, введено {len(number)}")
    if not number.strip("0"):
        return Finding("zeros", "Номер не может состоять из одних нулей")
    return None


def _strange_error(char: str) -> Finding:
    if char.isalpha():
        digit = _LOOKALIKES.get(char.upper())
        hint = f" Возможно, вместо неё нужна цифра {digit}." if digit else ""
        return Finding("letters", f"Номер состоит только из цифр, а в нём есть буква «{char}».{hint}")
    return Finding("symbols", f"Номер состоит только из цифр, а в нём есть знак «{char}»")


def _check_enp(number: str, birth_date: date | None, sex: Sex | None) -> Check:
    errors = []
    if luhn_digit(number[:-1]) != int(number[-1]):
        errors.append(Finding("check_digit", f"Последняя цифра не сходится: {_MISTYPED}"))
    parts = decode_enp(number)
    warnings = list(_region_warnings(number, None))
    if parts.birth_date is None:
        warnings.append(
            Finding("birth_part", "Дата рождения, зашифрованная в номере, невозможна: сверьте с полисом")
        )
    elif birth_date is not None and birth_date != parts.birth_date:
        warnings.append(
            Finding(
                "birth_date",
                f"По номеру полиса дата рождения {parts.birth_date:%d.%m.%Y}, указана {birth_date:%d.%m.%Y}. "
                "Так бывает, если дату рождения исправляли; иначе проверьте номер",
            )
        )
    if parts.sex is not None and sex is not None and sex != parts.sex:
        holder = "женщине" if parts.sex == "F" else "мужчине"
        warnings.append(Finding("sex", f"Судя по номеру, полис выдан {holder}: проверьте номер и пол"))
    return Check(number, tuple(errors), tuple(warnings))


def _region_warnings(number: str, region: str | None) -> tuple[Finding, ...]:
    code = number[:2]
    if code not in KNOWN_REGIONS:
        return (
            Finding(
                "region_unknown",
                f"Первые две цифры, {code}, не похожи на номер субъекта Российской Федерации",
            ),
        )
    if region is not None and region != code:
        return (Finding("region", f"Номер начинается с {code}, а выбран регион {region}"),)
    return ()


def snils_holds(number: str) -> bool:
    """Whether eleven ASCII digits can be an insurance number; quick, for lists of millions."""
    body = number[:9]
    # Equal lengths compare as the numbers do.
    if body <= _UNCHECKED_SNILS:
        return body != "000000000"
    return _snils_check(body) == int(number[9:])


def _snils_check(body: str) -> int:
    """Sum of digits weighted 9..1, modulo 101; a remainder of 100 is written 00."""
    total: int = sum(map(mul, map(int, body), _WEIGHTS))
    return total % 101 % 100


def _check_snils(number: str) -> Check:
    if int(number[:9]) == 0:
        return Check(number, errors=(Finding("zeros", "Первые девять цифр СНИЛС не могут быть нулями"),))
    if number[:9] <= _UNCHECKED_SNILS:
        text = "Номера до 001-001-998 выдавались без контрольного числа: сверьте с документом"
        return Check(number, warnings=(Finding("unchecked", text),))
    if not snils_holds(number):
        text = f"Последние две цифры не сходятся: {_MISTYPED}"
        return Check(number, errors=(Finding("check_digit", text),))
    return Check(number)


def _check_inn(number: str) -> Check:
    if stdnum_inn.is_valid(number):
        return Check(number)
    return Check(number, errors=(Finding("check_digit", f"Контрольные цифры ИНН не сходятся: {_MISTYPED}"),))


def _check_ogrn(number: str) -> Check:
    """Computed here: python-stdnum 2.2 refuses sole traders whose remainder by 13 has two digits."""
    modulus = 11 if len(number) == 13 else 13
    errors, warnings = [], []
    if int(number[:-1]) % modulus % 10 != int(number[-1]):
        errors.append(Finding("check_digit", f"Последняя цифра не сходится: {_MISTYPED}"))
    if number[0] not in ("15" if modulus == 11 else "3"):
        text = "ОГРН организации начинается с 1 или 5" if modulus == 11 else "ОГРНИП начинается с 3"
        warnings.append(Finding("first_digit", f"{text}: сверьте номер с выпиской"))
    return Check(number, tuple(errors), tuple(warnings))
