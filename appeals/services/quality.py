"""Quality sampling: drawing cases, judging them by the checklist, disputing a judgement."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.actors import Actor
from appeals.errors import AppealNotFound, InvalidInput, TooLate
from appeals.lifecycle import State
from appeals.models import Appeal, QualityCriterion, QualityReview
from appeals.noticing import What
from appeals.quality import Mark, is_drawn, score
from appeals.services.notices import write
from registry.models.dated import valid_on
from registry.scoping import Role

SHARE = 5  # percent of the answered cases; the law sets none, a head can look at so many
BACK = timedelta(days=3)  # a night or two of an idle beat are made up for
DISPUTED_WITHIN = timedelta(days=14)
BATCH = 5_000


def draw_sample(*, now: datetime, since: datetime | None = None) -> int:
    """Draws from what was answered lately and rests or is closed; returns how many. Repeated, it draws none twice."""
    answered = Appeal.objects.filter(
        answered_at__range=(since or now - BACK, now),
        state__in=[State.ANSWERED, State.CLOSED],
        organization__isnull=False,
    )
    columns = ("pk", "number", "organization", "worker")
    found = [
        QualityReview(appeal_id=pk, organization_id=office, worker_id=worker, drawn_at=now)
        for pk, number, office, worker in answered.order_by("pk").values_list(*columns).iterator(BATCH)
        if is_drawn(number, SHARE)
    ]
    known = set(
        QualityReview.objects.filter(appeal__in=[one.appeal_id for one in found]).values_list(
            "appeal", flat=True
        )
    )
    fresh = [one for one in found if one.appeal_id not in known]
    QualityReview.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=BATCH)
    return len(fresh)


def criteria_on(day: date) -> list[QualityCriterion]:
    return list(QualityCriterion.objects.filter(valid_on(day)).order_by("pk"))


@transaction.atomic
def judge(
    *, review_id: int, marks: Mapping[str, Mark], comment: str, actor: Actor, now: datetime
) -> QualityReview:
    """A head judges a case of the sample by the checklist in force. Errors: AppealNotFound, InvalidInput, TooLate."""
    review = _locked(review_id, actor)
    if not _heads(review, actor):
        raise AppealNotFound
    if review.reviewed_at is not None:
        raise TooLate(_("A colleague has judged this case meanwhile."), code="judged")
    if review.worker_id == actor.user_id and actor.user_id is not None:
        raise InvalidInput({"comment": _("Nobody judges an own case.")})
    weights = {one.code: one.weight for one in criteria_on(timezone.localdate(now))}
    if set(marks) != set(weights):
        raise InvalidInput({"comment": _("Answer every line of the checklist.")})
    review.marks = {code: mark.value for code, mark in marks.items()}
    review.score = score(marks, weights)
    review.comment, review.reviewed_at, review.reviewer_id = comment, now, actor.user_id
    review.save(update_fields=["marks", "score", "comment", "reviewed_at", "reviewer"])
    if review.worker_id is not None:
        write(
            appeal_id=review.appeal_id, what=What.JUDGED, users=[review.worker_id], by=actor.user_id, now=now
        )
    return review


def may_dispute(review: QualityReview, *, user_id: int | None, now: datetime) -> bool:
    """Whether the judgement is about this person's work, not disputed yet, and no older than 14 days."""
    if review.worker_id != user_id or review.reviewed_at is None or review.disputed_at is not None:
        return False
    return now <= review.reviewed_at + DISPUTED_WITHIN


@transaction.atomic
def dispute(*, review_id: int, text: str, actor: Actor, now: datetime) -> QualityReview:
    """Whoever answered writes once why the judgement is wrong. Errors: AppealNotFound, InvalidInput, TooLate."""
    review = _locked(review_id, actor)
    if review.worker_id != actor.user_id or review.reviewed_at is None:
        raise AppealNotFound
    if not text.strip():
        raise InvalidInput({"dispute": _("Write what you do not agree with")})
    if not may_dispute(review, user_id=actor.user_id, now=now):
        raise TooLate(_("A judgement can be disputed once and within 14 days."), code="disputed")
    review.dispute, review.disputed_at = text.strip(), now
    review.save(update_fields=["dispute", "disputed_at"])
    if review.reviewer_id is not None:
        write(
            appeal_id=review.appeal_id,
            what=What.DISPUTED,
            users=[review.reviewer_id],
            by=actor.user_id,
            now=now,
        )
    return review


def _locked(review_id: int, actor: Actor) -> QualityReview:
    rows = QualityReview.objects.select_for_update(of=("self",)).visible_to(actor.scope)
    found = rows.filter(pk=review_id).first()
    if found is None:
        raise AppealNotFound
    return found


def _heads(review: QualityReview, actor: Actor) -> bool:
    heads = actor.scope.organizations(Role.SUPERVISOR) | actor.scope.funds(Role.FUND_ADMIN)
    return review.organization_id in heads
