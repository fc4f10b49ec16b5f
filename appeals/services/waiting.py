"""Judging a wait by the norms of the guarantee programme, and keeping the judgement with the case."""

from datetime import datetime

from django.db import transaction

from appeals.actors import Actor
from appeals.lifecycle import Action
from appeals.models import Appeal
from appeals.policy import calendar_from, norms
from appeals.services.base import begin, finish
from appeals.waiting import Verdict, Wait, check
from registry.models import Region


def judge_wait(wait: Wait, region: Region) -> Verdict:
    """By the norms and the calendar of the region. Errors: NormMissing, BadWait, CalendarMissing."""
    day = wait.start.astimezone(region.zone).date() if isinstance(wait.start, datetime) else wait.start
    calendar = calendar_from(region.pk, day)
    return check(wait, norms=norms(), calendar=calendar, zone=region.zone, region=region.pk)


@transaction.atomic
def note_waiting(
    *, appeal_id: int, wait: Wait, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    """Keeps the judgement of a wait in the story of the case. Errors: also those of `judge_wait`."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.CHECK_WAITING,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"outcome": wait},
    )
    verdict = judge_wait(wait, move.appeal.region)
    data = {
        "service": wait.service,
        "suspicion": wait.suspicion or "",
        "start": wait.start.isoformat(),
        "offered": wait.offered.isoformat() if wait.offered else None,
        **verdict.as_json(),
    }
    return finish(move, note=". ".join(reason.text for reason in verdict.reasons), data=data)
