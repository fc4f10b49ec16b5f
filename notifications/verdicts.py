"""May this message leave now? Judged at the moment of sending, because much changes after it was written. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from notifications.events import Purpose
from notifications.states import State

CONTACT_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`contacts`: when invitations reached the person within the last 30 days, oldest first; `cap` of None: no cap.

    `allowed_from`: the earliest moment outside quiet hours, not before `now`.
    """

    now: datetime
    purpose: str
    expires_at: datetime | None
    died_on: date | None
    consented: bool
    contacts: Sequence[datetime]
    cap: int | None
    allowed_from: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """It will not be sent, and why."""

    state: State
    code: str


@dataclass(frozen=True, slots=True)
class Wait:
    """It is sent later, and why."""

    until: datetime
    code: str


Verdict = Stop | Wait | None


def judge(facts: Facts) -> Verdict:
    """None: it may leave. The first reason that applies is given; what lasts for ever comes before what passes."""
    if facts.expires_at is not None and facts.expires_at <= facts.now:
        return Stop(State.EXPIRED, "expired")
    if facts.died_on is not None:
        return Stop(State.EXCLUDED, "died")
    if facts.purpose == Purpose.INVITATION:
        if not facts.consented:
            return Stop(State.EXCLUDED, "no_consent")
        if facts.cap == 0:
            return Stop(State.EXCLUDED, "contact_cap")
        if facts.cap is not None and len(facts.contacts) >= facts.cap:
            # Free again when so many contacts have left the window that one more fits.
            until = facts.contacts[len(facts.contacts) - facts.cap] + CONTACT_WINDOW
            return _wait(facts, until, "contact_cap", State.EXCLUDED)
    if facts.allowed_from > facts.now:
        return _wait(facts, facts.allowed_from, "quiet_hours", State.EXPIRED)
    return None


def _wait(facts: Facts, until: datetime, code: str, too_late: State) -> Verdict:
    if facts.expires_at is not None and until >= facts.expires_at:
        return Stop(too_late, code)
    return Wait(until, code)
