"""Arithmetic of the appeals report."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.reports.measures import COUNTS, Sums, percentile, share, total
from appeals.reports.query import Owner, Period, WrongQuery, month_end, months_of

DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))
TAKEN = st.lists(st.integers(0, 60), max_size=40)


def counted(days: list[int]) -> dict[int, int]:
    return {day: days.count(day) for day in days}


@given(TAKEN, st.integers(1, 100))
def test_a_percentile_is_the_first_day_that_covers_the_share(days, percent) -> None:
    found = percentile(counted(days), percent)
    if not days:
        assert found is None
        return
    assert sum(day <= found for day in days) * 100 >= percent * len(days)
    assert sum(day < found for day in days) * 100 < percent * len(days)


@given(TAKEN, TAKEN)
def test_sums_of_parts_are_the_sum_of_the_whole(one, two) -> None:
    parts = [Sums(answered=len(days), stars=3, days_taken=counted(days)) for days in (one, two)]
    added = total(parts)
    assert (added.answered, added.stars) == (len(one) + len(two), 6)
    assert added.days_taken == counted(one + two)
    assert added.median_days == percentile(counted(one + two), 50)


def test_rates_of_nothing_are_unknown_and_rates_round_half_up() -> None:
    nothing = Sums()
    assert {getattr(nothing, name) for name in COUNTS} == {0}
    assert (nothing.in_time_share, nothing.justified_share, nothing.satisfaction) == (None, None, None)
    assert share(31, 1000) == 3.1
    assert share(1, 2000) == 0.1
    # Stavropol's figures of 2016-18: 45.8 thousand, 3.1 % complaints.
    stavropol = Sums(consultations=44380, complaints=1420)
    assert (stavropol.consultation_share, stavropol.complaint_share) == (96.9, 3.1)
    # An appeal whose term passed without an answer counts against those who were to answer.
    assert Sums(answered=9, in_time=9, overdue=1).in_time_share == 90.0


@given(DAYS, DAYS, DAYS)
def test_a_period_falls_into_months_and_ends_that_together_are_the_period(one, two, counted_on) -> None:
    period = Period(min(one, two), max(one, two))
    months, rest = period.split(counted_on)
    days = [day for part in rest for day in every_day(part.first, part.last)]
    for month in months:
        days += every_day(month, min(month_end(month), period.last))
        assert month_end(month) <= period.last or counted_on <= period.last
    assert sorted(days) == every_day(period.first, period.last)
    assert {day.replace(day=1) for day in days} == set(months_of(period))


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@given(DAYS, DAYS)
def test_the_period_before_is_as_long_and_ends_where_this_one_begins(one, two) -> None:
    period = Period(min(one, two), max(one, two))
    before = period.before()
    if before is None:
        return
    assert before.last + timedelta(days=1) == period.first
    if period.is_whole_months:
        assert before.is_whole_months
        assert len(months_of(before)) == len(months_of(period))
    else:
        assert before.last - before.first == period.last - period.first


def test_a_year_before_is_the_same_days_and_knows_february() -> None:
    february = Period(date(2024, 2, 1), date(2024, 2, 29))
    assert february.year_before() == Period(date(2023, 2, 1), date(2023, 2, 28))
    assert Period(date(2025, 2, 1), date(2025, 2, 28)).year_before() == february
    assert Period(date(2024, 2, 29), date(2024, 3, 5)).year_before().first == date(2023, 2, 28)
    assert Period(date(2016, 5, 1), date(2016, 5, 2)).year_before() is None


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 3, 1), date(2026, 2, 1), "period_reversed"),
        (date(1926, 3, 1), date(2026, 2, 1), "period_too_early"),
        (date(2026, 3, 1), date(2126, 2, 1), "period_too_late"),
        (date(2016, 3, 1), date(2026, 4, 1), "period_too_long"),
    ],
)
def test_a_period_that_cannot_be_says_why(first, last, code) -> None:
    with pytest.raises(WrongQuery) as error:
        Period(first, last)
    assert error.value.code == code
    assert error.value.text.endswith(".")


@pytest.mark.parametrize("text", ["R39", "O12", "C7"])
def test_an_owner_is_read_back_as_it_is_written(text) -> None:
    assert str(Owner.read(text)) == text


@pytest.mark.parametrize("text", ["", "39", "R3", "R391", "O", "Oх", "X1", "O-1", "R39;", "O1 "])
def test_anything_else_is_no_owner(text) -> None:
    assert Owner.read(text) is None
