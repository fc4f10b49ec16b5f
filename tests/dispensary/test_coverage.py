"""The sums of coverage hold, and when they do not, it is said where and by how many."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispensary.coverage import (
    Coverage,
    Outcome,
    OutcomeRow,
    discrepancies,
    outcome_of_message,
    tally,
    total,
)
from notifications.states import State

GROUPS = st.sampled_from(["a", "b", "c"])
PEOPLE = st.lists(st.tuples(GROUPS, st.sampled_from(Outcome), st.booleans()), max_size=60)


@given(PEOPLE)
def test_counting_everybody_once_leaves_no_discrepancy(people: list[tuple[str, Outcome, bool]]) -> None:
    planned = {group: sum(p[0] == group for p in people) for group in "abc"}
    rows = [OutcomeRow(group=g, outcome=o, people=1, came=int(came)) for g, o, came in people]
    groups = tally(planned, rows)
    assert discrepancies(groups) == ()
    every = total(groups.values())
    assert every.planned == every.accounted == len(people)
    assert every.came == sum(came and o is Outcome.INFORMED for _, o, came in people)


@given(PEOPLE.filter(bool), st.data())
def test_a_person_lost_or_counted_twice_is_named(
    people: list[tuple[str, Outcome, bool]], data: st.DataObject
) -> None:
    planned = {group: sum(p[0] == group for p in people) for group in "abc"}
    victim = data.draw(st.integers(0, len(people) - 1))
    changed = data.draw(st.sampled_from([people[:victim] + people[victim + 1 :], [*people, people[victim]]]))
    rows = [OutcomeRow(group=g, outcome=o, people=1) for g, o, _ in changed]
    (found,) = discrepancies(tally(planned, rows))
    assert found.group == people[victim][0]
    assert found.code == ("lost" if len(changed) < len(people) else "surplus")
    assert found.text.endswith(" 1")


def test_the_text_says_which_sum_does_not_hold() -> None:
    (found,) = discrepancies({"ГП № 1": Coverage(planned=10, informed=4, excluded=1, failed=2, pending=1)})
    assert found.text == (
        "ГП № 1: запланированы 10, а информированы 4 + исключены 1 + не удалось 2 + ожидают 1 = 8;"
        " не учтены 2"
    )


def test_outcomes_of_a_group_nobody_planned_are_a_surplus() -> None:
    groups = tally({}, [OutcomeRow(group="x", outcome=Outcome.FAILED, people=3)])
    assert [d.code for d in discrepancies(groups)] == ["surplus"]


def test_impossible_counts_are_named() -> None:
    groups = {"x": Coverage(planned=1, informed=2, pending=-1, came=3)}
    assert {d.code for d in discrepancies(groups)} == {"negative", "came_exceeds_informed"}


def test_shares() -> None:
    counts = Coverage(planned=100, informed=63, pending=37, came=21)
    assert counts.informed_share == Fraction(63, 100)
    assert counts.came_share == Fraction(1, 3)
    assert Coverage(planned=0).informed_share is None
    assert Coverage(planned=1, pending=1).came_share is None


@pytest.mark.parametrize("state", State)
def test_every_state_of_a_message_is_counted_somewhere(state: State) -> None:
    assert outcome_of_message(state) in Outcome


def test_a_send_of_unknown_outcome_is_not_counted_as_done() -> None:
    assert outcome_of_message(State.UNKNOWN) is Outcome.PENDING
