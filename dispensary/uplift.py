"""What inviting was worth: people invited against people left out by lot. Pure.

Everybody who was to be invited counts, reached or not: comparing only those who were reached with the hold-out
would credit the campaign with the better health and the working phones of people who are easy to reach.
"""

from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

# The 97.5th percentile of the normal distribution: an interval that holds in 95 of 100 campaigns.
_Z = 1.959964


@dataclass(frozen=True, kw_only=True)
class Group:
    people: int
    came: int

    @property
    def share(self) -> float:
        return self.came / self.people


class Interval(NamedTuple):
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Uplift:
    """Difference of the shares who came, invited less left out, in 0…1; with its 95 % interval."""

    invited: Group
    left_out: Group
    difference: float
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        """Whether the interval excludes zero."""
        return self.low > 0 or self.high < 0


def uplift(invited: Group, left_out: Group) -> Uplift | None:
    """None where one of the groups is empty. The interval is Newcombe's hybrid of two Wilson intervals, which
    stays true for small groups and shares near 0 and 1."""
    if not invited.people or not left_out.people:
        return None
    of_a, of_b = interval(invited), interval(left_out)
    a, b = invited.share, left_out.share
    return Uplift(
        invited=invited,
        left_out=left_out,
        difference=a - b,
        low=a - b - sqrt((a - of_a.low) ** 2 + (of_b.high - b) ** 2),
        high=a - b + sqrt((of_a.high - a) ** 2 + (b - of_b.low) ** 2),
    )


def interval(group: Group) -> Interval:
    """The share's 95 % interval by Wilson's score, in 0…1. The group must not be empty."""
    n, p = group.people, group.share
    middle = p + _Z**2 / (2 * n)
    half = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    scale = 1 + _Z**2 / n
    return Interval((middle - half) / scale, (middle + half) / scale)
