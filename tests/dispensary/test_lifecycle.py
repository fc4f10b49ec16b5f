"""The table of a campaign's life, held against the one written out here."""

import pytest

from dispensary.lifecycle import Action, Actor, Refused, State, after, allowed, refusal

MANAGER = Actor(manages=True, is_planner=False)
PLANNER = Actor(manages=True, is_planner=True)
STRANGER = Actor(manages=False, is_planner=False)

EXPECTED = {
    State.PLANNED: {Action.APPROVE: State.APPROVED, Action.CLOSE: State.CLOSED},
    State.APPROVED: {Action.START: State.RUNNING, Action.CLOSE: State.CLOSED},
    State.RUNNING: {Action.PAUSE: State.PAUSED, Action.CLOSE: State.CLOSED},
    State.PAUSED: {Action.RESUME: State.RUNNING, Action.CLOSE: State.CLOSED},
    State.CLOSED: {},
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_pair_of_state_and_action(state: State, action: Action) -> None:
    following = EXPECTED[state].get(action)
    if following is None:
        with pytest.raises(Refused) as refused:
            after(state, action, MANAGER)
        assert refused.value.refusal.code == "wrong_state"
    else:
        assert after(state, action, MANAGER) is following


@pytest.mark.parametrize("state", State)
def test_buttons_are_what_the_table_allows(state: State) -> None:
    assert set(allowed(state, MANAGER)) == set(EXPECTED[state])
    assert allowed(state, STRANGER) == ()


def test_the_planner_does_not_approve_and_may_do_the_rest() -> None:
    found = refusal(State.PLANNED, Action.APPROVE, PLANNER)
    assert found is not None
    assert found.code == "same_person"
    assert allowed(State.PLANNED, PLANNER) == (Action.CLOSE,)
    assert allowed(State.APPROVED, PLANNER) == (Action.START, Action.CLOSE)
