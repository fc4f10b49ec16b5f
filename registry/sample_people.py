"""Synthetic insured people, fast enough for millions and the same for the same seed.

Nothing here is drawn from real persons, and whatever could reach somebody cannot:

* policy numbers take serials from 99,999 downwards, SNILS numbers start at 400-000-000: both far beyond
  what has been issued, though their check digits are right;
* telephones are in the mobile code 974, for which libphonenumber's data name no operator; Russia reserves no
  numbers for fiction;
* mail goes to ``sample.invalid``, a name that by RFC 2606 never resolves;
* towns and streets are invented.

Person number ``i`` depends on the seed, the region and ``i`` alone, so that a million may be made in pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import cycle, islice
from typing import Any, Literal

from registry import sample_words as words
from registry.sample_pyramid import (
    CHOICES_PER_STRATUM,
    MAX_PEOPLE,
    PYRAMID_DAY,
    SERIALS,
    STRATA,
    Birth,
    strata,
    stratum_offsets,
)

ClinicKind = Literal["adults", "children", "mixed"]
Row = tuple[Any, ...]

# The order of values in a row.
COLUMNS = (
    "region_id",
    "insurer_id",
    "clinic_id",
    "enp",
    "snils",
    "last_name",
    "first_name",
    "middle_name",
    "birth_date",
    "sex",
    "phone",
    "email",
    "address",
    "categories",
    "preferred_channel",
    "language",
    "died_on",
    "last_exam_on",
    "attached_on",
)

_ADULT = 18
_SNILS_START = 400_000_000
_SNILS_BLOCK = 6_000_000
_SNILS_SPACE = 600_000_000
_ATTACHMENT_EPOCH = date(2012, 1, 1).toordinal()
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_MASK = (1 << 192) - 1
_MIX_A = 0x9E3779B97F4A7C15F39CC0605CEDC834D1B54A32D192ED03
_MIX_B = 0xBF58476D1CE4E5B994D049BB133111EB2545F4914F6CDD1D


def people(
    region: str,
    n: int,
    seed: int,
    *,
    insurers: Sequence[tuple[Any, float]],
    clinics: Sequence[tuple[Any, ClinicKind]],
    first_serial: int = 0,
    as_of: date = PYRAMID_DAY,
) -> Iterator[Row]:
    """Yield ``n`` people as rows of ``COLUMNS``, numbered from ``first_serial``.

    ``insurers`` are (id, weight), ``clinics`` (id, kind); a child is attached to a clinic for children or a
    mixed one, and to none where the region has neither. Deaths, exams and attachments happen up to ``as_of``.
    Policy numbers and SNILS are unique within a region whatever the seed; SNILS also between regions of up to
    six million people.

    Raises ValueError for a region that is not two digits, no insurers, numbers past twelve million, or an
    ``as_of`` before the day of the pyramid.
    """
    if len(region) != 2 or not region.isdigit():
        raise ValueError(f"region must be two digits, got {region!r}")
    if first_serial < 0 or first_serial + n > MAX_PEOPLE:
        raise ValueError(f"a region holds people numbered 0..{MAX_PEOPLE - 1}")
    if as_of < PYRAMID_DAY:
        raise ValueError(f"as_of must not precede {PYRAMID_DAY}")
    factory = _Factory(region, seed, insurers, clinics, as_of)
    return map(factory.row, range(first_serial, first_serial + n))


def copy_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Rows in the text format of ``COPY … FROM STDIN``; no value here holds a tab, newline or backslash."""
    for row in rows:
        yield "\t".join([_copy_value(value) for value in row]) + "\n"


def _copy_value(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, list):
        return "{" + ",".join(value) + "}"
    return str(value)


class _Factory:
    """Tables for one region and seed; ``row`` only looks things up."""

    def __init__(
        self,
        region: str,
        seed: int,
        insurers: Sequence[tuple[Any, float]],
        clinics: Sequence[tuple[Any, ClinicKind]],
        as_of: date,
    ) -> None:
        self.region = region
        self.today = as_of.toordinal()
        self.adult_born = date(as_of.year - _ADULT, as_of.month, min(as_of.day, 28))
        self.key = (seed * 1_000_003 + int(region)) * _MIX_B
        self.strata = strata()
        self.offsets = stratum_offsets()
        self.insurers = _weighted(insurers, 1024)
        self.child_clinics = [pk for pk, kind in clinics if kind != "adults"] or [None]
        self.adult_clinics = [pk for pk, kind in clinics if kind != "children"] or [None]
        towns = words.TOWNS.get(region, words.DEFAULT_TOWNS)
        places = [f"г. {town}, {street}" for town in towns for street in words.STREETS]
        self.places = list(islice(cycle(places), 256))
        self.region_sum = _luhn_part(region)
        self.snils_start = int(region) * _SNILS_BLOCK

    def row(self, i: int) -> Row:
        """Person number ``i``."""
        bits = (self.key + i) * _MIX_A & _MASK
        bits = (bits ^ bits >> 97) * _MIX_B & _MASK
        bits ^= bits >> 101
        group, place = divmod(i, SERIALS)
        births = self.strata[(group + self.offsets[place]) % STRATA]
        birth = births[bits % CHOICES_PER_STRATUM]
        bits >>= 12  # from here on every field takes bits of its own
        clinics = self.adult_clinics if birth.day <= self.adult_born else self.child_clinics
        phone = f"+7974{i * 7_654_321 % 10_000_000:07d}" if bits & 31 else ""
        email = f"p{self.region}.{i}@sample.invalid" if _has_email(birth.age, bits >> 5 & 63) else ""
        channels = _channels()[bool(phone), bool(email)]
        last, first, middle = _name(birth, bits >> 11)
        died_on, last_exam_on, attached_on = self._dates(birth, bits >> 58)
        address = (
            f"{self.places[bits >> 35 & 255]}, д. {(bits >> 43 & 127) + 1}, кв. {(bits >> 50 & 255) + 1}"
        )
        return (
            self.region,
            self.insurers[bits >> 108 & 1023],
            clinics[(bits >> 118 & 0xFFFF) * len(clinics) >> 16],
            self._enp(birth, SERIALS - 1 - place),
            self._snils(i),
            last,
            first,
            middle,
            birth.day,
            birth.sex,
            phone,
            email,
            address,
            _categories(birth, bits >> 134 & 1023),
            channels[bits >> 144 & 63],
            "ru" if bits >> 150 & 255 else "en",
            died_on,
            last_exam_on,
            attached_on,
        )

    def _enp(self, birth: Birth, serial: int) -> str:
        code_sums, high_sums, low_sums = _luhn_tables()
        total = self.region_sum + code_sums[birth.code] + high_sums[serial // 100] + low_sums[serial % 100]
        return f"{self.region}{birth.code}{serial:05d}{-total % 10}"

    def _snils(self, i: int) -> str:
        # Steps of a fixed odd length scatter neighbours inside their block and still meet each number once.
        block, place = divmod(i, _SNILS_BLOCK)
        offset = self.snils_start + block * _SNILS_BLOCK + place * 3_141_593 % _SNILS_BLOCK
        number = _SNILS_START + offset % _SNILS_SPACE
        high, middle, low = _snils_tables()
        total = high[number // 1_000_000] + middle[number // 1000 % 1000] + low[number % 1000]
        return f"{number}{total % 101 % 100:02d}"

    def _dates(self, birth: Birth, bits: int) -> tuple[date | None, date | None, date]:
        """Death, last exam, attachment; each follows birth, and nothing follows death."""
        born = birth.day.toordinal()
        end = self.today
        died_on = None
        if bits & 1023 < _DEATHS[min(birth.age // 10, 9)]:
            end = max(born, end - (bits >> 10 & 511))
            died_on = date.fromordinal(end)
        ago = _exam_ages(birth.age)[bits >> 19 & 127]
        last_exam_on = None
        if ago is not None:
            day = end - ago - (bits >> 26 & 255)
            day -= day % 7 == 0  # no exams on Sundays
            last_exam_on = date.fromordinal(day) if day >= born else None
        start = max(born, _ATTACHMENT_EPOCH)
        attached_on = date.fromordinal(start + ((bits >> 34 & 0xFFFF) * (end - start) >> 16))
        return died_on, last_exam_on, attached_on


# Deaths within the last 512 days, of 1024 people in each decade of life.
_DEATHS = (0, 0, 1, 2, 3, 6, 12, 22, 50, 120)


@cache
def _exam_ages(age: int) -> tuple[int | None, ...]:
    """128 equally likely numbers of days since the last exam (up to 255 are added); None: no exam known."""
    if age < _ADULT:
        return (0,) * 80 + (120,) * 30 + (300,) * 10 + (None,) * 8
    if age < 40:
        return (0,) * 26 + (120,) * 18 + (365,) * 24 + (730,) * 16 + (1100,) * 10 + (None,) * 34
    return (0,) * 36 + (120,) * 26 + (365,) * 24 + (730,) * 12 + (1100,) * 8 + (None,) * 22


def _has_email(age: int, roll: int) -> bool:
    """About two in five: fewer of the old; a child's is the parent's."""
    if age < _ADULT:
        return roll < 22
    return roll < (34 if age < 60 else 12)


@cache
def _channels() -> dict[tuple[bool, bool], tuple[str, ...]]:
    """64 equally likely preferences by (has a phone, has mail): nobody prefers what cannot reach them."""
    return {
        (True, True): ("sms",) * 30 + ("email",) * 24 + ("phone",) * 9 + ("post",),
        (True, False): ("sms",) * 42 + ("phone",) * 18 + ("post",) * 4,
        (False, True): ("email",) * 58 + ("post",) * 6,
        (False, False): ("post",) * 64,
    }


def _categories(birth: Birth, roll: int) -> list[str]:
    """Preferential categories of ``roll`` in 1024; a few per cent of people have one."""
    age = birth.age
    if age >= 81 and roll < 40:
        if roll < 10:
            return ["leningrad_resident_disabled"]
        return ["minor_prisoner_disabled"] if roll < 14 else ["disabled_veteran"]
    if age >= 60 and roll < 90:
        return ["combat_invalid"] if roll < 8 else ["working_pensioner"]
    if 57 <= age < 60 and roll < 100:
        return ["working_pre_pensioner"]
    if 20 <= age < 56 and birth.sex == "M" and roll < 14:
        return ["svo_participant", "combat_invalid"] if roll < 2 else ["svo_participant"]
    if roll < 24:
        return ["svo_family"]
    return ["had_covid"] if age >= 18 and roll < 48 else []


def _name(birth: Birth, bits: int) -> tuple[str, str, str]:
    woman = birth.sex == "F"
    year = birth.day.year
    generation = 0 if year < 1960 else 1 if year < 1990 else 2 if year < 2012 else 3
    first_names, middle_names = _given_names()[woman, generation]
    middle = middle_names[bits >> 17 & 127] if bits >> 147 & 255 else ""
    return _surnames()[woman][bits & 1023], first_names[bits >> 10 & 127], middle


@cache
def _surnames() -> dict[bool, tuple[str, ...]]:
    """1024 masculine and as many feminine; 24 are double-barrelled, some of them long."""
    single = words.SURNAMES
    double = [f"{single[-k * 7]}-{single[k * 11]}" for k in range(1, 25)]
    men = (*islice(cycle(single), 1000), *double)
    return {False: men, True: tuple(words.feminine_surname(name) for name in men)}


@cache
def _given_names() -> dict[tuple[bool, int], tuple[tuple[str, ...], tuple[str, ...]]]:
    """By (woman, generation): 128 first names, and 128 patronymics after the fathers' generation."""
    result = {}
    for generation, own in enumerate((0, 1, 2, 2)):
        fathers = islice(cycle(words.MALE_NAMES[max(generation - 1, 0)]), 128)
        masculine, feminine = zip(*map(words.patronymics, fathers), strict=True)
        result[False, generation] = (tuple(islice(cycle(words.MALE_NAMES[own]), 128)), masculine)
        result[True, generation] = (tuple(islice(cycle(words.FEMALE_NAMES[own]), 128)), feminine)
    return result


def _weighted(items: Sequence[tuple[Any, float]], size: int) -> list[Any]:
    """A table in which each item takes a share of places by its weight."""
    total = sum(weight for _, weight in items)
    if total <= 0:
        raise ValueError("give at least one insurer with a positive weight")
    table: list[Any] = []
    passed = 0.0
    for item, weight in items:
        passed += weight
        table += [item] * (round(passed / total * size) - len(table))
    return table


def _luhn_part(digits: str, *, doubled_first: bool = True) -> int:
    """What a run of digits adds to Luhn's sum of the whole number."""
    return sum(_DOUBLED[int(d)] if (k % 2 == 0) is doubled_first else int(d) for k, d in enumerate(digits))


@cache
def _luhn_tables() -> tuple[dict[str, int], list[int], list[int]]:
    """Sums for the birth part, the first three digits of the serial and its last two."""
    codes = {birth.code for stratum in strata() for birth in stratum}
    return (
        {code: _luhn_part(code) for code in codes},
        [_luhn_part(f"{value:03d}") for value in range(1000)],
        [_luhn_part(f"{value:02d}", doubled_first=False) for value in range(100)],
    )


@cache
def _snils_tables() -> tuple[list[int], list[int], list[int]]:
    """Sums of three groups of three digits with weights 9..7, 6..4, 3..1."""
    return _snils_sums(9), _snils_sums(6), _snils_sums(3)


def _snils_sums(top: int) -> list[int]:
    return [n // 100 * top + n // 10 % 10 * (top - 1) + n % 10 * (top - 2) for n in range(1000)]
