from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representatives.assignment import REASONS, Candidate, Case, choose

NOW = datetime(2026, 6, 2, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
OFFICE = (time(9), time(18))


def worker(pk: int = 1, **changes: object) -> Candidate:
    return Candidate(**{"id": pk, "level": 2, "trained": True, "capacity": 20, "hours": OFFICE} | changes)  # type: ignore[arg-type]


def code(*candidates: Candidate, case: Case | None = None, now: datetime = NOW) -> tuple[int | None, str]:
    choice = choose(candidates, case or Case(level=2), now)
    return choice.representative_id, choice.code


def test_each_ground_to_choose_in_its_order() -> None:
    assert code(worker(7)) == (7, "only_one")
    assert code(worker(1, open_cases=5), worker(2, open_cases=4)) == (2, "least_loaded")
    yesterday = NOW - timedelta(days=1)
    assert code(worker(1, last_assigned_at=NOW), worker(2, last_assigned_at=yesterday)) == (2, "longest_idle")
    assert code(worker(1, last_assigned_at=NOW), worker(2)) == (2, "longest_idle")
    assert code(worker(2), worker(1)) == (1, "first_in_order")


def test_load_is_weighed_against_capacity() -> None:
    assert code(worker(1, open_cases=6, capacity=10), worker(2, open_cases=10, capacity=20)) == (
        2,
        "least_loaded",
    )


def test_full_people_still_take_what_must_not_lie_about() -> None:
    full = choose([worker(1, open_cases=20), worker(2, open_cases=25)], Case(level=2), NOW)
    assert (full.representative_id, full.code) == (1, "over_capacity")
    assert "20 из 20" in full.text


@pytest.mark.parametrize(
    ("candidate", "case", "expected"),
    [
        (worker(level=3), Case(level=2), "no_candidates"),
        (worker(trained=False), Case(level=2), "nobody_trained"),
        (worker(absences=((TODAY, TODAY),)), Case(level=2), "nobody_present"),
        (worker(absences=((TODAY, TODAY),)), Case(level=2, begins_on=TODAY + timedelta(days=1)), "only_one"),
        (worker(hours=(time(12), time(18))), Case(level=2, at_once=True), "nobody_present"),
        (worker(hours=(time(12), time(18))), Case(level=2), "only_one"),
        (worker(hours=None), Case(level=2, at_once=True), "only_one"),
        (worker(conflict_clinics=frozenset({4})), Case(level=2, clinic_id=4), "all_in_conflict"),
        (worker(conflict_clinics=frozenset({4})), Case(level=2), "only_one"),
        (worker(conflict_people=frozenset({9})), Case(level=2, people=frozenset({8, 9})), "all_in_conflict"),
        (worker(capacity=0), Case(level=2), "nobody_takes_cases"),
    ],
)
def test_who_is_left_out(candidate: Candidate, case: Case, expected: str) -> None:
    assert code(candidate, case=case)[1] == expected


def test_the_end_of_the_working_day_is_not_worked() -> None:
    at_once = Case(level=2, at_once=True)
    assert code(worker(), case=at_once, now=NOW.replace(hour=9, minute=0))[1] == "only_one"
    assert code(worker(), case=at_once, now=NOW.replace(hour=18, minute=0))[1] == "nobody_present"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        choose([worker()], Case(level=2), datetime(2026, 6, 2))  # noqa: DTZ001


spans = st.tuples(st.integers(-3, 3), st.integers(0, 3)).map(
    lambda pair: (TODAY + timedelta(days=pair[0]), TODAY + timedelta(days=pair[0] + pair[1]))
)
candidate_facts = st.fixed_dictionaries(
    {
        "level": st.integers(1, 3),
        "trained": st.booleans(),
        "capacity": st.integers(0, 30),
        "open_cases": st.integers(0, 60),
        "last_assigned_at": st.none() | st.integers(0, 5).map(lambda days: NOW - timedelta(days=days)),
        "absences": st.lists(spans, max_size=2).map(tuple),
        "hours": st.sampled_from([None, OFFICE, (time(20), time(23))]),
        "conflict_clinics": st.frozensets(st.integers(1, 2)),
        "conflict_people": st.frozensets(st.integers(1, 2)),
    }
)
teams = st.lists(candidate_facts, max_size=6).map(
    lambda rows: [Candidate(id=number, **row) for number, row in enumerate(rows, 1)]
)
cases = st.builds(
    Case,
    level=st.integers(1, 3),
    clinic_id=st.none() | st.integers(1, 3),
    people=st.frozensets(st.integers(1, 3)),
    begins_on=st.none() | st.integers(0, 4).map(lambda days: TODAY + timedelta(days=days)),
    at_once=st.booleans(),
)


def may_take(one: Candidate, case: Case) -> bool:
    """The rule said a second time, as plainly as can be."""
    needed_on: set[date] = {case.begins_on or TODAY} | ({TODAY} if case.at_once else set())
    absent = any(first <= day <= last for first, last in one.absences for day in needed_on)
    off_duty = case.at_once and one.hours is not None and not one.hours[0] <= NOW.time() < one.hours[1]
    conflict = case.clinic_id in one.conflict_clinics or bool(one.conflict_people & case.people)
    return (
        one.level == case.level and one.trained and not (absent or off_duty or conflict) and one.capacity > 0
    )


@given(teams, cases)
def test_only_the_fit_are_chosen_and_somebody_is_whenever_one_is_fit(
    team: list[Candidate], case: Case
) -> None:
    choice = choose(team, case, NOW)
    fit = {one.id: one for one in team if may_take(one, case)}
    assert choice.code in REASONS
    assert "{" not in choice.text
    if not fit:
        assert choice.representative_id is None
        return
    assert choice.representative_id in fit
    best = fit[choice.representative_id]
    assert all(best.open_cases * other.capacity <= other.open_cases * best.capacity for other in fit.values())


@given(teams, cases, st.randoms())
def test_the_order_of_the_list_does_not_matter(team: list[Candidate], case: Case, random: object) -> None:
    shuffled = team[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(shuffled, case, NOW) == choose(team, case, NOW)
