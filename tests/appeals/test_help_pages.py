"""The knowledge base as everybody meets it."""

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as RedisConnectionError

from appeals.knowledge.counts import write_views
from appeals.knowledge.files import read_answers
from appeals.knowledge.publishing import set_archived, ship
from appeals.load import load_reference
from appeals.models import AppealTopic, Article, ArticleDay
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)
SOME = {"vosstanovit-polis", "proverit-polis", "kto-takoj-predstavitel", "smenit-strahovuyu"}
SOME |= {"oshibka-v-polise", "kak-poluchit-polis", "pereezd-polis", "skoraya-pomosch"}


@pytest.fixture(autouse=True)
def _answers(db: None) -> None:
    ship((text for text in read_answers() if text.slug in SOME), now=NOW)


def put(client: Client, text: str) -> str:
    """Puts a question and returns the address it leads to."""
    response = client.post("/help/search/", {"text": text})
    assert response.status_code == 302
    return response.url


def test_a_question_goes_by_post_and_its_address_tells_no_name() -> None:
    client = Client()
    address = put(client, "Я Ёлкина Мария, 3952410887000019, потеряла полис")
    assert parse_qs(urlsplit(address).query) == {"q": ["потеряла полис"]}
    page = client.get(address).content.decode()
    # The box repeats everything to the one who typed it, and so does the way on to an appeal.
    assert page.count("Ёлкина Мария") == 2
    assert "<mark>полис" in page
    # Somebody who is sent the address sees the answers and nothing of the person.
    other = Client().get(address).content.decode()
    assert "Ёлкина" not in other
    assert "Потерял" in other
    # Nor does the text come back with another question's address.
    assert "Ёлкина" not in client.get("/help/?q=скорая").content.decode()


def test_results_are_not_kept_by_any_proxy() -> None:
    client = Client()
    assert "no-store" in client.get(put(client, "полис"))["Cache-Control"]


def test_danger_comes_first_even_when_its_words_are_unknown() -> None:
    client = Client()
    page = client.get(put(client, "мама истекает кровью")).content.decode()
    assert page.index('href="tel:103"') < page.index('id="ask"')
    assert "warning-103" not in client.get(put(client, "потерял полис")).content.decode()


def test_a_mistyped_word_is_understood_and_said() -> None:
    client = Client()
    page = client.get(put(client, "gjnthzk gjkbc")).content.decode()
    assert "Возможно, вы искали:" in page
    assert "потерял полис" in page
    assert "/help/vosstanovit-polis/" in page


def test_nothing_found_says_what_to_do() -> None:
    client = Client()
    page = client.get(put(client, "<script>квазар</script>")).content.decode()
    assert "Ничего не нашлось" in page
    assert "<script>квазар" not in page
    assert "/representatives/" in page
    assert "&lt;script&gt;квазар" in page  # kept for the appeal


@pytest.mark.parametrize("text", ["", "   ", "\0", "\u200b"])
def test_an_empty_question_leads_to_the_list(text: str) -> None:
    assert Client().get(put(Client(), text)).status_code == 200


@pytest.mark.parametrize(
    "query", ["", "%00", "%D0", "q" * 5000, "'%20OR%201=1", ":*%20%26%20!", "%F0%9F%99%82"]
)
def test_any_address_is_answered(query: str) -> None:
    assert Client().get(f"/help/?q={query}").status_code == 200


def test_a_very_long_question_is_cut_and_answered() -> None:
    client = Client()
    assert client.get(put(client, "потерял полис " * 10_000)).status_code == 200
    assert len(client.cookies["asked"].value) < 3000


def test_a_forged_cookie_is_nothing() -> None:
    client = Client()
    client.cookies["asked"] = client.cookies["helped"] = "forged:1:2"
    assert client.get("/help/?q=полис").status_code == 200
    assert client.get("/help/vosstanovit-polis/").status_code == 200


def test_an_answer_says_what_it_rests_on_and_where_to_go_on() -> None:
    page = Client().get("/help/vosstanovit-polis/").content.decode()
    assert "326-ФЗ" in page
    assert "ещё сверяем" in page
    assert "Проверено 22 ноября 2026" in page
    assert 'name="topics" value="2.3 4.2 3.1.2"' in page
    assert "/help/kak-poluchit-polis/" in page


@pytest.mark.parametrize("slug", ["net-takogo", "%00", "Polis", "vosstanovit-polis%0A"])
def test_an_unknown_answer_is_not_found(slug: str) -> None:
    assert Client().get(f"/help/{slug}/").status_code == 404
    assert Client().post(f"/help/{slug}/helped/").status_code == 404


def test_what_is_taken_off_the_site_is_neither_shown_nor_found() -> None:
    client = Client()
    set_archived(slug="vosstanovit-polis", archived=True, user_id=UserFactory().pk, note="", now=NOW)
    assert client.get("/help/vosstanovit-polis/").status_code == 404
    assert "/help/vosstanovit-polis/" not in client.get(put(client, "потерял полис")).content.decode()
    assert "/help/vosstanovit-polis/" not in client.get("/help/").content.decode()


def test_an_opinion_counts_once_a_browser() -> None:
    client = Client()
    for said in ("yes", "yes", "no"):
        response = client.post("/help/vosstanovit-polis/helped/", {"helped": said})
        assert response.url == "/help/vosstanovit-polis/#helped"
    assert "учли ваше мнение" in client.get("/help/vosstanovit-polis/").content.decode()
    Client().post("/help/vosstanovit-polis/helped/", {"helped": "no"})
    Client().post("/help/vosstanovit-polis/helped/", {"helped": "perhaps"})
    article = Article.objects.get(slug="vosstanovit-polis")
    assert (article.helped, article.not_helped) == (1, 1)
    day = ArticleDay.objects.get()
    assert (day.helped, day.not_helped) == (1, 1)


def test_one_address_cannot_vote_without_end() -> None:
    for _ in range(65):
        Client().post("/help/vosstanovit-polis/helped/", {"helped": "yes"})
    assert Article.objects.get(slug="vosstanovit-polis").helped == 60


def test_readings_are_counted_and_written_once() -> None:
    for _ in range(3):
        Client().get("/help/vosstanovit-polis/")
    assert not ArticleDay.objects.exists()
    assert write_views(now=NOW) == 3
    assert write_views(now=NOW) == 0
    Client().get("/help/vosstanovit-polis/")
    write_views(now=NOW)
    assert ArticleDay.objects.get().views == Article.objects.get(slug="vosstanovit-polis").views == 4


def test_an_answer_is_read_while_nobody_can_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(cache, "add", down)
    assert Client().get("/help/vosstanovit-polis/").status_code == 200


def test_the_topic_and_the_words_arrive_in_the_wizard() -> None:
    load_reference()
    client = Client()
    put(client, "потерял полис вчера")
    page = client.get("/help/vosstanovit-polis/").content.decode()
    assert 'name="text" value="потерял полис вчера"' in page
    first = client.post("/appeals/new/", {"text": "потерял полис вчера", "topics": "2.3 4.2"})
    shown = first.content.decode()
    assert "потерял полис вчера</textarea>" in shown
    assert re.search(r'value="application"[^>]* checked', shown)
    kept = re.search(r'name="topics" value="([^"]*)"', shown)
    assert kept is not None
    given = {"kind": "consultation", "text": "потерял полис вчера", "topics": kept[1]}
    assert client.post("/appeals/new/what/", given).status_code == 302
    topics = client.get("/appeals/new/topic/").content.decode()
    # The question's own topic is chosen; the application's one does not belong to this kind.
    assert re.search(r'value="4\.2"[^>]* checked', topics)
    # Going back keeps both.
    again = client.get("/appeals/new/what/").content.decode()
    assert 'name="topics" value="2.3 4.2"' in again


def test_forged_topics_change_nothing() -> None:
    load_reference()
    client = Client()
    hostile = "9.9.9 <script> 4.2' 2.3.4.5.6.7 " + "4.1 " * 500
    assert client.post("/appeals/new/", {"text": "х", "topics": hostile}).status_code == 200
    given = {"kind": "gratitude", "text": "спасибо", "topics": hostile}
    assert client.post("/appeals/new/what/", given).status_code == 302
    assert client.get("/appeals/new/topic/").status_code == 200


def test_an_unfinished_appeal_is_not_lost_to_a_new_question() -> None:
    load_reference()
    client = Client()
    client.post("/appeals/new/what/", {"kind": "complaint", "text": "Первое, недописанное"})
    page = client.post("/appeals/new/", {"text": "Второе", "topics": "4.2"}).content.decode()
    assert "Первое, недописанное" in page
    assert 'name="text" value="Второе"' in page
    assert 'name="topics" value="4.2"' in page


def test_every_answer_leads_to_topics_that_can_be_chosen() -> None:
    load_reference()
    known = set(AppealTopic.objects.filter(selectable=True).values_list("code", flat=True))
    for text in read_answers():
        assert text.topics, text.slug
        assert set(text.topics) <= known, text.slug


ADDRESSES = ["/", "/help/", "/help/?q=потерял+полис+сменить+страховую", "/help/vosstanovit-polis/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_ask_few_questions_and_always_as_many(address: str) -> None:
    client = Client()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    queries()  # the vocabulary is built once
    few = queries()
    assert few <= 8
    ship((text for text in read_answers() if text.slug not in SOME), now=NOW)
    queries()
    assert queries() == few


@pytest.mark.parametrize("address", [*ADDRESSES, "/appeals/new/"])
def test_a_first_view_weighs_less_than_150_kb_without_fonts(address: str) -> None:
    """Uncompressed, as the worst proxy would pass it on."""
    load_reference()
    ship((text for text in read_answers() if text.slug not in SOME), now=NOW)
    html = Client().get(address).content
    weight = len(html)
    for name in re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', html.decode()):
        found = finders.find(name)
        assert found, name
        weight += Path(str(found)).stat().st_size
    assert weight < 150_000, f"{address}: {weight}"
