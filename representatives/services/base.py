"""What every write of the register shares: refusals in words, the event, the hand-over of open work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.scoping import Scope
from representatives.models import EventKind, RegisterEvent, Representative
from representatives.signals import leaving

# Constraint → the field it is about, and the words of the refusal. What the model says already is not repeated.
_REFUSALS: dict[str, tuple[str, str | Promise]] = {
    "representative_one_place": (
        "snils",
        _(
            "A person with this SNILS already works as a representative at that time, here or at another "
            "organisation. Let that end first, or correct the dates."
        ),
    ),
    "representative_contact_centre": (
        "contact_centre",
        _("Only level 1 works in a contact centre, and always in one."),
    ),
    "representative_expert_level": (
        "expert_register_number",
        _("Only level 3 is entered in the register of experts."),
    ),
    "representative_term": ("hired_on", _("The last day is before the first one.")),
    "representative_hours_paired": (
        "works_until",
        _("Working hours need a beginning and a later end."),
    ),
    "training_term": ("valid_to", _("The certificate ends before it begins.")),
    "absence_term": ("last_day", _("The last day is before the first one.")),
    "training_certificate": (
        "certificate_number",
        _("This certificate is already recorded for somebody of the organisation."),
    ),
    "absence_no_overlap": (
        "first_day",
        _("This absence overlaps another one of the same representative."),
    ),
    "conflict_no_overlap": ("valid_from", _("This conflict is recorded already for that time.")),
    "conflict_term": ("valid_to", _("The last day is before the first one.")),
    "staffingnorm_no_overlap": ("valid_from", _("Another norm of this level is in force at that time.")),
    "staffingnorm_positive": ("insured_per_representative", _("A norm must be above zero.")),
    "plannedpositions_no_overlap": ("valid_from", _("Another plan of this level is in force at that time.")),
    "representatives_staffingnorm_term": ("valid_to", _("The last day is before the first one.")),
    "representatives_plannedpositions_term": ("valid_to", _("The last day is before the first one.")),
    "representative_user_id": ("account", _("This account already belongs to another representative.")),
    "dutypost_room_taken": ("room", _("Somebody else is on duty in this room at this time.")),
    "dutypost_hours": ("ends", _("The end must be later than the beginning.")),
    "dutypost_term": ("valid_to", _("The last day is before the first one.")),
    "dutypost_clinic": (
        "clinic",
        _("The clinic is in another region or closes before the post ends."),
    ),
    "dutychange_cover_busy": ("cover", _("Whoever is to cover is on duty elsewhere at this time.")),
    "dutychange_day": ("day", _("The post is not held on that day.")),
    "dutychange_once_a_day": ("day", _("This day is changed already.")),
    "directline_one_per_audience": (
        "audience",
        _("The clinic has such a line of this organisation already: correct that one."),
    ),
    "dutypost_no_double_booking": (
        "starts",
        _("The representative is on duty elsewhere at this time."),
    ),
}


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of the open work of somebody who leaves: cases given to others, cases nobody could take."""

    given: int = 0
    kept: int = 0

    def __add__(self, other: "HandedOver") -> "HandedOver":
        return HandedOver(self.given + other.given, self.kept + other.kept)


def check(one: models.Model) -> None:
    """What a row says about itself; its constraints are left to the database, see `refusals`."""
    one.full_clean(validate_unique=False, validate_constraints=False)


@contextmanager
def refusals() -> Iterator[None]:
    """Turns what the database refuses into words beside the field; the attempt leaves nothing behind.

    Errors: ValidationError for a known constraint; any other error of the database as it is.
    """
    try:
        with transaction.atomic():
            yield
            # Deferred keys speak now, while there is still somebody to tell.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except (IntegrityError, OperationalError) as error:
        for constraint, (field, text) in _REFUSALS.items():
            if constraint in str(error):
                raise ValidationError({field: [text]}) from error
        raise


def record(
    representative: Representative, *, kind: EventKind, actor_id: int | None, now: datetime, **data: Any
) -> RegisterEvent:
    return RegisterEvent.objects.create(
        representative=representative, at=now, actor_id=actor_id, kind=kind, data=data
    )


def changes(before: models.Model, after: models.Model, fields: tuple[str, ...]) -> dict[str, list[str]]:
    """Field → [before, after] as text, for what differs."""
    found = {}
    for name in fields:
        old, new = (_plain(getattr(one, name)) for one in (before, after))
        if old != new:
            found[name] = [old, new]
    return found


def _plain(value: Any) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def release_work(
    *, representative: Representative, successor_id: int | None, scope: Scope | None, now: datetime
) -> HandedOver:
    """Gives the open work of a representative to others; without a successor, to whoever fits best."""
    answers = leaving.send(
        sender=Representative,
        representative=representative,
        successor_id=successor_id,
        scope=scope,
        now=now,
    )
    handed = HandedOver()
    for _receiver, answer in answers:
        handed += cast(HandedOver, answer)
    return handed
