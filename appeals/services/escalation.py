"""The ladder: open appeals whose time is running out are brought before somebody, each step once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction

from appeals.escalation import Recipient, Step, due_steps, next_step_at
from appeals.models import Appeal, LadderStep
from appeals.reminders import Reminder, remind
from representatives.models import Absence

# One statement for a whole batch: a row at a time would cost more than the deciding.
_MOVE = """
UPDATE appeals_appeal AS appeal SET next_step_at = moved.at
FROM unnest(%s, %s::timestamptz[]) AS moved (id, at) WHERE appeal.id = moved.id
"""
_TAKE = """
INSERT INTO appeals_ladderstep (appeal_id, step, recipient, at)
SELECT id, step, recipient, %s FROM unnest(%s, %s::text[], %s::text[]) AS taken (id, step, recipient)
"""


class _Due(NamedTuple):
    """What a step needs to know of its appeal; the names are those of the columns."""

    pk: int
    number: str
    due_on: date
    clock_from: datetime
    due_at: datetime
    worker_id: int | None
    assignee_id: int | None
    assignee__user_id: int | None
    organization_id: int | None
    received_by_id: int
    region_id: str


@transaction.atomic
def climb(*, now: datetime, limit: int) -> int:
    """Takes the due steps of up to `limit` appeals, oldest first, and tells those whom they concern.

    Returns how many steps were taken. Safe to run twice and on two machines: rows that another run holds are
    skipped, and a step exists only once. The reminders are rows of the outbox in the same transaction.
    """
    due = _due(now, limit)
    done, absent = _done(due), _absent(due, now)
    reminders: list[Reminder] = []
    moments: list[datetime | None] = []
    for one in due:
        held = (one.worker_id or one.assignee_id) is not None and one.assignee_id not in absent
        taken = due_steps(one.clock_from, one.due_at, now, done[one.pk], assigned=held)
        reminders += [_reminder(one, step.step, step.recipient) for step in taken]
        behind = done[one.pk] | {step.step for step in taken}
        moments.append(next_step_at(one.clock_from, one.due_at, behind))
    if due:
        told = remind(reminders, now=now)
        _write(due, moments, reminders, told, now)
    return len(reminders)


def _due(now: datetime, limit: int) -> list[_Due]:
    rows = Appeal.objects.open().filter(next_step_at__lte=now)
    locked = rows.select_for_update(of=("self",), skip_locked=True).order_by("next_step_at")
    ids = [appeal.pk for appeal in locked.only("pk")[:limit]]
    found = Appeal.objects.filter(pk__in=ids).order_by("next_step_at", "pk")
    return [_Due(*row) for row in found.values_list(*_Due._fields)]


def _done(due: Sequence[_Due]) -> dict[int, set[Step]]:
    done: dict[int, set[Step]] = {one.pk: set() for one in due}
    rows = LadderStep.objects.filter(appeal__in=list(done)).values_list("appeal", "step") if due else ()
    for pk, step in rows:
        done[pk].add(Step(step))
    return done


def _absent(due: Sequence[_Due], now: datetime) -> set[int]:
    """Whoever is away cannot be reminded; near midnight of two zones the reminder may go up a day early."""
    people = {one.assignee_id for one in due if one.assignee_id is not None}
    today = now.date()
    away = Absence.objects.filter(representative__in=people, first_day__lte=today, last_day__gte=today)
    return set(away.values_list("representative", flat=True)) if people else set()


def _reminder(one: _Due, step: Step, recipient: Recipient) -> Reminder:
    return Reminder(
        appeal_id=one.pk,
        number=one.number,
        due_on=one.due_on,
        step=step,
        recipient=recipient,
        holder=one.worker_id or one.assignee__user_id,
        office=one.organization_id or one.received_by_id,
        region=one.region_id,
    )


def _write(
    due: Sequence[_Due],
    moments: Sequence[datetime | None],
    reminders: Sequence[Reminder],
    told: Sequence[Recipient],
    now: datetime,
) -> None:
    ids = [one.appeal_id for one in reminders]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [[one.pk for one in due], list(moments)])
        cursor.execute(_TAKE, [now, ids, [str(one.step) for one in reminders], [str(one) for one in told]])
