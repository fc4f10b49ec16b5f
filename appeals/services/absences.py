"""Cover of an absence: what falls due while somebody is away goes to colleagues who are there."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from appeals.actors import Actor
from appeals.errors import AppealNotFound
from appeals.models import Appeal
from appeals.services.casework import assign
from appeals.workload import candidates_for, case_of
from registry.scoping import Scope
from representatives.assignment import Choice, choose
from representatives.models import Absence


@dataclass(frozen=True, slots=True)
class Cover:
    """A case that falls due in the absence, and who takes it; a choice of nobody says why."""

    appeal: Appeal
    choice: Choice


def absence_of(scope: Scope, absence_id: int) -> Absence:
    """Errors: AppealNotFound for one that this reader may not manage."""
    rows = Absence.objects.visible_to(scope).select_related("representative__region")
    found = rows.filter(pk=absence_id).first()
    if found is None:
        raise AppealNotFound
    return found


def plan_cover(*, absence: Absence, now: datetime) -> list[Cover]:
    """What falls due from the first day of the absence to the working day after it, oldest first, and to whom.

    Loads grow as the plan does, so that one colleague does not get everything. Writes nothing.
    """
    absent = absence.representative
    local = now.astimezone(absent.region.zone)
    begins_on = max(local.date(), absence.first_day)
    # Whoever comes back on Monday cannot answer on Monday what they have not seen for a fortnight.
    until = absence.last_day + timedelta(days=1)
    due = Appeal.objects.open().filter(assignee=absent, warn_on__lte=until).select_related("region", "topic")
    known = {
        one.id: one
        for one in candidates_for(absent.organization_id, absent.level, local)
        if one.id != absent.pk
    }
    plan = []
    for appeal in due.order_by("due_on", "pk"):
        choice = choose(known.values(), case_of(appeal, begins_on=begins_on), local)
        plan.append(Cover(appeal, choice))
        if choice.representative_id is not None:
            taker = known[choice.representative_id]
            known[taker.id] = replace(taker, open_cases=taker.open_cases + 1, last_assigned_at=now)
    return plan


@transaction.atomic
def cover_absence(*, absence_id: int, actor: Actor, now: datetime) -> list[Cover]:
    """Gives the cases of the plan to colleagues; those for whom nobody is found stay and come back with the reason.

    Run twice it finds nothing left to give. Errors: AppealNotFound, and those of `assign`.
    """
    absence = absence_of(actor.scope, absence_id)
    plan = plan_cover(absence=absence, now=now)
    for one in plan:
        if one.choice.representative_id is not None:
            assign(
                appeal_id=one.appeal.pk,
                representative_id=one.choice.representative_id,
                actor=actor,
                now=now,
                note=f"{absence.representative}: {absence}. {one.choice.text}",
                expected_version=one.appeal.version,
            )
    return plan
