from datetime import date, timedelta

import holidays
import pytest

from appeals.load import load_reference
from appeals.reference import Terms, Topics, read_terms, read_topics
from registry.load import load_workdays


class CalendarMissing(Exception):
    """Raised like the portal's calendar does for a year it has no data for."""


class RussianCalendar:
    """Working days of 2025 to 2027 with days moved by the Government."""

    years = range(2025, 2028)

    def __init__(self) -> None:
        self._days = holidays.country_holidays("RU", years=self.years)

    def is_working(self, day: date) -> bool:
        if day.year not in self.years:
            raise CalendarMissing(str(day.year))
        return bool(self._days.is_working_day(day))

    def next_working(self, day: date) -> date:
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def previous_working(self, day: date) -> date:
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def add_working(self, day: date, n: int) -> date:
        for _ in range(n):
            day = self.next_working(day + timedelta(days=1))
        return day


@pytest.fixture(scope="session")
def calendar() -> RussianCalendar:
    return RussianCalendar()


@pytest.fixture(scope="session")
def terms() -> Terms:
    return Terms(read_terms())


@pytest.fixture(scope="session")
def topics() -> Topics:
    return Topics(read_topics())


@pytest.fixture
def reference(db: None) -> None:
    """Topics, bodies, terms and the working calendar in the database."""
    load_workdays((2025, 2026, 2027))
    load_reference()
