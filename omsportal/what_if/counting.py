"""The answer of the page: the day of calls hour by hour, and a year of written cases. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from representatives.backlog import Flow, Outcome, Team, neighbours, simulate
from representatives.erlang import Hour, hour, people_needed, to_employ

WEEKS = 52


@dataclass(frozen=True, slots=True)
class HourRow:
    hour: int
    calls: float
    load: float
    needed: int
    found: Hour

    @property
    def wait(self) -> float | None:
        """None where the queue only grows."""
        return None if self.found.wait == inf else self.found.wait


@dataclass(frozen=True, slots=True)
class CallsAnswer:
    rows: tuple[HourRow, ...]
    in_time: float | None
    lost: float
    peak: int
    to_employ: int


@dataclass(frozen=True, slots=True)
class CasesAnswer:
    outcome: Outcome
    around: tuple[tuple[Team, Outcome], ...]


def calls_answer(values: Mapping[str, Any], curve: Mapping[int, float]) -> CallsAnswer:
    """Shares of the day are weighted by the hour's calls. Errors: ValueError for a load past 5,000 people."""
    patience = values["patience"] or None
    handling, target, people = values["handling"], values["target"], int(values["people"])
    rows = []
    for at in range(min(curve, default=9), max(curve, default=17) + 1):
        calls = values["calls"] * curve.get(at, 0.0)
        needed = people_needed(calls, handling, target, values["share"] / 100, patience)
        found = hour(people, calls, handling, target, patience)
        rows.append(HourRow(at, calls, calls * handling / 3600, needed, found))
    total = sum(row.calls for row in rows)
    peak = max((row.needed for row in rows), default=0)
    return CallsAnswer(
        rows=tuple(rows),
        in_time=sum(row.calls * row.found.answered_in_time for row in rows) / total if total else None,
        lost=sum(row.calls * row.found.lost for row in rows) / total if total else 0.0,
        peak=peak,
        to_employ=to_employ(peak, values["away"] / 100),
    )


def cases_answer(values: Mapping[str, Any]) -> CasesAnswer:
    """A year played once for the team, and once each for up to two people of level 2 fewer and more."""
    level2, level3 = Flow(values["cases2"], values["hours2"]), Flow(values["cases3"], values["hours3"])
    team = Team(int(values["level2"]), int(values["level3"]), values["hours"], values["away"] / 100)
    around = tuple(
        (other, simulate(level2, level3, other, weeks=WEEKS, term=int(values["term"])))
        for other in neighbours(team)
    )
    return CasesAnswer(next(found for other, found in around if other == team), around)
