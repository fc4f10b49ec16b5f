from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.workdays import CalendarMissing, WorkCalendar, seed_rows

CALENDAR = WorkCalendar({day: working for day, working, _ in seed_rows([2025, 2026, 2027])})
days = st.dates(date(2025, 2, 1), date(2027, 6, 1))


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_each_year_has_247_working_days(year: int) -> None:
    assert sum(working for day, working in CALENDAR.days.items() if day.year == year) == 247


@pytest.mark.parametrize(
    ("year", "days_off", "worked_saturdays"),
    [
        (2025, ["02.05", "08.05", "13.06", "03.11", "31.12"], ["01.11"]),
        (2026, ["09.01", "09.03", "11.05", "31.12"], []),
        (2027, ["22.02", "03.05", "10.05", "14.06", "05.11", "31.12"], ["20.02"]),
    ],
)
def test_moved_days_are_those_of_the_decrees(
    year: int, days_off: list[str], worked_saturdays: list[str]
) -> None:
    public = {(1, day) for day in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}
    weekdays_off = [
        f"{day:%d.%m}"
        for day, working in CALENDAR.days.items()
        if day.year == year and not working and day.weekday() < 5 and (day.month, day.day) not in public
    ]
    worked = [
        f"{d:%d.%m}" for d, working in CALENDAR.days.items() if d.year == year and working and d.weekday() > 4
    ]
    assert weekdays_off == days_off
    assert worked == worked_saturdays


def test_notes_are_russian_and_only_where_there_is_something_to_say() -> None:
    notes = {day: note for day, _, note in seed_rows([2026, 2027])}
    assert notes[date(2026, 5, 9)] == "День Победы"
    assert notes[date(2026, 5, 11)] == "День Победы (выходной перенесён)"
    assert notes[date(2027, 2, 20)] == "Рабочий день, перенос"
    assert notes[date(2026, 2, 2)] == ""
    assert not any(char.isascii() and char.isalpha() for note in notes.values() for char in note)


def test_new_year_is_stepped_over() -> None:
    assert CALENDAR.next_working(date(2026, 1, 1)) == date(2026, 1, 12)
    assert CALENDAR.previous_working(date(2026, 1, 11)) == date(2025, 12, 30)
    assert CALENDAR.add_working(date(2025, 12, 30), 1) == date(2026, 1, 12)
    assert CALENDAR.working_between(date(2025, 12, 30), date(2026, 1, 12)) == 1


def test_a_year_without_data_raises_and_names_the_remedy() -> None:
    with pytest.raises(CalendarMissing, match=r"2028.*manage\.py load_workdays"):
        CALENDAR.is_working(date(2028, 1, 10))
    with pytest.raises(CalendarMissing):
        CALENDAR.add_working(date(2027, 12, 30), 1)
    with pytest.raises(CalendarMissing):
        CALENDAR.previous_working(date(2025, 1, 5))


def test_half_a_year_does_not_count_as_covered() -> None:
    half = WorkCalendar({day: True for day in CALENDAR.days if day < date(2026, 7, 1)})
    assert half.years == {2025}
    with pytest.raises(CalendarMissing):
        half.is_working(date(2026, 3, 2))


@given(days)
def test_nearest_working_days_are_working_and_stable(day: date) -> None:
    after, before = CALENDAR.next_working(day), CALENDAR.previous_working(day)
    assert before <= day <= after
    assert CALENDAR.is_working(after)
    assert CALENDAR.is_working(before)
    assert CALENDAR.next_working(after) == after
    assert CALENDAR.previous_working(before) == before
    assert (before == after) is CALENDAR.is_working(day)


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_adding_is_monotone_and_adds_up(day: date, n: int, m: int) -> None:
    end = CALENDAR.add_working(day, n)
    assert end >= day + timedelta(days=n)
    assert CALENDAR.working_between(day, end) == n
    assert CALENDAR.add_working(end, m) == CALENDAR.add_working(day, n + m)
    assert CALENDAR.add_working(day + timedelta(days=1), n) >= end


def test_a_negative_term_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working(date(2026, 3, 2), -1)
