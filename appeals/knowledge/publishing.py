"""Writing the knowledge base: drafts, publication, the search columns, archive. The only writer of these tables."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import transaction
from django.db.models import Max, TextField, Value
from django.db.models.functions import Cast

from appeals.knowledge.files import Text
from appeals.knowledge.search import words_of
from appeals.knowledge.words import folded, lemmas, tokens
from appeals.models import Article, ArticleEvent, ArticleEventKind, ArticleVersion

# A new version begins on a day; one installation serves several zones, so the day is Moscow's.
ZONE = ZoneInfo("Europe/Moscow")
FIELDS = (
    "section", "title", "summary", "body", "keywords", "topics", "related", "norm", "source", "confirmed",
    "checked_on", "valid_from",
)  # fmt: skip
_MARKS = "ABCD"
_POINTED = ["current", "checked_on", "indexed_at", "search_stem", "search_lemma"]


class DraftChanged(Exception):
    """Somebody saved another text since this one was opened; `draft` is what is kept now."""

    def __init__(self, draft: ArticleVersion) -> None:
        super().__init__("the draft was changed meanwhile")
        self.draft = draft


class AddressTaken(Exception):
    """Another answer has this address."""


@transaction.atomic
def save_draft(
    *, slug: str, given: Mapping[str, Any], seen: datetime | None, is_new: bool, user_id: int, now: datetime
) -> ArticleVersion:
    """Keeps the draft of an answer, beginning one from the last version.

    `seen`: when the draft that the editor opened was last saved, None where there was none. Errors: DraftChanged,
    AddressTaken.
    """
    article, created = Article.objects.select_for_update().get_or_create(
        slug=slug, defaults={"created_at": now}
    )
    if is_new and not created:
        raise AddressTaken(slug)
    draft = article.versions.filter(published_at__isnull=True).first()
    if draft is not None and draft.edited_at != seen:
        raise DraftChanged(draft)
    if draft is None:
        draft = ArticleVersion(article=article, number=_next_number(article))
    for name in FIELDS:
        setattr(draft, name, given[name])
    draft.edited_at, draft.edited_by_id = now, user_id
    draft.save()
    return draft


@transaction.atomic
def publish(*, slug: str, seen: datetime, user_id: int, note: str, now: datetime) -> ArticleVersion:
    """Publishes the draft that the editor saw; it becomes current on its first day. Errors: DraftChanged,
    ArticleVersion.DoesNotExist."""
    article = Article.objects.select_for_update().get(slug=slug)
    draft = article.versions.get(published_at__isnull=True)
    if draft.edited_at != seen:
        raise DraftChanged(draft)
    draft.published_at, draft.published_by_id = now, user_id
    draft.save(update_fields=["published_at", "published_by"])
    _tell(article, ArticleEventKind.PUBLISHED, at=now, by=user_id, version=draft, note=note)
    _turn(article, now=now)
    return draft


@transaction.atomic
def drop_draft(*, slug: str) -> None:
    """Throws the draft away; an answer that was never published goes with it."""
    article = Article.objects.select_for_update().get(slug=slug)
    article.versions.filter(published_at__isnull=True).delete()
    if not article.versions.exists():
        article.delete()


@transaction.atomic
def mark_checked(*, slug: str, user_id: int, note: str, now: datetime) -> None:
    """An editor looked at the norms again and the text stands."""
    article = Article.objects.select_for_update().get(slug=slug, current__isnull=False)
    article.checked_on = today(now)
    article.save(update_fields=["checked_on"])
    _tell(article, ArticleEventKind.CHECKED, at=now, by=user_id, version=article.current, note=note)


@transaction.atomic
def set_archived(*, slug: str, archived: bool, user_id: int, note: str, now: datetime) -> None:
    """Takes an answer off the site, or puts it back; what is so already stays untold."""
    article = Article.objects.select_for_update().get(slug=slug, current__isnull=False)
    if (article.archived_at is not None) == archived:
        return
    article.archived_at = now if archived else None
    article.indexed_at = now
    article.save(update_fields=["archived_at", "indexed_at"])
    kind = ArticleEventKind.ARCHIVED if archived else ArticleEventKind.RESTORED
    _tell(article, kind, at=now, by=user_id, version=article.current, note=note)


@transaction.atomic
def turn_pages(*, now: datetime) -> int:
    """Makes current what was published for a day that has come; returns how many answers changed."""
    waiting = ArticleVersion.objects.filter(published_at__isnull=False, valid_from__lte=today(now))
    newest = waiting.values("article").annotate(number=Max("number")).values_list("article", "number")
    changed = 0
    current = dict(Article.objects.values_list("pk", "current__number"))
    for pk, number in newest:
        if (current[pk] or 0) < number:
            _turn(Article.objects.select_for_update().get(pk=pk), now=now)
            changed += 1
    return changed


@transaction.atomic
def ship(texts: Iterable[Text], *, now: datetime) -> int:
    """Publishes the answers that came with the portal, all at once; returns how many are new or changed.

    An answer that editors of this installation have taken over stays as they left it.
    """
    articles = {one.slug: one for one in Article.objects.select_for_update()}
    newest = ArticleVersion.objects.order_by("article", "-number").distinct("article")
    last = {version.article_id: version for version in newest}
    fresh = []
    for text in texts:
        article = articles.get(text.slug)
        known = last.get(article.pk) if article is not None else None
        if known is None or (known.shipped and not _same(known, text)):
            fresh.append(text)
    made = Article.objects.bulk_create(
        Article(slug=text.slug, created_at=now) for text in fresh if text.slug not in articles
    )
    articles |= {one.slug: one for one in made}
    versions = ArticleVersion.objects.bulk_create(
        _shipped(text, articles[text.slug], last.get(articles[text.slug].pk), now) for text in fresh
    )
    ArticleEvent.objects.bulk_create(
        ArticleEvent(article=one.article, kind=ArticleEventKind.PUBLISHED, at=now, version=one)
        for one in versions
    )
    for version in versions:
        _point(version.article, version, now)
    Article.objects.bulk_update([one.article for one in versions], _POINTED)
    return len(fresh)


def _shipped(text: Text, article: Article, last: ArticleVersion | None, now: datetime) -> ArticleVersion:
    return ArticleVersion(
        article=article,
        number=last.number + 1 if last else 1,
        shipped=True,
        valid_from=min(text.checked, today(now)),
        edited_at=now,
        published_at=now,
        **_columns(text),
    )


def today(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def _columns(text: Text) -> dict[str, Any]:
    return {
        "section": text.section,
        "title": text.title,
        "summary": text.summary,
        "body": text.body,
        "keywords": text.keywords,
        "topics": list(text.topics),
        "related": list(text.related),
        "norm": text.norm,
        "source": text.source,
        "confirmed": text.confirmed,
        "checked_on": text.checked,
    }


def _same(version: ArticleVersion, text: Text) -> bool:
    return all(getattr(version, name) == value for name, value in _columns(text).items())


def _next_number(article: Article) -> int:
    last = article.versions.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _turn(article: Article, *, now: datetime) -> None:
    """The last published version whose day has come is current, and is what search looks into."""
    fitting = article.versions.filter(published_at__isnull=False, valid_from__lte=today(now))
    version = fitting.order_by("-number").first()
    if version is None or version.pk == article.current_id:
        return
    _point(article, version, now)
    article.save(update_fields=_POINTED)


def _point(article: Article, version: ArticleVersion, now: datetime) -> None:
    """Makes the version the one that is shown and found; the caller saves."""
    article.current, article.checked_on, article.indexed_at = version, version.checked_on, now
    for name, value in search_columns(version).items():
        setattr(article, name, value)


def search_columns(version: ArticleVersion) -> dict[str, Any]:
    """Values of the two search columns: stems by PostgreSQL, dictionary forms by ourselves."""
    parts = words_of(version)
    stems = [
        SearchVector(Value(folded(text), output_field=TextField()), config="russian", weight=mark)
        for mark, text in zip(_MARKS, parts, strict=True)
    ]
    stem = stems[0] + stems[1] + stems[2] + stems[3]
    return {"search_stem": stem, "search_lemma": Cast(Value(_vector(parts)), SearchVectorField())}


def _vector(parts: tuple[str, ...]) -> str:
    """The text form of a tsvector: readings of one word share its place."""
    place, made = 0, []
    for mark, text in zip(_MARKS, parts, strict=True):
        for token in tokens(text):
            place = min(place + 1, 16_383)  # the last place that a tsvector can name
            made += [f"{lemma}:{place}{mark}" for lemma in lemmas(token)]
    return " ".join(made)


def _tell(
    article: Article,
    kind: ArticleEventKind,
    *,
    at: datetime,
    by: int | None,
    version: ArticleVersion | None,
    note: str = "",
) -> None:
    ArticleEvent.objects.create(article=article, kind=kind, at=at, by_id=by, version=version, note=note)
