"""Who takes the next case. Pure: what is known about the candidates and the case comes in, a choice with its
reason goes out; the same facts give the same choice in whatever order the candidates are listed.

Whoever may not take the case is left out: another level, no valid special training, absent, not at work when the
case cannot wait, or in a conflict of interest. Of the rest the one with the smallest open load for the capacity
takes it, then whoever has waited longest for a case, then the lowest number.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from fractions import Fraction

REASONS = {
    "only_one": "Единственный свободный представитель, подходящий для этого обращения",
    "least_loaded": "Наименьшая загрузка: {open} из {capacity} обращений в работе",
    "longest_idle": "Загрузка одинаковая; дольше всех не получал новых обращений",
    "first_in_order": "Загрузка и время ожидания одинаковые; выбран первый по списку",
    "over_capacity": "У всех подходящих представителей работы больше нормы; выбран наименее загруженный: "
    "{open} из {capacity}. Руководителю стоит распределить нагрузку",
    "no_candidates": "В организации нет представителей нужного уровня",
    "nobody_trained": "Нет представителя нужного уровня с действующей специальной подготовкой",
    "nobody_present": "Все подготовленные представители сейчас отсутствуют",
    "all_in_conflict": "У всех присутствующих представителей конфликт интересов",
    "nobody_takes_cases": "Подходящие представители сейчас не принимают обращения: у них нулевая норма",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """`hours` are local times of the region, the end not included; without them the person works at any hour.
    `capacity` is the number of open cases held to be a full load; 0 takes none."""

    id: int
    level: int
    trained: bool
    capacity: int
    open_cases: int = 0
    last_assigned_at: datetime | None = None
    absences: tuple[tuple[date, date], ...] = ()
    hours: tuple[time, time] | None = None
    conflict_clinics: frozenset[int] = field(default_factory=frozenset)
    conflict_people: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Case:
    """`people` are the applicant and the concerned person. `begins_on` is the day on which the work can begin,
    such as the next working day; without it the day of `now`. `at_once`: it cannot wait for the working hours."""

    level: int
    clinic_id: int | None = None
    people: frozenset[int] = field(default_factory=frozenset)
    begins_on: date | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Without a representative the case waits in the queue, and the reason says why."""

    representative_id: int | None
    code: str
    text: str


def choose(candidates: Iterable[Candidate], case: Case, now: datetime) -> Choice:
    """Picks who takes the case. `now` must be aware and in the zone of the region: hours are local.

    Errors: ValueError for a naive `now`.
    """
    if now.tzinfo is None:
        raise ValueError("now must carry a time zone")
    left = [one for one in candidates if one.level == case.level]
    if not left:
        return _nobody("no_candidates")
    for code, fits in (
        ("nobody_trained", lambda one: one.trained),
        ("nobody_present", lambda one: is_present(one, case, now)),
        ("all_in_conflict", lambda one: not in_conflict(one, case)),
        ("nobody_takes_cases", lambda one: one.capacity > 0),
    ):
        left = [one for one in left if fits(one)]
        if not left:
            return _nobody(code)
    return _pick(left)


def is_present(candidate: Candidate, case: Case, now: datetime) -> bool:
    """Not absent on the day the work begins and, for a case that cannot wait, at work this very moment."""
    if _absent(candidate, case.begins_on or now.date()):
        return False
    if not case.at_once:
        return True
    if _absent(candidate, now.date()):
        return False
    return candidate.hours is None or candidate.hours[0] <= now.time() < candidate.hours[1]


def in_conflict(candidate: Candidate, case: Case) -> bool:
    return case.clinic_id in candidate.conflict_clinics or not candidate.conflict_people.isdisjoint(
        case.people
    )


def _absent(candidate: Candidate, day: date) -> bool:
    return any(first <= day <= last for first, last in candidate.absences)


def _load(candidate: Candidate) -> Fraction:
    return Fraction(candidate.open_cases, candidate.capacity)


def _waiting_since(candidate: Candidate) -> tuple[int, float]:
    """Sorts whoever never had a case before everybody else."""
    at = candidate.last_assigned_at
    return (0, 0.0) if at is None else (1, at.timestamp())


def _pick(fit: list[Candidate]) -> Choice:
    ranked = sorted(fit, key=lambda one: (_load(one), _waiting_since(one), one.id))
    best, rest = ranked[0], ranked[1:]
    if _load(best) >= 1:
        code = "over_capacity"
    elif not rest:
        code = "only_one"
    elif _load(best) < _load(rest[0]):
        code = "least_loaded"
    elif _waiting_since(best) < _waiting_since(rest[0]):
        code = "longest_idle"
    else:
        code = "first_in_order"
    return Choice(best.id, code, REASONS[code].format(open=best.open_cases, capacity=best.capacity))


def _nobody(code: str) -> Choice:
    return Choice(None, code, REASONS[code])
