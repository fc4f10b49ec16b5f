"""What helps on the way: topics that fit, answers known already, other bodies, and going on elsewhere."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from appeals import tasks
from appeals.citizen.saved import token_for
from appeals.citizen.topics import find, likely, topics_of
from appeals.models import AppealDraft
from tests.appeals.citizen import say, url, walk
from tests.factories import FundFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def portal(reference_data: None, db: None) -> None:
    FundFactory(region__code="39")


CASES = [
    ("complaint", "Два месяца не могу попасть на МРТ. В регистратуре говорят: записи нет", "3.1.5.5"),
    ("complaint", "не могу записаться к кардиологу", "3.1.5.3"),
    ("complaint", "в аптеке не дают бесплатное лекарство по льготному рецепту", "X.3"),
    ("complaint", "скорая ехала три часа", "3.1.5.7"),
    ("complaint", "Заставили купить бинты и лекарства в больнице", "3.1.11.1"),
    ("complaint", "страховая не отвечает на мои звонки", "3.1.12"),
    ("consultation", "Как прикрепиться к поликлинике, если я переехал?", "4.3"),
    ("consultation", "потерял полис", "4.2"),
    ("consultation", "бесплатно ли ставят зубы", "4.13"),
]


@pytest.mark.parametrize(("kind", "text", "code"), CASES, ids=[case[1][:30] for case in CASES])
def test_the_own_words_lead_to_the_topic(portal, kind, text, code) -> None:
    topics = topics_of(kind, timezone.localdate())
    assert likely(text, topics)[0].code == code


def test_an_epidemic_is_suggested_only_to_those_who_name_it(portal) -> None:
    topics = topics_of("complaint", timezone.localdate())
    covid = {"3.1.5.2", "3.1.6.4", "3.1.7.4"}
    for text in ("Трудно получить помощь", "Плохо лечили, не помогли", "очень долго ждал приёма врача"):
        assert covid.isdisjoint(topic.code for topic in likely(text, topics))
    assert "3.1.6.4" in {topic.code for topic in find("плохо лечили ковид", topics)}


def test_topics_are_found_by_a_word_without_javascript(portal, client) -> None:
    walk(client, until="topic")
    page = client.get(url("topic"), {"q": "хамство"}).content.decode()
    assert re.search(
        r'value="3.1.5.10"', page[: page.index("Если ни одна") if "Если ни одна" in page else None]
    )
    nothing = client.get(url("topic"), {"q": "<b>ыыы</b>"}).content.decode()
    assert "&lt;b&gt;" in nothing


def test_a_question_gets_the_answers_first(portal, client) -> None:
    response = say(client, "what", kind="consultation", text="Как прикрепиться к поликлинике?")
    assert response.url == "/appeals/new/answers/"
    page = client.get(response.url).content.decode()
    assert re.search(r'href="/help/[a-z0-9-]+/"', page)
    assert f'href="{url("topic")}"' in page


def test_a_question_that_nobody_answered_goes_straight_on(portal, client) -> None:
    say(client, "what", kind="consultation", text="Щщщ ыыы ъъъ")
    assert client.get("/appeals/new/answers/").url == url("topic")


def test_a_matter_of_another_body_says_so_and_can_be_filed(portal, client) -> None:
    walk(client, until="topic")
    response = say(client, "topic", topic="X.3")
    assert response.url == "/appeals/new/outside/"
    page = client.get(response.url).content.decode()
    assert "Министерство здравоохранения" in page
    assert f'href="{url("about")}"' in page


# Going on elsewhere ----------------------------------------------------------------------------------------


@pytest.fixture
def worker(monkeypatch):
    def send(task, *, kwargs, **_):
        if task == "appeals.draft_link":
            tasks.draft_link(**kwargs)

    monkeypatch.setattr("appeals.hints.current_app.send_task", send)


def test_a_link_by_mail_opens_the_draft_on_another_device(
    portal, client, worker, django_capture_on_commit_callbacks
) -> None:
    walk(client, until="person")
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/appeals/new/save/", {"email": "Maria@Example.org"}).status_code == 200
    (letter,) = mail.outbox
    assert letter.to == ["maria@example.org"]
    found = re.search(r"/appeals/new/resume/[^/\s]+/", letter.body)
    assert found
    phone = Client()
    assert "Открыть здесь" in phone.get(found[0]).content.decode()
    assert phone.get(url("person")).status_code == 302  # looking opened nothing
    assert phone.post(found[0]).url == url("person")
    assert phone.get(url("person")).status_code == 200


def test_a_draft_of_an_account_opens_for_nobody_else(portal, client) -> None:
    user = UserFactory()
    client.force_login(user)
    walk(client, until="person")
    link = f"/appeals/new/resume/{token_for(AppealDraft.objects.get())}/"
    stranger = Client()
    assert stranger.get(link).status_code == 404
    stranger.force_login(UserFactory())
    assert stranger.post(link).status_code == 404
    own = Client()
    own.force_login(user)
    assert own.post(link).status_code == 302


@pytest.mark.parametrize("token", ["forged", "IjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwIg:abc"])
def test_a_forged_link_opens_nothing(portal, token) -> None:
    assert Client().post(f"/appeals/new/resume/{token}/").status_code == 404


def test_links_are_not_sent_without_end(portal, client, worker, django_capture_on_commit_callbacks) -> None:
    walk(client, until="topic")
    answers = []
    for _again in range(7):
        with django_capture_on_commit_callbacks(execute=True):
            answers.append(client.post("/appeals/new/save/", {"email": "maria@example.org"}).status_code)
    assert answers[-1] == 429
    assert len(mail.outbox) == 5


def test_the_pages_are_cheap(portal, client, django_assert_max_num_queries) -> None:
    say(client, "what", kind="consultation", text="Как прикрепиться к поликлинике?")
    for page in ("/appeals/new/answers/", url("topic"), f"{url('topic')}?q=врач", "/appeals/new/save/"):
        with django_assert_max_num_queries(8):
            assert client.get(page).status_code == 200
