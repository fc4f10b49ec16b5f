"""Reporting periods of the form: a month, a quarter, and the usual sums since the beginning of the year. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

MONTHS = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)
# Code → first month, last month, words.
_SPANS: dict[str, tuple[int, int, str]] = {
    **{f"M{number:02}": (number, number, name) for number, name in enumerate(MONTHS, 1)},
    "Q1": (1, 3, "I квартал"),
    "Q2": (4, 6, "II квартал"),
    "Q3": (7, 9, "III квартал"),
    "Q4": (10, 12, "IV квартал"),
    "H1": (1, 6, "январь–июнь"),
    "N9": (1, 9, "январь–сентябрь"),
    "Y": (1, 12, "год"),
}
CODES = tuple(_SPANS)
FIRST_YEAR = 2023  # the form is in force since then
LAST_YEAR = 2100


@dataclass(frozen=True, slots=True)
class Period:
    """Errors: ValueError for a code or a year there is not."""

    year: int
    code: str

    def __post_init__(self) -> None:
        if self.code not in _SPANS:
            raise ValueError(f"нет такого отчётного периода: {self.code!r}")
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"форма ЗПЗ составляется с {FIRST_YEAR} года, указан {self.year}")

    @property
    def first_day(self) -> date:
        return date(self.year, _SPANS[self.code][0], 1)

    @property
    def last_day(self) -> date:
        month = _SPANS[self.code][1]
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def words(self) -> str:
        name = _SPANS[self.code][2]
        return f"{self.year} год" if self.code == "Y" else f"{name} {self.year} года"

    def is_over(self, today: date) -> bool:
        return today > self.last_day


def choices() -> list[tuple[str, str]]:
    return [(code, name) for code, (_first, _last, name) in _SPANS.items()]


def last_quarter(today: date) -> Period:
    """The last quarter that is over: what people usually come to report."""
    quarter = (today.month - 1) // 3
    return Period(today.year, f"Q{quarter}") if quarter else Period(today.year - 1, "Q4")


def last_month(today: date) -> Period:
    """The last month that is over."""
    return Period(today.year, f"M{today.month - 1:02}") if today.month > 1 else Period(today.year - 1, "M12")
