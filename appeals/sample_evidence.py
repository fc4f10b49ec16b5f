"""What sample clinics were asked and sample experts found, to the story of each sample appeal."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from appeals.lifecycle import Action
from appeals.models import Expertise, ExpertiseKind, ViolationCode
from appeals.sample_story import Step

ASKED = (
    "Пришлите, пожалуйста, выписку из медицинской карты за период лечения и сведения о записи на исследование.",
    "Сообщите, когда человек записывался на приём, сколько ждал и почему. Приложите копию журнала записи.",
    "Объясните, за что взята плата, и приложите договор, если он был.",
)
REPLIED = (
    "Сведения проверены. Человек записан на исследование вне очереди, выписка направлена на бумаге.",
    "Запись перенесена из-за болезни врача. Приём состоялся, человеку принесены извинения.",
    "Плата взята ошибочно, деньги вернули. С сотрудниками регистратуры проведена беседа.",
)
TASKS = (
    "Полнота и своевременность обследования и лечения.",
    "Обоснованность платы и соблюдение сроков ожидания.",
)
EXPERTS = ("Образцов П. П., терапевт", "Примерова Н. Н., невролог", "Эталонов С. С., хирург")
FOUND = (
    "Обследование назначено позже срока, стандарт выполнен не полностью. На исход лечения это не повлияло."
)
NOT_FOUND = "Помощь оказана в полном объёме и в срок. Нарушений не установлено."


def clinic_request(
    row: dict[str, Any], steps: list[Step], user_id: int | None, random: Random
) -> dict[str, Any] | None:
    """The row of a request, when the story has one."""
    at = {step.action: step.at for step in steps}
    if Action.ASK_CLINIC not in at:
        return None
    replied = at.get(Action.CLINIC_REPLIED)
    return {
        "key": UUID(int=random.getrandbits(128), version=4),
        "appeal_id": row["id"],
        "clinic_id": row["clinic_id"],
        "question": random.choice(ASKED),
        "asked_at": at[Action.ASK_CLINIC],
        "asked_by_user_id": user_id,
        "due_on": _working(at[Action.ASK_CLINIC].date() + timedelta(days=14)),
        "seen_at": replied,
        "reminded": 0,
        "reply": random.choice(REPLIED) if replied else "",
        "answered_at": replied,
        "answered_by_user_id": None,
        "by_clinic": bool(replied) and random.random() < 0.7,
    }


def expertise(
    row: dict[str, Any], steps: list[Step], user_id: int | None, random: Random
) -> Expertise | None:
    """The expertise, when the story has one; half of those that came back found something."""
    at = {step.action: step.at for step in steps}
    if Action.ORDER_EXPERTISE not in at:
        return None
    ordered, received = at[Action.ORDER_EXPERTISE], at.get(Action.EXPERTISE_RECEIVED)
    made = Expertise(
        appeal_id=row["id"],
        kind=ExpertiseKind.EKMP,
        clinic_id=row["clinic_id"],
        period_from=row["registered_on"] - timedelta(days=40),
        period_to=row["registered_on"] - timedelta(days=10),
        task=random.choice(TASKS),
        expert=random.choice(EXPERTS),
        ordered_at=ordered,
        ordered_by_user_id=user_id,
        due_on=_working(ordered.date() + timedelta(days=28)),
    )
    return _with_outcome(made, received, user_id, random) if received else made


def write_expertises(rows: list[Expertise]) -> None:
    made = Expertise.objects.bulk_create(rows)
    code = ViolationCode.objects.filter(expertise=ExpertiseKind.EKMP, valid_to=None).order_by("pk").first()
    if code is None:
        return
    through = Expertise.violations.through
    through.objects.bulk_create(
        through(expertise_id=one.pk, violationcode_id=code.pk) for one in made if one.found_violations
    )


def _with_outcome(made: Expertise, received: datetime, user_id: int | None, random: Random) -> Expertise:
    found = random.random() < 0.5
    made.received_at, made.received_by_user_id = received, user_id
    made.act_number, made.act_on = f"{random.randrange(1000)}/Э", received.date()
    made.conclusion, made.found_violations = FOUND if found else NOT_FOUND, found
    if found:
        made.unpaid, made.fine = random.randrange(50_000, 900_000), random.randrange(0, 300_000)
    return made


def _working(day: date) -> date:
    """Sample terms avoid weekends; holidays do not matter here."""
    return day + timedelta(days=max(0, 8 - day.isoweekday()) if day.isoweekday() >= 6 else 0)
