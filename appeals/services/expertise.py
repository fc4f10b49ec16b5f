"""An expertise ordered because of an appeal, and its outcome. Only level 3 and the fund read either."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actors import Actor
from appeals.deadlines import local_day
from appeals.errors import InvalidInput
from appeals.lifecycle import Action
from appeals.models import Appeal, Expertise, ExpertiseKind, Validity, ViolationCode
from appeals.services.base import begin, finish, term_end
from appeals.services.files import attach
from appeals.terms import Kind
from registry.models import Clinic
from registry.models.dated import valid_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is ordered. Days are those of the care in question, both included."""

    kind: str
    clinic_id: int
    period_from: date
    period_to: date
    task: str
    expert: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the act says. Sums in kopecks; codes of `ViolationCode` in force on the day of the act."""

    act_number: str
    act_on: date
    conclusion: str
    violations: Collection[str] = ()
    unpaid: int = 0
    fine: int = 0
    refund: int = 0


@transaction.atomic
def order_expertise(
    *, appeal_id: int, order: Order, actor: Actor, now: datetime, expected_version: int | None = None
) -> Expertise:
    """Orders a targeted expertise and waits for its act. Errors: InvalidInput by field of `Order`."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.ORDER_EXPERTISE,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"expertise": order},
    )
    appeal = move.appeal
    clinic = _ordered(order, appeal, now)
    expertise = Expertise.objects.create(
        appeal=appeal,
        kind=order.kind,
        clinic=clinic,
        period_from=order.period_from,
        period_to=order.period_to,
        task=order.task,
        expert=order.expert,
        ordered_at=now,
        ordered_by_user_id=actor.user_id,
        due_on=order.due_on or term_end("expertise", appeal, now),
    )
    # The event says that there is one; what it is about stays sealed in its own row.
    data = {"expertise": expertise.pk, "due_on": expertise.due_on.isoformat()}
    finish(move, changes={"wait_until": expertise.due_on}, public=True, data=data)
    return expertise


@transaction.atomic
def record_expertise(
    *,
    appeal_id: int,
    outcome: Outcome,
    actor: Actor,
    now: datetime,
    validity: str = "",
    files: "Sequence[File[bytes]]" = (),
    expected_version: int | None = None,
) -> Appeal:
    """Writes down the act of the expertise under way; its files are sealed. A complaint may be judged with it.

    Errors: InvalidInput by field of `Outcome`, or when none is under way; FileRefused.
    """
    move = begin(
        appeal_id=appeal_id,
        action=Action.EXPERTISE_RECEIVED,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"outcome": outcome},
    )
    appeal = move.appeal
    expertise = Expertise.objects.filter(appeal=appeal, received_at__isnull=True).first()
    if expertise is None:
        raise InvalidInput({"act_number": _("No expertise is under way.")})
    codes = _found(expertise, outcome, local_day(now, appeal.region.zone))
    if validity and (appeal.kind != Kind.COMPLAINT or validity not in Validity.values):
        raise InvalidInput({"validity": _("Only a complaint is judged: justified or unjustified.")})
    _write(expertise, outcome, codes, actor, now)
    for upload in files:
        attach(
            owner=appeal,
            expertise=expertise,
            upload=upload,
            now=now,
            user_id=actor.user_id,
            medical=True,
            sealed=True,
        )
    changes = {"validity": validity} if validity else {}
    return finish(move, changes=changes, public=True, data={"expertise": expertise.pk, "files": len(files)})


def _ordered(order: Order, appeal: Appeal, now: datetime) -> Clinic:
    today = local_day(now, appeal.region.zone)
    clinic = Clinic.objects.filter(pk=order.clinic_id, region=appeal.region_id).first()
    if clinic is None:
        raise InvalidInput({"clinic": _("Choose a clinic of the region from the list.")})
    if order.kind not in ExpertiseKind.values:
        raise InvalidInput({"kind": _("Choose the kind of the expertise.")})
    if order.period_from > order.period_to:
        raise InvalidInput({"period_to": _("The last day is before the first one.")})
    if order.period_to > today:
        raise InvalidInput({"period_to": _("This day has not come yet.")})
    if order.due_on is not None and order.due_on < today:
        raise InvalidInput({"due_on": _("This day has passed.")})
    if Expertise.objects.filter(appeal=appeal, received_at__isnull=True).exists():
        raise InvalidInput({"kind": _("The act of the expertise before has not come yet.")})
    return clinic


def _found(expertise: Expertise, outcome: Outcome, today: date) -> list[ViolationCode]:
    if outcome.act_on > today:
        raise InvalidInput({"act_on": _("This day has not come yet.")})
    if outcome.act_on < expertise.period_to:
        raise InvalidInput({"act_on": _("The act cannot be older than the care it is about.")})
    if min(outcome.unpaid, outcome.fine, outcome.refund) < 0:
        raise InvalidInput({"unpaid": _("A sum is not negative.")})
    if (outcome.unpaid or outcome.fine) and not outcome.violations:
        raise InvalidInput({"violations": _("Money is withheld for a violation: name its code.")})
    wanted = set(outcome.violations)
    codes = list(ViolationCode.objects.filter(valid_on(outcome.act_on), code__in=wanted).order_by("code"))
    unknown = sorted(wanted - {code.code for code in codes})
    if unknown:
        text = _("Not in force on the day of the act: %(codes)s.")
        raise InvalidInput({"violations": text % {"codes": ", ".join(unknown)}})
    return codes


def _write(
    expertise: Expertise, outcome: Outcome, codes: list[ViolationCode], actor: Actor, now: datetime
) -> None:
    values = {
        "received_at": now,
        "received_by_user_id": actor.user_id,
        "act_number": outcome.act_number,
        "act_on": outcome.act_on,
        "conclusion": outcome.conclusion,
        "found_violations": bool(codes),
        "unpaid": outcome.unpaid,
        "fine": outcome.fine,
        "refund": outcome.refund,
    }
    for name, value in values.items():
        setattr(expertise, name, value)
    expertise.save(update_fields=list(values))
    expertise.violations.set(codes)
