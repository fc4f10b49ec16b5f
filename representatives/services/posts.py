"""Duty posts and direct lines: drawn up, approved by both sides, published, changed for a day."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from representatives.models import Absence, DirectLine, DutyChange, DutyPost, PostStatus
from representatives.services.base import check, refusals

SIDES = ("insurer", "clinic")


@transaction.atomic
def save_post(*, post: DutyPost) -> DutyPost:
    """Writes a post as a draft: what was approved before is not what stands there now. Errors: ValidationError."""
    check(post)
    one = post.representative
    if one.left_on is not None and (post.valid_to is None or post.valid_to > one.left_on):
        raise ValidationError({"representative": _("The representative leaves before the post ends.")})
    post.status = PostStatus.DRAFT
    post.insurer_approved_at = post.clinic_approved_at = None
    post.insurer_approved_by = post.clinic_approved_by = None
    with refusals():
        post.save()
    return post


@transaction.atomic
def approve(*, post_id: int, side: str, actor_id: int | None, now: datetime) -> DutyPost:
    """Signs for the organisation or the clinic; the second signature makes the post approved.

    Errors: ValueError for a side there is not.
    """
    if side not in SIDES:
        raise ValueError(f"no such side: {side}")
    post = DutyPost.objects.select_for_update().get(pk=post_id)
    setattr(post, f"{side}_approved_at", now)
    setattr(post, f"{side}_approved_by_id", actor_id)
    if post.status == PostStatus.DRAFT and post.insurer_approved_at and post.clinic_approved_at:
        post.status = PostStatus.APPROVED
    post.save(update_fields=["status", f"{side}_approved_at", f"{side}_approved_by"])
    return post


@transaction.atomic
def publish(*, post_id: int) -> DutyPost:
    """Shows an approved post to everybody. Errors: ValidationError while a signature is missing."""
    post = DutyPost.objects.select_for_update().get(pk=post_id)
    if post.status == PostStatus.DRAFT:
        raise ValidationError(_("Both the organisation and the clinic approve before that."))
    post.status = PostStatus.PUBLISHED
    post.save(update_fields=["status"])
    return post


@transaction.atomic
def end_post(*, post_id: int, last_day: date) -> None:
    """Ends a post after a day; one that has not begun by then is removed. Errors: none."""
    post = DutyPost.objects.select_for_update().get(pk=post_id)
    if last_day < post.valid_from:
        post.delete()
        return
    post.changes.filter(day__gt=last_day).delete()
    post.valid_to = min(filter(None, (post.valid_to, last_day)))
    post.save(update_fields=["valid_to"])


@transaction.atomic
def change_day(*, change: DutyChange) -> DutyChange:
    """Records that a day is covered by somebody else or falls out. Errors: ValidationError by field."""
    cover, post = change.cover, change.post
    if cover is not None:
        if cover.organization_id != post.representative.organization_id or cover.pk == post.representative_id:
            raise ValidationError({"cover": _("Choose a colleague of the same organisation.")})
        if not cover.works_on(change.day):
            raise ValidationError({"cover": _("This colleague does not work on that day.")})
        if Absence.objects.filter(
            representative=cover, first_day__lte=change.day, last_day__gte=change.day
        ).exists():
            raise ValidationError({"cover": _("This colleague is absent on that day.")})
    check(change)
    with refusals():
        change.save()
    return change


@transaction.atomic
def save_line(*, line: DirectLine) -> DirectLine:
    """Errors: ValidationError for a second line of the same kind and for a clinic of another region."""
    if line.clinic.region_id != line.organization.region_id:
        raise ValidationError({"organization": _("The organisation works in another region.")})
    if line.clinic.closed_on is not None:
        raise ValidationError({"clinic": _("The clinic is closed.")})
    check(line)
    with refusals():
        line.save()
    return line


def days_of(post: DutyPost, first: date, *, weeks: int = 10) -> list[date]:
    """The next days on which the pattern holds the post."""
    start = max(first, post.valid_from)
    start += timedelta(days=(post.weekday - start.weekday()) % 7)
    days = [start + timedelta(weeks=step) for step in range(weeks)]
    return [day for day in days if post.valid_to is None or day <= post.valid_to]
