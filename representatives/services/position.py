"""A change of level, contact centre or employment: from a day on, the person's next row."""

from copy import copy
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.scoping import Scope
from representatives.models import Absence, Conflict, DutyPost, EventKind, Level, Representative
from representatives.services.base import HandedOver, changes, check, record, refusals, release_work

MOVED = ("level", "contact_centre", "employment_type", "specialty", "expert_register_number", "capacity")
_DAY = timedelta(days=1)


@transaction.atomic
def change_position(
    *, one: Representative, new: Representative, on: date, today: date, scope: Scope, now: datetime
) -> tuple[Representative, HandedOver]:
    """Ends `one` the day before `on` and opens `new` (its position fields filled in) from `on`.

    Account, absences, conflicts and, on level 2, duty posts go along; open cases go along when the level stays,
    else to colleagues of the old level. Errors: ValidationError by field; nothing is written then.
    """
    old = Representative.objects.select_for_update().get(pk=one.pk)
    if old.left_on is not None:
        raise ValidationError(_("This representative has left: there is no position to change."))
    if on <= old.hired_on:
        raise ValidationError(
            {
                "on": _(
                    "The new position begins after the first day of the present one. Correct the details instead."
                )
            }
        )
    if on > today:
        raise ValidationError({"on": _("Enter the change on the day it begins, or later.")})
    differences = changes(old, new, MOVED)
    if not {"level", "contact_centre", "employment_type"} & differences.keys():
        raise ValidationError({"level": _("Nothing changes: choose another level, centre or employment.")})
    account = old.user
    with refusals():
        old.left_on, old.user = on - _DAY, None
        old.save(update_fields=["left_on", "user"])
        row = _opened(old, new, on)
        row.user = account
        check(row)
        row.save()
        _carry(old, row, on)
    handed = HandedOver()
    handed = release_work(
        representative=old, successor_id=row.pk if row.level == old.level else None, scope=scope, now=now
    )
    record(row, kind=EventKind.MOVED, actor_id=scope.user_id, now=now, on=[on.isoformat()], **differences)
    return row, handed


def _opened(old: Representative, new: Representative, on: date) -> Representative:
    row = copy(old)
    row.pk = None
    row._state = copy(old._state)
    row._state.adding = True
    row.root_id = old.root_id_or_own
    row.hired_on, row.left_on = on, None
    for name in MOVED:
        setattr(row, name, getattr(new, name))
    return row


def _carry(old: Representative, row: Representative, on: date) -> None:
    """What hangs on the person goes along from the day on; what was before stays with the old row."""
    for absence in Absence.objects.filter(representative=old, last_day__gte=on):
        if absence.first_day >= on:
            absence.representative = row
            absence.save(update_fields=["representative"])
        else:
            last_day, absence.last_day = absence.last_day, on - _DAY
            absence.save(update_fields=["last_day"])
            Absence.objects.create(representative=row, first_day=on, last_day=last_day, kind=absence.kind)
    for conflict in Conflict.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), representative=old
    ):
        conflict.pk = None
        conflict.representative, conflict.valid_from = row, max(conflict.valid_from, on)
        conflict.save(force_insert=True)
    _carry_posts(old, row, on)


def _carry_posts(old: Representative, row: Representative, on: date) -> None:
    posts = DutyPost.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), representative=old)
    if row.level != Level.SECOND:
        # Specialists sit in clinics; whoever is one no longer leaves the post, and the clinic sees it is free.
        posts.filter(valid_from__gte=on).delete()
        posts.update(valid_to=on - _DAY)
        return
    for post in posts:
        if post.valid_from >= on:
            post.representative = row
            post.save(update_fields=["representative"])
            continue
        valid_to, post.valid_to = post.valid_to, on - _DAY
        post.save(update_fields=["valid_to"])
        post.pk, post.representative, post.valid_from, post.valid_to = None, row, on, valid_to
        post.save(force_insert=True)
