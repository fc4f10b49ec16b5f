"""Coverage: what became of everybody who was planned, and the proof that nobody is missing.

Pure. Two independent counts meet here: how many were *planned* (rows of the plan) and how many are in each
*outcome* (rows of work done). Were the plan computed from the outcomes, the check could never fail.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from notifications.states import State


class Outcome(StrEnum):
    INFORMED = "informed"
    EXCLUDED = "excluded"
    FAILED = "failed"
    PENDING = "pending"


# Unknown is still being asked about, so it is pending: a promise page must not count a guess as done.
_OUTCOME_OF_MESSAGE = {
    State.PENDING: Outcome.PENDING,
    State.CLAIMED: Outcome.PENDING,
    State.CARRIED: Outcome.PENDING,
    State.UNKNOWN: Outcome.PENDING,
    State.SENT: Outcome.INFORMED,
    State.DELIVERED: Outcome.INFORMED,
    State.FAILED: Outcome.FAILED,
    State.EXPIRED: Outcome.FAILED,
    State.EXCLUDED: Outcome.EXCLUDED,
    State.CANCELLED: Outcome.EXCLUDED,
}


def outcome_of_message(state: State) -> Outcome:
    """Where a message's state is counted."""
    return _OUTCOME_OF_MESSAGE[state]


@dataclass(frozen=True, kw_only=True)
class OutcomeRow:
    """One row of a grouped count: `people` with the outcome, `came` of them to the exam."""

    group: str
    outcome: Outcome
    people: int
    came: int = 0


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Counts of people. `came` are those of the informed who came; others may come unasked."""

    planned: int
    informed: int = 0
    excluded: int = 0
    failed: int = 0
    pending: int = 0
    came: int = 0

    @property
    def accounted(self) -> int:
        return self.informed + self.excluded + self.failed + self.pending

    @property
    def informed_share(self) -> Fraction | None:
        """Of the planned; None when nobody was planned."""
        return Fraction(self.informed, self.planned) if self.planned else None

    @property
    def came_share(self) -> Fraction | None:
        """Of the informed; None when nobody was informed."""
        return Fraction(self.came, self.informed) if self.informed else None


@dataclass(frozen=True)
class Discrepancy:
    """A sum that does not hold, in words for the promise page and the supervisor."""

    code: str
    group: str
    text: str


def tally(planned: Mapping[str, int], rows: Iterable[OutcomeRow]) -> dict[str, Coverage]:
    """Coverage of every group of the plan, and of groups that only the outcomes know (planned 0)."""
    counts: dict[str, dict[str, int]] = {group: {} for group in planned}
    for row in rows:
        group = counts.setdefault(row.group, {})
        group[row.outcome.value] = group.get(row.outcome.value, 0) + row.people
        if row.outcome is Outcome.INFORMED:
            group["came"] = group.get("came", 0) + row.came
    return {group: Coverage(planned=planned.get(group, 0), **parts) for group, parts in counts.items()}


def total(parts: Iterable[Coverage]) -> Coverage:
    """The sum of groups that do not overlap."""
    every = list(parts)
    return Coverage(
        planned=sum(c.planned for c in every),
        informed=sum(c.informed for c in every),
        excluded=sum(c.excluded for c in every),
        failed=sum(c.failed for c in every),
        pending=sum(c.pending for c in every),
        came=sum(c.came for c in every),
    )


def discrepancies(groups: Mapping[str, Coverage]) -> tuple[Discrepancy, ...]:
    """Every sum that does not hold: planned = informed + excluded + failed + pending, came ≤ informed."""
    return tuple(found for group, coverage in groups.items() for found in _of_group(group, coverage))


def _of_group(group: str, counts: Coverage) -> Iterable[Discrepancy]:
    named = {
        "информированы": counts.informed,
        "исключены": counts.excluded,
        "не удалось": counts.failed,
        "ожидают": counts.pending,
    }
    negative = {"запланированы": counts.planned, "пришли": counts.came} | named
    for name, number in negative.items():
        if number < 0:
            yield Discrepancy("negative", group, f"{group}: {name} {number}, меньше нуля")
    gap = counts.planned - counts.accounted
    if gap:
        parts = " + ".join(f"{name} {number}" for name, number in named.items())
        code, what = ("lost", "не учтены") if gap > 0 else ("surplus", "лишние")
        text = f"{group}: запланированы {counts.planned}, а {parts} = {counts.accounted}; {what} {abs(gap)}"
        yield Discrepancy(code, group, text)
    if counts.came > counts.informed:
        text = f"{group}: пришли {counts.came}, больше информированных {counts.informed}"
        yield Discrepancy("came_exceeds_informed", group, text)
