"""What must hold for the chain of events of an appeal: pure, for whoever doubts the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from appeals.lifecycle import TABLE, Action, State
from appeals.terms import Role

# The moment of a step is that of the request, which may have waited for a colleague's step to end.
WAITED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it was recorded."""

    action: str
    before: str
    after: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is stable, the text says what was found."""

    code: str
    text: str


def replay(chain: Sequence[Told]) -> tuple[State, list[Problem]]:
    """The state the events lead to, by the table and not by what they claim, and everything wrong with them.

    An event the table does not know is passed over by its own word, so that one fault is not told many times.
    """
    state, problems, latest = State.DRAFT, [], None
    for number, one in enumerate(chain, start=1):
        place = f"событие {number} ({one.action})"
        if one.before != state:
            problems.append(Problem("broken_chain", f"{place}: было {state}, записано {one.before}"))
        if latest is not None and one.at < latest - WAITED:
            problems.append(Problem("back_in_time", f"{place}: раньше предыдущего"))
        row = TABLE.get((State(one.before), Action(one.action))) if _known(one) else None
        if row is None:
            problems.append(Problem("no_such_move", f"{place}: нет перехода из {one.before}"))
        elif row.to != one.after:
            problems.append(Problem("wrong_result", f"{place}: ведёт в {row.to}, записано {one.after}"))
        elif Role(one.role) not in row.roles:
            problems.append(Problem("wrong_role", f"{place}: роль {one.role} этого не может"))
        state = row.to if row is not None else _state(one.after, state)
        latest = one.at
    return state, problems


def problems_of(chain: Sequence[Told], state: str) -> list[Problem]:
    """Everything wrong with an appeal's chain, given the state its row is in."""
    if not chain:
        return [Problem("no_events", "нет ни одного события")]
    reached, problems = replay(chain)
    if reached != state:
        problems.append(Problem("state_differs", f"события ведут в {reached}, в таблице {state}"))
    return problems


def _known(one: Told) -> bool:
    words = one.before in State._value2member_map_ and one.action in Action._value2member_map_
    return words and one.role in Role._value2member_map_


def _state(word: str, otherwise: State) -> State:
    return State(word) if word in State._value2member_map_ else otherwise
