"""Conflicts of interest: cases about a clinic or a person go past the representative while one is in force."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from representatives.models import Conflict, EventKind, Representative
from representatives.services.base import check, record, refusals


@transaction.atomic
def record_conflict(
    *, one: Representative, conflict: Conflict, actor_id: int | None, now: datetime
) -> Conflict:
    """Records a conflict from a day on. Errors: ValidationError by field: a clinic of another region, a conflict
    with the same clinic or person that is in force at that time."""
    conflict.representative = one
    if conflict.clinic is not None and conflict.clinic.region_id != one.region_id:
        raise ValidationError({"clinic_code": _("The clinic is in another region.")})
    check(conflict)
    with refusals():
        conflict.save()
    record(one, kind=EventKind.CONFLICT, actor_id=actor_id, now=now, **_what(conflict))
    return conflict


@transaction.atomic
def end_conflict(
    *, one: Representative, conflict_id: int, last_day: date, actor_id: int | None, now: datetime
) -> None:
    """Ends a conflict with a day; one that has not begun by then is removed. Errors: Conflict.DoesNotExist."""
    conflict = Conflict.objects.select_for_update().get(pk=conflict_id, representative=one)
    what = _what(conflict)
    if last_day < conflict.valid_from:
        conflict.delete()
    else:
        conflict.valid_to = min(filter(None, (conflict.valid_to, last_day)))
        conflict.save(update_fields=["valid_to"])
    record(one, kind=EventKind.NO_CONFLICT, actor_id=actor_id, now=now, **what)


def _what(conflict: Conflict) -> dict[str, str]:
    """The person is not named: the log has other readers than the register."""
    return {"clinic": conflict.clinic.mo_code} if conflict.clinic is not None else {"person": "…"}
