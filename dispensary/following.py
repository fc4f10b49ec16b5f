"""What to do about a window of observation visits: remind, remind again after it was missed, then call.

Pure: the window, what was done about it and today come in; the next step and its reason come out.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Days after the window's end: a clinic reports a visit late, so a missed one is believed only after a week.
MISSED_AFTER = 7
# Days after the end when messages have not helped and level 3 calls.
CALL_AFTER = 21
# Days until the next attempt where nobody answered, by how many calls there were; then a letter to the clinic.
AGAIN_AFTER = (2, 4, 7)


class Step(StrEnum):
    REMIND = "remind"
    REPEAT = "repeat"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Next:
    """A step that is due, with the words for staff."""

    step: Step
    code: str
    text: str


def next_step(opens: date | None, closes: date | None, done: Set[Step], today: date) -> Next | None:
    """The step due today for a window that no visit has closed yet; None while there is nothing to do."""
    if opens is None or closes is None or today < opens:
        return None
    if today <= closes:
        if Step.REMIND in done:
            return None
        return Next(Step.REMIND, "window_open", f"Идёт срок приёма: до {closes:%d.%m.%Y}")
    if today >= closes + timedelta(days=CALL_AFTER):
        return Next(
            Step.CALL, "missed_twice", f"Приём пропущен {closes:%d.%m.%Y}, напоминания не помогли: позвоните"
        )
    if today >= closes + timedelta(days=MISSED_AFTER) and Step.REPEAT not in done:
        return Next(Step.REPEAT, "missed", f"Приём пропущен: срок вышел {closes:%d.%m.%Y}")
    return None


def call_again(calls: int, today: date) -> date:
    """When to try anew after so many calls without an answer, this one included."""
    return today + timedelta(days=AGAIN_AFTER[min(calls, len(AGAIN_AFTER)) - 1])
