"""The term of an appeal as a calendar (RFC 5545). Pure: facts in, bytes out.

One event with one UID for ever: when the term is extended, a later SEQUENCE moves the event in calendars that
subscribe to the link. It names no person and no matter: calendars are shared.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TermEvent:
    """`sequence` grows with every change of the appeal; `changed_at` is the moment of the last one (UTC)."""

    uid: str
    due_on: date
    title: str
    text: str
    url: str
    sequence: int
    changed_at: datetime
    over: bool
    language: str


def term_calendar(event: TermEvent, *, name: str) -> bytes:
    """The calendar file. `over`: nothing is owed any more, so there is no alarm."""
    calendar = Calendar()
    calendar.add("prodid", "-//OMS portal//appeals//RU")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    # Calendars that subscribe ask again once a day; the first name is the standard's, the second Outlook's.
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    row = Event()
    row.add("uid", event.uid)
    row.add("sequence", event.sequence)
    row.add("dtstamp", event.changed_at)
    row.add("last-modified", event.changed_at)
    row.add("dtstart", event.due_on)
    row.add("dtend", event.due_on + timedelta(days=1))
    row.add("summary", event.title, parameters={"LANGUAGE": event.language})
    row.add("description", event.text, parameters={"LANGUAGE": event.language})
    row.add("url", event.url)
    row.add("class", "PRIVATE")
    row.add("status", "CONFIRMED")
    row.add("transp", "TRANSPARENT")
    if not event.over:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event.title)
        alarm.add("trigger", timedelta(hours=9))
        row.add_component(alarm)
    calendar.add_component(row)
    return bytes(calendar.to_ical())
