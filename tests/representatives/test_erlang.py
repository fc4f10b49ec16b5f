"""The formulas against published tables, and against simulations that know nothing of formulas."""

from random import Random
from typing import Any

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from representatives.backlog import Flow, Outcome, Team, neighbours, simulate
from representatives.erlang import (
    erlang_b,
    erlang_c,
    hour,
    hour_a,
    hour_c,
    people_needed,
    to_employ,
)


@pytest.mark.parametrize(
    ("people", "load", "share"),
    [
        # Traffic tables: the offered load at which one call in a hundred (or in ten, or a thousand) is lost.
        (1, 0.0101, 0.01),
        (2, 0.153, 0.01),
        (5, 1.361, 0.01),
        (10, 4.461, 0.01),
        (20, 12.031, 0.01),
        (50, 37.901, 0.01),
        (100, 84.064, 0.01),
        (10, 7.511, 0.10),
        (10, 3.092, 0.001),
        (10, 10.0, 0.2146),
    ],
)
def test_erlang_b_is_that_of_the_tables(people: int, load: float, share: float) -> None:
    assert erlang_b(people, load) == pytest.approx(share, rel=0.01)


@pytest.mark.parametrize(
    ("people", "load", "share"),
    [
        (1, 0.5, 0.5),
        (2, 1.0, 1 / 3),
        (12, 10.0, 0.4494),
        (14, 10.0, 0.1741),
        (55, 48.0, 0.2387),
        (5, 5.0, 1.0),
    ],
)
def test_erlang_c_is_that_of_the_tables(people: int, load: float, share: float) -> None:
    assert erlang_c(people, load) == pytest.approx(share, abs=5e-5)


def test_worked_examples_of_the_textbooks() -> None:
    # 720 calls an hour of 4 minutes and 55 people: 23.9 % wait, 8.2 seconds on average, 84.6 % within 15 seconds.
    busy = hour_c(55, 720, 240, 15)
    assert (round(busy.has_to_wait, 3), round(busy.wait, 1), round(busy.answered_in_time, 3)) == (
        0.239,
        8.2,
        0.846,
    )
    # 100 calls in half an hour of 3 minutes: 14 people answer 80 % within 20 seconds, and 13 do not.
    assert people_needed(200, 180, 20, 0.8) == 14
    assert hour_c(14, 200, 180, 20).answered_in_time == pytest.approx(0.888, abs=5e-4)
    # 48 calls a minute of one minute, 50 people: patient callers wait 20.8 seconds; if they hang up after two minutes
    # on average, 3.1 % do, the wait is 3.7 seconds and people are busy for 93 % (Garnett, Mandelbaum, Reiman 2002).
    assert hour_c(50, 2880, 60, 20).wait == pytest.approx(20.8, abs=0.05)
    impatient = hour_a(50, 2880, 60, 20, 120)
    assert (round(impatient.lost, 3), round(impatient.wait, 1), round(impatient.busy, 2)) == (
        0.031,
        3.7,
        0.93,
    )


def test_without_end_of_patience_a_is_c() -> None:
    for people in (11, 12, 15):
        a, c = hour_a(people, 200, 180, 20, 1e9), hour_c(people, 200, 180, 20)
        assert a.answered_in_time == pytest.approx(c.answered_in_time, abs=1e-5)
        assert a.wait == pytest.approx(c.wait, rel=1e-3)


calls = st.floats(0, 3000)
handling = st.floats(10, 1200)


@given(calls, handling, st.floats(0, 120), st.none() | st.floats(5, 3600), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_shares_are_shares_and_one_more_never_harms(
    calls: float, handling: float, target: float, patience: float | None, people: int
) -> None:
    one, more = (hour(n, calls, handling, target, patience) for n in (people, people + 1))
    for found in (one, more):
        for share in (found.answered_in_time, found.has_to_wait, found.lost, found.busy):
            assert -1e-9 <= share <= 1 + 1e-6
    assert more.answered_in_time >= one.answered_in_time - 1e-9


@given(calls, handling, st.floats(0, 0.99), st.none() | st.floats(5, 3600))
@settings(max_examples=40, deadline=None)
def test_the_people_needed_are_just_enough(
    calls: float, handling: float, share: float, patience: float | None
) -> None:
    needed = people_needed(calls, handling, 20, share, patience)
    assert hour(needed, calls, handling, 20, patience).answered_in_time >= share
    if needed:
        assert hour(needed - 1, calls, handling, 20, patience).answered_in_time < share


@pytest.mark.parametrize("bad", [(-1, 10, 60, 20), (1, -1, 60, 20), (1, 10, 0, 20), (1, 10, 60, -1)])
def test_impossible_figures_are_refused(bad: tuple[int, float, float, float]) -> None:
    with pytest.raises(ValueError, match="zero"):
        hour_c(*bad)
    with pytest.raises(ValueError, match="zero"):
        hour_a(*bad, 60)
    with pytest.raises(ValueError, match="patience"):
        hour_a(1, 10, 60, 20, 0)
    with pytest.raises(ValueError, match="share"):
        people_needed(10, 60, 20, 1.0)
    with pytest.raises(ValueError, match="check the load"):
        people_needed(10_000_000, 3600, 20, 0.8)


def test_people_to_employ_are_rounded_up() -> None:
    assert [to_employ(people, away) for people, away in ((7, 0.3), (10, 0.0), (9, 0.1), (0, 0.5))] == [
        10,
        10,
        10,
        0,
    ]
    with pytest.raises(ValueError, match="absence"):
        to_employ(1, 1.0)


def simulated(people: int, per_hour: float, handling: float, target: float, patience: float | None) -> Any:
    """A contact centre played call by call: shares answered in time and lost, and the mean wait."""
    random, environment = Random(7), simpy.Environment()
    desk = simpy.Resource(environment, people)
    waits: list[tuple[float, bool]] = []

    def call() -> Any:
        began = environment.now
        with desk.request() as turn:
            gives_up = (
                environment.timeout(random.expovariate(1 / patience)) if patience else environment.event()
            )
            yield turn | gives_up
            waits.append((environment.now - began, turn.triggered))
            if turn.triggered:
                yield environment.timeout(random.expovariate(1 / handling))

    def callers() -> Any:
        for _ in range(30_000):
            yield environment.timeout(random.expovariate(per_hour / 3600))
            environment.process(call())

    environment.process(callers())
    environment.run()
    judged = waits[2_000:]
    answered = [wait <= target for wait, served in judged if served]
    lost = sum(not served for _wait, served in judged)
    return sum(answered) / len(judged), lost / len(judged), sum(wait for wait, _ in judged) / len(judged)


@pytest.mark.parametrize(("people", "patience"), [(13, None), (15, None), (9, 60.0), (12, 120.0)])
def test_a_simulation_of_calls_agrees(people: int, patience: float | None) -> None:
    in_time, lost, wait = simulated(people, 200, 180, 20, patience)
    found = hour(people, 200, 180, 20, patience)
    assert in_time == pytest.approx(found.answered_in_time, abs=0.03)
    assert lost == pytest.approx(found.lost, abs=0.02)
    assert wait == pytest.approx(found.wait, rel=0.15, abs=1.0)


QUIET = Flow(0, 1)


def played(a_day: float, hours: float, people: int, workday: float) -> tuple[float, float]:
    """The queue of written cases again, by simpy: mean working days to the answer, share of time at work."""
    random, environment = Random(11), simpy.Environment()
    desk = simpy.Resource(environment, people)
    took: list[int] = []
    worked = 0.0

    def case(day: int) -> Any:
        nonlocal worked
        with desk.request() as turn:
            yield turn
            length = random.expovariate(1 / hours)
            worked += length
            yield environment.timeout(length)
            took.append(int((environment.now - 1e-9) // workday) - day)

    def post() -> Any:
        for day in range(2_000):
            count, at = 0, random.expovariate(1.0)
            while at < a_day:
                count, at = count + 1, at + random.expovariate(1.0)
            for _ in range(count):
                environment.process(case(day))
            yield environment.timeout(workday)

    environment.process(post())
    environment.run()
    return sum(took) / len(took), worked / (environment.now * people)


def test_a_simulation_of_cases_agrees() -> None:
    """Without absences and weekends counted out, both play the same queue."""
    mean, busy = played(8, 2.5, 4, 6)
    found = simulate(Flow(8, 2.5), QUIET, Team(4, 0, 6, 0.0), weeks=400, seed=3)
    assert found.busy == pytest.approx(busy, abs=0.02)
    assert found.days is not None
    # Calendar days are working days and the weekends between.
    assert found.days[0] == pytest.approx(mean, abs=1.5)


def test_chance_is_the_same_for_the_same_seed() -> None:
    def run(seed: int) -> Outcome:
        return simulate(Flow(5, 3), Flow(1, 8), Team(3, 2), seed=seed)

    assert run(1) == run(1)
    assert run(1) != run(2)


@given(st.floats(0, 12), st.floats(0.2, 10), st.integers(0, 8), st.integers(0, 3), st.floats(0, 0.6))
@settings(max_examples=25, deadline=None)
def test_no_case_is_lost(a_day: float, hours: float, level2: int, level3: int, away: float) -> None:
    found = simulate(Flow(a_day, hours), Flow(1, 4), Team(level2, level3, 6, away), weeks=12)
    assert found.answered + found.open_by_week[-1] == found.arrived
    assert 0 <= found.busy <= 1 + 1e-9
    assert found.in_time is None or 0 <= found.in_time <= 1


def test_enough_people_answer_all_and_too_few_fall_behind() -> None:
    flow = Flow(10, 3)
    plenty, short = (simulate(flow, QUIET, Team(people, 0, 6, 0.1)) for people in (8, 4))
    assert plenty.in_time == 1.0
    assert short.in_time is not None
    assert short.in_time < 0.5
    assert list(short.open_by_week) == sorted(short.open_by_week) or short.open_by_week[-1] > 500
    assert simulate(flow, QUIET, Team(0, 0)).in_time == 0.0
    assert simulate(QUIET, QUIET, Team(1, 0)).in_time is None


def test_level_three_helps_level_two_and_not_the_other_way() -> None:
    helped = simulate(Flow(4, 3), QUIET, Team(0, 4, 6, 0.0))
    assert helped.in_time == 1.0
    alone = simulate(QUIET, Flow(4, 3), Team(4, 0, 6, 0.0))
    assert alone.answered == 0


def test_absence_costs_its_share() -> None:
    flow = Flow(50, 3)
    present = [
        simulate(flow, QUIET, Team(10, 0, 6, away), weeks=200, seed=5).answered for away in (0.0, 0.25)
    ]
    assert present[1] / present[0] == pytest.approx(0.75, abs=0.03)


def test_teams_around_a_team() -> None:
    assert [team.level2 for team in neighbours(Team(1, 2))] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "bad",
    [
        {"level2": Flow(-1, 1)},
        {"level3": Flow(1, 0)},
        {"team": Team(-1, 0)},
        {"team": Team(1, 1, away=1.0)},
        {"weeks": 0},
        {"term": 0},
    ],
)
def test_an_impossible_queue_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        simulate(**{"level2": QUIET, "level3": QUIET, "team": Team(1, 1)} | bad)
