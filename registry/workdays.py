"""The production calendar: which days are worked, and counting in working days.

Every statutory term of the portal is counted here. A year the calendar does not cover raises: guessing that a
Monday is a working day would silently move a legal deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import holidays

_DAY = timedelta(days=1)
_WORKED_WEEKEND = "Рабочий день, перенос"
_DEFAULT_NOTE = "Нерабочий праздничный день"
_NOTES = {
    "New Year Holidays": "Новогодние каникулы",
    "Christmas Day": "Рождество Христово",
    "Defender of the Fatherland Day": "День защитника Отечества",
    "International Women's Day": "Международный женский день",
    "Holiday of Spring and Labor": "Праздник Весны и Труда",
    "Victory Day": "День Победы",
    "Russia Day": "День России",
    "Unity Day": "День народного единства",
    "Day off": "Выходной день, перенос",
}


class CalendarMissing(LookupError):
    """The production calendar of a year is not loaded."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            f"Нет производственного календаря на {year} год. Загрузите его: manage.py load_workdays {year}"
        )


@dataclass(frozen=True)
class WorkCalendar:
    """Working days of whole years. A year counts as covered when all its days are given."""

    days: Mapping[date, bool]

    @cached_property
    def years(self) -> frozenset[int]:
        counts: dict[int, int] = {}
        for day in self.days:
            counts[day.year] = counts.get(day.year, 0) + 1
        return frozenset(year for year, count in counts.items() if count == _days_in(year))

    def is_working(self, day: date) -> bool:
        """Raises CalendarMissing for a day of a year that is not covered."""
        if day.year not in self.years:
            raise CalendarMissing(day.year)
        return self.days[day]

    def next_working(self, day: date) -> date:
        """The first working day on or after ``day``."""
        while not self.is_working(day):
            day += _DAY
        return day

    def previous_working(self, day: date) -> date:
        """The last working day on or before ``day``."""
        while not self.is_working(day):
            day -= _DAY
        return day

    def add_working(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``, which itself is day 0; ``n`` = 0 gives ``day`` back.

        Raises ValueError for a negative ``n``.
        """
        if n < 0:
            raise ValueError(f"a term cannot be negative, got {n}")
        while n:
            day += _DAY
            n -= self.is_working(day)
        return day

    def working_between(self, after: date, until: date) -> int:
        """How many working days lie in ``(after, until]``; 0 when ``until`` is not later."""
        length = (until - after).days
        return sum(self.is_working(after + timedelta(days=step)) for step in range(1, length + 1))


def seed_rows(years: Iterable[int]) -> list[tuple[date, bool, str]]:
    """Every day of the years as (day, is it worked, note) from the ``holidays`` package.

    The package carries moved days only for years whose decree its authors knew (up to 2027 in the pinned
    release), so the rows are a seed to confirm against the Government's decree, not the decree itself.
    """
    rows = []
    for year in sorted(set(years)):
        calendar = holidays.country_holidays("RU", years=year)
        for step in range(_days_in(year)):
            day = date(year, 1, 1) + timedelta(days=step)
            note = _WORKED_WEEKEND if day in calendar.weekend_workdays else _note(calendar.get(day))
            rows.append((day, bool(calendar.is_working_day(day)), note))
    return rows


def _days_in(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _note(english: str | None) -> str:
    """Russian for the package's name; ``Victory Day (observed)`` is the day off given instead."""
    if not english:
        return ""
    name, _, detail = english.partition(" (")
    note = _NOTES.get(name, _DEFAULT_NOTE)
    return f"{note} (выходной перенесён)" if detail.startswith("observed") else note
