"""Ready files to try the import with: rows of the sample clinic's own invented people, a few with deliberate slips.

Only for clinics of the sample data: real people never get into a file that the portal hands out.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from dispensary.files.kinds import ADVICE, CAPACITY, HOSPITAL, NAME_LIST, OBSERVATION, FileKind
from dispensary.models import ObservationCase
from registry.models import Clinic, InsuredPerson

Row = dict[str, str]
PEOPLE = 24
# By the number of the row: what a tired person at a keyboard does to it.
SLIPS: Mapping[int, Row] = {
    2: {"DR": "31.02.1980"},
    5: {"ENP": "0000000000000000"},
    9: {"FAM": "Пр1мерова"},
    13: {"W": "не указан"},
    17: {"ENP": "", "SNILS": "", "OT": "Образцович"},
}


def sample_rows(kind: FileKind, clinic: Clinic, *, today: date, slips: bool = True) -> list[Row]:
    """Rows by the fields' codes, days as ДД.ММ.ГГГГ."""
    if kind is CAPACITY:
        return _places(clinic, today, slips)
    people = InsuredPerson.objects.filter(
        clinic=clinic, died_on__isnull=True, birth_date__lt=date(today.year - 40, 1, 1)
    )
    if kind is OBSERVATION:
        observed = ObservationCase.objects.filter(taken_off_on__isnull=True).values("person")
        people = people.exclude(pk__in=observed)
    rows = []
    for number, person in enumerate(people.order_by("enp")[:PEOPLE]):
        row = _person(clinic, person) | _rest(kind, clinic, number, today)
        rows.append(row | (SLIPS.get(number, {}) if slips else {}))
    return rows


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _person(clinic: Clinic, person: InsuredPerson) -> Row:
    return {
        "MO": clinic.mo_code,
        "ENP": person.enp,
        "SNILS": person.snils or "",
        "FAM": person.last_name,
        "IM": person.first_name,
        "OT": person.middle_name,
        "DR": _day(person.birth_date),
        "W": "Ж" if person.sex == "F" else "М",
    }


def _rest(kind: FileKind, clinic: Clinic, number: int, today: date) -> Row:
    if kind is ADVICE:
        return _advice(number, today)
    if kind is HOSPITAL:
        return _hospital(clinic, number, today)
    row = {"PROGRAMME": "Диспансеризация", "YEAR": str(today.year)}
    if kind is NAME_LIST:
        start = today + timedelta(days=14 + number)
        days = {
            "PLAN_FROM": start,
            "PLAN_TO": start + timedelta(days=14),
            "INFORM_BY": start - timedelta(days=7),
        }
        return {**row, "ROUND": "1", **{code: _day(day) for code, day in days.items()}}
    if kind is OBSERVATION:
        put_on = today - timedelta(days=200 + number * 9)
        visit = today - timedelta(days=20 + number)
        codes = ("I10", "E11.9", "J45.0", "I25.1")
        return {"ACTION": "Взят", "DS": codes[number % 4], "PUT_ON": _day(put_on), "LAST_VISIT": _day(visit)}
    came = max(today - timedelta(days=3 + number), date(today.year, 1, 1))
    if number % 7 == 6:
        return {**row, "REFUSED_ON": _day(came), "REFUSAL": "наблюдается у частного врача"}
    group = ("1", "2", "2", "3а", "3б")[number % 5]
    needed = "да" if group in {"3а", "3б"} else "нет"
    return {**row, "CAME_ON": _day(came), "STAGE1_ON": _day(came), "GROUP": group, "STAGE2_NEEDED": needed}


_ADVISED = (
    ("обследование", "УЗИ брахиоцефальных артерий"),
    ("лекарство", "Приём препаратов, снижающих холестерин, и повторный анализ"),
    ("специалист", "Консультация офтальмолога"),
    ("2 этап", "Второй этап диспансеризации"),
    ("обследование", "Повторный анализ крови на глюкозу"),
)


def _advice(number: int, today: date) -> Row:
    given = today - timedelta(days=30 + number * 4)
    kind, what = _ADVISED[number % len(_ADVISED)]
    row = {"KIND": kind, "WHAT": what, "GIVEN_ON": _day(given), "DUE_ON": _day(given + timedelta(days=45))}
    if number % 6 == 5:
        row |= {"RESULT": "выполнено", "RESULT_ON": _day(given + timedelta(days=20))}
    if number % 12 == 7:
        row |= {"RESULT": "отказ", "RESULT_ON": _day(given + timedelta(days=25)), "NOTE": "лечится платно"}
    return row


def _hospital(clinic: Clinic, number: int, today: date) -> Row:
    referred = today - timedelta(days=4 + number * 2)
    row = {
        "NUMBER": f"Н-{today.year}-{400 + number:05d}",
        "HOSPITAL": clinic.mo_code,
        "CARE": "дневной" if number % 4 == 3 else "круглосуточный",
        "PROFILE": ("кардиология", "хирургия", "офтальмология", "онкология")[number % 4],
        "SUSPICION": "онкология" if number % 4 == 3 else "",
        "REFERRED_ON": _day(referred),
        "PLANNED_ON": _day(referred + timedelta(days=10 + number)) if number % 3 else "",
    }
    if number % 8 == 6:
        row |= {"CANCELLED_ON": _day(referred + timedelta(days=3)), "REASON": "нет мест"}
    elif number % 3 == 1 and number > 6:
        row["ADMITTED_ON"] = _day(min(referred + timedelta(days=10 + number), today))
    return row


def _places(clinic: Clinic, today: date, slips: bool) -> list[Row]:
    days = [today + timedelta(days=number) for number in range(1, 22)]
    rows = [
        {
            "MO": clinic.mo_code,
            "PROGRAMME": "Диспансеризация",
            "DAY": _day(day),
            "PLACES": str(18 + day.day % 7),
        }
        for day in days
        if day.weekday() < 5
    ]
    if slips:
        rows[3]["PLACES"], rows[7]["DAY"] = "-5", _day(today - timedelta(days=1))
    return rows
