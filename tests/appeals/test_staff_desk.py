"""What keeps work from being lost or done twice: unsent texts, presence, ready texts, what stands around a case."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appeals import replies, services
from appeals.actors import Actor
from appeals.desk.presence import FRESH
from appeals.lifecycle import State
from appeals.load import load_reply_templates
from appeals.models import Presence, ReplyTemplate, WorkDraft
from registry.models import AccessRecord
from tests.appeals.desk import at_desk, in_state, queries
from tests.appeals.factories import about, filed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]


def case_url(appeal, *tail):
    return reverse("staff_case", args=[appeal.number]) + "".join(f"{part}/" for part in tail)


@pytest.fixture
def appeal(cast, now):
    return in_state(State.IN_PROGRESS, cast, now)


@pytest.fixture
def worker(cast):
    return at_desk(cast.users["case_worker"])


def test_what_is_typed_waits_for_its_writer_and_nobody_else(cast, appeal, worker):
    kept = worker.post(case_url(appeal, "answer", "draft"), {"version": "1", "answer": "Почти готово"})
    assert kept.status_code == 204
    page = worker.get(case_url(appeal))
    assert [draft["words"] for draft in page.context["case"]["unsent"]] == ["Почти готово"]
    form = worker.get(case_url(appeal, "answer")).context["case"]["form"]
    assert form["answer"].value() == "Почти готово"
    colleague = at_desk(cast.users["supervisor"])
    assert not colleague.get(case_url(appeal)).context["case"]["unsent"]
    assert not colleague.get(case_url(appeal, "answer")).context["case"]["form"]["answer"].value()
    worker.post(case_url(appeal, "answer", "draft"), {"answer": "  "})
    assert not WorkDraft.objects.exists()


def test_a_sent_text_is_a_draft_no_more_and_a_refused_one_stays(cast, appeal, worker, now):
    worker.post(case_url(appeal, "answer", "draft"), {"answer": "Ответ"})
    services.mark_validity(
        appeal_id=appeal.pk, validity="justified", actor=Actor.of(cast.scope("supervisor")), now=now
    )
    stale = worker.post(case_url(appeal, "answer"), {"answer": "Ответ", "version": appeal.version})
    assert stale.status_code == 409
    assert WorkDraft.objects.count() == 1
    appeal.refresh_from_db()
    worker.post(case_url(appeal, "answer"), {"answer": "Ответ", "version": appeal.version})
    appeal.refresh_from_db()
    assert (appeal.state, WorkDraft.objects.count()) == (State.ANSWERED, 0)


def test_two_people_on_a_case_see_each_other(cast, appeal, worker, now, monkeypatch):
    boss = at_desk(cast.users["supervisor"])
    here = case_url(appeal, "presence")
    assert not worker.post(here, {"action": "answer", "version": appeal.version}).context["others"]
    others = boss.post(here, {"version": appeal.version}).context["others"]
    assert [(one.name, bool(one.doing)) for one in others] == [("case_worker", True)]
    assert Presence.objects.count() == 2
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + FRESH + timedelta(seconds=1))
    assert not boss.post(here, {}).context["others"]


def test_an_open_page_learns_that_the_case_changed(cast, appeal, worker, now):
    here = case_url(appeal, "presence")
    assert not worker.post(here, {"version": appeal.version}).context["news"]
    services.mark_validity(
        appeal_id=appeal.pk, validity="justified", actor=Actor.of(cast.scope("supervisor")), now=now
    )
    news = worker.post(here, {"version": appeal.version, "here": "https://evil.example/"})
    assert len(news.context["news"]) == 1
    assert "evil" not in news.content.decode()


def test_a_page_that_polls_does_not_keep_the_session_open(appeal, worker, now, monkeypatch):
    worker.get(case_url(appeal))
    for minute in (5, 10, 14):
        monkeypatch.setattr("django.utils.timezone.now", lambda m=minute: now + timedelta(minutes=m))
        assert worker.post(case_url(appeal, "presence"), HTTP_PORTAL_POLL="1").status_code == 200
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(minutes=16))
    assert worker.post(case_url(appeal, "presence"), HTTP_PORTAL_POLL="1").status_code == 302


def test_a_ready_text_is_put_after_what_is_typed(appeal, worker, cast):
    ReplyTemplate.objects.all().delete()
    body = "{applicant}, ваше обращение {number}. Клиника: {clinic}."
    template = ReplyTemplate.objects.create(name="Проба", body=body, topic_code="3.1")
    ReplyTemplate.objects.create(name="Другая тема", body="…", topic_code="4")
    ReplyTemplate.objects.create(name="По-английски", body="…", language="en")
    ReplyTemplate.objects.create(name="Чужая", body="…", organization=cast.foreign_insurer)
    form = worker.get(case_url(appeal, "answer")).context["case"]
    assert [one.name for one in form["texts"]] == ["Проба"]
    put = worker.post(
        case_url(appeal, "answer"), {"answer": "Начало", "version": appeal.version, "template": template.pk}
    ).context["case"]["form"]
    text = put["answer"].value()
    assert text == f"Начало\n\nМария\xa0Петровна, ваше обращение {appeal.number}. Клиника: {{clinic}}."
    appeal.refresh_from_db()
    assert appeal.state == State.IN_PROGRESS
    refused = worker.post(case_url(appeal, "answer"), {"answer": text, "version": appeal.version})
    assert refused.status_code == 422
    assert "{clinic}" in str(refused.context["case"]["form"].errors["answer"])
    foreign = ReplyTemplate.objects.get(name="Чужая").pk
    for key in (foreign, "x", "9" * 30):
        assert worker.post(case_url(appeal, "answer"), {"template": key}).status_code == 404


def test_heads_write_texts_for_their_organisation_alone(cast):
    load_reply_templates()
    boss = at_desk(cast.users["supervisor"])
    address = reverse("staff_text_new")
    wrong = boss.post(address, {"name": "А", "language": "ru", "body": "{password} {applicant}"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["body"])
    given = {
        "name": "Наш текст",
        "language": "ru",
        "body": "{applicant}!",
        "topic_code": "3.1 Темы",
        "is_active": "on",
    }
    assert boss.post(address, given).status_code == 302
    made = ReplyTemplate.objects.get(name="Наш текст")
    assert (made.organization, made.topic_code) == (cast.insurer, "3.1")
    assert boss.post(address, given).status_code == 422
    shipped = ReplyTemplate.objects.filter(organization=None).first()
    for pk in (
        shipped.pk,
        ReplyTemplate.objects.create(name="Ч", body="…", organization=cast.foreign_insurer).pk,
    ):
        assert boss.get(reverse("staff_text_edit", args=[pk])).status_code == 404
    assert (
        boss.post(reverse("staff_text_edit", args=[made.pk]), {**given, "body": "Новый"}).status_code == 302
    )
    assert "Ч" not in [one.name for one in boss.get(reverse("staff_texts")).context["templates"]]
    assert at_desk(cast.users["case_worker"]).get(reverse("staff_texts")).status_code == 404


def test_every_shipped_text_holds_known_fields_only():
    load_reply_templates()
    assert load_reply_templates() == f"{ReplyTemplate.objects.count()} reply templates"
    for one in ReplyTemplate.objects.all():
        assert not replies.unknown(one.body), one.name


def test_beside_a_case_stand_the_person_and_similar_answers(cast, appeal, worker, now):
    earlier = filed(about(cast, topic="3.1.4"), now - timedelta(days=3))
    boss = Actor.of(cast.scope("supervisor"))
    for text, answer in (("Отказ в прикреплении к врачу", "Прикрепим"), ("Врач отказал в приёме", "Примут")):
        one = filed(about(cast, topic="3.1.4", text=text), now)
        services.take(appeal_id=one.pk, actor=boss, now=now)
        services.answer(appeal_id=one.pk, text=answer, actor=boss, now=now)
    before = AccessRecord.objects.count()
    page = worker.get(case_url(appeal, "person"), HTTP_HX_REQUEST="true")
    panels = {panel.title: [line.detail for line in panel.lines] for panel in page.context["panels"]}
    assert any(earlier.number in line for line in next(iter(panels.values())))
    assert "<html" not in page.content.decode()
    similar = worker.get(case_url(appeal, "similar"))
    assert next(one["answer"] for one in similar.context["cases"]) == "Примут"
    assert "<html" in similar.content.decode()
    assert AccessRecord.objects.count() == before + 2


@pytest.mark.parametrize("text", ["& | ! <-> :*", "'", "\\", "а б", "%s %%"])
def test_similar_cases_of_strange_texts_break_nothing(cast, worker, now, text):
    strange = filed(about(cast, topic="3.1.4", text=text), now)
    assert worker.get(case_url(strange, "similar")).status_code == 200


@pytest.mark.parametrize("name", ["case_worker", "expert", "supervisor", "fund_admin"])
def test_a_case_with_its_list_asks_at_most_fifteen_things(cast, appeal, name):
    client = at_desk(cast.users[name])
    client.get(case_url(appeal))
    for tail in ("?tab=open", "answer/?tab=open") if name != "fund_admin" else ("?tab=open",):
        found = list(queries(client, case_url(appeal) + tail))
        assert len(found) <= 15 + 2 * ("answer" in tail), "\n".join(found)
    assert len(list(queries(client, case_url(appeal, "person")))) <= 15
