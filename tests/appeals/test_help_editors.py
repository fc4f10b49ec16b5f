"""The editors' pages: who opens them, what they refuse, what they never lose."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appeals.knowledge.files import read_answers
from appeals.knowledge.publishing import ship, today
from appeals.load import load_reference
from appeals.models import Article, ArticleVersion
from tests.appeals.desk import at_desk
from tests.cast import Cast

EDITORS = {"supervisor", "fund_admin", "foreign_supervisor", "foreign_fund_admin"}
LIST = "/staff/help/"
NEW = "/staff/help/new/"
EDIT = "/staff/help/gde-polis/edit/"
STORY = "/staff/help/gde-polis/"


def text(**changes: Any) -> dict[str, Any]:
    day = today(timezone.now()).isoformat()
    return {
        "title": "Где полис?",
        "slug": "gde-polis",
        "section": "policy",
        "summary": "У вас.",
        "body": "## Что сделать\n\nПоищите **дома**.",
        "keywords": "аусвайс",
        "topics": "4.2, 2.3",
        "related": "",
        "norm": "326-ФЗ",
        "source": "",
        "checked_on": day,
        "valid_from": day,
        "seen": "",
        **changes,
    }


@pytest.fixture
def editor(cast: Cast) -> Client:
    load_reference()
    return at_desk(cast.users["fund_admin"])


def published(editor: Client, **changes: Any) -> Article:
    assert editor.post(NEW, text(**changes) | {"publish": "1"}).status_code == 302
    return Article.objects.get(slug=changes.get("slug", "gde-polis"))


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    return found[1] if found else ""


def test_who_may_edit(cast: Cast, editor: Client) -> None:
    published(editor)
    for name, user in cast.users.items():
        for address in (LIST, NEW, EDIT, STORY, f"{STORY}versions/1/"):
            allowed = 200 if name in EDITORS else 404
            assert at_desk(user).get(address).status_code == allowed, (name, address)
    assert Client().get(LIST).status_code == 302
    assert 'href="/staff/help/"' in editor.get("/region/staffing/").content.decode()


def test_an_answer_is_written_previewed_kept_and_published(editor: Client) -> None:
    page = editor.post(NEW, text() | {"preview": "1"}).content.decode()
    assert "<strong>дома</strong>" in page
    assert "Поищите **дома**." in page
    assert not Article.objects.exists()
    assert editor.post(NEW, text() | {"save": "1"}).url == EDIT
    assert Client().get("/help/gde-polis/").status_code == 404
    opened = editor.get(EDIT).content.decode()
    assert "Где полис?" in opened
    assert editor.post(EDIT, text(seen=seen_on(opened)) | {"publish": "1"}).url == STORY
    shown = Client().get("/help/gde-polis/").content.decode()
    assert "<strong>дома</strong>" in shown
    assert 'name="topics" value="4.2 2.3"' in shown
    story = editor.get(STORY).content.decode()
    assert re.search(r"Опубликован\w*, редакция 1", story)
    assert "нынешняя" in story


def test_a_new_version_begins_from_the_last_one(editor: Client) -> None:
    published(editor)
    opened = editor.get(EDIT).content.decode()
    assert "Поищите **дома**." in opened
    editor.post(EDIT, text(summary="Дома.", seen=seen_on(opened)) | {"publish": "1"})
    assert Article.objects.get().current.number == 2
    old = editor.get(f"{STORY}versions/1/").content.decode()
    assert "У вас." in old
    assert editor.get(f"{STORY}versions/9/").status_code == 404


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": ""}, "Обязательное поле"),
        ({"slug": "Плохой адрес"}, "строчные латинские"),
        ({"slug": "search"}, "Такой адрес уже есть"),
        ({"topics": "4.2 9.9"}, "Нет такой темы: 9.9"),
        ({"topics": "4"}, "Нет такой темы: 4"),
        ({"related": "net-takogo"}, "Нет другого опубликованного ответа"),
        ({"related": "a b c d e f g"}, "не больше шести"),
        ({"checked_on": "2999-01-01"}, "не может быть в будущем"),
        ({"valid_from": "2020-01-01"}, "с прошедшего дня"),
        ({"valid_from": "2999-01-01"}, "больше двух лет"),
        ({"section": "nothing"}, "nothing"),
        ({"seen": "вчера"}, "Откройте страницу ещё раз"),
        ({"body": "х" * 20_001}, "20000"),
    ],
)
def test_a_mistake_is_named_and_the_text_stays(editor: Client, change: dict[str, str], message: str) -> None:
    page = editor.post(NEW, text(**change) | {"publish": "1"}).content.decode()
    assert message in page
    assert "Поищите **дома**." in page or "body" in change
    assert not Article.objects.exists()


def test_of_two_editors_nobody_loses_a_text(cast: Cast, editor: Client) -> None:
    published(editor)
    other = at_desk(cast.users["supervisor"])
    mine, theirs = seen_on(editor.get(EDIT).content.decode()), seen_on(other.get(EDIT).content.decode())
    other.post(EDIT, text(summary="Их слова.", seen=theirs) | {"save": "1"})
    page = editor.post(EDIT, text(summary="Мои слова.", seen=mine) | {"publish": "1"}).content.decode()
    assert "коллега сохранил другой текст" in page
    assert "Их слова." in page
    assert "Мои слова." in page
    assert Article.objects.get().current.number == 1
    # Having seen both, the editor decides.
    assert (
        editor.post(EDIT, text(summary="Мои слова.", seen=seen_on(page)) | {"save": "1"}).status_code == 302
    )
    assert ArticleVersion.objects.get(published_at__isnull=True).summary == "Мои слова."


def test_hostile_markdown_is_shown_as_text(editor: Client) -> None:
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    published(editor, body=hostile, title="<b>Жирно</b>")
    for page in (Client().get("/help/gde-polis/"), editor.get(STORY), editor.get(f"{STORY}versions/1/")):
        shown = page.content.decode()
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert "<b>Жирно" not in shown


def test_checked_archived_restored_dropped(editor: Client) -> None:
    published(editor, checked_on="2024-05-01")
    assert "проверить" in editor.get(f"{LIST}?tab=stale").content.decode()
    editor.post(f"{STORY}checked/", {"note": "сверено с редакцией"})
    assert "Где полис?" not in editor.get(f"{LIST}?tab=stale").content.decode()
    assert "сверено с редакцией" in editor.get(STORY).content.decode()
    editor.post(f"{STORY}archive/", {})
    assert Client().get("/help/gde-polis/").status_code == 404
    assert "Где полис?" in editor.get(f"{LIST}?tab=archive").content.decode()
    editor.post(f"{STORY}restore/", {})
    assert Client().get("/help/gde-polis/").status_code == 200
    assert editor.post(f"{STORY}drop/", {}).url == STORY
    editor.post(NEW, text(slug="chernovik") | {"save": "1"})
    assert "chernovik" in editor.get(f"{LIST}?tab=drafts").content.decode()
    assert editor.post("/staff/help/chernovik/checked/", {}).status_code == 404
    assert editor.post("/staff/help/chernovik/drop/", {}).url == LIST
    assert editor.get("/staff/help/chernovik/").status_code == 404


@pytest.mark.parametrize("query", ["tab=nothing", "tab=%00"])
def test_a_list_that_is_none_is_not_found(editor: Client, query: str) -> None:
    assert editor.get(f"{LIST}?{query}").status_code == 404


@pytest.mark.parametrize("after", ["%00", "2026-01-01_x", "_9" + "9" * 30, "zzz_1", "٢_٢"])
def test_a_bad_mark_begins_at_the_beginning(editor: Client, after: str) -> None:
    published(editor)
    assert "Где полис?" in editor.get(f"{LIST}?after={after}").content.decode()


def test_the_list_turns_pages_and_asks_always_as_much(editor: Client) -> None:
    now = timezone.now() - timedelta(days=400)
    texts = list(read_answers())
    ship(texts[:10], now=now)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(LIST).status_code == 200
        return len(captured)

    queries()
    few = queries()
    ship(texts[10:], now=now)
    assert queries() == few <= 10
    seen: set[str] = set()
    address = LIST
    for _ in range(5):
        page = editor.get(address).content.decode()
        slugs = set(re.findall(r'href="/staff/help/([a-z0-9-]+)/"><', page)) | set(
            re.findall(r'<th scope="row"><a href="/staff/help/([a-z0-9-]+)/"', page)
        )
        assert not slugs & seen
        seen |= slugs
        onward = re.search(r'href="([^"]+)" rel="next"', page)
        if onward is None:
            break
        address = onward[1].replace("&amp;", "&")
    assert seen == {one.slug for one in texts}
