"""Lawful dates of an appeal and the portal's own targets, over a region's working calendar and time zone.

Counting (59-FZ art. 8 and 12, by analogy the Civil Code art. 191-193): the day of registration is day 0,
a term of N days ends on day N. A last day that is not a working day moves to the next working day; as offices
often answer before it, the preceding working day is kept beside it as the day to warn on. The statutory clock
never pauses.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from appeals.reference import Term, Terms, Unit
from appeals.terms import Kind, Reason


class WorkCalendar(Protocol):
    """Working days of a region. Every method raises for a year the calendar has no data for."""

    def is_working(self, day: date) -> bool: ...

    def next_working(self, day: date) -> date:
        """The first working day on or after the day."""

    def previous_working(self, day: date) -> date:
        """The last working day on or before the day."""

    def add_working(self, day: date, n: int) -> date:
        """The n-th working day after the day."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Local dates of the region; each one is the last lawful day, `warn_on` the last safe one to answer."""

    registered_on: date
    register_by: date
    forward_by: date
    due_on: date
    warn_on: date
    reasons: tuple[Reason, ...]


class ExtensionRefused(Exception):
    """`code`: `already_extended`, `not_positive`, `too_long`, `too_late`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The date of an aware moment in the region. Raises ValueError for a naive one."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("the moment has no offset from UTC")
    return moment.astimezone(zone).date()


def deadlines(
    kind: Kind, registered_at: datetime, zone: ZoneInfo, calendar: WorkCalendar, terms: Terms
) -> Deadlines:
    """The lawful dates of an appeal registered at the moment.

    Every kind has a due date: an oral question answered at once just meets it early. `register_by` counts
    from the same day, for an appeal that came in then. Raises ValueError for a naive moment, TermMissing for
    a day before the law; the calendar's own error for a year without data passes through.
    """
    day = local_day(registered_at, zone)
    register = terms.at("register", day, kind=kind)
    forward = terms.at("forward", day, kind=kind)
    answer = terms.at("answer", day, kind=kind)
    last = _end(day, answer, calendar)
    reasons = (
        Reason("day_zero", f"Зарегистрировано {_ru(day)} по времени региона: этот день в срок не входит"),
        _term_reason("register", "Зарегистрировать", register),
        _term_reason("forward", "Перенаправить, если вопрос не по компетенции,", forward),
        _term_reason("answer", "Ответить", answer),
        *_moved(last, calendar),
    )
    return Deadlines(
        registered_on=day,
        register_by=calendar.next_working(_end(day, register, calendar)),
        forward_by=calendar.next_working(_end(day, forward, calendar)),
        due_on=calendar.next_working(last),
        warn_on=calendar.previous_working(last),
        reasons=reasons,
    )


def extended(
    current: Deadlines,
    days: int,
    *,
    kind: Kind,
    today: date,
    already_extended: bool,
    calendar: WorkCalendar,
    terms: Terms,
) -> Deadlines:
    """The dates after the one extension the law knows (59-FZ art. 12 part 2), counted in calendar days.

    The added days count from the day the term ended on, before it moved off a day off: moving twice would
    make the term longer than the law allows. Raises ExtensionRefused.
    """
    limit = terms.at("extend", current.registered_on, kind=kind)
    if already_extended:
        raise ExtensionRefused("already_extended", "the term has been extended once already")
    if days < 1:
        raise ExtensionRefused("not_positive", "an extension adds at least one day")
    if days > limit.value:
        raise ExtensionRefused("too_long", f"an extension adds at most {limit.value} days")
    if today > current.due_on:
        raise ExtensionRefused("too_late", f"the term ended on {current.due_on}")
    answer = terms.at("answer", current.registered_on, kind=kind)
    last = _end(current.registered_on, answer, calendar) + timedelta(days=days)
    reason = Reason("extended", f"Срок продлён на {days} дн., заявитель уведомляется ({limit.source})")
    return replace(
        current,
        due_on=calendar.next_working(last),
        warn_on=calendar.previous_working(last),
        reasons=(*current.reasons, reason, *_moved(last, calendar)),
    )


def target_on(
    started_on: date,
    *,
    kind: Kind,
    level: int | None,
    calendar: WorkCalendar,
    terms: Terms,
    pauses: Iterable[tuple[date, date | None]] = (),
) -> date | None:
    """The day the portal itself aims at; None while a wait lasts.

    A pause is (first day, last day) of waiting for somebody else, last day None while it lasts; its days do
    not count. The target binds nobody in law.
    """
    term = terms.at("target", started_on, kind=kind, level=level)
    waits: list[tuple[date, date]] = []
    for first, last in pauses:
        if last is None:
            return None
        waits.append((first, last))
    day, left = started_on, term.value
    while left:
        day += timedelta(days=1)
        counts = term.unit is Unit.DAY or calendar.is_working(day)
        if counts and not any(first <= day <= last for first, last in waits):
            left -= 1
    return day


def _end(day: date, term: Term, calendar: WorkCalendar) -> date:
    if term.unit is Unit.WORKING_DAY:
        return calendar.add_working(day, term.value)
    return day + timedelta(days=term.value)


def _moved(last: date, calendar: WorkCalendar) -> tuple[Reason, ...]:
    if calendar.is_working(last):
        return ()
    text = (
        f"Последний день {_ru(last)} нерабочий: срок истекает {_ru(calendar.next_working(last))},"
        f" ответить надёжнее до {_ru(calendar.previous_working(last))} включительно"
    )
    return (Reason("moved_off_day_off", text),)


def _term_reason(code: str, what: str, term: Term) -> Reason:
    unit = "раб. дн." if term.unit is Unit.WORKING_DAY else "календ. дн."
    return Reason(code, f"{what} не позднее {term.value} {unit} ({term.source})")


def _ru(day: date) -> str:
    return f"{day:%d.%m.%Y}"
