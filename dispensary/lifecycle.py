"""What may be done with a campaign: one table, state × action → state, and who may.

Pure. Services lock the row, ask here, and write; the pages show the buttons that `allowed` returns.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    PLANNED = "planned"
    APPROVED = "approved"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


class Action(StrEnum):
    APPROVE = "approve"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"


TRANSITIONS = MappingProxyType(
    {
        (State.PLANNED, Action.APPROVE): State.APPROVED,
        (State.APPROVED, Action.START): State.RUNNING,
        (State.RUNNING, Action.PAUSE): State.PAUSED,
        (State.PAUSED, Action.RESUME): State.RUNNING,
        # A plan nobody needs any more is closed like a finished one: nothing is ever deleted.
        (State.PLANNED, Action.CLOSE): State.CLOSED,
        (State.APPROVED, Action.CLOSE): State.CLOSED,
        (State.RUNNING, Action.CLOSE): State.CLOSED,
        (State.PAUSED, Action.CLOSE): State.CLOSED,
    }
)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """What the table asks about the one who acts: whether the campaign is theirs, and whether they planned it."""

    manages: bool
    is_planner: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is not possible: a stable code and the words shown to staff."""

    code: str
    text: str


class Refused(ValueError):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


NOT_YOURS = Refusal("not_yours", "Этой кампанией управляет другая организация")
_SAME_PERSON = Refusal("same_person", "Утверждает не тот, кто запланировал: попросите коллегу")
_STATE_WORDS = MappingProxyType(
    {
        State.PLANNED: "запланирована и ждёт утверждения",
        State.APPROVED: "утверждена, но ещё не начата",
        State.RUNNING: "идёт",
        State.PAUSED: "приостановлена",
        State.CLOSED: "завершена",
    }
)


def refusal(state: State, action: Action, actor: Actor) -> Refusal | None:
    """Why the actor may not do it now; None when they may."""
    if not actor.manages:
        return NOT_YOURS
    if (state, action) not in TRANSITIONS:
        return Refusal("wrong_state", f"Сейчас это невозможно: кампания {_STATE_WORDS[state]}")
    if action is Action.APPROVE and actor.is_planner:
        return _SAME_PERSON
    return None


def after(state: State, action: Action, actor: Actor) -> State:
    """The state after the action; raises `Refused`."""
    found = refusal(state, action, actor)
    if found:
        raise Refused(found)
    return TRANSITIONS[state, action]


def allowed(state: State, actor: Actor) -> tuple[Action, ...]:
    return tuple(action for action in Action if refusal(state, action, actor) is None)
