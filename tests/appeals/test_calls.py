"""Level 1 on the phone: who calls, what is saved, who is owed a call."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from appeals.calls.figures import usual_length
from appeals.models import Appeal, AppealEvent, CallBack, CallBackAttempt, HandOver, PhoneCall
from registry.models import AccessRecord, Organization
from tests.appeals.desk import at_desk, queries
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]
CALL, CALLS = "/staff/call/", "/staff/calls/"
PHONE = "+79000000001"


@pytest.fixture
def maria(cast: Cast):
    cast.maria.phone = PHONE
    cast.maria.save(update_fields=["phone"])
    return cast.maria


def ticket_of(client, address=CALL):
    page = client.get(address).content.decode()
    return re.search(r'name="ticket" value="([^"]+)"', page)[1]


def typed(client, **changes):
    values = {
        "ticket": ticket_of(client),
        "who": "8 900 000-00-01",
        "text": "Как поменять страховую компанию?",
        "topic": "4.1",
        "answer": "Один раз в год, заявлением в новую компанию.",
        "result": "answered",
        "save": "1",
    }
    return {**values, **changes}


@pytest.fixture
def later(monkeypatch):
    """Moves the clock; people who sat idle meanwhile sign in again."""

    def moved(at, *clients):
        monkeypatch.setattr("django.utils.timezone.now", lambda: at)
        for client, user in clients:
            client.logout()
            client.force_login(user)

    return moved


def promise(client, **changes):
    given = {"result": "call_back", "call_at": "hour", "answer": "", "note": "Узнать в кадрах"}
    assert client.post(CALL, typed(client, **given, **changes)).status_code == 302
    return CallBack.objects.get()


def test_a_consultation_is_registered_routed_and_answered_at_once(cast, maria, now, monkeypatch):
    client = at_desk(cast.users["operator"])
    sent = typed(client)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(seconds=34))
    assert client.post(CALL, sent)["Location"] == CALL

    call = PhoneCall.objects.get()
    appeal = call.appeal
    assert (appeal.kind, appeal.form, appeal.channel, appeal.state) == (
        "consultation", "oral", "phone", "answered",
    )  # fmt: skip
    assert (appeal.applicant, appeal.concerned_person, appeal.applicant_phone) == (maria, maria, PHONE)
    assert (appeal.organization, appeal.level) == (cast.insurer, 1)
    assert [*AppealEvent.objects.values_list("action", flat=True)] == ["file", "route", "answer"]
    # By the server's clock; the browser's word counts for nothing.
    assert (call.seconds, call.operator, call.result) == (34, cast.users["operator"], "answered")

    # A double click, and Back with another text: the call is saved once.
    client.post(CALL, sent)
    client.post(CALL, {**sent, "text": "Другое"})
    assert (Appeal.objects.count(), PhoneCall.objects.count()) == (1, 1)
    assert "сохранён раньше" in client.get(CALL).content.decode()


def test_one_field_finds_the_caller_and_the_reading_is_logged(cast, maria, settings):
    client = at_desk(cast.users["operator"])
    for who in ("89000000001", "+7 (900) 000-00-01", maria.enp):
        page = client.post(CALL, {"who": who, "find": "1"}, headers={"HX-Request": "true"}).content.decode()
        assert maria.full_name in page, who
        assert maria.insurer.short_name in page
    read = AccessRecord.objects.filter(subject="caller", person_id=maria.pk)
    assert read.count() == 3
    # Without scripts the same button gives the whole page, and what was typed stays.
    page = client.post(CALL, {"who": PHONE, "text": "Полис", "find": "1"}).content.decode()
    assert "<html" in page
    assert ">\nПолис</textarea>" in page


def test_somebody_of_another_insurer_is_nobody_here(cast):
    cast.boris.phone = PHONE
    cast.boris.save(update_fields=["phone"])
    client = at_desk(cast.users["operator"])
    for who in (PHONE, cast.boris.enp):
        page = client.post(CALL, {"who": who, "find": "1"}).content.decode()
        assert cast.boris.last_name not in page
    # Nor by writing the number of the row into the form.
    assert client.post(CALL, typed(client, person=str(cast.boris.pk), name="Кто-то")).status_code == 422
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("elsewhere", ["", "on"])
def test_a_stranger_is_answered_where_the_call_came_in(cast, elsewhere):
    client = at_desk(cast.users["operator"])
    sent = typed(client, who="8 900 000-00-55", name="Гость Пётр", elsewhere=elsewhere)
    assert client.post(CALL, sent).status_code == 302
    appeal = Appeal.objects.get()
    assert (appeal.organization, appeal.state) == (cast.insurer, "answered")
    assert (appeal.applicant, appeal.applicant_name, appeal.applicant_phone) == (
        None, "Гость Пётр", "+79000000055",
    )  # fmt: skip
    assert appeal.insurance == ("unknown" if elsewhere else "own")


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(cast, maria):
    client = at_desk(cast.users["operator"])
    sent = typed(client, who="12", text="Вопрос про полис", answer="", topic="9.99")
    response = client.post(CALL, sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count('class="field-error"') >= 4
    assert "Вопрос про полис" in page
    # A second try after mending goes through with the same ticket.
    assert client.post(CALL, typed(client, ticket=sent["ticket"])).status_code == 302
    assert Appeal.objects.count() == 1


def test_a_topic_is_found_by_what_is_asked(cast, maria):
    client = at_desk(cast.users["operator"])
    client.post(CALL, typed(client, topic="", text="потерял полис, как восстановить"))
    assert Appeal.objects.get().topic.code == "4.2"


def test_handing_over_offers_the_case_with_the_note(cast, maria):
    client = at_desk(cast.users["operator"])
    client.post(CALL, typed(client, result="handed_over", answer="", note="Нужен разбор очереди на МРТ"))
    offer = HandOver.objects.get()
    assert (offer.to_level, offer.note) == (2, "Нужен разбор очереди на МРТ")
    assert offer.appeal.offered_level == 2
    # A stranger whose insurer nobody knows goes to the fund, and the note goes along.
    client.post(
        CALL,
        typed(client, who="", phone="89000000056", name="Гость", elsewhere="on", result="handed_over",
              answer="", note="Выяснить, где застрахован"),
    )  # fmt: skip
    passed = Appeal.objects.exclude(pk=offer.appeal_id).get()
    assert passed.organization == cast.fund
    assert AppealEvent.objects.get(appeal=passed, action="route").note == "Выяснить, где застрахован"


def test_the_fund_answers_anybody_and_passes_on_to_the_insurer(cast, maria):
    client = at_desk(cast.users["fund_operator"])
    assert client.post(CALL, typed(client)).status_code == 302
    assert Appeal.objects.get().organization == cast.fund
    client.post(CALL, typed(client, result="handed_over", answer="", note="Компании"))
    passed = Appeal.objects.latest("pk")
    assert (passed.organization, passed.level) == (cast.insurer, 2)
    response = client.post(
        CALL, typed(client, who="89000000057", name="Гость", result="handed_over", answer="", note="Кому?")
    )
    assert response.status_code == 422
    assert Appeal.objects.count() == 2


def test_a_promise_is_kept(cast, maria, now):
    client = at_desk(cast.users["operator"])
    owed = promise(client)
    assert owed.due_at == now + timedelta(hours=1)
    assert owed.appeal.worker == cast.users["operator"]
    assert "Вопросов без ответа: 1" in client.get(CALLS).content.decode()
    address = reverse("staff_call_back", args=[owed.key])
    client.post(reverse("staff_call_take", args=[owed.key]))
    # An answer is asked for, and given it ends both the promise and the case.
    assert client.post(address, {"outcome": "answered"}).status_code == 422
    client.post(address, {"outcome": "answered", "answer": "Справка готова, её можно получить с девяти."})
    owed.refresh_from_db()
    assert (owed.outcome, owed.closed_at, owed.leased_by) == ("answered", now, None)
    assert owed.appeal.state == "answered"
    assert client.post(address, {"outcome": "no_answer"}).status_code == 302
    assert CallBackAttempt.objects.count() == 1


def test_two_operators_never_get_one_person(cast, maria, now, later):
    first, second = at_desk(cast.users["operator"]), at_desk(cast.users["case_worker"])
    both = ((first, cast.users["operator"]), (second, cast.users["case_worker"]))
    owed = promise(first)
    # Before its time nobody is rung.
    assert first.post(reverse("staff_calls_next"))["Location"] == CALLS
    later(now + timedelta(minutes=50), *both)
    address = reverse("staff_call_back", args=[owed.key])
    assert first.post(reverse("staff_calls_next"))["Location"] == address
    assert second.post(reverse("staff_calls_next"))["Location"] == CALLS
    second.post(address, {"outcome": "no_answer"})
    assert not CallBackAttempt.objects.exists()
    assert "звонит" in second.get(address).content.decode()
    # Whoever went home holds nobody up.
    later(now + timedelta(minutes=66), *both)
    assert second.post(reverse("staff_calls_next"))["Location"] == address


def test_nobody_is_given_up_before_the_rules_say_so(cast, maria, now, later):
    client = at_desk(cast.users["operator"])
    owed = promise(client)
    address = reverse("staff_call_back", args=[owed.key])
    at = now
    for number in range(1, 6):
        later(at, (client, cast.users["operator"]))
        client.post(address, {"outcome": "no_answer"})
        owed.refresh_from_db()
        assert owed.attempts == number
        assert (owed.closed_at is None) == (number < 5)
        assert number == 5 or owed.next_at >= at + timedelta(hours=2)
        at = owed.next_at
    assert owed.outcome == "not_reached"
    # The case itself goes on; a head may have the person called once more.
    assert owed.appeal.is_open
    again = reverse("staff_call_again", args=[owed.key])
    assert client.post(again).status_code == 404
    at_desk(cast.users["supervisor"]).post(again)
    owed.refresh_from_db()
    assert (owed.closed_at, owed.outcome, owed.attempts) == (None, "", 4)


def test_another_time_needs_a_time_and_no_need_needs_a_reason(cast, maria):
    client = at_desk(cast.users["operator"])
    owed = promise(client)
    address = reverse("staff_call_back", args=[owed.key])
    assert client.post(address, {"outcome": "another_time"}).status_code == 422
    assert client.post(address, {"outcome": "not_needed"}).status_code == 422
    assert client.post(address, {"outcome": "shrug"}).status_code == 422
    client.post(address, {"outcome": "another_time", "call_at": "next2"})
    before, due = owed.due_at, CallBack.objects.get().due_at
    assert due > before
    client.post(address, {"outcome": "not_needed", "note": "Перезвонила сама"})
    assert CallBack.objects.get().outcome == "not_needed"


def test_what_is_owed_stands_on_every_page_and_returns_to_zero(cast, maria):
    client, boss = at_desk(cast.users["operator"]), at_desk(cast.users["supervisor"])
    count = '<span>Перезвонить</span><span class="count">1</span>'
    assert count not in client.get("/staff/queue/").content.decode()
    owed = promise(client)
    for who, address in ((client, "/staff/queue/"), (boss, "/staff/board/"), (client, CALL)):
        assert count in who.get(address).content.decode()
    assert "Вопросы без ответа" in boss.get("/staff/calls/figures/").content.decode()
    client.post(reverse("staff_call_back", args=[owed.key]), {"outcome": "not_needed", "note": "Пришла сама"})
    assert count not in client.get("/staff/queue/").content.decode()


def test_heads_see_how_long_talks_take_by_topic(cast, maria, now, monkeypatch):
    assert usual_length(Organization.objects.all(), now=now) is None
    client = at_desk(cast.users["operator"])
    for seconds in (20, 30, 100):
        sent = typed(client)
        with monkeypatch.context() as patch:
            patch.setattr("django.utils.timezone.now", lambda at=now + timedelta(seconds=seconds): at)
            client.post(CALL, sent)
    # More than the few by which nothing is known yet.
    first = PhoneCall.objects.first()
    assert first is not None
    monkeypatch.setattr("appeals.calls.figures.FEWEST", 3)
    assert usual_length(Organization.objects.all(), now=now) == 30
    assert client.get("/staff/calls/figures/").status_code == 404
    page = at_desk(cast.users["supervisor"]).get("/staff/calls/figures/").content.decode()
    assert "4.1 " in page
    assert '<td class="num">30</td>' in page
    assert "30 с" in page


def test_pages_ask_the_database_a_constant_number_of_times(cast, maria):
    client = at_desk(cast.users["operator"])
    promise(client)
    few = len(list(queries(client, CALLS)))
    for number in range(60, 66):
        client.post(
            CALL, typed(client, who=f"890000000{number}", name="Гость", result="call_back", call_at="hour")
        )
    assert len(list(queries(client, CALLS))) == few <= 8
    assert len(list(queries(client, CALL))) <= 12
