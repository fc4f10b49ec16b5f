"""Gathers, set-wise, what `verdicts` needs at send time, and lets other apps add reasons of their own."""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfoNotFoundError

from notifications.events import EVENTS, Purpose
from notifications.merging import joinable
from notifications.models import Channel, ContactCap, Message, QuietWindow
from notifications.queue import Claimed
from notifications.quiet import (
    ContactWindow,
    QuietHours,
    QuietHoursError,
    next_allowed,
    shipped_quiet_hours,
)
from notifications.verdicts import CONTACT_WINDOW, Facts, Verdict, judge
from registry.dated import Provenance
from registry.models import Consent
from registry.models.dated import valid_on
from registry.models.people import ConsentPurpose
from registry.selectors import work_calendar
from registry.workdays import CalendarMissing, WorkCalendar

log = logging.getLogger(__name__)

Guard = Callable[[Sequence[Claimed], datetime], Mapping[int, Verdict]]
_guards: dict[str, Guard] = {}


def register(event: str, guard: Guard) -> None:
    """Lets an app stop or hold back messages of its event at send time: message ids to verdicts, in one query.

    Called from `AppConfig.ready`: an app above this one knows what this one may not, such as who has come already.
    """
    if event not in EVENTS:
        raise KeyError(event)
    _guards[event] = guard


@dataclass
class Rules:
    """Dated settings, read once for a run of the sender and kept no longer than it."""

    today: date
    _caps: dict[str | None, int] = field(init=False)
    _windows: QuietHours = field(init=False)
    _calendars: dict[str, "KnownDays"] = field(default_factory=dict)
    _allowed: dict[tuple[datetime, str, str], datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        caps = ContactCap.objects.filter(valid_on(self.today)).order_by("valid_from")
        self._caps = dict(caps.values_list("region", "per_month"))
        self._windows = tuple(map(_window, QuietWindow.objects.all()))

    def cap(self, region: str) -> int | None:
        return self._caps.get(region, self._caps.get(None))

    def allowed_from(self, now: datetime, message: Claimed) -> datetime:
        key = (now, message.zone, message.region_id)
        if key not in self._allowed:
            self._allowed[key] = self._next_allowed(now, message)
        return self._allowed[key]

    def _next_allowed(self, now: datetime, message: Claimed) -> datetime:
        return self.within_hours(now, message.zone, message.region_id, fallback=message.region_zone)

    def within_hours(
        self, moment: datetime, zone: str, region: str, *, fallback: str = "Europe/Moscow"
    ) -> datetime:
        """The earliest moment from `moment` on at which somebody in the zone may be disturbed."""
        calendar, windows = self.calendar(region), self._windows
        try:
            return next_allowed(moment, zone, calendar, windows)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as "Europe"
            log.warning("An unknown time zone: %r", zone)
            return next_allowed(moment, fallback, calendar, windows)
        except QuietHoursError:
            log.error("No contact hours are in force: the portal's own apply")
            return next_allowed(moment, zone, calendar, shipped_quiet_hours())

    def calendar(self, region: str) -> "KnownDays":
        """The region's working days of this year and the next."""
        if region not in self._calendars:
            self._calendars[region] = KnownDays(work_calendar(region, (self.today.year, self.today.year + 1)))
        return self._calendars[region]


@dataclass(frozen=True)
class KnownDays:
    """A day the calendar does not know counts as a day off, whose hours are the narrower ones."""

    calendar: WorkCalendar

    def is_working(self, day: date, /) -> bool:
        try:
            return self.calendar.is_working(day)
        except CalendarMissing:
            return False


def _window(row: QuietWindow) -> ContactWindow:
    terms = Provenance(
        source=row.source, confirmed=row.confirmed, valid_from=row.valid_from, valid_to=row.valid_to
    )
    return ContactWindow(working=row.working, opens=row.opens, closes=row.closes, provenance=terms)


def verdicts(messages: Sequence[Claimed], *, rules: Rules, now: datetime) -> dict[int, Verdict]:
    """A verdict for each message of a batch, in a number of queries that does not grow with the batch.

    Two messages of one batch to one person count against each other. Two workers may each send the last one
    allowed at the same moment: the cap spares people, it is no law.
    """
    invited = {m.person_id for m in messages if m.purpose == Purpose.INVITATION and m.person_id is not None}
    consents = _consents(invited)
    contacts = _contacts(invited, since=now - CONTACT_WINDOW)
    found: dict[int, Verdict] = {}
    # What leaves as one message is one contact.
    together: dict[tuple[int | None, str, str], list[datetime]] = {}
    for message in messages:
        key = (message.person_id, message.channel, message.to)
        before = together.get(key) if joinable(message) else None
        seen = contacts[message.person_id] if before is None else before
        verdict = judge(_facts(message, rules, now, consents, seen))
        if verdict is None and message.purpose == Purpose.INVITATION and before is None:
            if joinable(message):
                together[key] = list(seen)
            contacts[message.person_id].append(now)
        found[message.id] = verdict
    for event, guard in _guards.items():
        concerned = [m for m in messages if m.event == event and found[m.id] is None]
        if concerned:
            found.update(guard(concerned, now))
    return found


def _facts(
    message: Claimed,
    rules: Rules,
    now: datetime,
    consents: set[tuple[int, str]],
    contacts: Sequence[datetime],
) -> Facts:
    person = message.person_id
    return Facts(
        now=now,
        purpose=message.purpose,
        expires_at=message.expires_at,
        died_on=message.died_on,
        consented=person is not None and not consents.isdisjoint({(person, message.channel), (person, "")}),
        contacts=contacts,
        cap=rules.cap(message.region_id),
        allowed_from=rules.allowed_from(now, message) if may_disturb(message) else now,
    )


def may_disturb(message: Claimed) -> bool:
    """Whether quiet hours apply: a letter and a mail about one's own appeal wake nobody."""
    if EVENTS[message.event].any_hour or message.channel == Channel.POST:
        return False
    return message.channel != Channel.EMAIL or message.purpose == Purpose.INVITATION


def _consents(people: set[int]) -> set[tuple[int, str]]:
    rows = Consent.objects.filter(
        person__in=people, purpose=ConsentPurpose.INFORMATION_SUPPORT, withdrawn_at__isnull=True
    )
    return set(rows.values_list("person", "channel"))


def free_again_at(person_id: int, region: str, *, rules: Rules, now: datetime) -> datetime:
    """From when one more contact keeps within the monthly cap: `now` where there is room already.

    For ways to reach people that are no messages, such as a call.
    """
    cap = rules.cap(region)
    contacts = _contacts({person_id}, since=now - CONTACT_WINDOW)[person_id]
    if cap is None or len(contacts) < cap:
        return now
    return now + CONTACT_WINDOW if cap == 0 else contacts[len(contacts) - cap] + CONTACT_WINDOW


def _contacts(people: set[int], *, since: datetime) -> defaultdict[int | None, list[datetime]]:
    found: defaultdict[int | None, list[datetime]] = defaultdict(list)
    rows = Message.objects.filter(
        person__in=people, purpose=Purpose.INVITATION, sent_at__gt=since, carried_by__isnull=True
    )
    for person, moment in rows.order_by("sent_at").values_list("person", "sent_at"):
        if moment is not None:
            found[person].append(moment)
    return found
