"""A message only moves forward, whatever receipts do."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.states import FINAL, RECEIPTS, State, StateError, advance, merge, rank, steps_from

STATES = st.sampled_from(State)
REPORTS = st.lists(st.sampled_from(sorted(RECEIPTS)), max_size=8)


@given(STATES, REPORTS, st.randoms())
def test_receipts_may_come_in_any_order_and_twice(start: State, reports: list[State], chance: object) -> None:
    shuffled = [*reports, *reports]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert reduce(merge, shuffled, start) == reduce(merge, reports, start)


@given(STATES, st.sampled_from(sorted(RECEIPTS)))
def test_a_receipt_never_moves_back(current: State, report: State) -> None:
    assert rank(merge(current, report)) >= rank(current)


def test_delivery_is_never_undone_and_beats_failure() -> None:
    assert merge(State.DELIVERED, State.SENT) is State.DELIVERED
    assert merge(State.DELIVERED, State.FAILED) is State.DELIVERED
    assert merge(State.FAILED, State.DELIVERED) is State.DELIVERED
    assert merge(State.FAILED, State.SENT) is State.FAILED
    assert merge(State.CANCELLED, State.DELIVERED) is State.DELIVERED


@pytest.mark.parametrize("state", sorted(set(State) - RECEIPTS))
def test_a_receipt_cannot_report_what_only_we_decide(state: State) -> None:
    with pytest.raises(StateError, match=state):
        merge(State.SENT, state)


@pytest.mark.parametrize(
    ("current", "following"),
    [
        (State.PENDING, State.SENT),
        (State.SENT, State.PENDING),
        (State.SENT, State.CANCELLED),
        (State.UNKNOWN, State.CLAIMED),
        (State.CANCELLED, State.PENDING),
        (State.DELIVERED, State.FAILED),
        (State.PENDING, State.PENDING),
    ],
)
def test_steps_off_the_table_are_refused(current: State, following: State) -> None:
    with pytest.raises(StateError, match=f"from {current} to {following}"):
        advance(current, following)


def test_the_usual_way_and_the_ways_back() -> None:
    assert advance(State.PENDING, State.CLAIMED) is State.CLAIMED
    assert advance(State.CLAIMED, State.PENDING) is State.PENDING
    assert advance(State.CLAIMED, State.SENT) is State.SENT
    assert advance(State.UNKNOWN, State.PENDING) is State.PENDING


def test_every_state_can_reach_an_end_and_ends_lead_nowhere_of_ours() -> None:
    for state in State:
        reached, frontier = {state}, {state}
        while frontier:
            frontier = {n for s in frontier for n in steps_from(s)} - reached
            reached |= frontier
        assert reached & FINAL
    assert all(steps_from(state) <= {State.DELIVERED} for state in FINAL)
