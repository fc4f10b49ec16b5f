"""The age pyramid that sample people are drawn from, cut into strata that keep their policy numbers apart.

A policy number repeats only when region, birth day, sex and serial all do. People are numbered 0, 1, 2 …;
number ``i`` gets serial ``99,999 - i % 100,000``, so the at most 120 people of a region who share a serial
must differ in birth day or sex. Days are therefore dealt out to 120 strata of equal weight, and those people
get a stratum each.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from registry.enp import Sex, birth_code

STRATA = 120
SERIALS = 100_000
MAX_PEOPLE = STRATA * SERIALS
CHOICES_PER_STRATUM = 4096
# Ages are counted on this day. It never moves: moving it would deal the days anew and break uniqueness.
PYRAMID_DAY = date(2026, 1, 1)

# Thousands of men and women in five-year bands from 0-4 to 95-99, and of 100: an approximation of Russia at
# the start of 2026. The shape is what matters: the hollow of those born in the 1990s, women outliving men.
_MEN = (
    3250,
    3950,
    4800,
    4300,
    3750,
    3400,
    4150,
    5750,
    5750,
    5000,
    4550,
    3850,
    4050,
    3600,
    2600,
    1450,
    700,
    500,
    130,
    30,
)
_WOMEN = (
    3050,
    3700,
    4500,
    4100,
    3550,
    3300,
    4050,
    5900,
    6050,
    5550,
    5200,
    4750,
    5600,
    5700,
    4750,
    3200,
    2050,
    1850,
    600,
    140,
)
_CENTENARIANS = {"M": 1.0, "F": 8.0}
_BAND = 5
_OLDEST = 100


class Birth(NamedTuple):
    """One day of birth for one sex, with its share of the policy number ready made."""

    day: date
    sex: Sex
    age: int
    code: str


@cache
def strata() -> tuple[tuple[Birth, ...], ...]:
    """For each stratum 4096 equally likely births; no birth occurs in two strata."""
    births = list(_weighted_births())
    total = sum(weight for _, weight in births)
    step = total / (STRATA * CHOICES_PER_STRATUM)
    result: list[tuple[Birth, ...]] = []
    cell, passed = 0, births[0][1]
    for stratum in range(STRATA):
        if stratum:
            # A day on the border would belong to both sides: the later stratum starts at the next one.
            cell += 1
            passed += births[cell][1]
        chosen = []
        for choice in range(CHOICES_PER_STRATUM):
            target = (stratum * CHOICES_PER_STRATUM + choice + 0.5) * step
            while passed < target and cell < len(births) - 1:
                cell += 1
                passed += births[cell][1]
            chosen.append(births[cell][0])
        result.append(tuple(chosen))
    return tuple(result)


@cache
def stratum_offsets() -> bytes:
    """Which stratum the first holder of each serial takes; holders after him take the next ones in turn.

    Shuffled in blocks of 120, so that any short run of people shows the whole pyramid. The seed is fixed:
    numbers must stay apart between runs with different seeds too.
    """
    shuffler = random.Random(120)  # noqa: S311 - sample data, not secrets
    offsets: list[int] = []
    while len(offsets) < SERIALS:
        block = list(range(STRATA))
        shuffler.shuffle(block)
        offsets += block
    return bytes(offsets[:SERIALS])


def _weighted_births() -> Iterator[tuple[Birth, float]]:
    bands: tuple[tuple[Sex, tuple[int, ...]], ...] = (("F", _WOMEN), ("M", _MEN))
    for sex, band in bands:
        for age in range(_OLDEST + 1):
            weight = band[age // _BAND] / _BAND if age < _OLDEST else _CENTENARIANS[sex]
            first = PYRAMID_DAY.replace(year=PYRAMID_DAY.year - age - 1)
            length = (PYRAMID_DAY.replace(year=PYRAMID_DAY.year - age) - first).days
            for step in range(length):
                day = first + timedelta(days=step)
                yield Birth(day, sex, age, birth_code(day, sex)), weight / length
