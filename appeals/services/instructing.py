"""What the fund tells an insurer to do in a case, with a day to report by; and the insurer's report."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actors import Actor
from appeals.deadlines import local_day
from appeals.errors import InvalidInput
from appeals.lifecycle import Action
from appeals.models import Appeal
from appeals.services.base import begin, finish


@transaction.atomic
def instruct(
    *,
    appeal_id: int,
    text: str,
    control_on: date,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Appeal:
    """Tells the insurer what to do by the control date. One at a time: the next after the report."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.INSTRUCT,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"text": text, "day": control_on},
    )
    if move.appeal.control_on is not None:
        raise InvalidInput({"text": _("The insurer has not reported on the instruction before this one.")})
    if control_on < local_day(now, move.appeal.region.zone):
        raise InvalidInput({"control_on": _("The control date cannot be in the past.")})
    data = {"control_on": control_on.isoformat()}
    return finish(move, changes={"control_on": control_on}, note=text, data=data)


@transaction.atomic
def report_back(
    *, appeal_id: int, text: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    """The insurer's report to the fund; it ends the instruction."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.REPORT_BACK,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"text": text},
    )
    control_on = move.appeal.control_on
    if control_on is None:
        raise InvalidInput({"text": _("There is no instruction to report on.")})
    late = local_day(now, move.appeal.region.zone) > control_on
    data = {"control_on": control_on.isoformat(), "late": late}
    return finish(move, changes={"control_on": None}, note=text, data=data)
