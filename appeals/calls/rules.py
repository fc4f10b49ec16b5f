"""When people are called back. Pure: moments, the zone, the working calendar and the hours come in.

Moments that come out are UTC. The hours are those of the region the contact centre serves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from appeals.terms import Reason

# Who does not pick up in the morning may do so in the evening.
_BANDS = (time(10), time(13), time(17))
# Nobody who has just not picked up is rung again at once.
PAUSE = timedelta(hours=2)
HOUR = timedelta(hours=1)
SOON = timedelta(minutes=15)


class Calendar(Protocol):
    def is_working(self, day: date) -> bool: ...
    def next_working(self, day: date) -> date: ...


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when people may be called, by their local clock; `until` itself is too late."""

    since: time
    until: time

    def hold(self, moment: time) -> bool:
        return self.since <= moment < self.until


@dataclass(frozen=True, slots=True)
class Due:
    """On which day somebody must be called: `since` and `at` are the first and last moments of its hours."""

    day: date
    since: datetime
    at: datetime
    reason: Reason


def voice_due(received_at: datetime, *, zone: ZoneInfo, calendar: Calendar, hours: Hours) -> Due:
    """The next working day; a message of the small hours is answered on the working day that begins with them."""
    local = _local(received_at, zone)
    if calendar.is_working(local.date()) and local.time() < hours.since:
        day = local.date()
        reason = Reason(
            "before_hours", "Сообщение оставлено до начала рабочего дня: перезвонить в этот же день"
        )
    else:
        day = calendar.next_working(local.date() + timedelta(days=1))
        reason = Reason(
            "next_working_day", "Сообщение оставлено вне часов работы: перезвонить в рабочий день"
        )
    return Due(day, _at(day, hours.since, zone), _at(day, hours.until, zone), reason)


def other_time(tried_at: datetime, *, zone: ZoneInfo, calendar: Calendar, hours: Hours) -> datetime:
    """When to ring again whoever did not pick up: the next part of the day, else another part of a later day."""
    local = _local(tried_at, zone)
    for band in _BANDS:
        start = datetime.combine(local.date(), band, zone)
        if start >= local + PAUSE and hours.hold(band) and calendar.is_working(local.date()):
            return start.astimezone(UTC)
    day = calendar.next_working(local.date() + timedelta(days=1))
    begins = [band for band in _BANDS if hours.hold(band)] or [hours.since]
    now_in = max((place for place, band in enumerate(begins) if band <= local.time()), default=0)
    return _at(day, begins[(now_in + 1) % len(begins)], zone)


def promises(now: datetime, *, zone: ZoneInfo, calendar: Calendar, hours: Hours) -> Mapping[str, datetime]:
    """The moments an operator may promise a call for, soonest first: within the hour, later today, the next
    working day."""
    local = _local(now, zone)
    found: dict[str, datetime] = {}
    if calendar.is_working(local.date()):
        soon = local + HOUR
        if soon.date() == local.date() and hours.hold(local.time()) and hours.hold(soon.time()):
            found["hour"] = soon.replace(second=0, microsecond=0).astimezone(UTC)
        evening = datetime.combine(local.date(), _BANDS[-1], zone)
        if hours.hold(_BANDS[-1]) and evening > soon:
            found["today"] = evening.astimezone(UTC)
    day = calendar.next_working(local.date() + timedelta(days=1))
    for number, band in enumerate(_BANDS, start=1):
        if hours.hold(band):
            found[f"next{number}"] = _at(day, band, zone)
    return found


def first_ring(promised_for: datetime, now: datetime) -> datetime:
    """From when the promised call may be made: a little earlier than said, so that it is not late."""
    return max(now, promised_for - SOON)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("the moment must carry its offset")
    return moment.astimezone(zone)


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
