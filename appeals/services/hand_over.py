"""Handing a case to another level: offered with a note, accepted, or returned with a reason."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actors import Actor
from appeals.errors import HandOverGone, InvalidInput
from appeals.lifecycle import Action
from appeals.models import Appeal, HandOver, HandOverState
from appeals.services.base import begin, finish
from appeals.services.casework import fitting
from representatives.models import Representative


@transaction.atomic
def hand_over(
    *,
    appeal_id: int,
    level: int,
    note: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> HandOver:
    """Offers the case to a level. It stays where it is until somebody there accepts."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.HAND_OVER,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"level": level, "note": note},
    )
    appeal = move.appeal
    if appeal.level is None or level not in (1, 2, 3) or level == appeal.level:
        raise InvalidInput({"level": _("Choose another level, 1 to 3.")})
    if appeal.hand_overs.filter(state=HandOverState.OFFERED).exists():
        raise InvalidInput({"level": _("The case has already been offered to another level.")})
    offer = HandOver.objects.create(
        appeal=appeal,
        from_level=appeal.level,
        to_level=level,
        from_assignee=appeal.assignee,
        note=note,
        offered_by_user_id=actor.user_id,
        offered_at=now,
    )
    changes = {"offered_level": level}
    finish(move, changes=changes, note=note, data={"from_level": appeal.level, "to_level": level})
    return offer


@transaction.atomic
def accept_hand_over(
    *, appeal_id: int, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    """Accepts the open offer: from now on the case is at the new level and in these hands."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.ACCEPT_HAND_OVER,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"hand_over": appeal_id},
    )
    offer = _require(appeal_id)
    appeal = move.appeal
    before, appeal.level = appeal.level, offer.to_level
    me = Representative.objects.filter(user=actor.user_id).first() if actor.user_id else None
    _decide(offer, HandOverState.ACCEPTED, actor, now)
    changes: dict[str, object] = {
        "level": offer.to_level,
        "offered_level": None,
        "assignee": fitting(me, appeal),
        "worker_id": actor.user_id,
        "taken_at": appeal.taken_at or now,
        "passed_by_first_level": appeal.passed_by_first_level or offer.from_level == 1,
    }
    return finish(move, changes=changes, public=True, data={"from_level": before, "to_level": offer.to_level})


@transaction.atomic
def return_hand_over(
    *, appeal_id: int, reason: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    """Gives the offer back with a reason; the case stays with whoever offered it."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.RETURN_HAND_OVER,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"hand_over": appeal_id, "reason": reason},
    )
    offer = _require(appeal_id)
    _decide(offer, HandOverState.RETURNED, actor, now, reason)
    levels = {"from_level": offer.from_level, "to_level": offer.to_level}
    return finish(move, changes={"offered_level": None}, note=reason, data=levels)


def _require(appeal_id: int) -> HandOver:
    """The open offer, looked for under the appeal's lock: nobody can decide it meanwhile."""
    offer = HandOver.objects.filter(appeal=appeal_id, state=HandOverState.OFFERED).first()
    if offer is None:
        raise HandOverGone
    return offer


def _decide(offer: HandOver, state: HandOverState, actor: Actor, now: datetime, reason: str = "") -> None:
    offer.state, offer.decided_at, offer.reason = state, now, reason
    offer.decided_by_user_id = actor.user_id
    offer.save(update_fields=["state", "decided_at", "reason", "decided_by_user_id"])
