"""Quiet hours: nobody is written to or called at night by the clock where they live.

Pure but for `shipped_quiet_hours`. The window of a local day depends on whether that day works; the
calendar comes from outside.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Protocol
from zoneinfo import ZoneInfo

from registry.dated import Provenance, TableError, read_table

# Every day has a window, so the next one is at most a day away; the rest is for a zone that skips a date.
_LOOK_AHEAD_DAYS = 4


class WorkingDays(Protocol):
    """The production calendar; may raise for a year it does not know."""

    def is_working(self, day: date, /) -> bool: ...


class QuietHoursError(LookupError):
    """No window is in force on a day, so nothing can be said about it."""


@dataclass(frozen=True, kw_only=True)
class ContactWindow:
    """Local hours in which people may be contacted: `opens` inclusive, `closes` exclusive."""

    working: bool
    opens: time
    closes: time
    provenance: Provenance


QuietHours = tuple[ContactWindow, ...]


def next_allowed(moment: datetime, zone: str, calendar: WorkingDays, rules: QuietHours) -> datetime:
    """The earliest moment, not before `moment`, at which a person in the zone may be contacted; in UTC.

    Raises `ValueError` for a naive moment, `ZoneInfoNotFoundError` for an unknown zone and `QuietHoursError`
    for a day without a rule.
    """
    if moment.tzinfo is None:
        raise ValueError("the moment must carry its offset")
    place = ZoneInfo(zone)
    start = moment.astimezone(UTC)
    today = start.astimezone(place).date()
    for offset in range(_LOOK_AHEAD_DAYS):
        day = today + timedelta(days=offset)
        window = _window(day, calendar, rules)
        # Compared in UTC: on a day when clocks change, local times repeat or do not exist.
        opens = datetime.combine(day, window.opens, place).astimezone(UTC)
        closes = datetime.combine(day, window.closes, place).astimezone(UTC)
        if start < closes:
            return max(start, opens)
    raise QuietHoursError(f"no contact window within {_LOOK_AHEAD_DAYS} days of {today}")


def _window(day: date, calendar: WorkingDays, rules: QuietHours) -> ContactWindow:
    working = calendar.is_working(day)
    in_force = [w for w in rules if w.working is working and w.provenance.in_force(day)]
    if not in_force:
        raise QuietHoursError(f"no contact window is in force on {day}")
    return max(in_force, key=lambda w: w.provenance.valid_from)


def parse_quiet_hours(text: str) -> QuietHours:
    """Windows from a CSV; raises `TableError` naming the line."""
    windows = []
    for line, row in read_table(text, ("day_kind", "opens", "closes")):
        try:
            windows.append(_contact_window(row))
        except ValueError as error:
            raise TableError(f"quiet_hours: line {line}: {error}") from error
    return tuple(windows)


def _contact_window(row: dict[str, str]) -> ContactWindow:
    if row["day_kind"] not in {"working", "day_off"}:
        raise ValueError(f"day_kind must be working or day_off, not {row['day_kind']!r}")
    opens, closes = time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"])
    if opens >= closes:
        raise ValueError(f"the window opens at {opens} but closes at {closes}")
    return ContactWindow(
        working=row["day_kind"] == "working", opens=opens, closes=closes, provenance=Provenance.of(row)
    )


@cache
def shipped_quiet_hours() -> QuietHours:
    """The hours that come with the portal; an installation may hold its own in its database."""
    path = resources.files("notifications") / "data" / "quiet_hours.csv"
    return parse_quiet_hours(path.read_text(encoding="utf-8"))
