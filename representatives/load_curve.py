"""What comes in on an ordinary working day, measured from the roll-up of the last quarter."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from registry.models import Organization
from registry.selectors import work_calendar
from registry.workdays import CalendarMissing
from representatives.models import IncomingCount, IncomingKind

MEASURED_DAYS = 91
# With fewer calls the curve would be chance: an even day from 9 to 18 stands in for it.
FEWEST_CALLS = 50
EVEN = dict.fromkeys(range(9, 18), 1 / 9)


@dataclass(frozen=True, slots=True)
class Measured:
    """Means of a working day between `first` and `last`. `curve` is each hour's share of the day's calls and adds
    up to 1; `is_even` says that too few calls were measured to know it. `cases` are written cases by level."""

    first: date
    last: date
    working_days: int
    calls: int = 0
    curve: dict[int, float] = field(default_factory=lambda: dict(EVEN))
    is_even: bool = True
    cases: dict[int, float] = field(default_factory=dict)

    @property
    def calls_a_day(self) -> float:
        return self.calls / self.working_days if self.working_days else 0.0


def measured(organizations: QuerySet[Organization], region: str, *, on: date) -> Measured:
    """The quarter before `on`, working days only. Three queries, whatever the number of cases."""
    first, last = on - timedelta(days=MEASURED_DAYS), on - timedelta(days=1)
    is_working = _working(region, first, last)
    days = [first + timedelta(days=step) for step in range(MEASURED_DAYS)]
    working = {day for day in days if is_working(day)}
    rows = (
        IncomingCount.objects.filter(organization__in=organizations.values("pk"), day__range=(first, last))
        .values_list("day", "hour", "kind", "level")
        .annotate(total=Sum("count"))
        .order_by()
    )
    by_hour: dict[int, int] = {}
    written: dict[int, int] = {}
    for day, hour, kind, level, total in rows:
        if kind == IncomingKind.WRITTEN:
            # What comes on a day off is worked on the next working day: it belongs to the load all the same.
            written[level] = written.get(level, 0) + total
        elif day in working:
            by_hour[hour] = by_hour.get(hour, 0) + total
    calls = sum(by_hour.values())
    known = calls >= FEWEST_CALLS
    return Measured(
        first=first,
        last=last,
        working_days=len(working),
        calls=calls,
        curve={hour: by_hour[hour] / calls for hour in sorted(by_hour)} if known else dict(EVEN),
        is_even=not known,
        cases={level: total / len(working) for level, total in written.items() if working},
    )


def _working(region: str, first: date, last: date) -> Callable[[date], bool]:
    """The region's calendar; where a year is not loaded, Monday to Friday: this is an estimate, not a term."""
    calendar = work_calendar(region, {first.year, last.year})

    def is_working(day: date) -> bool:
        try:
            return calendar.is_working(day)
        except CalendarMissing:
            return day.weekday() < 5

    return is_working
