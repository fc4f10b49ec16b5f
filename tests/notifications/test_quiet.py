"""Nobody is disturbed at night by their own clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.quiet import QuietHoursError, next_allowed, parse_quiet_hours, shipped_quiet_hours
from registry.dated import TableError

RULES = shipped_quiet_hours()
ZONES = [
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Asia/Novokuznetsk",
    "Asia/Kamchatka",
    # Clocks change here twice a year, as they once did in Russia.
    "Europe/Berlin",
    "Pacific/Apia",
]


class Weekdays:
    def is_working(self, day: date, /) -> bool:
        return day.weekday() < 5


CALENDAR = Weekdays()


def local(text: str, zone: str = "Europe/Kaliningrad") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-20 08:59", "2026-11-20 09:00"),  # Friday
        ("2026-11-20 09:00", "2026-11-20 09:00"),
        ("2026-11-20 20:59", "2026-11-20 20:59"),
        ("2026-11-20 21:00", "2026-11-21 09:00"),
        ("2026-11-21 19:59", "2026-11-21 19:59"),  # Saturday
        ("2026-11-21 20:00", "2026-11-22 09:00"),
        ("2026-11-22 20:30", "2026-11-23 09:00"),
    ],
)
def test_windows_of_working_days_and_days_off(moment: str, allowed: str) -> None:
    assert next_allowed(local(moment), "Europe/Kaliningrad", CALENDAR, RULES) == local(allowed)


def test_the_clock_is_the_persons_own() -> None:
    moment = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert next_allowed(moment, "Europe/Kaliningrad", CALENDAR, RULES) == moment
    assert next_allowed(moment, "Asia/Kamchatka", CALENDAR, RULES) == local(
        "2026-11-21 09:00", "Asia/Kamchatka"
    )


@given(
    st.datetimes(datetime(2021, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
def test_the_answer_is_never_early_never_at_night_and_stays(moment: datetime, zone: str) -> None:
    allowed = next_allowed(moment, zone, CALENDAR, RULES)
    there = allowed.astimezone(ZoneInfo(zone))
    assert moment <= allowed <= moment + timedelta(hours=15)
    assert 9 <= there.hour < (21 if CALENDAR.is_working(there.date()) else 20)
    assert next_allowed(allowed, zone, CALENDAR, RULES) == allowed
    assert allowed.utcoffset() == timedelta(0)


def test_what_cannot_be_answered_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        next_allowed(datetime(2026, 11, 20, 12), "Europe/Moscow", CALENDAR, RULES)  # noqa: DTZ001
    with pytest.raises(ZoneInfoNotFoundError):
        next_allowed(local("2026-11-20 12:00"), "Mars/Olympus", CALENDAR, RULES)
    with pytest.raises(QuietHoursError, match="2026-11-20"):
        next_allowed(local("2026-11-20 12:00"), "Europe/Moscow", CALENDAR, ())


def test_a_window_that_never_opens_is_refused() -> None:
    head = "day_kind,opens,closes,source,confirmed,valid_from,valid_to\n"
    with pytest.raises(TableError, match="line 2: the window opens"):
        parse_quiet_hours(head + "working,21:00,09:00,s,no,2020-01-01,\n")


def test_our_hours_are_marked_as_unconfirmed() -> None:
    assert not any(window.provenance.confirmed for window in RULES)
