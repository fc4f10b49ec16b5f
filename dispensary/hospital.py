"""Was planned hospitalisation offered in time? Pure: the days and the last lawful day come in, a verdict comes out.

Which day is the last lawful one follows from the guarantee programme, whose norms live in the wing of appeals: the
portal joins the two at start, see `waits`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# So many days before the last lawful day somebody should look why there is no bed yet.
SOON = timedelta(days=3)


class Standing(StrEnum):
    WAITING = "waiting"
    SOON = "soon"
    PLANNED_LATE = "planned_late"
    OVERDUE = "overdue"
    ADMITTED = "admitted"
    ADMITTED_LATE = "admitted_late"
    CANCELLED = "cancelled"


# The person waited, or is going to wait, longer than the programme allows: a complaint is well founded.
BREACHES = frozenset({Standing.PLANNED_LATE, Standing.OVERDUE, Standing.ADMITTED_LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The days of one referral; `latest` is None where no norm of waiting is known."""

    latest: date | None
    planned_on: date | None = None
    admitted_on: date | None = None
    cancelled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """`late_by`: calendar days after the last lawful day, 0 where it was kept."""

    standing: Standing
    late_by: int
    text: str

    @property
    def breached(self) -> bool:
        return self.standing in BREACHES


def judge(stay: Stay, today: date) -> Judged:
    """How the referral stands. A cancelled one breaches nothing: why it was cancelled is another question."""
    latest, planned = stay.latest, stay.planned_on
    if stay.cancelled_on is not None:
        return Judged(Standing.CANCELLED, 0, f"Отменена {stay.cancelled_on:%d.%m.%Y}")
    if stay.admitted_on is not None:
        return _admitted(stay.admitted_on, latest)
    if latest is None:
        return Judged(Standing.WAITING, 0, "Предельный срок для этого направления не установлен")
    if today > latest:
        return Judged(
            Standing.OVERDUE,
            (today - latest).days,
            f"Предельный срок вышел {latest:%d.%m.%Y}, человек не госпитализирован",
        )
    if planned is not None and planned > latest:
        words = f"Назначено на {planned:%d.%m.%Y}, позже предельного срока {latest:%d.%m.%Y}"
        return Judged(Standing.PLANNED_LATE, (planned - latest).days, words)
    if planned is None and today >= latest - SOON:
        return Judged(Standing.SOON, 0, f"День не назначен, предельный срок {latest:%d.%m.%Y}")
    return Judged(Standing.WAITING, 0, f"Предельный срок {latest:%d.%m.%Y}")


def _admitted(day: date, latest: date | None) -> Judged:
    if latest is None or day <= latest:
        return Judged(Standing.ADMITTED, 0, f"Госпитализирован {day:%d.%m.%Y}, срок соблюдён")
    words = f"Госпитализирован {day:%d.%m.%Y}, предельный срок был {latest:%d.%m.%Y}"
    return Judged(Standing.ADMITTED_LATE, (day - latest).days, words)
