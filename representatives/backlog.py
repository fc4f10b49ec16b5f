"""How many written cases are answered in time: a simulation of the queue, day by day. Pure.

Cases arrive at random on working days (Poisson) and take a random time (exponential). The oldest term goes first.
People of level 2 work cases of level 2; people of level 3 work those of level 3, and help level 2 when none waits.
Absences come in spells. The same seed gives the same result.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

WORKING_DAYS_A_WEEK = 5
# Ten working days: two weeks of leave, or an ordinary illness.
SPELL = 10


@dataclass(frozen=True, slots=True)
class Flow:
    """Cases of one level: how many a working day, how many hours of work each on average."""

    a_day: float
    hours: float


@dataclass(frozen=True, slots=True)
class Team:
    """`hours` are those a person has for cases on a working day, `away` the share of days off work."""

    level2: int
    level3: int
    hours: float = 6.0
    away: float = 0.15


@dataclass(frozen=True, slots=True)
class Outcome:
    """`in_time` is the share, of the cases whose term ended, that were answered by then; None when there was none.
    `days` are the median and the 90th percentile of calendar days to the answer. `open_by_week` counts open cases
    at the end of each week."""

    arrived: int
    answered: int
    in_time: float | None
    days: tuple[int, int] | None
    open_by_week: tuple[int, ...]
    busy: float


@dataclass(slots=True)
class _Case:
    arrived: int
    left: float


class _Worker:
    """A person who works cases; an unfinished one stays in hand, and goes back to the head of the queue when the
    person is away."""

    def __init__(self, level: int, team: Team, random: Random) -> None:
        self.level, self.random = level, random
        self.returns = 1 / SPELL
        self.leaves = team.away / (SPELL * (1 - team.away))
        self.away = random.random() < team.away
        self.case: tuple[int, _Case] | None = None

    def comes(self) -> bool:
        """Whether the person is at work today."""
        if self.random.random() < (self.returns if self.away else self.leaves):
            self.away = not self.away
        return not self.away


def simulate(
    level2: Flow, level3: Flow, team: Team, *, weeks: int = 52, term: int = 30, seed: int = 1
) -> Outcome:
    """Works a queue that begins empty for some weeks. `term` is in calendar days from the day of arrival.

    Errors: ValueError for a negative flow, no hours of work a case, or a share of absence outside 0…1.
    """
    _check(level2, level3, team, weeks, term)
    run = _Run(level2, level3, team, Random(seed))  # noqa: S311 - a model of chance, no secret
    weekly = []
    for day in range(weeks * 7):
        if day % 7 < WORKING_DAYS_A_WEEK:
            run.work(day)
        if day % 7 == 6:
            weekly.append(run.open)
    return run.outcome(weeks * 7, term, tuple(weekly))


def _check(level2: Flow, level3: Flow, team: Team, weeks: int, term: int) -> None:
    if any(flow.a_day < 0 or flow.hours <= 0 for flow in (level2, level3)):
        raise ValueError("cases a day from zero, hours a case above zero")
    if team.level2 < 0 or team.level3 < 0 or team.hours <= 0 or not 0 <= team.away < 1:
        raise ValueError("people from zero, hours above zero, absence between 0 and 1")
    if weeks < 1 or term < 1:
        raise ValueError("at least one week and a term of one day")


class _Run:
    def __init__(self, level2: Flow, level3: Flow, team: Team, random: Random) -> None:
        self.flows = {2: level2, 3: level3}
        self.hours, self.random = team.hours, random
        self.workers = [_Worker(2, team, random) for _ in range(team.level2)]
        self.workers += [_Worker(3, team, random) for _ in range(team.level3)]
        self.queues: dict[int, deque[_Case]] = {2: deque(), 3: deque()}
        self.done: list[tuple[int, int]] = []
        self.arrivals: list[int] = []
        self.worked = self.present = 0.0

    @property
    def open(self) -> int:
        return len(self.arrivals) - len(self.done)

    def work(self, day: int) -> None:
        for level, flow in self.flows.items():
            for _ in range(_poisson(flow.a_day, self.random)):
                self.queues[level].append(_Case(day, self.random.expovariate(1 / flow.hours)))
                self.arrivals.append(day)
        # Level 3 first: whoever finds nothing of level 3 may then help level 2.
        for worker in reversed(self.workers):
            if worker.comes():
                self._day_of(worker, day)
            elif worker.case is not None:
                level, case = worker.case
                self.queues[level].appendleft(case)
                worker.case = None

    def _day_of(self, worker: _Worker, day: int) -> None:
        left = self.hours
        self.present += left
        while left > 0:
            worker.case = worker.case or self._next(worker.level)
            if worker.case is None:
                return
            _level, case = worker.case
            step = min(left, case.left)
            case.left -= step
            left -= step
            self.worked += step
            if case.left <= 0:
                self.done.append((case.arrived, day))
                worker.case = None

    def _next(self, level: int) -> tuple[int, _Case] | None:
        for kind in (3, 2) if level == 3 else (2,):
            if self.queues[kind]:
                return kind, self.queues[kind].popleft()
        return None

    def outcome(self, days: int, term: int, weekly: tuple[int, ...]) -> Outcome:
        # A case whose term ends after the last day cannot be judged yet.
        judged = sum(arrived + term < days for arrived in self.arrivals)
        in_time = sum(arrived + term < days and day - arrived <= term for arrived, day in self.done)
        took = sorted(day - arrived for arrived, day in self.done)
        marks = (took[len(took) // 2], took[min(len(took) - 1, len(took) * 9 // 10)]) if took else None
        return Outcome(
            arrived=len(self.arrivals),
            answered=len(self.done),
            in_time=in_time / judged if judged else None,
            days=marks,
            open_by_week=weekly,
            busy=self.worked / self.present if self.present else 0.0,
        )


def _poisson(mean: float, random: Random) -> int:
    """A random count with this mean, as the number of arrivals within one unit of time."""
    count, at = 0, random.expovariate(1.0)
    while at < mean:
        count += 1
        at += random.expovariate(1.0)
    return count


def neighbours(team: Team, *, steps: int = 2) -> Iterator[Team]:
    """The team with fewer and with more people of level 2, itself in the middle."""
    for more in range(-steps, steps + 1):
        if team.level2 + more >= 0:
            yield Team(team.level2 + more, team.level3, team.hours, team.away)
