"""Telling colleagues in the portal: written with the step itself, read and forgotten on their own."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from appeals.deadlines import local_day
from appeals.lifecycle import Action, State
from appeals.models import Appeal, AppealEvent, HandOver, Notice, NoticeSetting
from appeals.noticing import SETTLES, What, Whom, rules_for
from appeals.terms import Role
from registry.models import RoleGrant
from registry.scoping import Role as Granted
from registry.scoping import Scope

KEPT = timedelta(days=90)
FORGET = 20_000  # notices of one run; what is left waits for the next
_AT_LEVEL = {1: Granted.OPERATOR, 2: Granted.CASE_WORKER, 3: Granted.EXPERT}


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as far as colleagues are concerned: who took it, from where, and who had the case before."""

    action: Action
    before: State
    role: Role
    by: int | None
    had: int | None


def tell_of_step(*, appeal: Appeal, step: Taken, now: datetime) -> None:
    """Writes the notices of a step and settles those that it made pointless. Most steps concern nobody else."""
    settled = SETTLES.get(step.action)
    if settled is not None:
        Notice.objects.unseen().filter(appeal=appeal, what=settled).update(read_at=now)
    told: dict[What, set[int]] = {}
    for rule in rules_for(step.action, step.before, step.role):
        people = {one for one in _people(rule.whom, appeal, step, now) if one is not None}
        told.setdefault(rule.what, set()).update(people - {step.by})
    for what, users in told.items():
        write(appeal_id=appeal.pk, what=what, users=users, by=step.by, now=now)


def write(
    *,
    appeal_id: int,
    what: What,
    users: Collection[int],
    now: datetime,
    by: int | None = None,
    told: bool = False,
) -> None:
    """`told`: whoever is told gets a mail about it anyway."""
    Notice.objects.bulk_create(
        Notice(user_id=user, appeal_id=appeal_id, what=what, by_id=by, at=now, told_at=now if told else None)
        for user in sorted(users)
    )


def _people(whom: Whom, appeal: Appeal, step: Taken, now: datetime) -> Iterable[int | None]:
    match whom:
        case Whom.HOLDER:
            return [appeal.worker_id]
        case Whom.FORMER:
            return [step.had] if step.had != appeal.worker_id else []
        case Whom.OFFERER:
            offers = HandOver.objects.filter(appeal=appeal).order_by("-pk")
            return offers.values_list("offered_by_user_id", flat=True)[:1]
        case Whom.INSTRUCTOR:
            given = AppealEvent.objects.filter(appeal=appeal, action=Action.INSTRUCT).order_by("-pk")
            return given.values_list("actor_user_id", flat=True)[:1]
        case Whom.LEVEL:
            return _granted(
                Q(role=_AT_LEVEL[appeal.offered_level or 1], organization=appeal.organization_id), appeal, now
            )
        case Whom.HEADS:
            at_fund = appeal.organization is not None and appeal.organization.is_fund
            heads = (
                Q(role=Granted.FUND_ADMIN, region=appeal.region_id)
                if at_fund
                else Q(role=Granted.SUPERVISOR, organization=appeal.organization_id)
            )
            return _granted(heads, appeal, now)


def _granted(who: Q, appeal: Appeal, now: datetime) -> Iterable[int]:
    today = local_day(now, appeal.region.zone)
    grants = RoleGrant.objects.in_force(today).filter(who, user__is_active=True)
    return grants.values_list("user", flat=True)


def read_notices(*, scope: Scope, now: datetime, appeal: Appeal | None = None) -> int:
    """Marks the reader's notices as read, of one case or all of them; returns how many were new."""
    mine = Notice.objects.unseen().filter(user=scope.user_id)
    return (mine.filter(appeal=appeal) if appeal is not None else mine).update(read_at=now)


def wants_digest(user_id: int | None) -> bool:
    return not NoticeSetting.objects.filter(user=user_id, digest=False).exists()


def set_digest(*, user_id: int, digest: bool) -> None:
    NoticeSetting.objects.update_or_create(user_id=user_id, defaults={"digest": digest})


def forget_notices(*, now: datetime) -> int:
    """Deletes what is older than three months, read or not; the story of a case keeps what happened."""
    old = Notice.objects.filter(at__lt=now - KEPT).order_by("at").values_list("pk", flat=True)[:FORGET]
    gone: int = Notice.objects.filter(pk__in=list(old)).delete()[0]
    return gone
