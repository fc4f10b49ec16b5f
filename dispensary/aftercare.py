"""What to do about a recommendation after dispensarization: remind, remind again once it is overdue, then call.

Pure: the days, what was done and today come in; the next step and its reason come out. No order sets these days;
they leave a clinic time to report what was done.
"""

from collections.abc import Set
from datetime import date, timedelta

from dispensary.following import Next, Step

# Days before the last day when the person is reminded.
REMIND_BEFORE = 14
# Days after it: a message once more, then a call of level 3.
MISSED_AFTER = 7
CALL_AFTER = 14
# Days for the second stage, counted from the end of the first, where the clinic named no day itself.
SECOND_STAGE_DAYS = 60


def next_step(given_on: date, due_on: date, done: Set[Step], today: date) -> Next | None:
    """The step due today for a recommendation that nobody has closed; None while there is nothing to do."""
    if today >= due_on + timedelta(days=CALL_AFTER):
        return Next(
            Step.CALL, "overdue_twice", f"Срок вышел {due_on:%d.%m.%Y}, напоминания не помогли: позвоните"
        )
    if today >= due_on + timedelta(days=MISSED_AFTER):
        overdue = Next(Step.REPEAT, "overdue", f"Не выполнено: срок вышел {due_on:%d.%m.%Y}")
        return None if Step.REPEAT in done else overdue
    opens = max(given_on, due_on - timedelta(days=REMIND_BEFORE))
    if opens <= today <= due_on and Step.REMIND not in done:
        return Next(Step.REMIND, "due_soon", f"Срок подходит: до {due_on:%d.%m.%Y}")
    return None
