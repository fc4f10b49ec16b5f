"""The ladder of reminders: who is told what share of an appeal's time has passed.

The time runs from registration to the end of the due day in the region. The task reads appeals by the indexed
moment `next_step_at` gives, oldest first, and records each step it has taken; both functions are pure, so a
second run, or a second machine, finds nothing left to do.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Step(StrEnum):
    """Stored with the appeal, once each."""

    HALF = "half"
    MOST = "most"
    ALL = "all"


class Recipient(StrEnum):
    ASSIGNEE = "assignee"
    SUPERVISOR = "supervisor"
    FUND = "fund"


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step whose moment has come; `at` is that moment in UTC."""

    step: Step
    at: datetime
    recipient: Recipient


_PERCENT = {Step.HALF: 50, Step.MOST: 80, Step.ALL: 100}
_RECIPIENT = {Step.HALF: Recipient.ASSIGNEE, Step.MOST: Recipient.SUPERVISOR, Step.ALL: Recipient.FUND}


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which the local day is over."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


def step_at(step: Step, registered_at: datetime, due_at: datetime) -> datetime:
    """The moment of a step in UTC.

    Raises ValueError for naive moments and for a due moment not after registration.
    """
    if registered_at.utcoffset() is None or due_at.utcoffset() is None:
        raise ValueError("the moments need an offset from UTC")
    start, end = registered_at.astimezone(UTC), due_at.astimezone(UTC)
    if end <= start:
        raise ValueError("an appeal is due after it was registered")
    return start + (end - start) * _PERCENT[step] / 100


def due_steps(
    registered_at: datetime, due_at: datetime, now: datetime, done: Collection[Step], *, assigned: bool
) -> tuple[DueStep, ...]:
    """The steps to take at `now`, earliest first, without those done.

    With nobody assigned the first reminder goes up to the supervisor at once. After an extension the steps
    are counted over the longer time: the service that extends keeps only what `still_done` returns.
    """
    return tuple(
        DueStep(step, at, _recipient(step, assigned=assigned))
        for step in Step
        if step not in done and (at := step_at(step, registered_at, due_at)) <= now
    )


def next_step_at(registered_at: datetime, due_at: datetime, done: Collection[Step]) -> datetime | None:
    """When the first step not done comes; None when the ladder is climbed. The indexed column holds this."""
    return next((step_at(step, registered_at, due_at) for step in Step if step not in done), None)


def still_done(
    registered_at: datetime, due_at: datetime, now: datetime, done: Collection[Step]
) -> frozenset[Step]:
    """Of the steps done, those that remain behind after the due moment moved."""
    return frozenset(step for step in done if step_at(step, registered_at, due_at) <= now)


def _recipient(step: Step, *, assigned: bool) -> Recipient:
    recipient = _RECIPIENT[step]
    return Recipient.SUPERVISOR if recipient is Recipient.ASSIGNEE and not assigned else recipient
