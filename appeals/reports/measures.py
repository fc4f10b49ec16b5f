"""What a cell of the report holds, and the rates made of it. Pure.

Counts add up; rates and percentiles do not, so they are always made from the added counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from math import ceil

# Rates are told in tenths of a per cent; a rate of nothing is unknown, not zero.
Share = float | None


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts of appeals registered in a period. `days_taken`: how many answers took how many calendar days."""

    appeals: int = 0
    consultations: int = 0
    complaints: int = 0
    written: int = 0
    judged: int = 0
    justified: int = 0
    answered: int = 0
    in_time: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    forwarded: int = 0
    declined: int = 0
    withdrawn: int = 0
    repeated: int = 0
    handed_over: int = 0
    surveyed: int = 0
    solved: int = 0
    stars: int = 0
    days_taken: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: "Sums") -> "Sums":
        added = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        taken = dict(self.days_taken)
        for days, answers in other.days_taken.items():
            taken[days] = taken.get(days, 0) + answers
        return Sums(**added, days_taken=taken)

    @property
    def oral(self) -> int:
        return self.appeals - self.written

    @property
    def consultation_share(self) -> Share:
        """Of consultations and complaints together, as the funds publish it."""
        return share(self.consultations, self.consultations + self.complaints)

    @property
    def complaint_share(self) -> Share:
        return share(self.complaints, self.consultations + self.complaints)

    @property
    def justified_share(self) -> Share:
        """Of the complaints that were judged."""
        return share(self.justified, self.judged)

    @property
    def in_time_share(self) -> Share:
        """Of those answered and those whose term passed without an answer: an unanswered one is no success."""
        return share(self.in_time, self.answered + self.overdue)

    @property
    def solved_share(self) -> Share:
        return share(self.solved, self.surveyed)

    @property
    def satisfaction(self) -> float | None:
        """Mean of the marks from 1 to 5."""
        return round(self.stars / self.surveyed, 2) if self.surveyed else None

    @property
    def median_days(self) -> int | None:
        return percentile(self.days_taken, 50)

    @property
    def ninth_decile_days(self) -> int | None:
        return percentile(self.days_taken, 90)


COUNTS = tuple(one.name for one in fields(Sums) if one.name != "days_taken")
RATES = (
    "consultation_share", "complaint_share", "justified_share", "in_time_share", "solved_share", "satisfaction",
    "median_days", "ninth_decile_days",
)  # fmt: skip


def total(parts: Iterable[Sums]) -> Sums:
    return sum(parts, Sums())


def share(part: int, whole: int) -> Share:
    """Per cent with one decimal, half up; None of nothing."""
    return None if whole == 0 else (2000 * part + whole) // (2 * whole) / 10


def percentile(days_taken: Mapping[int, int], percent: int) -> int | None:
    """The least number of days within which `percent` per cent of the answers were given (nearest rank)."""
    answers = sum(days_taken.values())
    if not answers:
        return None
    rank = max(1, ceil(answers * percent / 100))
    for days in sorted(days_taken):
        rank -= days_taken[days]
        if rank <= 0:
            return days
    raise AssertionError("the ranks end before the answers do")
