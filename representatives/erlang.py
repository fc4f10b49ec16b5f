"""How many people a contact centre needs: Erlang's formulas. Pure.

Calls come at random at an even rate within the hour, each takes a random time (exponential), people are alike, and
whoever finds nobody free waits in one queue in order of arrival. Erlang B has no queue, Erlang C a queue in which
everybody waits for ever, Erlang A (Palm's model, M/M/N+M) a queue from which people hang up, each after a random
time (exponential) whose mean is their patience.

Loads are in erlangs, calls an hour × seconds a call ÷ 3600; times in seconds. Sources: A. K. Erlang 1917; C. Palm
1957; the share answered in time under impatience follows from the queue's steps: k + 1 waits with rates
Nμ, Nμ + θ, …, Nμ + kθ, for which exp(−θ·wait) has a beta distribution.
"""

from dataclasses import dataclass
from math import exp, inf

# Below this share of the rest a further state of the queue changes no shown digit.
_TINY = 1e-12
_HUGE = 1e200
MOST_PEOPLE = 5_000


def erlang_b(people: int, load: float) -> float:
    """Share of calls that find everybody busy where nobody can wait. Errors: ValueError for a negative figure."""
    if people < 0 or load < 0:
        raise ValueError("people and load cannot be negative")
    if load == 0:
        return 0.0 if people else 1.0
    inverse = 1.0
    for number in range(1, people + 1):
        inverse = 1.0 + inverse * number / load
        if inverse == inf:
            return 0.0
    return 1.0 / inverse


def erlang_c(people: int, load: float) -> float:
    """Share of calls that have to wait; 1 when the load is not below the people, for then the queue only grows."""
    if load >= people:
        return 1.0 if load > 0 else 0.0
    blocked = erlang_b(people, load)
    return blocked / (1.0 - load / people * (1.0 - blocked))


@dataclass(frozen=True, slots=True)
class Hour:
    """What callers of one hour meet. Shares are of all calls; `wait` is the mean of all calls, in seconds, and
    infinite where the queue only grows. `lost` hung up before they were answered."""

    answered_in_time: float
    has_to_wait: float
    wait: float
    lost: float
    busy: float

    @property
    def is_stable(self) -> bool:
        return self.wait != inf


def _checked(people: int, calls: float, handling: float, target: float) -> float:
    if people < 0 or calls < 0 or target < 0 or handling <= 0:
        raise ValueError("people, calls and target from zero, handling time above zero")
    return calls * handling / 3600


IDLE = Hour(1.0, 0.0, 0.0, 0.0, 0.0)


def hour_c(people: int, calls: float, handling: float, target: float) -> Hour:
    """An hour of patient callers: `calls` an hour, `handling` seconds each, answered in time within `target`."""
    load = _checked(people, calls, handling, target)
    if load == 0:
        return IDLE
    if load >= people:
        return Hour(0.0, 1.0, inf, 0.0, 1.0)
    waits = erlang_c(people, load)
    free = people - load
    in_time = 1.0 - waits * exp(-free * target / handling)
    return Hour(in_time, waits, waits * handling / free, 0.0, load / people)


def hour_a(people: int, calls: float, handling: float, target: float, patience: float) -> Hour:
    """The same with callers who hang up, after `patience` seconds on average. There is no queue without end here:
    who would not be answered hangs up."""
    load = _checked(people, calls, handling, target)
    if patience <= 0:
        raise ValueError("patience is above zero")
    if load == 0:
        return IDLE
    if people == 0:
        return Hour(0.0, 1.0, patience, 1.0, 0.0)
    rate, serving, leaving = calls / 3600, people / handling, 1 / patience
    # Weights of the states against the one with everybody busy and no queue.
    blocked = erlang_b(people, load)
    if blocked == 0.0:  # so many people that the wait cannot be seen in a number
        return Hour(1.0, 0.0, 0.0, 0.0, load / people)
    below = 1.0 / blocked - 1.0
    shape, cut = serving / leaving, exp(-leaving * target)
    weight, total, queue, in_time = 1.0, below, 0.0, below
    # P(beta(shape + 1, k + 1) ≤ cut), by its finite sum, one term more for each place in the queue.
    term = cut ** (shape + 1)
    late, ahead = term, 0
    while True:
        total += weight
        queue += ahead * weight
        in_time += weight * shape / (shape + ahead + 1) * max(0.0, 1.0 - late)
        ahead += 1
        term *= (shape + ahead) / ahead * (1.0 - cut)
        late += term
        weight *= rate / (serving + ahead * leaving)
        if weight > _HUGE:  # only the ratios count
            weight, total, queue, in_time, below = (
                value / _HUGE for value in (weight, total, queue, in_time, below)
            )
        if weight < _TINY * total and ahead * leaving + serving > rate:
            break
    mean_queue = queue / total
    lost = leaving * mean_queue / rate
    return Hour(in_time / total, 1.0 - below / total, mean_queue / rate, lost, load * (1 - lost) / people)


def hour(people: int, calls: float, handling: float, target: float, patience: float | None = None) -> Hour:
    """Erlang C, or Erlang A where the callers' patience is given."""
    if patience is None:
        return hour_c(people, calls, handling, target)
    return hour_a(people, calls, handling, target, patience)


def people_needed(
    calls: float, handling: float, target: float, share: float, patience: float | None = None
) -> int:
    """The fewest people with whom at least `share` of the calls are answered within `target` seconds.

    Errors: ValueError for a share outside 0…1 (1 itself cannot be promised) and for a load past 5,000 people.
    """
    if not 0 <= share < 1:
        raise ValueError("the share lies between 0 and 1, and 1 cannot be promised")

    def enough(people: int) -> bool:
        return hour(people, calls, handling, target, patience).answered_in_time >= share

    if enough(0):
        return 0
    low, high = 0, 1
    while not enough(high):
        low, high = high, high * 2
        if high > MOST_PEOPLE * 2:
            raise ValueError("more than 5,000 people: check the load")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def to_employ(present: int, away_share: float) -> int:
    """People to employ so that `present` are there while a share of working time goes to leave, illness and breaks.

    Rounded up. Errors: ValueError for a share outside 0…1 (1 not included).
    """
    if not 0 <= away_share < 1:
        raise ValueError("the share of absence lies between 0 and 1")
    exact = present / (1 - away_share)
    return int(exact) if exact - int(exact) < 1e-9 else int(exact) + 1
