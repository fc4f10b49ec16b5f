"""A clinic's duty posts: a weekly pattern laid over days, without holidays and absences. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta


@dataclass(frozen=True, slots=True)
class Post:
    """One line of the pattern, in force from `valid_from` to `valid_to`; `away` are the person's absences."""

    weekday: int
    starts: time
    ends: time
    room: str
    name: str
    phone: str
    organization: str
    valid_from: date
    valid_to: date | None = None
    away: tuple[tuple[date, date], ...] = ()

    def held_on(self, day: date) -> bool:
        in_force = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return in_force and day.weekday() == self.weekday and not any(a <= day <= b for a, b in self.away)


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    is_working: bool
    posts: tuple[Post, ...]


def days_ahead(
    posts: Iterable[Post], first: date, is_working: Callable[[date], bool], count: int = 7
) -> tuple[Day, ...]:
    """`count` days from `first` on. On a day that is not worked nobody is on duty."""
    given = sorted(posts, key=lambda post: (post.starts, post.organization, post.name))
    days = []
    for step in range(count):
        when = first + timedelta(days=step)
        working = is_working(when)
        days.append(Day(when, working, tuple(p for p in given if working and p.held_on(when))))
    return tuple(days)
