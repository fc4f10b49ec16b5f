"""Taking and working a case: take, assign, next case, going on, extension, validity."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from appeals import deadlines
from appeals.actors import Actor
from appeals.deadlines import Deadlines, local_day
from appeals.errors import InvalidInput, NotFitting, TooLate
from appeals.escalation import Step, end_of_day, next_step_at, still_done
from appeals.lifecycle import Action, State
from appeals.models import Appeal, AppealQuerySet, HandOver, HandOverState, LadderStep, Validity
from appeals.policy import calendar_from, terms
from appeals.services.base import Move, begin, finish, permit
from appeals.services.outgoing import issue_extension
from appeals.terms import Kind, Urgency
from registry.scoping import Scope
from representatives.models import Conflict, Representative


@transaction.atomic
def take(*, appeal_id: int, actor: Actor, now: datetime, expected_version: int | None = None) -> Appeal:
    """Takes a case from the queue into one's own hands."""
    move = begin(
        appeal_id=appeal_id, action=Action.TAKE, actor=actor, now=now, expected_version=expected_version
    )
    me = Representative.objects.filter(user=actor.user_id).first() if actor.user_id else None
    return _hand(move, fitting(me, move.appeal), worker_id=actor.user_id)


@transaction.atomic
def assign(
    *,
    appeal_id: int,
    representative_id: int,
    actor: Actor,
    now: datetime,
    note: str = "",
    expected_version: int | None = None,
) -> Appeal:
    """Gives a case to a representative of its organisation and level. Errors: NotFitting."""
    representative = Representative.objects.filter(pk=representative_id).first()
    move = begin(
        appeal_id=appeal_id,
        action=Action.ASSIGN,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"assignee": representative},
    )
    if representative is None:
        raise NotFitting(_("There is no such representative."), code="left")
    require_fitting(representative, move.appeal, now)
    return _hand(move, representative, worker_id=representative.user_id, note=note)


@transaction.atomic
def next_case(*, scope: Scope, representative: Representative, now: datetime) -> Appeal | None:
    """Takes the most urgent case waiting at the representative's level, or None when nothing waits.

    Two people asking at once never get the same one: a row that another transaction holds is skipped.
    """
    actor = Actor.of(scope)
    for urgency in (Urgency.EMERGENCY, Urgency.URGENT, Urgency.NORMAL):
        appeal = _waiting(representative, urgency, now, scope).first()
        if appeal is not None:
            move = permit(appeal, action=Action.TAKE, actor=actor, now=now)
            return _hand(move, representative, worker_id=scope.user_id)
    return None


def _waiting(representative: Representative, urgency: Urgency, now: datetime, scope: Scope) -> AppealQuerySet:
    today = local_day(now, representative.region.zone)
    conflicts = Conflict.objects.in_force(today).filter(representative=representative)
    clinics = conflicts.filter(clinic=OuterRef("clinic"))
    people = conflicts.filter(Q(person=OuterRef("concerned_person")) | Q(person=OuterRef("applicant")))
    offered = HandOver.objects.filter(appeal=OuterRef("pk"), state=HandOverState.OFFERED)
    return (
        Appeal.objects.select_for_update(of=("self",), skip_locked=True)
        .visible_to(Scope(grants=scope.grants))
        .filter(
            ~Exists(offered),
            ~Exists(clinics),
            ~Exists(people),
            organization=representative.organization_id,
            level=representative.level,
            urgency=urgency,
            state=State.REGISTERED,
            routed_at__isnull=False,
        )
        .select_related("organization", "received_by", "region", "topic")
        .order_by("due_on", "pk")
    )


@transaction.atomic
def resume(
    *, appeal_id: int, reason: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    """Goes on without what was waited for."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.RESUME,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"reason": reason},
    )
    return finish(move, note=reason)


@transaction.atomic
def extend(
    *,
    appeal_id: int,
    days: int,
    reason: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Appeal:
    """The one lawful extension, with a reason the applicant reads. Errors: TooLate with the law's refusal."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.EXTEND,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"days": days, "reason": reason},
    )
    appeal = move.appeal
    dates = _longer(appeal, days, now)
    due_at = end_of_day(dates.due_on, appeal.region.zone)
    done = {Step(step) for step in LadderStep.objects.filter(appeal=appeal).values_list("step", flat=True)}
    kept = still_done(appeal.clock_from, due_at, now, done)
    LadderStep.objects.filter(appeal=appeal).exclude(step__in=kept).delete()
    changes: dict[str, object] = {
        "due_on": dates.due_on,
        "due_at": due_at,
        "warn_on": dates.warn_on,
        "extended_on": local_day(now, appeal.region.zone),
        "extension_reason": reason,
        "next_step_at": next_step_at(appeal.clock_from, due_at, kept),
    }
    data = {"days": days, "from": appeal.due_on.isoformat(), "to": dates.due_on.isoformat()}
    before = appeal.due_on
    longer = finish(move, changes=changes, public_text=reason, data=data)
    issue_extension(appeal=longer, reason=reason, due_before=before, actor=actor, now=now)
    return longer


def _longer(appeal: Appeal, days: int, now: datetime) -> Deadlines:
    began = local_day(appeal.clock_from, appeal.region.zone)
    current = Deadlines(
        registered_on=began,
        register_by=began,
        forward_by=appeal.forward_by or appeal.due_on,
        due_on=appeal.due_on,
        warn_on=appeal.warn_on,
        reasons=(),
    )
    try:
        return deadlines.extended(
            current,
            days,
            kind=Kind(appeal.kind),
            today=local_day(now, appeal.region.zone),
            already_extended=appeal.extended_on is not None,
            calendar=calendar_from(appeal.region_id, began),
            terms=terms(),
        )
    except deadlines.ExtensionRefused as error:
        raise TooLate(_EXTENSION_REFUSED[error.code], code=error.code) from error


_EXTENSION_REFUSED = {
    "already_extended": _("The term has been extended once already: the law allows no second time."),
    "not_positive": _("An extension adds at least one day."),
    "too_long": _("An extension adds 30 days at most."),
    "too_late": _("The term is over: it could be extended only before its end."),
}


@transaction.atomic
def mark_validity(
    *,
    appeal_id: int,
    validity: str,
    actor: Actor,
    now: datetime,
    note: str = "",
    expected_version: int | None = None,
) -> Appeal:
    """Says whether a complaint proved justified."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.MARK_VALIDITY,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"validity": validity},
    )
    if move.appeal.kind != Kind.COMPLAINT or validity not in Validity.values:
        raise InvalidInput({"validity": _("Only a complaint is judged: justified or unjustified.")})
    return finish(move, changes={"validity": validity}, note=note)


def fitting(representative: Representative | None, appeal: Appeal) -> Representative | None:
    """The representative, if of this organisation and level; a fund's own staff work without being one."""
    if representative is None or appeal.level is None:
        return None
    same = (representative.organization_id, representative.level) == (appeal.organization_id, appeal.level)
    return representative if same else None


def require_fitting(representative: Representative, appeal: Appeal, now: datetime) -> None:
    if representative.organization_id != appeal.organization_id:
        raise NotFitting(_("The representative works for another organisation."), code="other_organisation")
    if representative.level != appeal.level:
        raise NotFitting(_("The representative works at another level."), code="other_level")
    today = local_day(now, appeal.region.zone)
    if representative.left_on is not None and representative.left_on < today:
        raise NotFitting(_("The representative has left."), code="left")
    concerned = Q(person__in=[pk for pk in (appeal.applicant_id, appeal.concerned_person_id) if pk])
    subject = concerned | Q(clinic=appeal.clinic_id) if appeal.clinic_id else concerned
    if Conflict.objects.in_force(today).filter(subject, representative=representative).exists():
        raise NotFitting(_("The representative has a conflict of interest in this case."), code="conflict")


def _hand(
    move: Move, representative: Representative | None, *, worker_id: int | None, note: str = ""
) -> Appeal:
    before = move.appeal.assignee_id
    changes: dict[str, object] = {
        "assignee": representative,
        "worker_id": worker_id,
        "taken_at": move.appeal.taken_at or move.now,
    }
    data = {"assignee": [before, representative.pk if representative else None], "worker": worker_id}
    return finish(move, changes=changes, public=True, note=note, data=data)
