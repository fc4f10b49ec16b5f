"""The portal's own target of an open appeal, from its events: since when it is counted, and what paused it.

Pure. It begins when the appeal comes to a desk: routed, accepted by another level, opened again. While somebody
else is waited for it stands still; the lawful term never does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from appeals.deadlines import local_day
from appeals.lifecycle import OPEN, WAITING, Action, State

BEGINS = frozenset({Action.ROUTE, Action.REROUTE, Action.ACCEPT_HAND_OVER, Action.REOPEN})


@dataclass(frozen=True, slots=True)
class Passed:
    """One event, as far as the target cares."""

    action: Action
    before: State
    after: State
    at: datetime


Pause = tuple[date, date | None]


def moves_target(one: Passed) -> bool:
    """Whether the target has to be counted anew after the event."""
    if one.after not in OPEN:
        return False
    return one.action in BEGINS or (one.before in WAITING) != (one.after in WAITING)


def counted(chain: Iterable[Passed], zone: ZoneInfo) -> tuple[date, tuple[Pause, ...]]:
    """The day the target is counted from, and the pauses since then; a pause that lasts has no last day.

    The day of the question was worked on and counts; those after it, up to the day of the reply, do not.
    Raises ValueError for a chain in which the appeal never came to a desk.
    """
    began: date | None = None
    pauses: list[Pause] = []
    for one in chain:
        day = local_day(one.at, zone)
        if one.action in BEGINS:
            began, pauses = day, []
        if one.after in WAITING and one.before not in WAITING:
            pauses.append((day + timedelta(days=1), None))
        elif one.before in WAITING and one.after not in WAITING and pauses:
            pauses[-1] = (pauses[-1][0], day)
    if began is None:
        raise ValueError("the appeal has not come to a desk")
    return began, tuple(pauses)
