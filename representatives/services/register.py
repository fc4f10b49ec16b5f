"""Who is in the register: enter, correct, leave; training and absences."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.models import RoleGrant, User
from registry.models.dated import valid_on
from registry.scoping import Role, Scope
from representatives.models import Absence, EventKind, Representative, Training
from representatives.services.base import HandedOver, changes, check, record, refusals, release_work

CORRECTED = (
    "last_name", "first_name", "middle_name", "snils", "phone", "email", "specialty",
    "expert_register_number", "hired_on", "works_from", "works_until", "capacity", "user_id",
)  # fmt: skip
LEVEL_ROLES = (Role.OPERATOR, Role.CASE_WORKER, Role.EXPERT)


def account_of(email: str, *, organization_id: int, on: date) -> User:
    """The working account with this e-mail and a role at the organisation. Errors: ValidationError."""
    grants = RoleGrant.objects.filter(valid_on(on), organization=organization_id)
    user = User.objects.filter(email=email.strip().lower(), grants__in=grants).distinct().first()
    if user is None:
        raise ValidationError(
            {
                "account": _(
                    "No account with this e-mail has a role at the organisation. "
                    "Ask the administrator to grant one."
                )
            }
        )
    return user


@transaction.atomic
def add(
    *, one: Representative, actor_id: int | None, now: datetime, training: Training | None = None
) -> Representative:
    """Enters somebody new, with the first certificate where there is one. Errors: ValidationError by field."""
    one.region_id = one.organization.region_id
    check(one)
    with refusals():
        one.save()
        if training is not None:
            training.representative, training.organization = one, one.organization
            check(training)
            training.save()
    record(one, kind=EventKind.ADDED, actor_id=actor_id, now=now, hired_on=one.hired_on.isoformat())
    return one


@transaction.atomic
def correct(*, one: Representative, actor_id: int | None, now: datetime) -> Representative:
    """Writes corrected details; level, employer and employment are changed by `change_position`.

    A name belongs to the person: it changes in all positions at this employer. Errors: ValidationError.
    """
    before = Representative.objects.select_for_update().get(pk=one.pk)
    check(one)
    with refusals():
        one.save(update_fields=[name.removesuffix("_id") for name in CORRECTED])
        Representative.objects.filter(Q(pk=one.root_id_or_own) | Q(root=one.root_id_or_own)).update(
            last_name=one.last_name,
            first_name=one.first_name,
            middle_name=one.middle_name,
            snils=one.snils,
        )
    differences = changes(before, one, CORRECTED)
    if differences:
        # The log says that the number changed, not what it was: it has other readers than the register.
        if "snils" in differences:
            differences["snils"] = ["", ""]
        record(one, kind=EventKind.CORRECTED, actor_id=actor_id, now=now, **differences)
    return one


@transaction.atomic
def leave(
    *,
    one: Representative,
    left_on: date,
    scope: Scope,
    now: datetime,
    successor_id: int | None = None,
    hand_over_now: bool = True,
) -> HandedOver:
    """Records the last day at work. Roles at the employer end with it; open work goes to the successor, or to
    whoever fits best. Without `hand_over_now` that happens the day after, by the daily sweep.

    Errors: ValidationError when the day is before the first one or leaving is recorded already.
    """
    locked = Representative.objects.select_for_update().get(pk=one.pk)
    if locked.left_on is not None:
        raise ValidationError({"left_on": _("Leaving is recorded already.")})
    if left_on < locked.hired_on:
        raise ValidationError({"left_on": _("The last day is before the first one.")})
    one.left_on = left_on
    with refusals():
        one.save(update_fields=["left_on"])
    _role_grants(one).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=left_on), valid_from__lte=left_on
    ).update(valid_to=left_on)
    handed = HandedOver()
    if hand_over_now or left_on < now.date():
        handed = release_work(representative=one, successor_id=successor_id, scope=scope, now=now)
    record(
        one,
        kind=EventKind.LEFT,
        actor_id=scope.user_id,
        now=now,
        left_on=left_on.isoformat(),
        given=handed.given,
        kept=handed.kept,
    )
    return handed


@transaction.atomic
def cancel_leaving(*, one: Representative, actor_id: int | None, now: datetime) -> None:
    """Takes back a leaving recorded by mistake. Cases that went to others stay with them.

    Errors: ValidationError when the person has since begun elsewhere or in another position.
    """
    locked = Representative.objects.select_for_update().get(pk=one.pk)
    if locked.left_on is None:
        raise ValidationError(_("This representative has not left."))
    left_on, one.left_on = locked.left_on, None
    with refusals():
        one.save(update_fields=["left_on"])
    _role_grants(one).filter(valid_to=left_on).update(valid_to=None)
    record(one, kind=EventKind.STAYED, actor_id=actor_id, now=now, left_on=left_on.isoformat())


def _role_grants(one: Representative) -> QuerySet[RoleGrant]:
    if one.user_id is None:
        return RoleGrant.objects.none()
    return RoleGrant.objects.filter(user=one.user_id, organization=one.organization_id, role__in=LEVEL_ROLES)


@transaction.atomic
def record_training(
    *, one: Representative, training: Training, actor_id: int | None, now: datetime
) -> Training:
    """Records a certificate. It hangs on the person's first position, so that a change of level keeps it."""
    root = one.root or one
    training.representative, training.organization = root, root.organization
    check(training)
    with refusals():
        training.save()
    record(one, kind=EventKind.TRAINED, actor_id=actor_id, now=now, certificate=training.certificate_number)
    return training


@transaction.atomic
def remove_training(*, one: Representative, training_id: int, actor_id: int | None, now: datetime) -> None:
    """Removes a certificate entered by mistake; an expired one stays. Errors: Training.DoesNotExist."""
    training = Training.objects.get(pk=training_id, representative=one.root_id_or_own)
    number = training.certificate_number
    training.delete()
    record(one, kind=EventKind.UNTRAINED, actor_id=actor_id, now=now, certificate=number)


@transaction.atomic
def record_absence(*, one: Representative, absence: Absence, actor_id: int | None, now: datetime) -> Absence:
    absence.representative = one
    check(absence)
    with refusals():
        absence.save()
    record(one, kind=EventKind.AWAY, actor_id=actor_id, now=now, **_term(absence))
    return absence


@transaction.atomic
def remove_absence(*, one: Representative, absence_id: int, actor_id: int | None, now: datetime) -> None:
    """Errors: Absence.DoesNotExist."""
    absence = Absence.objects.get(pk=absence_id, representative=one)
    term = _term(absence)
    absence.delete()
    record(one, kind=EventKind.BACK, actor_id=actor_id, now=now, **term)


def _term(absence: Absence) -> dict[str, str]:
    return {"first_day": absence.first_day.isoformat(), "last_day": absence.last_day.isoformat()}
