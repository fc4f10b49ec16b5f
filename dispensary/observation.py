"""Dispensary observation: which rule applies to a diagnosis, and when the next visits fall.

Pure but for `shipped_observation_rules`. Orders 168н (general) and 548н (oncology) set how *rarely* visits
may happen, so a visit window ends on the last day the order allows and opens `window_days` earlier.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from dispensary.icd10 import CodeRange, normalise
from registry.dated import Provenance, TableError, read_table

# Further ahead a plan says little: the diagnosis, the order and the clinic change.
HORIZON_MONTHS = 36


class ObservationError(ValueError):
    """No schedule can be given; the message is one line for the person who asked."""


@dataclass(frozen=True, kw_only=True)
class ObservationRule:
    """One row of an order's annex.

    `intervals_months`: months between visits in the first, second… year of observation; the last one stays.
    `duration_months` is None when observation has no fixed end; `duration` says it in words.
    `put_on_working_days`: working days from the diagnosis within which observation must begin.
    """

    ranges: tuple[CodeRange, ...]
    condition: str
    group: str
    specialist: str
    intervals_months: tuple[int, ...]
    window_days: int
    duration_months: int | None
    duration: str
    put_on_working_days: int | None
    provenance: Provenance

    def interval_after(self, months: int) -> int:
        """Months to the next visit, when so many months of observation have passed."""
        return self.intervals_months[min(months // 12, len(self.intervals_months) - 1)]


ObservationRules = tuple[ObservationRule, ...]


@dataclass(frozen=True)
class VisitWindow:
    """Days, both inclusive, within which a visit is expected."""

    opens: date
    closes: date


def rule_for(icd10: str, on: date, rules: ObservationRules) -> ObservationRule | None:
    """The most specific rule in force on the day, or None; raises `Icd10Error` for what is no code.

    Of two equally specific rules the later edition wins.
    """
    found = _match(normalise(icd10), on, rules)
    return found[1] if found else None


def schedule(
    icd10: str, put_on: date, rules: ObservationRules, *, on: date | None = None
) -> tuple[VisitWindow, ...]:
    """Windows of visits that have not closed before `on` (default: the day of putting on).

    They reach three years at most from `on`. The rule is the one in force `on`; years of observation count
    from `put_on`.

    Raises `ObservationError` when no rule applies.
    """
    start = on or put_on
    rule = _require(icd10, start, rules)[1]
    until = add_months(start, HORIZON_MONTHS)
    windows = []
    for window in _windows(rule, put_on):
        if window.closes > until:
            break
        if window.closes >= start:
            windows.append(window)
    return tuple(windows)


def next_window(rule: ObservationRule, put_on: date, last_visit: date | None) -> VisitWindow | None:
    """The window after a visit that took place; None once the observation has run its time."""
    anchor = max(last_visit or put_on, put_on)
    observed = months_between(put_on, anchor)
    closes = add_months(anchor, rule.interval_after(observed))
    if rule.duration_months is not None and closes > add_months(put_on, rule.duration_months):
        return None
    return _window(rule, anchor, closes)


def explain_schedule(icd10: str, put_on: date, rules: ObservationRules) -> dict[str, Any]:
    """The answer of `observation_schedule`: `rule` and `visits`, ready for JSON; dates are ISO."""
    matched, rule = _require(icd10, put_on, rules)
    return {
        "rule": {
            "range": str(matched),
            "condition": rule.condition,
            "specialist": rule.specialist,
            "duration": rule.duration,
            "put_on_working_days": rule.put_on_working_days,
            "confirmed": rule.provenance.confirmed,
            "source": rule.provenance.source,
        },
        "visits": [
            {"from": window.opens.isoformat(), "to": window.closes.isoformat()}
            for window in schedule(icd10, put_on, rules)
        ],
    }


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day: 31 January + 1 month is 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole months that have passed."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if add_months(start, months) > end else months


def _windows(rule: ObservationRule, put_on: date) -> Iterator[VisitWindow]:
    months = 0
    previous = put_on
    while True:
        # Counted from the first day, not from the last visit: clamped month ends must not drift.
        months += rule.interval_after(months)
        if rule.duration_months is not None and months > rule.duration_months:
            return
        closes = add_months(put_on, months)
        yield _window(rule, previous, closes)
        previous = closes


def _window(rule: ObservationRule, previous: date, closes: date) -> VisitWindow:
    opens = closes - timedelta(days=rule.window_days)
    return VisitWindow(max(opens, previous + timedelta(days=1)), closes)


def _match(code: str, on: date, rules: ObservationRules) -> tuple[CodeRange, ObservationRule] | None:
    candidates = [
        (codes, rule)
        for rule in rules
        if rule.provenance.in_force(on)
        for codes in rule.ranges
        if code in codes
    ]
    return max(candidates, key=lambda c: (c[0].precision, c[1].provenance.valid_from), default=None)


def _require(icd10: str, on: date, rules: ObservationRules) -> tuple[CodeRange, ObservationRule]:
    code = normalise(icd10)
    found = _match(code, on, rules)
    if found is None:
        raise ObservationError(f"для {code} на {on} правила диспансерного наблюдения нет")
    return found


_COLUMNS = (
    "icd10",
    "condition",
    "group",
    "specialist",
    "intervals_months",
    "window_days",
    "duration_months",
    "duration",
    "put_on_working_days",
)


def parse_observation_rules(text: str) -> ObservationRules:
    """Rules from a CSV; raises `TableError` naming the line."""
    rules = []
    for line, row in read_table(text, _COLUMNS):
        try:
            rules.append(_rule(row))
        except ValueError as error:
            raise TableError(f"observation: line {line}: {error}") from error
    return tuple(rules)


def _rule(row: dict[str, str]) -> ObservationRule:
    intervals = tuple(int(months) for months in row["intervals_months"].split(","))
    if min(intervals) < 1:
        raise ValueError("intervals_months must be at least 1")
    return ObservationRule(
        ranges=tuple(CodeRange.parse(part.strip()) for part in row["icd10"].split(",")),
        condition=row["condition"],
        group=row["group"],
        specialist=row["specialist"],
        intervals_months=intervals,
        window_days=int(row["window_days"]),
        duration_months=int(row["duration_months"]) if row["duration_months"] else None,
        duration=row["duration"],
        put_on_working_days=int(row["put_on_working_days"]) if row["put_on_working_days"] else None,
        provenance=Provenance.of(row),
    )


@cache
def shipped_observation_rules() -> ObservationRules:
    """The rules that come with the portal; an installation may hold newer ones in its database."""
    path = resources.files("dispensary") / "data" / "observation.csv"
    return parse_observation_rules(path.read_text(encoding="utf-8"))
