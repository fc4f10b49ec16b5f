"""The days that matter to a household, for the calendar feed. Pure but for reading translations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from appeals.models import Appeal
from dispensary.models import Invitation, ObservationCase
from dispensary.selectors import PersonExams


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One entry. `key` stays the same when the dates move, so that calendars move the entry too."""

    key: str
    first: date
    last: date
    title: str
    text: str = ""


def days_of(exams: Iterable[PersonExams], appeals: Iterable[Appeal], *, own: int | None) -> list[Day]:
    """Exams to pass, windows of planned visits, days of answers. No diagnosis and no topic: calendars are shared."""
    found = []
    for one in exams:
        whose = "" if one.person.pk == own else f" ({one.person.first_name})"
        found += [_invited(row, whose) for row in one.invitations if row.came_on is None]
        found += [day for row in one.visits if (day := _visit(row, whose)) is not None]
    found += [
        Day(
            key=f"appeal-{appeal.number}",
            first=appeal.due_on,
            last=appeal.due_on,
            title=_("Answer to appeal %(number)s: last day") % {"number": appeal.number},
        )
        for appeal in appeals
    ]
    return sorted(found, key=lambda day: (day.first, day.key))


def _invited(row: Invitation, whose: str) -> Day:
    campaign, clinic = row.campaign, row.clinic
    return Day(
        key=f"invitation-{row.pk}",
        first=campaign.attend_by,
        last=campaign.attend_by,
        title=_("Pass by this day: %(exam)s") % {"exam": campaign.programme.title} + whose,
        text=f"{clinic.short_name}, {clinic.phone}".strip(", ") if clinic else "",
    )


def _visit(row: ObservationCase, whose: str) -> Day | None:
    if row.visit_from is None or row.visit_to is None:
        return None
    return Day(
        key=f"visit-{row.pk}",
        first=row.visit_from,
        last=row.visit_to,
        title=_("Planned visit to the doctor") + whose,
        text=row.clinic.short_name,
    )


def feed(days: Iterable[Day], *, now: datetime) -> bytes:
    """The calendar file; it is asked for again once a day."""
    calendar = Calendar()
    calendar.add("prodid", "-//OMS portal//cabinet//RU")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("My OMS dates"))
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    for day in days:
        event = Event()
        event.add("uid", f"{day.key}@oms-portal")
        event.add("dtstamp", now)
        event.add("dtstart", day.first)
        event.add("dtend", day.last + timedelta(days=1))
        event.add("summary", day.title)
        if day.text:
            event.add("description", day.text)
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
