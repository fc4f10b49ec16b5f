"""The case page: who opens it, what it shows and offers, and that nothing typed is lost."""

import pytest
from django.db import transaction
from django.urls import reverse

from appeals import services
from appeals.actors import Actor
from appeals.desk import acting
from appeals.desk.forms import FORMS
from appeals.errors import AppealError
from appeals.lifecycle import Action, State
from appeals.models import Appeal, HandOver
from registry.models import AccessRecord
from registry.scoping import Role
from tests.appeals.desk import REACHABLE, at_desk, in_state, paper_of, queries
from tests.appeals.factories import filed, filing, representative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]

DESK = ("operator", "case_worker", "expert", "supervisor", "fund_operator", "fund_admin")
EVERYBODY = (*Role, *(f"foreign_{role}" for role in Role), "citizen", "outsider", "nobody")
# Who opens a case of the insurer by the level that has it; everybody else finds nothing there.
OPENS = {
    1: {"operator", "case_worker", "expert", "supervisor", "fund_admin"},
    2: {"case_worker", "expert", "supervisor", "fund_admin"},
    3: {"expert", "supervisor", "fund_admin"},
}


def page(appeal, action=""):
    if action:
        return reverse("staff_act", args=[appeal.number, action])
    return reverse("staff_case", args=[appeal.number])


def post(client, appeal, action, **data):
    appeal.refresh_from_db()
    return client.post(page(appeal, action), {"version": appeal.version, **data})


@pytest.mark.parametrize("level", [1, 2, 3])
def test_who_opens_a_case_and_acts_on_it(cast, now, level):
    appeal = in_state(State.REGISTERED, cast, now, level=level)
    for name in EVERYBODY:
        client = at_desk(cast.users[str(name)])
        expected = 200 if name in OPENS[level] else 404
        assert client.get(page(appeal)).status_code == expected, name
        assert client.get(page(appeal, "answer")).status_code == expected, name
        if expected == 404:
            assert post(client, appeal, "take").status_code == 404, name
    appeal.refresh_from_db()
    assert appeal.state == State.REGISTERED


@pytest.mark.parametrize(
    ("route", "allowed"),
    [("staff_queue", DESK), ("staff_next", DESK), ("staff_board", ("supervisor", "fund_admin"))],
)
def test_who_opens_the_other_pages(cast, route, allowed):
    for name in EVERYBODY:
        client = at_desk(cast.users[str(name)])
        response = client.post(reverse(route)) if route == "staff_next" else client.get(reverse(route))
        known = str(name).removeprefix("foreign_") in allowed
        assert (response.status_code != 404) is known, name


def test_a_stranger_is_asked_to_sign_in(cast, now, client):
    appeal = in_state(State.REGISTERED, cast, now)
    response = client.get(page(appeal))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/")


def test_the_copy_for_the_insurers_head_can_only_be_read(cast, now):
    appeal = filed(filing(topic="3.1.12", concerned_enp=cast.maria.enp,
                          concerned_birth_date=cast.maria.birth_date, about_insurer=True), now)  # fmt: skip
    assert appeal.copy_to_supervisor
    response = at_desk(cast.users["supervisor"]).get(page(appeal))
    assert response.status_code == 200
    assert response.context["case"]["actions"]["all"] == []


# What a valid form of each action says.
SAID = {
    Action.HAND_OVER: {"note": "Нужен специалист"},
    Action.RETURN_HAND_OVER: {"reason": "Не наш вопрос"},
    Action.ASK_APPLICANT: {"question": "Когда это было?"},
    Action.INFORM_APPLICANT: {"text": "Запросили документы"},
    Action.APPLICANT_REPLIED: {"reply": "Позавчера", "channel": "phone"},
    Action.ASK_CLINIC: {"question": "Пришлите выписку"},
    Action.CLINIC_REPLIED: {"reply": "Выписка приложена"},
    Action.ORDER_EXPERTISE: {
        "kind": "ekmp",
        "period_from": "2026-05-01",
        "period_to": "2026-05-20",
        "task": "Полнота обследования",
        "expert": "Образцов П. П.",
    },
    Action.EXPERTISE_RECEIVED: {"act_number": "12", "act_on": "2026-06-02", "conclusion": "Нарушений нет"},
    Action.RESUME: {"reason": "Ответа нет неделю"},
    Action.SUBMIT_FOR_REVIEW: {"answer": "Проект ответа"},
    Action.SEND_BACK: {"reason": "Нет ссылки на норму"},
    Action.ANSWER: {"answer": "Ответ по существу"},
    Action.FORWARD: {"addressee": "roszdravnadzor", "letter": "Просим рассмотреть"},
    Action.WITHDRAW: {"statement": "Сообщил по телефону"},
    Action.DECLINE: {"ground": "abusive", "reason": "Угрозы"},
    Action.EXTEND: {"days": "10", "reason": "Ждём документы"},
    Action.REOPEN: {"reason": "Ответ не полный"},
    Action.CONVERT: {"kind": "complaint", "topic": "3.1.4", "reason": "Это жалоба"},
    Action.REROUTE: {"reason": "Ошибка в теме", "level": "2"},
    Action.MARK_VALIDITY: {"validity": "justified"},
    Action.SPLIT: {"kind": "complaint", "topic": "3.1.4", "text": "Ещё вопрос", "reason": "Два вопроса"},
    Action.LINK: {"kind": "related"},
    Action.INSTRUCT: {"text": "Свяжитесь с клиникой", "control_on": "2026-07-01"},
    Action.REPORT_BACK: {"text": "Связались"},
}


def said(action, cast, appeal):
    answers = dict(SAID.get(action, {}))
    if action is Action.HAND_OVER:
        answers["level"] = str(3 if appeal.level != 3 else 2)
    if action is Action.ASSIGN:
        answers["assignee"] = str(acting.people_for(
            cast.scope("supervisor"), cast.insurer.pk, appeal.level, appeal.registered_on).first().pk)  # fmt: skip
    if action in (Action.ASK_CLINIC, Action.ORDER_EXPERTISE):
        answers["clinic"] = cast.clinic.mo_code
    if action is Action.LINK:
        answers["earlier"] = OTHER["number"]
    if action is Action.CLINIC_REPLIED:
        asked = appeal.clinic_requests.filter(answered_at=None).first()
        answers["request_id"] = str(asked.pk) if asked else ""
    if action is Action.REROUTE:
        answers["organization"] = str(cast.insurer.pk)
    return answers


OTHER = {"number": ""}
EVERY_LEVEL = (State.REGISTERED, State.IN_PROGRESS)
PLACES = [(state, level) for state in REACHABLE for level in (1, 2, 3) if level == 2 or state in EVERY_LEVEL]


@pytest.mark.parametrize(("state", "level"), PLACES)
def test_offered_actions_are_those_that_succeed_and_no_others(cast, now, state, level):
    """Every action, tried by every role on a case of every state: it succeeds exactly where it is offered."""
    for place, name in ((1, "operator"), (2, "case_worker"), (3, "expert")):
        representative(cast, name, place)
    appeal = in_state(state, cast, now, level=level)
    # Something everybody who opens the case sees too.
    OTHER["number"] = in_state(State.REGISTERED, cast, now, level=1).number
    for name in OPENS[level]:
        scope = cast.scope(name)
        shown = at_desk(cast.users[name]).get(page(appeal)).context["case"]["actions"]["all"]
        offered = {one["url"].rstrip("/").rpartition("/")[2] for one in shown}
        for action, form_class in FORMS.items():
            setting = acting.setting_for(action, appeal, scope=scope, today=now.date())
            form = form_class({"version": appeal.version, **said(action, cast, appeal)}, setting=setting)
            assert succeeds(action, form, appeal, scope, now) is (action in offered), f"{name}: {action}"


def succeeds(action, form, appeal, scope, now):
    """Whether the action can be done; it is undone at once, so that the next one finds the same case."""
    before = transaction.savepoint()
    try:
        if not form.is_valid():
            return False
        acting.perform(action, form, appeal=appeal, scope=scope, now=now)
    except AppealError:
        return False
    finally:
        transaction.savepoint_rollback(before)
    return True


@pytest.mark.parametrize(
    ("to", "takers"), [(2, {"case_worker", "expert", "supervisor"}), (3, {"expert", "supervisor"})]
)
def test_an_offer_is_accepted_by_those_it_is_offered_to(cast, now, to, takers):
    operator = Actor.of(cast.scope("operator"))
    for name in ("operator", "case_worker", "expert", "supervisor"):
        appeal = in_state(State.REGISTERED, cast, now, level=1)
        services.hand_over(appeal_id=appeal.pk, level=to, note="Сложный случай", actor=operator, now=now)
        client = at_desk(cast.users[name])
        response = client.get(page(appeal))
        offered = {
            one["url"].rstrip("/").rpartition("/")[2] for one in response.context["case"]["actions"]["all"]
        }
        assert ({"accept_hand_over", "return_hand_over"} <= offered) is (name in takers)
        assert "hand_over" not in offered
        assert "Сложный случай" in response.content.decode()
        accepted = post(client, appeal, "accept_hand_over")
        assert (accepted.status_code == 302) is (name in takers)
        assert (HandOver.objects.get(appeal=appeal).state == "accepted") is (name in takers)


def test_a_returned_offer_keeps_its_reason(cast, now):
    appeal = in_state(State.REGISTERED, cast, now, level=1)
    actor = Actor.of(cast.scope("operator"))
    services.hand_over(appeal_id=appeal.pk, level=2, note="Возьмите", actor=actor, now=now)
    response = post(
        at_desk(cast.users["case_worker"]), appeal, "return_hand_over", reason="Это вопрос о полисе"
    )
    assert response.status_code == 302
    assert "Это вопрос о полисе" in at_desk(cast.users["operator"]).get(page(appeal)).content.decode()


def test_the_second_to_take_a_case_learns_who_was_first(cast, now):
    appeal = in_state(State.REGISTERED, cast, now)
    first, second = at_desk(cast.users["case_worker"]), at_desk(cast.users["supervisor"])
    seen = appeal.version
    assert first.post(page(appeal, "take"), {"version": seen}).status_code == 302
    response = second.post(page(appeal, "take"), {"version": seen})
    assert response.status_code == 409
    assert str(cast.users["case_worker"]) in response.context["case"]["refusal"]
    appeal.refresh_from_db()
    assert appeal.worker == cast.users["case_worker"]


def test_a_stale_answer_comes_back_with_its_text_and_can_be_sent_again(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    seen = appeal.version
    boss = Actor.of(cast.scope("supervisor"))
    services.extend(appeal_id=appeal.pk, days=5, reason="Ждём ответа клиники", actor=boss, now=now)
    client = at_desk(cast.users["case_worker"])
    text = "Уважаемая Мария Петровна!\r\n  Отвечаем <b>по существу</b>."
    response = client.post(page(appeal, "answer"), {"version": seen, "answer": text})
    assert response.status_code == 409
    form = response.context["case"]["form"]
    assert form["answer"].value() == text
    appeal.refresh_from_db()
    assert (appeal.state, form["version"].value()) == (State.IN_PROGRESS, str(appeal.version))
    again = client.post(page(appeal, "answer"), {"version": form["version"].value(), "answer": text})
    assert again.status_code == 302
    appeal.refresh_from_db()
    assert appeal.state == State.ANSWERED


def test_an_answer_to_a_withdrawn_appeal_is_refused_and_its_text_kept(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    seen = appeal.version
    boss = Actor.of(cast.scope("supervisor"))
    services.withdraw(appeal_id=appeal.pk, statement="Больше не нужно", actor=boss, now=now)
    client = at_desk(cast.users["case_worker"])
    response = client.post(page(appeal, "answer"), {"version": seen, "answer": "Долго писал этот ответ"})
    assert response.status_code == 409
    assert response.context["case"]["kept_text"] == "Долго писал этот ответ"
    assert "Долго писал этот ответ" in response.content.decode()
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answer) == (State.WITHDRAWN, "")


@pytest.mark.parametrize(
    ("action", "data", "field"),
    [
        ("answer", {"answer": "  "}, "answer"),
        ("extend", {"days": "31", "reason": "Так надо"}, "days"),
        ("extend", {"days": "десять", "reason": "Так надо"}, "days"),
        ("forward", {"addressee": "nobody", "letter": "Письмо"}, "addressee"),
        ("convert", {"kind": "complaint", "topic": "99.9 Выдумка", "reason": "Так надо"}, "topic"),
        ("hand_over", {"level": "2", "note": "Та же ступень"}, "level"),
        ("assign", {"assignee": "999999"}, "assignee"),
        ("answer", {"answer": "Ответ", "version": "x"}, "version"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_changes_nothing(cast, now, action, data, field):
    representative(cast, "case_worker", 2)
    appeal = in_state(State.IN_PROGRESS, cast, now)
    before = Appeal.objects.values().get(pk=appeal.pk)
    response = post(at_desk(cast.users["supervisor"]), appeal, action, **data)
    assert response.status_code == 422
    form = response.context["case"]["form"]
    assert set(form.errors) == {field}
    for name, value in data.items():
        assert form[name].value() == value
    assert Appeal.objects.values().get(pk=appeal.pk) == before


def test_an_unknown_action_does_not_exist(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    client = at_desk(cast.users["supervisor"])
    for action in ("route", "file", "nonsense"):
        assert client.get(page(appeal, action)).status_code == 404


def test_every_opening_of_a_case_is_logged(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    client = at_desk(cast.users["case_worker"])
    client.get(page(appeal))
    client.get(page(appeal, "answer"))
    rows = AccessRecord.objects.filter(subject="appeal", key=appeal.number)
    assert [row.page for row in rows.order_by("pk")] == [page(appeal), page(appeal, "answer")]
    assert {(row.user_id, row.person_id) for row in rows} == {(cast.users["case_worker"].pk, cast.maria.pk)}
    at_desk(cast.users["foreign_case_worker"]).get(page(appeal))
    assert rows.count() == 2


def test_the_case_shows_reasons_terms_people_and_notes(cast, now):
    appeal = in_state(State.REGISTERED, cast, now, level=1)
    note = "Перезвонить после обеда"
    services.hand_over(
        appeal_id=appeal.pk, level=2, note=note, actor=Actor.of(cast.scope("operator")), now=now
    )
    html = at_desk(cast.users["case_worker"]).get(page(appeal)).content.decode()
    for expected in (appeal.routing_reasons[0]["text"], note, cast.maria.full_name, cast.insurer.short_name):
        assert expected in html, expected
    spaced = " ".join(cast.maria.enp[at : at + 4] for at in range(0, 16, 4))
    assert spaced in html


def test_after_an_action_one_comes_back_to_the_same_list(cast, now):
    appeal = in_state(State.REGISTERED, cast, now)
    client = at_desk(cast.users["case_worker"])
    response = client.post(page(appeal, "take") + "?tab=level&due=30&evil=1", {"version": appeal.version})
    assert response["Location"] == page(appeal) + "?tab=level&due=30"
    shown = client.get(response["Location"])
    assert [row.current for row in shown.context["listing"].rows] == [True]


def test_a_case_that_left_ones_sight_leads_back_to_the_list(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    client = at_desk(cast.users["case_worker"])
    data = {"organization": cast.insurer.pk, "level": 3, "reason": "Вопрос о качестве лечения"}
    response = post(client, appeal, "reroute", **data)
    assert response["Location"] == reverse("staff_queue")


@pytest.mark.parametrize("name", sorted(OPENS[2]))
def test_the_case_asks_a_constant_number_of_things(cast, now, name):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    citizen = Actor.holder(appeal.pk)
    services.receive_reply(appeal_id=appeal.pk, reply="Было так", actor=citizen, now=now)
    expert = Actor.of(cast.scope("expert"))
    services.receive_reply(appeal_id=appeal.pk, reply="И так", actor=expert, now=now)
    paper_of(appeal, now, name="первый.pdf")
    in_state(State.IN_PROGRESS, cast, now)
    client = at_desk(cast.users[name])
    address = page(appeal) + "?tab=open"
    client.get(address)
    few = list(queries(client, address))
    for number in range(8):
        services.receive_reply(appeal_id=appeal.pk, reply=f"Ещё {number}", actor=expert, now=now)
        paper_of(appeal, now, name=f"{number}.pdf")
        in_state(State.IN_PROGRESS, cast, now)
    client.get(address)  # the new replies are read by whoever holds the case
    many = list(queries(client, address))
    assert len(many) == len(few)
    alone = list(queries(client, page(appeal)))
    # A fund's reader asks once more, for each part of the case, which organisations are funds.
    extra = 5 if name == "fund_admin" else 0
    assert len(alone) <= 15 + extra, alone
    assert len(many) <= 18 + extra + 1, many


def test_every_form_has_its_service():
    assert set(acting.SERVICES) == set(FORMS)
