"""What must hold for every appeal in the tables, whoever wrote it. Reads only; for the command and the tests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from appeals.lifecycle import OPEN, WAITING, Action, State
from appeals.models import (
    Appeal,
    AppealEvent,
    AppealMessage,
    ClinicRequest,
    Expertise,
    HandOver,
    HandOverState,
)
from appeals.numbering import BadNumber, parse_number
from appeals.stories import Problem, Told, problems_of

# A forgotten appeal is found by the sweep within a minute; after an hour something is wrong with the sweep.
FORGOTTEN = timedelta(hours=1)
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Violation:
    number: str
    code: str
    text: str


def violations(*, now: datetime, region: str = "") -> Iterator[Violation]:
    """Every violation found, of one region or of all. Memory does not grow with the tables."""
    rows = Appeal.objects.all()
    if region:
        rows = rows.filter(region=region)
    for code, (text, wrong) in _faults(now).items():
        for number in rows.filter(wrong).order_by("pk").values_list("number", flat=True).iterator(CHUNK):
            yield Violation(number, code, text)
    yield from _versions(rows)
    yield from _stories(rows)


def _faults(now: datetime) -> Mapping[str, tuple[str, Q]]:
    """By code: what is wrong, and the condition that finds it."""
    mine = {"appeal": OuterRef("pk")}
    offers = HandOver.objects.filter(**mine, state=HandOverState.OFFERED)
    questions = AppealMessage.objects.filter(**mine, is_question=True)
    asked = ClinicRequest.objects.filter(**mine)
    checks = Expertise.objects.filter(**mine, received_at__isnull=True)
    answers = AppealEvent.objects.filter(**mine, action=Action.ANSWER)
    is_open, waits = Q(state__in=sorted(OPEN)), Q(state__in=sorted(WAITING))
    answered = Q(state=State.ANSWERED)
    return {
        "no_due_date": ("открыто без срока", is_open & (Q(due_on=None) | Q(due_at=None))),
        "no_answer": (
            "ответ отмечен, а его нет",
            answered & (Q(answer="") | Q(answered_at=None) | Q(~Exists(answers))),
        ),
        "not_routed": (
            "больше часа не распределено",
            Q(state=State.REGISTERED, routed_at=None, registered_at__lt=now - FORGOTTEN),
        ),
        "offer_differs": (
            "предложение другому уровню не совпадает с записью о нём",
            (Q(offered_level=None) & Q(Exists(offers)))
            | (
                Q(offered_level__isnull=False) & Q(~Exists(offers.filter(to_level=OuterRef("offered_level"))))
            ),
        ),
        "nobody_was_asked": (
            "ждёт, но никто не спрошен",
            (Q(state=State.AWAITING_APPLICANT) & Q(~Exists(questions)))
            | (Q(state=State.AWAITING_CLINIC) & Q(~Exists(asked)))
            | (Q(state=State.AWAITING_EXPERTISE) & Q(~Exists(checks))),
        ),
        "target_while_waiting": ("внутренний срок идёт во время ожидания", waits & ~Q(target_on=None)),
        "reminded_when_over": ("завершено, а напоминание ещё будет", ~is_open & ~Q(next_step_at=None)),
        "wrong_hands": (
            "у представителя другой организации или уровня",
            is_open
            & Q(assignee__isnull=False)
            & (~Q(assignee__organization=F("organization")) | ~Q(assignee__level=F("level"))),
        ),
    }


def _versions(rows: QuerySet[Appeal]) -> Iterator[Violation]:
    """Each step counts the version up once and leaves one event: a lost update shows here."""
    counted = rows.annotate(steps=Count("events")).exclude(version=F("steps")).order_by("pk")
    for number, version, steps in counted.values_list("number", "version", "steps").iterator(CHUNK):
        yield Violation(number, "version_differs", f"версия {version}, событий {steps}")


def _stories(rows: QuerySet[Appeal]) -> Iterator[Violation]:
    told = AppealEvent.objects.filter(appeal__in=rows).order_by("appeal_id", "pk")
    columns = (
        "appeal_id", "appeal__number", "appeal__state", "action", "from_state", "to_state", "actor_role", "at",
    )  # fmt: skip
    for _pk, group in groupby(told.values_list(*columns).iterator(CHUNK), key=lambda row: row[0]):
        events = list(group)
        number, state = events[0][1], events[0][2]
        problems = problems_of([Told(*event[3:]) for event in events], state)
        if not _numbered(number):
            problems.append(Problem("bad_number", "контрольная цифра номера не сходится"))
        yield from (Violation(number, problem.code, problem.text) for problem in problems)
    silent = rows.filter(~Exists(AppealEvent.objects.filter(appeal=OuterRef("pk"))))
    for number in silent.values_list("number", flat=True).iterator(CHUNK):
        yield Violation(number, "no_events", "нет ни одного события")


def _numbered(number: str) -> bool:
    try:
        parse_number(number)
    except BadNumber:
        return False
    return True
