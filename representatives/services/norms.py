"""Staffing norms of a region and staff plans of organisations: dated, one in force at a time.

A new one ends the one before it by itself; the past is never rewritten, so reports of earlier days stay.
"""

from datetime import date, timedelta
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from representatives.models import PlannedPositions, StaffingNorm
from representatives.services.base import check, refusals

R = TypeVar("R", StaffingNorm, PlannedPositions)


@transaction.atomic
def set_norm(*, norm: StaffingNorm) -> StaffingNorm:
    """Puts a region's norm in force from its first day. Errors: ValidationError by field."""
    before = StaffingNorm.objects.filter(region=norm.region_id, level=norm.level)
    return _put(norm, before)


@transaction.atomic
def set_plan(*, plan: PlannedPositions) -> PlannedPositions:
    """Puts a staff plan of a level in force from its first day. Errors: ValidationError by field."""
    before = PlannedPositions.objects.filter(organization=plan.organization_id, level=plan.level)
    return _put(plan, before)


@transaction.atomic
def end_norm(*, norm_id: int, last_day: date) -> None:
    """Ends a region's norm: the country's counts again. One that has not begun by then is removed.

    Errors: StaffingNorm.DoesNotExist.
    """
    _end(StaffingNorm.objects.select_for_update().get(pk=norm_id), last_day)


@transaction.atomic
def end_plan(*, plan_id: int, last_day: date) -> None:
    """Ends a staff plan. Errors: PlannedPositions.DoesNotExist."""
    _end(PlannedPositions.objects.select_for_update().get(pk=plan_id), last_day)


def _put(row: R, others: QuerySet[R]) -> R:
    """The one in force on the day before ends; one that begins on the same day or later is in the way."""
    check(row)
    if row.valid_to is not None and row.valid_to < row.valid_from:
        raise ValidationError({"valid_to": _("The last day is before the first one.")})
    running = others.select_for_update().filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=row.valid_from), valid_from__lt=row.valid_from
    )
    last = row.valid_from - timedelta(days=1)
    for other in running:
        if other.valid_to is not None and row.valid_to is not None and other.valid_to > row.valid_to:
            raise ValidationError({"valid_to": _("Another one is in force until a later day.")})
        other.valid_to = last
        other.save(update_fields=["valid_to"])
    with refusals():
        row.save()
    return row


def _end(row: StaffingNorm | PlannedPositions, last_day: date) -> None:
    if last_day < row.valid_from:
        row.delete()
        return
    row.valid_to = min(filter(None, (row.valid_to, last_day)))
    row.save(update_fields=["valid_to"])
