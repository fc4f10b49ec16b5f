"""The one way an appeal changes: lock the row, ask the table, write, append the event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from appeals import lifecycle, targets
from appeals.actors import Actor
from appeals.deadlines import local_day, target_on
from appeals.errors import AppealNotFound, ChangedMeanwhile, IllegalAction, InputMissing
from appeals.lifecycle import RESTING, WAITING, Action, State, Transition
from appeals.models import Appeal, AppealEvent, HandOver, HandOverState
from appeals.models.appeal_rules import OFFERABLE
from appeals.policy import calendar_from, terms
from appeals.reference import Unit
from appeals.selectors import possible
from appeals.services.notices import Taken, tell_of_step
from appeals.targets import Passed
from appeals.terms import Kind, Role
from appeals.visibility import may

# Nobody holds what is not at a desk yet.
_AFTER_ROUTING = frozenset({Action.TAKE, Action.ASSIGN, Action.ACCEPT_HAND_OVER})


@dataclass(frozen=True, slots=True)
class Move:
    """A permitted step on a locked appeal, not yet written."""

    appeal: Appeal
    action: Action
    row: Transition
    role: Role
    actor: Actor
    now: datetime


def begin(
    *,
    appeal_id: int,
    action: Action,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
    given: Mapping[str, object] | None = None,
) -> Move:
    """Locks the appeal until the transaction ends and asks the table.

    `expected_version` is the one the person was looking at. Errors: AppealNotFound, ChangedMeanwhile,
    IllegalAction, InputMissing.
    """
    appeal = lock(appeal_id, actor)
    if expected_version is not None and appeal.version != expected_version:
        raise ChangedMeanwhile(appeal.version)
    return permit(appeal, action=action, actor=actor, now=now, given=given)


def lock(appeal_id: int, actor: Actor) -> Appeal:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an appeal changes in a transaction")
    rows = Appeal.objects.select_for_update(of=("self",)).select_related(
        "organization", "received_by", "region", "topic"
    )
    if not actor.reaches(appeal_id):
        rows = rows.visible_to(actor.scope)
    appeal = rows.filter(pk=appeal_id).first()
    if appeal is None:
        raise AppealNotFound
    return appeal


def permit(
    appeal: Appeal,
    *,
    action: Action,
    actor: Actor,
    now: datetime,
    given: Mapping[str, object] | None = None,
) -> Move:
    """The step in the strongest role that may take it."""
    roles = [role for role in actor.roles_on(appeal) if may(role, action, appeal)]
    state = State(appeal.state)
    known = lifecycle.TABLE.get((state, action))
    role = next((role for role in roles if known is not None and role in known.roles), None)
    if appeal.routed_at is None and action in _AFTER_ROUTING:
        raise IllegalAction(
            code="no_such_move", state=state, action=action, possible=possible(actor.roles_on(appeal), appeal)
        )
    if role is None:
        code = "no_such_move" if known is None else "role_may_not"
        can = possible(actor.roles_on(appeal), appeal)
        raise IllegalAction(code=code, state=state, action=action, possible=can)
    try:
        row = lifecycle.step(state, action, role=role, given=given)
    except lifecycle.Missing as error:
        raise InputMissing(error.missing) from error
    return Move(appeal, action, row, role, actor, now)


def finish(
    move: Move,
    *,
    changes: Mapping[str, object] | None = None,
    public: bool = False,
    public_text: str = "",
    note: str = "",
    data: Mapping[str, object] | None = None,
) -> Appeal:
    """Writes the new state with the changes and appends the event. Returns the appeal as it now is.

    The internal target is counted anew where the step moves it and the changes do not say it already.
    """
    appeal, had = move.appeal, move.appeal.worker_id
    fields = {
        "state": move.row.to.value,
        "version": appeal.version + 1,
        **(changes or {}),
        **_lapsed(move),
        **_ended(move),
    }
    for name, value in fields.items():
        setattr(appeal, name, value)
    passed = Passed(move.action, move.row.state, move.row.to, move.now)
    if "target_on" not in fields and targets.moves_target(passed):
        fields["target_on"] = appeal.target_on = _target(appeal, passed)
    appeal.save(update_fields=list(fields))
    record(move, public=public or bool(public_text), public_text=public_text, note=note, data=data)
    step = Taken(move.action, move.row.state, move.role, move.actor.user_id, had)
    tell_of_step(appeal=appeal, step=step, now=move.now)
    return appeal


def _lapsed(move: Move) -> dict[str, object]:
    """An open offer ends with whatever takes the case away from the desk that made it."""
    gone = move.row.to not in OFFERABLE or move.action in (Action.REROUTE, Action.CONVERT)
    if move.appeal.offered_level is None or not gone:
        return {}
    HandOver.objects.filter(appeal=move.appeal, state=HandOverState.OFFERED).update(
        state=HandOverState.RETURNED, decided_at=move.now, reason=move.action.value
    )
    return {"offered_level": None}


def _ended(move: Move) -> dict[str, object]:
    """Nothing is waited for any more, or what was decided is open again."""
    ended: dict[str, object] = {}
    if move.appeal.wait_until is not None and move.row.to not in WAITING:
        ended["wait_until"] = None
    if move.appeal.close_at is not None and move.row.to not in RESTING:
        ended["close_at"] = None
    return ended


def term_end(code: str, appeal: Appeal, now: datetime) -> date:
    """The day on which a term of reference data ends that begins now, by the region's calendar."""
    today = local_day(now, appeal.region.zone)
    term = terms().at(code, today, kind=Kind(appeal.kind), level=appeal.level)
    calendar = calendar_from(appeal.region_id, today)
    if term.unit is Unit.WORKING_DAY:
        return calendar.add_working(today, term.value)
    return calendar.next_working(today + timedelta(days=term.value))


def _target(appeal: Appeal, latest: Passed) -> date | None:
    rows = AppealEvent.objects.filter(appeal=appeal).order_by("pk")
    chain = [
        Passed(Action(action), State(before), State(after), at)
        for action, before, after, at in rows.values_list("action", "from_state", "to_state", "at")
    ]
    began, pauses = targets.counted([*chain, latest], appeal.region.zone)
    return target_on(
        began,
        kind=Kind(appeal.kind),
        level=appeal.level,
        calendar=calendar_from(appeal.region_id, began),
        terms=terms(),
        pauses=pauses,
    )


def record(
    move: Move,
    *,
    public: bool,
    public_text: str = "",
    note: str = "",
    data: Mapping[str, object] | None = None,
) -> AppealEvent:
    return AppealEvent.objects.create(
        appeal=move.appeal,
        at=move.now,
        action=move.action,
        from_state=move.row.state,
        to_state=move.row.to,
        actor_user_id=move.actor.user_id,
        actor_role=move.role,
        public=public,
        public_text=public_text,
        note=note,
        data=dict(data or {}),
    )
