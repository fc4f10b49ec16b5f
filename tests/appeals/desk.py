"""The desk as tests use it: somebody of the staff at a browser, and cases in every state."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals import services
from appeals.actors import Actor
from appeals.lifecycle import State
from appeals.models import Appeal, Attachment, ScanVerdict
from registry.models import User
from tests.appeals.factories import about, filed, question
from tests.cast import Cast


def at_desk(user: User) -> Client:
    """A browser of somebody of the staff, signed in; the second factor is the business of tests/accounts."""
    client = Client()
    client.force_login(user)
    return client


def in_state(state: State, cast: Cast, now: datetime, *, level: int = 2) -> Appeal:
    """A complaint of level 2 or 3, or a question of level 1, brought to the state by the services alone."""
    appeal = filed(
        question(cast) if level == 1 else about(cast, topic="3.1.4" if level == 2 else "3.1.6"), now
    )
    assert appeal.level == level
    boss = Actor.of(cast.scope("supervisor"))
    act: dict[str, Any] = {"appeal_id": appeal.pk, "actor": boss, "now": now}
    if state is State.REGISTERED:
        return appeal
    if state is State.AWAITING_EXPERTISE:
        act["actor"] = Actor.of(cast.scope("expert"))
    services.take(**act)
    ends: dict[State, Callable[[], object]] = {
        State.AWAITING_APPLICANT: lambda: services.ask_applicant(**act, question="Когда это было?"),
        State.AWAITING_CLINIC: lambda: services.ask_clinic(
            **act, clinic_id=cast.clinic.pk, question="Пришлите выписку"
        ),
        State.AWAITING_EXPERTISE: lambda: services.order_expertise(**act, order=order(cast)),
        State.IN_REVIEW: lambda: services.submit_for_review(**act, answer="Проект ответа"),
        State.ANSWERED: lambda: services.answer(**act, text="Ответ по существу"),
        State.FORWARDED: lambda: services.forward(
            **act, addressee="roszdravnadzor", letter="Просим рассмотреть"
        ),
        State.WITHDRAWN: lambda: services.withdraw(**act, statement="Больше не нужно"),
        State.DECLINED: lambda: services.decline(**act, ground="abusive", reason="Оскорбления"),
    }
    if state in ends:
        ends[state]()
    elif state is State.CLOSED:
        services.answer(**act, text="Ответ по существу")
        services.close(**act)
    elif state is not State.IN_PROGRESS:
        raise LookupError(f"no way to {state} yet")
    appeal.refresh_from_db()
    return appeal


def order(cast: Cast, **changes: Any) -> services.Order:
    values: dict[str, Any] = {
        "kind": "ekmp",
        "clinic_id": cast.clinic.pk,
        "period_from": date(2026, 5, 1),
        "period_to": date(2026, 5, 20),
        "task": "Полнота обследования",
        "expert": "Образцов П. П., терапевт",
    }
    return services.Order(**{**values, **changes})


# The states that an appeal can be in once it is registered.
REACHABLE = (
    State.REGISTERED,
    State.IN_PROGRESS,
    State.AWAITING_APPLICANT,
    State.AWAITING_CLINIC,
    State.AWAITING_EXPERTISE,
    State.IN_REVIEW,
    State.ANSWERED,
    State.FORWARDED,
    State.WITHDRAWN,
    State.DECLINED,
    State.CLOSED,
)


def paper_of(appeal: Appeal, now: datetime, *, name: str = "выписка.pdf", **changes: Any) -> Attachment:
    paper = Attachment(
        appeal=appeal,
        name=name,
        size=9,
        sha256="0" * 64,
        content_type="application/pdf",
        uploaded_at=now,
        **{"verdict": ScanVerdict.CLEAN, **changes},
    )
    paper.file.save(name, ContentFile(b"%PDF-1.7\n"), save=False)
    paper.save()
    return paper


def queries(client: Client, address: str) -> Iterator[str]:
    """What a page asked the database, without the marks of transactions."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    for query in captured.captured_queries:
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")):
            yield query["sql"]
