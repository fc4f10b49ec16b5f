"""Open cases of representatives who leave: the register tells, appeals give the cases to others."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from appeals import services
from appeals.actors import SYSTEM, Actor
from appeals.errors import AppealError
from appeals.models import Appeal
from appeals.models.appeal_rules import IS_OPEN
from registry.scoping import Scope
from representatives import assignment, signals
from representatives.models import Representative
from representatives.selectors import candidates
from representatives.services import HandedOver, release_work

# Whoever left with more than this is finished by the next run of the daily sweep.
MOST = 500


def connect() -> None:
    signals.open_work.connect(count_open, dispatch_uid="appeals.open_work")
    signals.leaving.connect(hand_over, dispatch_uid="appeals.leaving")


def count_open(sender: Any, *, representative_id: int, **kwargs: Any) -> int:
    return Appeal.objects.filter(IS_OPEN, assignee=representative_id).count()


def hand_over(
    sender: Any,
    *,
    representative: Representative,
    successor_id: int | None,
    scope: Scope | None,
    now: datetime,
    **kwargs: Any,
) -> HandedOver:
    """Gives each open case to the successor if that one may take it, else to whoever fits best by the rule that
    chooses for new cases. What nobody may take stays where it is, and the answer counts it."""
    actor = SYSTEM if scope is None else Actor.of(scope)
    cases = list(
        Appeal.objects.filter(IS_OPEN, assignee=representative)
        .select_related("region")
        .order_by("due_on", "pk")[:MOST]
    )
    given = 0
    for appeal in cases:
        given += _give(appeal, _takers(appeal, representative, successor_id, now), actor, now)
    return HandedOver(given, len(cases) - given)


def _takers(appeal: Appeal, leaver: Representative, successor_id: int | None, now: datetime) -> Iterable[int]:
    if successor_id is not None:
        yield successor_id
    if appeal.organization_id is None or appeal.level is None:
        return
    local = now.astimezone(appeal.region.zone)
    load = Appeal.objects.filter(IS_OPEN, organization=appeal.organization_id, level=appeal.level)
    rows = load.exclude(assignee=None).order_by().values("assignee")
    facts = {row["assignee"]: row for row in rows.annotate(open=Count("pk"), last=Max("taken_at"))}
    pool = [
        one
        for one in candidates(
            appeal.organization_id,
            appeal.level,
            local,
            open_loads={pk: row["open"] for pk, row in facts.items()},
            last_assigned={pk: row["last"] for pk, row in facts.items() if row["last"]},
        )
        if one.id != leaver.pk
    ]
    people = frozenset(pk for pk in (appeal.applicant_id, appeal.concerned_person_id) if pk is not None)
    case = assignment.Case(level=appeal.level, clinic_id=appeal.clinic_id, people=people)
    choice = assignment.choose(pool, case, local)
    if choice.representative_id is not None:
        yield choice.representative_id


def _give(appeal: Appeal, takers: Iterable[int], actor: Actor, now: datetime) -> bool:
    for taker in takers:
        try:
            services.assign(
                appeal_id=appeal.pk,
                representative_id=taker,
                actor=actor,
                now=now,
                note="Передано: прежний страховой представитель больше не работает на этом месте.",
            )
        except AppealError:
            continue
        return True
    return False


def sweep_left(*, now: datetime) -> int:
    """Hands over what people still hold whose last day is over. Returns how many cases were given."""
    holding = Appeal.objects.filter(IS_OPEN, assignee__left_on__lt=timezone.localdate(now))
    gone = Representative.objects.filter(pk__in=holding.values("assignee")).order_by("pk")
    total = 0
    for one in gone:
        total += release_work(representative=one, successor_id=None, scope=None, now=now).given
    return total
