import io
from datetime import date, datetime, timedelta

import holidays
import pytest
from django.db import connection

from appeals.load import load_reference
from appeals.models import (
    AppealTerm,
    AppealTopic,
    Body,
    CallPolicy,
    DeclineGround,
    QualityCriterion,
    ViolationCode,
    WaitingTimeNorm,
)
from appeals.reference import Terms, Topics, read_terms, read_topics
from registry.load import load_workdays
from registry.models import CalendarDay


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
    put_reference()


_copies: dict[str, str] = {}


def put_reference() -> None:
    """Loaded from the files once; afterwards copied, which is a hundred times faster."""
    with connection.cursor() as cursor:
        for table, rows in _copies.items():
            cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(rows))
        if _copies:
            return
        load_workdays((2025, 2026, 2027))
        load_reference()
        for model in (
            CalendarDay,
            AppealTopic,
            Body,
            AppealTerm,
            CallPolicy,
            DeclineGround,
            QualityCriterion,
            ViolationCode,
            WaitingTimeNorm,
        ):
            out, table = io.StringIO(), model._meta.db_table
            cursor.copy_expert(f"COPY {table} TO STDOUT", out)
            _copies[table] = out.getvalue()


@pytest.fixture
def clock(now: datetime, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Pages see the moment that the test passes in, not the day on which the tests run."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return now
