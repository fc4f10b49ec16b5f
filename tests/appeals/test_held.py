"""Undo after sending: what leaves the house waits on the server, can be taken back, and is never lost or sent twice."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appeals import services
from appeals.actors import Actor
from appeals.desk import acting
from appeals.desk.held import send_due
from appeals.lifecycle import State
from appeals.models import AppealMessage, Notice, WorkDraft
from registry.models import RoleGrant
from tests.appeals.desk import at_desk, in_state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]
TEXT = "Ответ по существу вопроса"


@pytest.fixture(autouse=True)
def seconds(settings):
    settings.UNDO_SECONDS = 10


@pytest.fixture
def appeal(cast, now):
    return in_state(State.IN_PROGRESS, cast, now)


@pytest.fixture
def boss(cast):
    return at_desk(cast.users["supervisor"])


def url(appeal, tail=""):
    return reverse("staff_case", args=[appeal.number]) + tail


def send(client, appeal, action="answer", **data):
    appeal.refresh_from_db()
    return client.post(url(appeal, f"{action}/"), {"version": appeal.version, **(data or {"answer": TEXT})})


def state(appeal):
    appeal.refresh_from_db()
    return appeal.state, appeal.answer


def test_an_answer_leaves_after_the_seconds_and_not_before(cast, now, appeal, boss):
    before = appeal.events.count()
    assert send(boss, appeal).status_code == 302
    page = boss.get(url(appeal))
    assert page.context["case"]["held"]["seconds"] == 10
    assert state(appeal) == (State.IN_PROGRESS, "")
    assert appeal.events.count() == before
    assert send_due(now=now + timedelta(seconds=9)) == 0
    assert send_due(now=now + timedelta(seconds=10)) == 1
    assert state(appeal) == (State.ANSWERED, TEXT)
    assert appeal.events.get(action="answer").at == now + timedelta(seconds=10)
    assert send_due(now=now + timedelta(hours=1)) == 0
    assert not WorkDraft.objects.exists()


def test_taken_back_it_is_a_draft_again_and_nothing_has_happened(cast, now, appeal, boss):
    version = appeal.version
    send(boss, appeal)
    answer = boss.post(url(appeal, "undo/"), follow=True)
    assert TEXT in answer.content.decode()
    assert answer.redirect_chain[-1][0].endswith("/answer/")
    assert send_due(now=now + timedelta(days=1)) == 0
    assert state(appeal) == (State.IN_PROGRESS, "")
    assert appeal.version == version
    # Sent after all, from the form that came back.
    send(boss, appeal)
    assert send_due(now=now + timedelta(minutes=1)) == 1
    late = boss.post(url(appeal, "undo/"), follow=True)
    assert state(appeal)[0] == State.ANSWERED
    assert late.redirect_chain[-1][0] == url(appeal)


def test_only_its_writer_takes_it_back(cast, now, appeal, boss):
    send(boss, appeal)
    at_desk(cast.users["expert"]).post(url(appeal, "undo/"))
    assert at_desk(cast.users["foreign_supervisor"]).post(url(appeal, "undo/")).status_code == 404
    assert send_due(now=now + timedelta(seconds=10)) == 1


def test_what_must_be_refused_is_refused_at_once(cast, now, appeal, boss):
    services.ask_applicant(
        appeal_id=appeal.pk, question="Когда?", actor=Actor.of(cast.scope("expert")), now=now
    )
    stale = boss.post(url(appeal, "answer/"), {"version": appeal.version, "answer": TEXT})
    assert stale.status_code == 409
    assert TEXT in stale.content.decode()
    assert not WorkDraft.objects.filter(leaves_at__isnull=False).exists()


def test_a_case_that_moved_on_meanwhile_keeps_the_text_and_tells_its_writer(cast, now, appeal, boss):
    send(boss, appeal)
    services.extend(
        appeal_id=appeal.pk, days=5, reason="Ждём", actor=Actor.of(cast.scope("supervisor")), now=now
    )
    assert send_due(now=now + timedelta(seconds=10)) == 0
    assert state(appeal) == (State.IN_PROGRESS, "")
    assert Notice.objects.get(what="not_sent").user == cast.users["supervisor"]
    assert TEXT in boss.get(url(appeal, "answer/")).content.decode()
    shown = boss.post(url(appeal, "leave/"), {"action": "answer"})
    assert shown.context["refused"]


def test_two_answers_at_once_one_leaves_and_the_other_is_told(cast, now, appeal, boss):
    expert = at_desk(cast.users["expert"])
    assert send(boss, appeal).status_code == 302
    second = send(expert, appeal, answer="Другой ответ")
    assert second.status_code == 409
    assert "Другой ответ" in second.content.decode()
    assert send_due(now=now + timedelta(seconds=10)) == 1
    third = send(expert, appeal, answer="Другой ответ")
    assert third.status_code == 409
    assert "Другой ответ" in third.content.decode()
    assert state(appeal) == (State.ANSWERED, TEXT)
    assert appeal.events.filter(action="answer").count() == 1


def test_rights_that_ended_in_the_seconds_send_nothing(cast, now, appeal, boss):
    send(boss, appeal, "inform_applicant", text="Работаем над вашим вопросом")
    RoleGrant.objects.filter(user=cast.users["supervisor"]).update(revoked_at=now)
    assert send_due(now=now + timedelta(seconds=10)) == 0
    assert not AppealMessage.objects.exists()
    assert WorkDraft.objects.get().leaves_at is None


def test_trouble_is_tried_again_and_the_text_comes_back_in_the_end(cast, now, appeal, boss, monkeypatch):
    send(boss, appeal)

    def broken(*args, **kwargs):
        raise RuntimeError("the letter cannot be made")

    monkeypatch.setattr(acting, "perform", broken)
    at = now
    for _ in range(5):
        at += timedelta(minutes=5)
        assert send_due(now=at) == 0
    draft = WorkDraft.objects.get()
    assert (draft.leaves_at, draft.fields["answer"]) == (None, TEXT)
    assert Notice.objects.filter(what="not_sent").count() == 1
    assert state(appeal) == (State.IN_PROGRESS, "")


def test_the_page_asks_for_the_sending_itself_and_typing_elsewhere_changes_nothing(
    cast, now, appeal, boss, monkeypatch
):
    send(boss, appeal, "ask_applicant", question="Когда это было?")
    boss.post(url(appeal, "ask_applicant/draft/"), {"question": "Другое"})
    early = boss.post(url(appeal, "leave/"), {"action": "ask_applicant"})
    assert early.context["held"]["seconds"] == 10
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(seconds=11))
    done = boss.post(url(appeal, "leave/"), {"action": "ask_applicant"})
    assert (done.context["held"], done.context["refused"]) == (None, False)
    assert AppealMessage.objects.get().text == "Когда это было?"
