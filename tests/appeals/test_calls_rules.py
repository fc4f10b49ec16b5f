"""When people are called back: moments in, moments out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.calls.rules import Hours, first_ring, other_time, promises, voice_due

ZONE = ZoneInfo("Europe/Kaliningrad")
HOURS = Hours(time(9), time(20))


class Weekdays:
    """Monday to Friday, and the 12th of June is a holiday."""

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and (day.month, day.day) != (6, 12)

    def next_working(self, day: date) -> date:
        while not self.is_working(day):
            day += timedelta(days=1)
        return day


BY = {"zone": ZONE, "calendar": Weekdays(), "hours": HOURS}
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("left", "day", "code"),
    [
        (local(2, 3), date(2026, 6, 2), "before_hours"),
        (local(2, 8, 59), date(2026, 6, 2), "before_hours"),
        (local(2, 9), date(2026, 6, 3), "next_working_day"),
        (local(2, 23, 59), date(2026, 6, 3), "next_working_day"),
        (local(5, 21), date(2026, 6, 8), "next_working_day"),
        (local(6, 3), date(2026, 6, 8), "next_working_day"),
        # A holiday before a weekend.
        (local(11, 22), date(2026, 6, 15), "next_working_day"),
    ],
)
def test_a_message_of_the_night_is_answered_on_the_next_working_day(left, day, code):
    due = voice_due(left, **BY)
    assert (due.day, due.reason.code) == (day, code)
    assert due.at == datetime.combine(day, HOURS.until, ZONE)


@given(moments)
def test_nobody_is_rung_at_an_odd_hour_or_at_once_again(tried_at):
    again = other_time(tried_at, **BY)
    there = again.astimezone(ZONE)
    assert again - tried_at >= timedelta(hours=2)
    assert HOURS.hold(there.time())
    assert BY["calendar"].is_working(there.date())


@given(moments)
def test_three_attempts_meet_three_parts_of_the_day(tried_at):
    tries = [tried_at]
    for _ in range(3):
        tries.append(other_time(tries[-1], **BY))
    assert {one.astimezone(ZONE).hour for one in tries[1:]} == {10, 13, 17}


@given(moments)
def test_only_moments_that_can_be_kept_are_promised(now):
    found = promises(now, **BY)
    assert len(found) >= 3
    assert list(found.values()) == sorted(found.values())
    for moment in found.values():
        there = moment.astimezone(ZONE)
        assert moment > now
        assert HOURS.hold(there.time())
        assert BY["calendar"].is_working(there.date())
        assert now <= first_ring(moment, now) <= moment


def test_a_moment_without_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        other_time(datetime(2026, 6, 2, 10), **BY)  # noqa: DTZ001
