"""Who could take a case, with the load that only this app knows: what `representatives.assignment` decides by."""

from datetime import date, datetime

from django.db.models import Count, Max

from appeals.models import Appeal
from appeals.models.appeal_rules import IS_OPEN
from appeals.terms import Urgency
from representatives import assignment
from representatives.assignment import Candidate, Choice
from representatives.selectors import candidates


def candidates_for(organization_id: int, level: int, now: datetime) -> list[Candidate]:
    """Everybody of an organisation and level at work, with the open cases and the last one taken. `now` is local."""
    rows = (
        Appeal.objects.filter(IS_OPEN, organization=organization_id, level=level, assignee__isnull=False)
        .order_by()
        .values_list("assignee")
        .annotate(open=Count("pk"), last=Max("taken_at"))
    )
    loads: dict[int, int] = {}
    last: dict[int, datetime] = {}
    for pk, count, taken_at in rows:
        loads[pk] = count
        if taken_at is not None:
            last[pk] = taken_at
    return candidates(organization_id, level, now, open_loads=loads, last_assigned=last)


def case_of(appeal: Appeal, *, begins_on: date | None = None) -> assignment.Case:
    """The appeal as the choice sees it. Errors: ValueError for one without a level."""
    if appeal.level is None:
        raise ValueError("representatives work only cases of a level")
    people = {appeal.applicant_id, appeal.concerned_person_id} - {None}
    return assignment.Case(
        level=appeal.level,
        clinic_id=appeal.clinic_id,
        people=frozenset(pk for pk in people if pk is not None),
        begins_on=begins_on,
        at_once=appeal.urgency == Urgency.EMERGENCY,
    )


def suggested(appeal: Appeal, now: datetime) -> Choice | None:
    """Whom the portal would give the case to, and why; None where no representatives work it."""
    if appeal.organization_id is None or appeal.level is None:
        return None
    local = now.astimezone(appeal.region.zone)
    known = [
        one
        for one in candidates_for(appeal.organization_id, appeal.level, local)
        if one.id != appeal.assignee_id
    ]
    return assignment.choose(known, case_of(appeal), local)
