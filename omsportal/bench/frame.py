"""The frame of a benchmark: two probes of the same work, measured in turns, and a budget for their ratio.

A new entry is a module in `omsportal/bench/entries/` with a function `benchmarks(world)` that yields `Benchmark`
objects. It asks the world for data, and leaves timing, order, table and verdict to the frame.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum


def nothing() -> None:
    """Put nothing back."""


@dataclass(frozen=True, slots=True)
class Probe:
    """`run` does the work and says how many units of it were done; `before` restores the data, untimed."""

    label: str
    run: Callable[[], int]
    before: Callable[[], None] = nothing


class Kind(Enum):
    """How a budget reads: a ratio of speeds at least, a ratio of times at most, seconds at most, only told."""

    SPEED = "≥"
    TIME = "≤"
    SECONDS = "< s"
    TOLD = ""


@dataclass(frozen=True, slots=True)
class Budget:
    kind: Kind
    limit: float = 0.0

    @classmethod
    def at_least(cls, ratio: float) -> "Budget":
        """Our units a second ÷ those of the limit."""
        return cls(Kind.SPEED, ratio)

    @classmethod
    def at_most(cls, ratio: float) -> "Budget":
        """Our time for a unit ÷ that of the base."""
        return cls(Kind.TIME, ratio)

    @classmethod
    def seconds(cls, seconds: float) -> "Budget":
        """Our whole run, whatever the limit did."""
        return cls(Kind.SECONDS, seconds)

    def __str__(self) -> str:
        if self.kind is Kind.TOLD:
            return "–"
        return f"< {self.limit:g} s" if self.kind is Kind.SECONDS else f"{self.kind.value} {self.limit:g}"


TOLD = Budget(Kind.TOLD)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`ours` and `limit` do the same work, one by the portal and one as bare as it can be done."""

    title: str
    ours: Probe
    limit: Probe
    budget: Budget
    rounds: int | None = None


@dataclass(slots=True)
class Result:
    """Seconds and units of every round, ours and the limit's in step."""

    benchmark: Benchmark
    ours: list[tuple[float, int]] = field(default_factory=list)
    limit: list[tuple[float, int]] = field(default_factory=list)

    def ratios(self) -> list[float]:
        """Round by round: speeds, or for a budget of times the times of a unit."""
        speeds = [_speed(ours) / _speed(limit) for ours, limit in zip(self.ours, self.limit, strict=True)]
        return [1 / speed for speed in speeds] if self.benchmark.budget.kind is Kind.TIME else speeds

    def passed(self) -> bool | None:
        """None where there is nothing to keep."""
        budget = self.benchmark.budget
        ratio = statistics.median(self.ratios())
        match budget.kind:
            case Kind.SPEED:
                return ratio >= budget.limit
            case Kind.TIME:
                return ratio <= budget.limit
            case Kind.SECONDS:
                return statistics.median(seconds for seconds, _ in self.ours) < budget.limit
            case _:
                return None


def measure(benchmark: Benchmark, rounds: int) -> Result:
    """Both probes in turns, the order changing from round to round; the first turn of each is thrown away."""
    result = Result(benchmark)
    pair = ((benchmark.ours, result.ours), (benchmark.limit, result.limit))
    for probe, _ in pair:
        _timed(probe)
    for number in range(benchmark.rounds or rounds):
        for probe, kept in pair if number % 2 == 0 else reversed(pair):
            kept.append(_timed(probe))
    return result


def _timed(probe: Probe) -> tuple[float, int]:
    probe.before()
    began = time.perf_counter()
    units = probe.run()
    seconds = time.perf_counter() - began
    if units < 1:
        raise RuntimeError(f"{probe.label} did no work: the benchmark would say nothing")
    return seconds, units


def _speed(turn: tuple[float, int]) -> float:
    seconds, units = turn
    return units / seconds


HEADINGS = ("what", "ours", "limit", "ratio (least–most)", "budget", "verdict")


def table(results: Sequence[Result]) -> str:
    """The benchmark table in Markdown."""
    rows = [HEADINGS, tuple("---" for _ in HEADINGS), *(_row(result) for result in results)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(result: Result) -> tuple[str, ...]:
    ratios = result.ratios()
    verdict = {None: "told", True: "kept", False: "BROKEN"}[result.passed()]
    span = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
    benchmark = result.benchmark
    return (
        benchmark.title,
        _told(benchmark.ours, result.ours),
        _told(benchmark.limit, result.limit),
        span,
        str(benchmark.budget),
        verdict,
    )


def _told(probe: Probe, turns: list[tuple[float, int]]) -> str:
    seconds = statistics.median(seconds for seconds, _ in turns)
    units = turns[0][1]
    speed = statistics.median(map(_speed, turns))
    return f"{probe.label}: {units:,} in {_clock(seconds)}, {speed:,.0f}/s"


def _clock(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"
