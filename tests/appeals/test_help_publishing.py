"""Versions of answers: drafts, publication, what the database refuses."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from appeals.knowledge import publishing
from appeals.knowledge.files import Text, read_answer, read_answers
from appeals.knowledge.markup import plain, render
from appeals.knowledge.publishing import AddressTaken, DraftChanged
from appeals.knowledge.search import ask, search
from appeals.models import Article, ArticleEvent, ArticleVersion
from appeals.reference import BadReference
from tests.factories import UserFactory

NOW = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)
TODAY = date(2026, 6, 2)
FIELDS = {
    "section": "policy",
    "title": "Где взять полис?",
    "summary": "В страховой компании.",
    "body": "## Что сделать\n\nПриходите с паспортом.",
    "keywords": "аусвайс",
    "topics": ["4.2"],
    "related": [],
    "norm": "326-ФЗ",
    "source": "",
    "confirmed": False,
    "checked_on": TODAY,
    "valid_from": TODAY,
}
SHIPPED = Text(
    slug="polis",
    section="policy",
    title="Где полис?",
    topics=("4.2",),
    keywords="",
    norm="326-ФЗ",
    source="",
    confirmed=False,
    checked=date(2026, 5, 1),
    related=(),
    summary="У вас.",
    body="Поищите.",
)


@pytest.fixture
def editor(db: None) -> int:
    return UserFactory().pk


def draft(editor: int, *, slug: str = "gde-polis", seen: datetime | None = None, **changes) -> ArticleVersion:
    return publishing.save_draft(
        slug=slug,
        given=FIELDS | changes,
        seen=seen,
        is_new=seen is None and not Article.objects.filter(slug=slug).exists(),
        user_id=editor,
        now=changes.pop("now", NOW),
    )


def publish(version: ArticleVersion, editor: int, now: datetime = NOW) -> ArticleVersion:
    return publishing.publish(
        slug=version.article.slug, seen=version.edited_at, user_id=editor, note="", now=now
    )


def slugs(question: str) -> list[str]:
    return [found.article.slug for found in search(ask(question))]


def test_a_draft_is_not_found_and_a_published_answer_is(editor: int) -> None:
    version = draft(editor)
    assert slugs("полис") == []
    publish(version, editor)
    assert slugs("полис") == slugs("аусвайс") == ["gde-polis"]
    event = ArticleEvent.objects.get()
    assert (event.kind, event.by_id, event.version_id) == ("published", editor, version.pk)


def test_a_new_version_replaces_the_old_one_and_the_old_one_stays(editor: int) -> None:
    first = publish(draft(editor), editor)
    second = publish(draft(editor, summary="В любой.", keywords=""), editor)
    assert (first.number, second.number) == (1, 2)
    article = Article.objects.get()
    assert article.current == second
    assert slugs("аусвайс") == []
    assert ArticleVersion.objects.get(number=1).summary == "В страховой компании."


def test_an_answer_for_a_later_day_waits_for_it(editor: int) -> None:
    publish(draft(editor), editor)
    later = publish(draft(editor, title="Новое", valid_from=TODAY + timedelta(days=3)), editor)
    assert Article.objects.get().current.number == 1
    assert publishing.turn_pages(now=NOW + timedelta(days=2)) == 0
    # 22:00 UTC is already the next day in Moscow.
    assert publishing.turn_pages(now=datetime(2026, 6, 4, 22, 0, tzinfo=UTC)) == 1
    assert Article.objects.get().current == later
    assert publishing.turn_pages(now=NOW + timedelta(days=9)) == 0


def test_of_two_editors_the_second_is_told(editor: int) -> None:
    mine = draft(editor)
    theirs = draft(editor, seen=mine.edited_at, title="Их заголовок", now=NOW)
    publishing.save_draft(
        slug="gde-polis", given=FIELDS, seen=theirs.edited_at, is_new=False, user_id=editor,
        now=NOW + timedelta(minutes=1),
    )  # fmt: skip
    with pytest.raises(DraftChanged) as caught:
        draft(editor, seen=mine.edited_at, title="Мой заголовок")
    assert caught.value.draft.title == FIELDS["title"]
    with pytest.raises(DraftChanged):
        publish(theirs, editor)


def test_an_address_is_given_once(editor: int) -> None:
    draft(editor)
    with pytest.raises(AddressTaken):
        publishing.save_draft(slug="gde-polis", given=FIELDS, seen=None, is_new=True, user_id=editor, now=NOW)


def test_a_dropped_first_draft_leaves_nothing(editor: int) -> None:
    draft(editor)
    publishing.drop_draft(slug="gde-polis")
    assert not Article.objects.exists()
    publish(draft(editor), editor)
    draft(editor, title="Второй")
    publishing.drop_draft(slug="gde-polis")
    assert ArticleVersion.objects.count() == 1


def test_a_check_and_the_archive_are_told(editor: int) -> None:
    publish(draft(editor, checked_on=date(2025, 1, 1)), editor)
    act = {"slug": "gde-polis", "user_id": editor, "now": NOW}
    publishing.mark_checked(**act, note="сверено")
    assert Article.objects.get().checked_on == TODAY
    publishing.set_archived(**act, archived=True, note="устарел")
    publishing.set_archived(**act, archived=True, note="ещё раз")
    assert slugs("полис") == []
    publishing.set_archived(**act, archived=False, note="")
    assert slugs("полис") == ["gde-polis"]
    kinds = list(ArticleEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["published", "checked", "archived", "restored"]


def test_the_database_keeps_what_was_published(editor: int) -> None:
    version = publish(draft(editor), editor)
    for change in (
        lambda: ArticleVersion.objects.filter(pk=version.pk).update(title="Иначе"),
        lambda: ArticleVersion.objects.filter(pk=version.pk).delete(),
        lambda: ArticleEvent.objects.update(note="иначе"),
        lambda: ArticleEvent.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_database_holds_one_draft_and_the_own_current_version(editor: int) -> None:
    version = publish(draft(editor), editor)
    other = Article.objects.create(slug="drugoj", created_at=NOW)
    draft(editor, title="Черновик")
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleVersion.objects.create(
            article=version.article, number=9, edited_at=NOW, **{**FIELDS, "title": "Второй черновик"}
        )
    indexed = Article.objects.get(slug="gde-polis")
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=other.pk).update(
            current=version, checked_on=TODAY, indexed_at=NOW, search_lemma=indexed.search_lemma
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.create(slug="Плохой адрес", created_at=NOW)


def test_shipped_answers_are_loaded_once_and_give_way_to_editors(editor: int) -> None:
    assert publishing.ship([SHIPPED], now=NOW) == 1
    assert publishing.ship([SHIPPED], now=NOW) == 0
    assert publishing.ship([replace(SHIPPED, summary="Иначе.")], now=NOW) == 1
    assert Article.objects.get().current.summary == "Иначе."
    publish(draft(editor, slug="polis", summary="Наше."), editor)
    assert publishing.ship([SHIPPED], now=NOW) == 0
    assert Article.objects.get().current.summary == "Наше."


def test_an_archived_answer_stays_archived_when_a_new_text_is_shipped(editor: int) -> None:
    publishing.ship([SHIPPED], now=NOW)
    publishing.set_archived(slug="polis", archived=True, user_id=editor, note="", now=NOW)
    publishing.ship([replace(SHIPPED, summary="Иначе.")], now=NOW)
    assert Article.objects.get().archived_at is not None


def test_there_are_enough_answers_and_each_is_complete() -> None:
    texts = list(read_answers())
    assert len(texts) >= 50
    assert len({text.title for text in texts}) == len(texts)
    for text in texts:
        assert len(text.summary) <= 600, text.slug
        assert "## " in text.body, text.slug
        assert text.norm, text.slug
        assert 2 <= len(text.related) <= 6, text.slug
        assert text.slug not in text.related, text.slug
        for link in re.findall(r"\]\(/help/([^/]+)/\)", text.body):
            assert link in {one.slug for one in texts}, f"{text.slug} → {link}"


@pytest.mark.parametrize(
    "source",
    ["", "---\nsection: policy\n---\nТекст", "---\nбез двоеточия\n---\nТекст\n\nТекст"],
)
def test_a_broken_file_is_named(source: str) -> None:
    with pytest.raises(BadReference, match=r"plohoj\.md"):
        read_answer("plohoj", source)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# Заголовок", "<h2>Заголовок</h2>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[клик](javascript:alert(1))", "<p>[клик](javascript:alert(1))</p>"),
        ("![картинка](https://чужой/x.png)", "https"),
        ("[103](tel:103)", '<p><a href="tel:103" rel="noopener noreferrer">103</a></p>'),
        ('<b onclick="x()">жирно</b>', "&lt;b onclick"),
    ],
)
def test_markdown_of_editors_is_harmless(markdown: str, html: str) -> None:
    shown = render(markdown)
    assert html in shown
    assert not re.search(r"<(?:script|img|b|style)\b", shown)


def test_plain_text_has_the_words_alone() -> None:
    assert plain("## Раз\n\n1. **Два** & [три](/help/)\n2. 2 < 3") == "Раз\nДва & три\n2 < 3"
