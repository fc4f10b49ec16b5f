"""Waiting times of the guarantee programme: was the help offered in time, and by which norm.

Counting: the day of the request (referral, diagnosis) is day 0, a norm of N working days ends on the N-th working
day after it. Norms in hours and minutes run by the clock when both ends are moments; given dates alone, a norm
shorter than a day ends on the same day.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from appeals.deadlines import WorkCalendar
from appeals.reference import in_force
from appeals.terms import Reason, Suspicion


class Service(StrEnum):
    """Kinds of help for which the programme sets a longest wait. Stored: do not rename the values."""

    GP = "gp"
    SPECIALIST = "specialist"
    DIAGNOSTICS = "diagnostics"
    CT_MRI = "ct_mri"
    HOSPITAL = "hospital"
    AMBULANCE = "ambulance"
    URGENT_CARE = "urgent_care"


class WaitUnit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"


BY_THE_CLOCK = {WaitUnit.MINUTE: timedelta(minutes=1), WaitUnit.HOUR: timedelta(hours=1)}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """`suspicion` None: for everybody; `region` None: for the whole country. `counted_from`: from what, in words.

    `topic` is the complaint that a breach of this norm proves, a code of form ЗПЗ.
    """

    service: Service
    suspicion: Suspicion | None
    region: str | None
    value: int
    unit: WaitUnit
    counted_from: str
    topic: str
    valid_from: date
    valid_to: date | None
    source: str
    confirmed: bool


class NormMissing(LookupError):
    """No norm is in force for the service on the day."""


class BadWait(ValueError):
    """`code`: `mixed` (a day beside a moment), `backwards` (offered before it was asked for)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wait:
    """What is to be judged. `offered` None: nothing was offered yet. A naive moment is local time."""

    service: Service
    start: date | datetime
    offered: date | datetime | None = None
    suspicion: Suspicion | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`latest` is the last lawful day or moment; `breached` and `late_by` are None while nothing was offered.

    `late_by` counts calendar days after `latest`, or whole begun units of the norm where `latest` is a moment.
    """

    norm: Norm
    latest: date | datetime
    breached: bool | None
    late_by: int | None
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, object]:
        """The answer of `waiting_norm`: dates and moments in ISO form."""
        return {
            "norm": {"value": self.norm.value, "unit": self.norm.unit.value, "source": self.norm.source},
            "latest": self.latest.isoformat(),
            "breached": self.breached,
            "late_by": self.late_by,
        }


class Norms:
    """All norms with their periods."""

    def __init__(self, rows: Iterable[Norm]) -> None:
        self._rows = tuple(rows)

    def at(
        self, service: Service, day: date, *, suspicion: Suspicion | None = None, region: str | None = None
    ) -> Norm:
        """The most specific norm in force: a suspicion counts before a region, the newest wins a tie.

        A suspicion without a norm of its own falls back to the norm for everybody. Raises NormMissing.
        """
        known = [row for row in self._rows if row.service is service]
        fitting = [
            row
            for row in known
            if in_force(row, day) and row.suspicion in (None, suspicion) and row.region in (None, region)
        ]
        if not fitting:
            since = min((row.valid_from for row in known), default=None)
            tail = f"norms are known from {since}" if since else "run manage.py load_reference"
            raise NormMissing(f"no waiting norm for {service.value} in force on {day}; {tail}")
        return max(
            fitting, key=lambda row: (row.suspicion is not None, row.region is not None, row.valid_from)
        )


def check(
    wait: Wait,
    *,
    norms: Norms,
    calendar: WorkCalendar,
    zone: ZoneInfo | None = None,
    region: str | None = None,
) -> Verdict:
    """Whether the wait kept the norm in force on its first day.

    `zone` tells on which local day a moment falls; without it the moment's own offset does. Raises NormMissing
    and BadWait; the calendar's own error for a year without data passes through.
    """
    _require_order(wait)
    norm = norms.at(wait.service, _day(wait.start, zone), suspicion=wait.suspicion, region=region)
    latest = _latest(norm, wait.start, calendar, zone)
    said = [_norm_reason(norm), Reason("latest", f"Крайний срок: {_ru(latest, zone)}")]
    if wait.offered is None:
        return Verdict(norm, latest, None, None, tuple(said))
    late = _late(norm, latest, wait.offered, zone)
    said.append(_judged(norm, latest, late))
    return Verdict(norm, latest, late > 0, late, tuple(said))


def _require_order(wait: Wait) -> None:
    if wait.offered is None:
        return
    if _shape(wait.start) != _shape(wait.offered):
        raise BadWait(
            "mixed", "start and offered must both be days, or both moments with or without an offset"
        )
    if wait.offered < wait.start:
        raise BadWait("backwards", f"offered {wait.offered} is before start {wait.start}")


def _shape(value: date | datetime) -> str:
    if not isinstance(value, datetime):
        return "day"
    return "naive" if value.tzinfo is None else "aware"


def _day(value: date | datetime, zone: ZoneInfo | None) -> date:
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(zone) if zone is not None and value.tzinfo is not None else value).date()


def _latest(
    norm: Norm, start: date | datetime, calendar: WorkCalendar, zone: ZoneInfo | None
) -> date | datetime:
    unit = BY_THE_CLOCK.get(norm.unit)
    if unit is not None and isinstance(start, datetime):
        return start + unit * norm.value
    day = _day(start, zone)
    if unit is not None:
        return day + timedelta(days=unit * norm.value // DAY)
    if norm.unit is WaitUnit.DAY:
        return day + timedelta(days=norm.value)
    return calendar.add_working(day, norm.value)


def _late(norm: Norm, latest: date | datetime, offered: date | datetime, zone: ZoneInfo | None) -> int:
    """How many days, or units of a norm by the clock, after the latest lawful time; 0 in time."""
    if isinstance(latest, datetime):
        assert isinstance(offered, datetime)  # noqa: S101 - both have one shape, see _require_order
        return max(0, math.ceil((offered - latest) / BY_THE_CLOCK[norm.unit]))
    return max(0, (_day(offered, zone) - latest).days)


_SERVICES = {
    Service.GP: "Приём участкового терапевта, врача общей практики или педиатра",
    Service.SPECIALIST: "Консультация врача-специалиста",
    Service.DIAGNOSTICS: "Рентген, УЗИ, функциональные и лабораторные исследования",
    Service.CT_MRI: "КТ, МРТ, ангиография",
    Service.HOSPITAL: "Плановая специализированная помощь в стационаре",
    Service.AMBULANCE: "Приезд скорой помощи в экстренной форме",
    Service.URGENT_CARE: "Первичная помощь в неотложной форме",
}
_SUSPICIONS = {
    Suspicion.ONCOLOGY: "при подозрении на онкологическое заболевание",
    Suspicion.CARDIOVASCULAR: "при подозрении на болезнь сердца или сосудов",
}
# After «не более»: genitive, one and many. After «на»: accusative, one, a few and many.
_LIMIT = {
    WaitUnit.MINUTE: ("минуты", "минут"),
    WaitUnit.HOUR: ("часа", "часов"),
    WaitUnit.DAY: ("календарного дня", "календарных дней"),
    WaitUnit.WORKING_DAY: ("рабочего дня", "рабочих дней"),
}
_COUNTED = {
    WaitUnit.MINUTE: ("минуту", "минуты", "минут"),
    WaitUnit.HOUR: ("час", "часа", "часов"),
    WaitUnit.DAY: ("день", "дня", "дней"),
}


def _norm_reason(norm: Norm) -> Reason:
    what = _SERVICES[norm.service]
    if norm.suspicion is not None:
        what = f"{what} {_SUSPICIONS[norm.suspicion]}"
    one = norm.value % 10 == 1 and norm.value % 100 != 11
    limit = f"{norm.value} {_LIMIT[norm.unit][0 if one else 1]}"
    doubt = "" if norm.confirmed else "; источник не подтверждён, проверьте"
    return Reason("norm", f"{what}: не более {limit} {norm.counted_from} ({norm.source}{doubt})")


def _judged(norm: Norm, latest: date | datetime, late: int) -> Reason:
    if not late:
        return Reason("kept", "Срок соблюдён")
    unit = norm.unit if isinstance(latest, datetime) else WaitUnit.DAY
    return Reason("breached", f"Срок нарушен на {late} {_plural(late, _COUNTED[unit])}")


def _plural(count: int, words: tuple[str, str, str]) -> str:
    if count % 10 == 1 and count % 100 != 11:
        return words[0]
    return words[1] if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14 else words[2]


def _ru(value: date | datetime, zone: ZoneInfo | None) -> str:
    if not isinstance(value, datetime):
        return f"{value:%d.%m.%Y}"
    local = value.astimezone(zone) if zone is not None and value.tzinfo is not None else value
    return f"{local:%d.%m.%Y, %H:%M}"
