"""Sample of what lies on the staff's desks: notices of what happened lately. Deterministic, from the stories told."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from appeals import services
from appeals.actors import Actor
from appeals.deadlines import local_day
from appeals.lifecycle import Action, State
from appeals.models import Appeal, AppealEvent, Notice, QualityReview
from appeals.noticing import What
from appeals.quality import Mark, score
from appeals.terms import Kind
from registry.models import RoleGrant
from registry.scoping import Role
from registry.selectors import scope_of

LATELY = timedelta(days=10)
TOLD = {Action.APPLICANT_REPLIED: What.REPLIED, Action.CLINIC_REPLIED: What.CLINIC_REPLIED}
INSTRUCTIONS = (
    (0, "Срок ответа близок. Сообщите сегодня, что сделано и когда ответите заявителю."),
    (5, "Запросите у медицинской организации объяснения и приложите их к обращению."),
    (9, "Проверьте, как в этой медицинской организации ведут лист ожидания, и доложите о результате."),
)
MARKS = (Mark.YES, Mark.YES, Mark.PARTLY, Mark.YES, Mark.NO)
MOST = 300  # of one kind, however large the region


def seed(*, now: datetime) -> None:
    _instructions(now)
    _judged(now)
    Notice.objects.bulk_create([*_replies(now), *_approvals(now), *_terms(now)])


def _judged(now: datetime) -> None:
    """The sample of the last year; the older half is judged, so that scores can be seen."""
    services.draw_sample(now=now, since=now - timedelta(days=365))
    weights = {one.code: one.weight for one in services.quality_criteria(now.date())}
    heads = {
        grant.organization_id: grant.user_id
        for grant in RoleGrant.objects.in_force(now.date()).filter(role=Role.SUPERVISOR).order_by("pk")
    }
    drawn = QualityReview.objects.filter(organization__in=list(heads)).order_by("pk")
    for place, review in enumerate(drawn[: drawn.count() // 2]):
        marks = {code: MARKS[(place + number) % len(MARKS)] for number, code in enumerate(sorted(weights))}
        review.marks = {code: mark.value for code, mark in marks.items()}
        review.score = score(marks, weights)
        review.reviewed_at, review.reviewer_id = now - timedelta(days=1), heads[review.organization_id]
        review.save(update_fields=["marks", "score", "reviewed_at", "reviewer"])


def _instructions(now: datetime) -> None:
    """What the funds told the insurers to do, by the service: the insurers' heads read of it in their notices."""
    for grant in RoleGrant.objects.in_force(now.date()).filter(role=Role.FUND_ADMIN).order_by("pk"):
        actor = Actor.of(scope_of(grant.user, now=now))
        insurers = Appeal.objects.open().filter(
            region=grant.region_id, organization__kind="insurer", is_sample=True, kind=Kind.COMPLAINT
        )
        for appeal, (days, text) in zip(insurers.order_by("due_on", "pk"), INSTRUCTIONS, strict=False):
            control_on = local_day(now, appeal.region.zone) + timedelta(days=days)
            services.instruct(appeal_id=appeal.pk, text=text, control_on=control_on, actor=actor, now=now)


def _replies(now: datetime) -> Iterable[Notice]:
    """What came for whoever holds the case; what is older than two days has been read."""
    events = AppealEvent.objects.filter(
        action__in=sorted(TOLD), at__gt=now - LATELY, appeal__is_sample=True, appeal__worker__isnull=False
    )
    for event in events.select_related("appeal").order_by("pk")[:MOST]:
        yield Notice(
            user_id=event.appeal.worker_id or 0,  # never empty: asked for above
            appeal_id=event.appeal_id,
            what=TOLD[Action(event.action)],
            at=event.at,
            read_at=event.at + timedelta(hours=3) if event.at < now - timedelta(days=2) else None,
        )


def _approvals(now: datetime) -> Iterable[Notice]:
    heads = RoleGrant.objects.in_force(now.date()).filter(role=Role.SUPERVISOR)
    by_office = {grant.organization_id: grant.user_id for grant in heads.order_by("pk")}
    waiting = Appeal.objects.filter(is_sample=True, state=State.IN_REVIEW, organization__in=list(by_office))
    for appeal in waiting.order_by("pk")[:MOST]:
        yield Notice(
            user_id=by_office[appeal.organization_id],
            appeal=appeal,
            what=What.TO_APPROVE,
            by_id=appeal.worker_id,
            at=now - timedelta(hours=appeal.pk % 40),
        )


def _terms(now: datetime) -> Iterable[Notice]:
    held = Appeal.objects.open().filter(is_sample=True, worker__isnull=False)
    for appeal in held.filter(due_on__lte=now.date() + timedelta(days=4)).order_by("pk")[:MOST]:
        late = appeal.due_on < now.date()
        at = now - timedelta(hours=6 + appeal.pk % 30)
        yield Notice(
            user_id=appeal.worker_id or 0,
            appeal=appeal,
            what=What.OVERDUE if late else What.DUE_SOON,
            at=at,
            told_at=at,
        )
