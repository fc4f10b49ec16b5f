"""What is asked of the report: whose appeals, which period, which breakdown, as of which count. Pure."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

# The institute began in 2016; a report of more than ten years is a slip of the keyboard.
FIRST_YEAR = 2016
LAST_YEAR = 2100
MOST_DAYS = 3660

WRONG = {
    "period_reversed": "Период заканчивается раньше, чем начинается: поменяйте даты местами.",
    "period_too_early": "Обращения учитываются с 2016 года: укажите более позднюю дату.",
    "period_too_late": "Проверьте год: такой даты в отчёте быть не может.",
    "period_too_long": "Период длиннее десяти лет: выберите более короткий.",
    "unknown_dimension": "Такого разреза в отчёте нет.",
    "unknown_measure": "Такого показателя в отчёте нет.",
    "unknown_value": "Такого значения в отчёте нет.",
}


class WrongQuery(ValueError):
    """`code` is stable; `text` is for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = WRONG[code]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose report it is: `R39` a region, `O12` an organisation that answers, `C7` a clinic."""

    kind: str
    key: str

    @classmethod
    def read(cls, text: str) -> "Owner | None":
        found = re.fullmatch(r"(R)([0-9]{2})|([OC])([0-9]{1,18})", text)
        return cls(found[1] or found[3], found[2] or found[4]) if found else None

    def __str__(self) -> str:
        return f"{self.kind}{self.key}"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both ends included. Raises WrongQuery."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise WrongQuery("period_reversed")
        if self.first.year < FIRST_YEAR:
            raise WrongQuery("period_too_early")
        if self.last.year > LAST_YEAR:
            raise WrongQuery("period_too_late")
        if (self.last - self.first).days >= MOST_DAYS:
            raise WrongQuery("period_too_long")

    @property
    def is_whole_months(self) -> bool:
        return self.first.day == 1 and self.last == month_end(self.last)

    def before(self) -> "Period | None":
        """The period it is compared with: as many whole months, else as many days, right before it."""
        if self.is_whole_months:
            first = self.first
            for _ in range(12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1):
                first = (first - timedelta(days=1)).replace(day=1)
        else:
            first = self.first - timedelta(days=(self.last - self.first).days + 1)
        return None if first.year < FIRST_YEAR else Period(first, self.first - timedelta(days=1))

    def year_before(self) -> "Period | None":
        """The same days of the year before; 29 February becomes the 28th."""
        first, last = _year_back(self.first), _year_back(self.last)
        if self.is_whole_months:
            last = month_end(last)
        return None if first.year < FIRST_YEAR else Period(first, last)

    def split(self, counted_on: date) -> tuple[list[date], list["Period"]]:
        """First days of the months that lie in it whole, and what is left over at the ends.

        Nothing is registered after the day of the count: a month that the count has not passed is whole as soon
        as the period reaches that day.
        """
        months: list[date] = []
        rest: list[Period] = []
        first = self.first
        while first <= self.last:
            end = month_end(first)
            if first.day == 1 and (end <= self.last or self.last >= counted_on):
                months.append(first)
            else:
                rest.append(Period(first, min(end, self.last)))
            first = end + timedelta(days=1)
        return months, rest


@dataclass(frozen=True, slots=True)
class Query:
    """`filters`: value by dimension. `run` is the number of the count; the same query answers the same for ever."""

    owner: Owner
    period: Period
    run: int
    filters: Mapping[str, str] = field(default_factory=dict)

    def narrowed(self, dimension: str, value: str) -> "Query":
        return replace(self, filters={**self.filters, dimension: value})

    def during(self, period: Period) -> "Query":
        return replace(self, period=period)


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_of(period: Period) -> list[date]:
    """First days of the months a period touches."""
    found, first = [], period.first.replace(day=1)
    while first <= period.last:
        found.append(first)
        first = month_end(first) + timedelta(days=1)
    return found


def _year_back(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
