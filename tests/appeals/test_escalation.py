"""The ladder: each step at its share of the time, once, to the right person."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.escalation import Recipient, Step, due_steps, end_of_day, next_step_at, step_at, still_done

START = datetime(2026, 3, 1, tzinfo=UTC)
DUE = START + timedelta(days=100)


def after(days: float) -> datetime:
    return START + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (49.999, []),
        (50, [(Step.HALF, Recipient.ASSIGNEE)]),
        (79.999, [(Step.HALF, Recipient.ASSIGNEE)]),
        (80, [(Step.HALF, Recipient.ASSIGNEE), (Step.MOST, Recipient.SUPERVISOR)]),
        (
            100,
            [(Step.HALF, Recipient.ASSIGNEE), (Step.MOST, Recipient.SUPERVISOR), (Step.ALL, Recipient.FUND)],
        ),
    ],
)
def test_steps_come_at_their_share_of_the_time(days: float, expected: list[tuple[Step, Recipient]]) -> None:
    found = due_steps(START, DUE, after(days), (), assigned=True)
    assert [(due.step, due.recipient) for due in found] == expected
    assert [due.at for due in found] == sorted(due.at for due in found)


def test_without_an_assignee_the_first_reminder_goes_up() -> None:
    (found,) = due_steps(START, DUE, after(50), (), assigned=False)
    assert (found.step, found.recipient) == (Step.HALF, Recipient.SUPERVISOR)


def test_the_next_step_is_the_first_not_done() -> None:
    assert next_step_at(START, DUE, ()) == after(50)
    assert next_step_at(START, DUE, {Step.HALF}) == after(80)
    assert next_step_at(START, DUE, {Step.HALF, Step.MOST}) == after(100)
    assert next_step_at(START, DUE, set(Step)) is None


def test_an_extension_puts_steps_ahead_again() -> None:
    longer = DUE + timedelta(days=100)
    assert still_done(START, longer, after(90), {Step.HALF, Step.MOST}) == frozenset()
    assert still_done(START, longer, after(100), {Step.HALF, Step.MOST}) == {Step.HALF}


@given(st.integers(0, 10**7), st.integers(1, 10**7), st.sets(st.sampled_from(Step)))
def test_the_indexed_moment_and_the_due_steps_never_disagree(now: int, length: int, done: set[Step]) -> None:
    due_at, moment = START + timedelta(seconds=length), START + timedelta(seconds=now)
    found = due_steps(START, due_at, moment, done, assigned=True)
    coming = next_step_at(START, due_at, done)
    assert bool(found) == (coming is not None and coming <= moment)
    again = due_steps(START, due_at, moment, done | {due.step for due in found}, assigned=True)
    assert again == ()


def test_the_due_day_counts_to_its_end_in_the_region() -> None:
    assert end_of_day(date(2026, 3, 31), ZoneInfo("Asia/Novokuznetsk")) == datetime(
        2026, 3, 31, 17, tzinfo=UTC
    )
    assert end_of_day(date(2026, 3, 31), ZoneInfo("Europe/Kaliningrad")) == datetime(
        2026, 3, 31, 22, tzinfo=UTC
    )


def test_moments_are_checked() -> None:
    with pytest.raises(ValueError, match="offset"):
        step_at(Step.HALF, START.replace(tzinfo=None), DUE)
    with pytest.raises(ValueError, match="after"):
        step_at(Step.HALF, DUE, START)
