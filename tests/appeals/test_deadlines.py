"""Lawful dates around holidays, moved days off, working Saturdays, the turn of the year and midnight."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.deadlines import Deadlines, ExtensionRefused, deadlines, extended, target_on
from appeals.reference import TermMissing, Terms, read_terms
from appeals.terms import Kind
from tests.appeals.conftest import CalendarMissing, RussianCalendar

KALININGRAD = ZoneInfo("Europe/Kaliningrad")
KEMEROVO = ZoneInfo("Asia/Novokuznetsk")
CALENDAR = RussianCalendar()
TERMS = Terms(read_terms())


with (Path(__file__).parent / "due_cases.csv").open(encoding="utf-8") as file:
    CASES = list(csv.DictReader(file))


@pytest.mark.parametrize("row", CASES, ids=[row["случай"] for row in CASES])
def test_the_table_of_cases(row: dict[str, str]) -> None:
    found = dates(row["зарегистрировано"], ZoneInfo(row["зона"]))
    days = (found.registered_on, found.register_by, found.forward_by, found.due_on, found.warn_on)
    columns = ("день регистрации", "зарегистрировать до", "перенаправить до", "ответить до", "безопаснее до")
    assert [day.isoformat() for day in days] == [row[column] for column in columns]
    moved = "moved_off_day_off" in {reason.code for reason in found.reasons}
    assert moved == (found.due_on != found.warn_on)


def dates(moment: str, zone: ZoneInfo = KALININGRAD, kind: Kind = Kind.COMPLAINT) -> Deadlines:
    return deadlines(kind, datetime.fromisoformat(moment), zone, CALENDAR, TERMS)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_the_same_lawful_limit(kind: Kind) -> None:
    assert dates("2025-10-13T10:00+02:00", kind=kind).due_on == date(2025, 11, 12)


@given(st.datetimes(datetime(2025, 1, 10), datetime(2027, 11, 20)))  # noqa: DTZ001 - made aware below
def test_dates_are_working_days_in_order(moment: datetime) -> None:
    found = deadlines(Kind.APPLICATION, moment.replace(tzinfo=UTC), KALININGRAD, CALENDAR, TERMS)
    last = found.registered_on + timedelta(days=30)
    for day in (found.register_by, found.forward_by, found.due_on, found.warn_on):
        assert CALENDAR.is_working(day)
    assert found.registered_on < found.register_by <= found.forward_by <= found.due_on
    assert found.warn_on <= last <= found.due_on
    assert not any(
        CALENDAR.is_working(found.warn_on + timedelta(days=n))
        for n in range(1, (found.due_on - found.warn_on).days)
    )


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        dates("2026-01-15T10:00")


def test_a_year_without_a_calendar_is_not_guessed() -> None:
    with pytest.raises(CalendarMissing):
        dates("2027-12-20T10:00+02:00")


def test_a_day_before_the_law_has_no_term() -> None:
    with pytest.raises(TermMissing, match="register"):
        dates("2005-01-15T10:00+02:00")


def extend(current: Deadlines, days: int, *, today: date, again: bool = False) -> Deadlines:
    return extended(
        current,
        days,
        kind=Kind.COMPLAINT,
        today=today,
        already_extended=again,
        calendar=CALENDAR,
        terms=TERMS,
    )


def test_an_extension_counts_from_the_end_before_it_moved() -> None:
    current = dates("2026-01-15T10:00+02:00")  # ends on Saturday 14 February, due on the 16th
    longer = extend(current, 30, today=date(2026, 2, 10))
    assert (longer.due_on, longer.warn_on) == (date(2026, 3, 16), date(2026, 3, 16))
    assert longer.forward_by == current.forward_by
    assert longer.reasons[-1].code == "extended"


@pytest.mark.parametrize(
    ("days", "today", "again", "code"),
    [
        (10, date(2026, 2, 10), True, "already_extended"),
        (0, date(2026, 2, 10), False, "not_positive"),
        (31, date(2026, 2, 10), False, "too_long"),
        (10, date(2026, 2, 17), False, "too_late"),
    ],
)
def test_an_unlawful_extension_is_refused(days: int, today: date, again: bool, code: str) -> None:
    with pytest.raises(ExtensionRefused) as refusal:
        extend(dates("2026-01-15T10:00+02:00"), days, today=today, again=again)
    assert refusal.value.code == code


def test_the_term_may_be_extended_on_its_last_day() -> None:
    assert extend(dates("2026-01-15T10:00+02:00"), 1, today=date(2026, 2, 16)).due_on == date(2026, 2, 16)


def target(kind: Kind, level: int, *pauses: tuple[date, date | None]) -> date | None:
    started = date(2026, 4, 30)  # Thursday before three days off
    return target_on(started, kind=kind, level=level, calendar=CALENDAR, terms=TERMS, pauses=pauses)


def test_targets_differ_by_level_and_stop_while_waiting() -> None:
    assert target(Kind.CONSULTATION, 1) == date(2026, 5, 4)
    assert target(Kind.COMPLAINT, 2) == date(2026, 5, 18)
    assert target(Kind.COMPLAINT, 2, (date(2026, 5, 5), date(2026, 5, 7))) == date(2026, 5, 21)
    assert target(Kind.COMPLAINT, 2, (date(2026, 5, 5), None)) is None


@given(st.integers(0, 60), st.integers(0, 20))
def test_waiting_never_brings_a_target_nearer(start: int, length: int) -> None:
    first = date(2026, 4, 30) + timedelta(days=start)
    paused = target(Kind.COMPLAINT, 3, (first, first + timedelta(days=length)))
    assert paused is not None
    assert paused >= (target(Kind.COMPLAINT, 3) or paused)
