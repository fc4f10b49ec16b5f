"""The ladder: open appeals whose time is running out are brought before somebody, each step once."""

from datetime import datetime

from django.db import transaction

from appeals.escalation import Step, due_steps, next_step_at
from appeals.models import Appeal, LadderStep


@transaction.atomic
def climb(*, now: datetime, limit: int) -> int:
    """Takes the due steps of up to `limit` appeals, oldest first; returns how many steps were taken.

    Safe to run twice and on two machines: rows another run holds are skipped, and a step exists only once.
    """
    rows = (
        Appeal.objects.open().filter(next_step_at__lte=now).select_for_update(of=("self",), skip_locked=True)
    )
    due = list(rows.only("pk", "clock_from", "due_at", "assignee_id").order_by("next_step_at")[:limit])
    done: dict[int, set[Step]] = {appeal.pk: set() for appeal in due}
    for pk, step in LadderStep.objects.filter(appeal__in=due).values_list("appeal", "step"):
        done[pk].add(Step(step))
    steps: list[LadderStep] = []
    for appeal in due:
        taken = due_steps(
            appeal.clock_from, appeal.due_at, now, done[appeal.pk], assigned=appeal.assignee_id is not None
        )
        steps += [LadderStep(appeal=appeal, step=one.step, recipient=one.recipient, at=now) for one in taken]
        behind = done[appeal.pk] | {one.step for one in taken}
        appeal.next_step_at = next_step_at(appeal.clock_from, appeal.due_at, behind)
    LadderStep.objects.bulk_create(steps)
    Appeal.objects.bulk_update(due, ["next_step_at"])
    return len(steps)
