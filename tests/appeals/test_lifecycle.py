"""The transition table against `lifecycle.csv`, the same table as people agreed to it."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.lifecycle import (
    OPEN,
    TABLE,
    TERMINAL,
    WAITING,
    Action,
    Given,
    Missing,
    NotAllowed,
    State,
    Transition,
    allowed,
    replay,
    step,
)
from appeals.terms import Role

with (Path(__file__).parent / "lifecycle.csv").open(encoding="utf-8") as file:
    AGREED = {(row["state"], row["action"]): row for row in csv.DictReader(file)}

EVERYTHING: dict[str, object] = dict.fromkeys(Given, "something")


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_pair_of_state_and_action_is_as_agreed(state: State, action: Action) -> None:
    agreed = AGREED.get((state, action))
    for role in Role:
        if agreed is None or role not in agreed["roles"].split():
            with pytest.raises(NotAllowed) as refusal:
                step(state, action, role=role, given=EVERYTHING)
            assert refusal.value.code == ("no_such_move" if agreed is None else "role_may_not")
            assert action not in allowed(state, role)
        else:
            row = step(state, action, role=role, given=EVERYTHING)
            assert (row.to, list(row.needs)) == (agreed["to"], agreed["needs"].split())
            assert action in allowed(state, role)


@pytest.mark.parametrize(("state", "action"), sorted(TABLE))
def test_each_thing_needed_is_demanded_by_name(state: State, action: Action) -> None:
    row = TABLE[state, action]
    role = sorted(row.roles)[0]
    for need in row.needs:
        with pytest.raises(Missing) as refusal:
            step(state, action, role=role, given={**EVERYTHING, need: "  "})
        assert refusal.value.missing == (need,)
        assert need in str(refusal.value)


def test_nothing_given_is_reported_at_once() -> None:
    with pytest.raises(Missing) as refusal:
        step(State.IN_PROGRESS, Action.FORWARD, role=Role.CASE_WORKER)
    assert refusal.value.missing == (Given.ADDRESSEE, Given.LETTER)


def test_a_refusal_names_the_state_and_what_is_possible() -> None:
    with pytest.raises(NotAllowed) as refusal:
        step(State.ANSWERED, Action.TAKE, role=Role.CITIZEN)
    assert refusal.value.possible == (Action.REOPEN,)
    assert "answered" in str(refusal.value)
    assert "reopen" in str(refusal.value)


def test_every_state_is_reached_from_a_draft() -> None:
    reached, front = {State.DRAFT}, [State.DRAFT]
    while front:
        state = front.pop()
        following = {row.to for row in TABLE.values() if row.state == state} - reached
        reached |= following
        front.extend(following)
    assert reached == set(State)


def test_only_a_withdrawn_appeal_is_beyond_return() -> None:
    leaving = {row.state for row in TABLE.values() if row.to != row.state}
    assert set(State) - leaving == TERMINAL == {State.WITHDRAWN}


@pytest.mark.parametrize("state", sorted(OPEN))
def test_no_open_appeal_gets_stuck(state: State) -> None:
    """From every open state staff alone can bring the appeal to an answer."""
    front, seen = [state], {state}
    while front:
        here = front.pop()
        for row in TABLE.values():
            if row.state == here and row.to not in seen and row.roles - {Role.CITIZEN, Role.CLINIC_STAFF}:
                seen.add(row.to)
                front.append(row.to)
    assert State.ANSWERED in seen


@pytest.mark.parametrize("state", sorted(OPEN))
def test_the_applicant_may_always_withdraw_what_is_open(state: State) -> None:
    assert Action.WITHDRAW in allowed(state, Role.CITIZEN)


@pytest.mark.parametrize("state", sorted(WAITING))
def test_waiting_may_be_ended_without_the_awaited(state: State) -> None:
    assert step(state, Action.RESUME, role=Role.SYSTEM, given={"reason": "no reply"}).to == State.IN_PROGRESS


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_those_who_see_no_cases_change_none(state: State, role: Role) -> None:
    assert allowed(state, role) == ()


@given(st.lists(st.sampled_from(list(Action)), max_size=30), st.sampled_from(list(Role)))
def test_replaying_the_steps_taken_gives_the_state_reached(wished: list[Action], role: Role) -> None:
    state, done = State.DRAFT, []
    for action in wished:
        if action in allowed(state, role):
            state = step(state, action, role=role, given=EVERYTHING).to
            done.append(action)
    assert replay(done) == state


def test_a_broken_chain_of_events_is_noticed() -> None:
    with pytest.raises(KeyError):
        replay([Action.FILE, Action.SEND_BACK])


def rows_of(table: Iterable[Transition]) -> set[tuple[str, str, str, str, str]]:
    return {
        (row.state, row.action, row.to, " ".join(sorted(row.roles)), " ".join(row.needs)) for row in table
    }


AGREED_ROWS = {
    (row["state"], row["action"], row["to"], " ".join(sorted(row["roles"].split())), row["needs"])
    for row in AGREED.values()
}


def test_the_table_is_the_agreed_one_and_nothing_beside_it() -> None:
    assert rows_of(TABLE.values()) == AGREED_ROWS


def mutants(row: Transition) -> Iterator[Transition]:
    """Every small way in which a row could be wrong."""
    for state in State:
        if state != row.to:
            yield replace(row, to=state)
    for role in Role:
        yield replace(row, roles=row.roles ^ {role})
    for need in row.needs:
        yield replace(row, needs=tuple(other for other in row.needs if other != need))
    yield replace(row, needs=(*row.needs, next(need for need in Given if need not in row.needs)))


@pytest.mark.parametrize("key", sorted(TABLE))
def test_a_row_taken_out_or_altered_differs_from_the_agreed_table(key: tuple[State, Action]) -> None:
    rest = [row for other, row in TABLE.items() if other != key]
    assert rows_of(rest) != AGREED_ROWS
    for mutant in mutants(TABLE[key]):
        assert rows_of([*rest, mutant]) != AGREED_ROWS, mutant
