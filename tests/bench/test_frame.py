"""The frame of the benchmarks: turns, ratios and verdicts, without any data."""

import pytest

from omsportal.bench.__main__ import names
from omsportal.bench.frame import TOLD, Benchmark, Budget, Probe, Result, measure, table


def probe(label: str = "probe", units: int = 10) -> Probe:
    return Probe(label, lambda: units)


def result(budget: Budget, *, ours: float, limit: float) -> Result:
    """Ten units each: ours in `ours` seconds, the limit in `limit` seconds, twice."""
    return Result(
        Benchmark("A page", probe("ours"), probe("bare"), budget), [(ours, 10)] * 2, [(limit, 10)] * 2
    )


@pytest.mark.parametrize(
    ("budget", "ours", "limit", "ratio", "kept"),
    [
        (Budget.at_least(0.7), 1.0, 0.8, 0.8, True),
        (Budget.at_least(0.7), 1.0, 0.5, 0.5, False),
        (Budget.at_most(1.3), 1.2, 1.0, 1.2, True),
        (Budget.at_most(1.3), 1.5, 1.0, 1.5, False),
        (Budget.seconds(2), 1.9, 0.1, 0.1 / 1.9, True),
        (Budget.seconds(2), 2.1, 4.0, 4.0 / 2.1, False),
        (TOLD, 9.0, 1.0, 1 / 9, None),
    ],
)
def test_a_budget_is_kept_or_broken(budget, ours, limit, ratio, kept):
    found = result(budget, ours=ours, limit=limit)
    assert found.ratios() == pytest.approx([ratio, ratio])
    assert found.passed() is kept
    assert ("BROKEN" in table([found])) == (kept is False)


def test_both_take_turns_and_each_may_put_the_data_back():
    told: list[str] = []

    def turn(name: str) -> Probe:
        return Probe(name, lambda: told.append(name) or 1, lambda: told.append(f"before {name}"))

    found = measure(Benchmark("Turns", turn("ours"), turn("bare"), TOLD), rounds=3)
    assert [name for name in told if not name.startswith("before")] == [
        "ours", "bare",  # thrown away
        "ours", "bare", "bare", "ours", "ours", "bare",
    ]  # fmt: skip
    assert told[::2] == [f"before {name}" for name in told[1::2]]
    assert (len(found.ours), len(found.limit)) == (3, 3)


def test_a_probe_that_does_nothing_is_an_error_not_a_record():
    with pytest.raises(RuntimeError, match="did no work"):
        measure(Benchmark("Nothing", probe(units=0), probe(), TOLD), rounds=1)


def test_every_entry_can_be_named():
    assert "ladder" in names()
