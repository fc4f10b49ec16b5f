"""Actions on a case by API: scoped, versioned, refused with what is possible."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from appeals.lifecycle import Action, State
from appeals.models import Appeal, ClinicRequest, Expertise
from tests.appeals.desk import in_state
from tests.appeals.invariants import assert_all_whole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]
# Done by the portal, by the applicant's own form, or with a file.
NOT_BY_API = {Action.FILE, Action.ROUTE, Action.CHECK_WAITING, Action.MARK_PAPER}


def send(cast, name, appeal, action, **body):
    client = Client()
    client.force_login(cast.users[name])
    appeal.refresh_from_db()
    address = reverse(f"api-case-{action}", args=[appeal.number])
    return client.post(address, {"version": appeal.version, **body}, content_type="application/json")


def test_every_action_has_a_class():
    names = {str(name) for name in get_resolver().reverse_dict if str(name).startswith("api-case-")}
    assert names == {f"api-case-{action.value}" for action in Action if action not in NOT_BY_API}


def test_a_case_goes_its_way_by_api(cast, now):
    appeal = in_state(State.REGISTERED, cast, now, level=3)
    order = {"kind": "ekmp", "clinic_id": cast.clinic.pk, "period_from": "2026-05-01",
             "period_to": "2026-05-20", "task": "Сроки", "expert": "Образцов П. П."}  # fmt: skip
    act = {"act_number": "1", "act_on": "2026-06-02", "conclusion": "Поздно", "violations": ["3.1"],
           "unpaid": 500, "validity": "repeated"}  # fmt: skip
    ask = {"clinic_id": cast.clinic.pk, "question": "Выписку"}
    steps = [
        ("expert", "take", {}, "in_progress"),
        ("expert", "ask_applicant", {"question": "Когда?"}, "awaiting_applicant"),
        ("expert", "applicant_replied", {"reply": "Вчера", "channel": "phone"}, "in_progress"),
        ("expert", "inform_applicant", {"text": "Запросили"}, "in_progress"),
        ("expert", "ask_clinic", ask, "awaiting_clinic"),
        ("expert", "clinic_replied", {"reply": "Вот"}, "in_progress"),
        ("expert", "order_expertise", order, "awaiting_expertise"),
        ("expert", "expertise_received", act, "in_progress"),
        ("supervisor", "extend", {"days": 3, "reason": "Документы"}, "in_progress"),
        ("expert", "split", {"parts": [{"kind": "complaint", "topic": "3.1.4", "text": "Врач"}], "reason": "Два"},
         "in_progress"),
        ("expert", "submit_for_review", {"answer": "Проект"}, "in_review"),
        ("supervisor", "send_back", {"reason": "Неполно"}, "in_progress"),
        ("expert", "answer", {"text": "Ответ"}, "answered"),
        ("expert", "mark_validity", {"validity": "repeated"}, "answered"),
        ("expert", "reopen", {"reason": "Забыли"}, "in_progress"),
        ("supervisor", "decline", {"ground": "abusive", "reason": "Угрозы"}, "declined"),
        ("supervisor", "close", {}, "closed"),
    ]  # fmt: skip
    for name, action, body, state in steps:
        if action == "clinic_replied":
            body["request_id"] = ClinicRequest.objects.get().pk
        answer = send(cast, name, appeal, action, **body)
        assert answer.status_code == 200, (action, answer.json())
        assert answer.json()["state"] == state, action
    assert Expertise.objects.get().unpaid == 500
    appeal.refresh_from_db()
    assert appeal.validity == "repeated"
    assert_all_whole(now)


@pytest.mark.parametrize(
    ("action", "body", "after"),
    [
        ("forward", {"addressee": "roszdravnadzor", "letter": "Просим"}, State.FORWARDED),
        ("withdraw", {"statement": "Не нужно"}, State.WITHDRAWN),
        ("convert", {"kind": "consultation", "topic": "4.5", "reason": "Вопрос"}, State.REGISTERED),
        ("hand_over", {"level": 3, "note": "Качество"}, State.IN_PROGRESS),
        ("resume", {"reason": "Не ждём"}, State.IN_PROGRESS),
    ],
)
def test_the_other_ways(cast, now, action, body, after):
    appeal = in_state(State.AWAITING_APPLICANT if action == "resume" else State.IN_PROGRESS, cast, now)
    answer = send(cast, "supervisor", appeal, action, **body)
    assert answer.status_code == 200, answer.json()
    assert answer.json()["state"] == after


def test_what_is_refused_says_why_and_what_is_possible(cast, now):
    appeal = in_state(State.REGISTERED, cast, now)
    refused = send(cast, "supervisor", appeal, "send_back", reason="Зачем")
    assert (refused.status_code, refused.json()["code"], refused.json()["state"]) == (
        409,
        "no_such_move",
        "registered",
    )
    assert "take" in refused.json()["possible"]
    send(cast, "case_worker", appeal, "take")
    stale = send(cast, "supervisor", appeal, "extend", version=1, days=3, reason="Документы")
    appeal.refresh_from_db()
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (
        409,
        "changed_meanwhile",
        appeal.version,
    )
    wrong = send(cast, "supervisor", appeal, "extend", days=31)
    assert (wrong.status_code, set(wrong.json()["problems"])) == (400, {"days", "reason"})
    empty = send(cast, "case_worker", appeal, "forward", addressee="nobody", letter="Письмо")
    assert (empty.status_code, set(empty.json()["problems"])) == (400, {"addressee"})


def test_strangers_find_no_case_and_change_nothing(cast, now):
    appeal = in_state(State.REGISTERED, cast, now)
    for name, status in (
        ("operator", 404),
        ("foreign_supervisor", 404),
        ("citizen", 403),
        ("clinic_staff", 403),
    ):
        assert send(cast, name, appeal, "take").status_code == status, name
        client = Client()
        client.force_login(cast.users[name])
        assert client.get(reverse("api-case", args=[appeal.number])).status_code == status, name
    assert Appeal.objects.get().state == State.REGISTERED
