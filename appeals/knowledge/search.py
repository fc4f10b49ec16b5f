"""Reading the knowledge base: search, one answer, lists. All of it is public."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Count, ExpressionWrapper, F, FloatField, Max, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.utils.safestring import SafeString

from appeals.knowledge import markup
from appeals.knowledge.asking import Question, Term, understand
from appeals.knowledge.excerpts import Marker
from appeals.knowledge.vocabulary import Vocabulary
from appeals.models import Article, ArticleVersion

MOST = 8
# What a word counts in the text, the summary, the words people use, the question itself.
WEIGHTS = [0.12, 0.35, 0.8, 1.0]
# Answers that fit much worse than the best one only tire the reader.
_WORTH = 0.22
_TITLE_COUNTS = 0.6
_TERM = "term_"

Stamp = tuple[datetime | None, int]
_kept: deque[tuple[Stamp, Vocabulary]] = deque(maxlen=1)


@dataclass(frozen=True, slots=True)
class Found:
    article: Article
    title: SafeString
    excerpt: SafeString


def open_articles() -> QuerySet[Article]:
    """What everybody may read. The search columns are as large as the texts, and only the database reads them."""
    rows = Article.objects.filter(archived_at__isnull=True, current__isnull=False)
    return rows.defer("search_stem", "search_lemma")


def popular(most: int) -> list[Article]:
    """The answers read most."""
    return list(open_articles().select_related("current").order_by("-views", "pk")[:most])


def vocabulary() -> Vocabulary:
    """The words of all open answers. Kept in the process until an answer changes anywhere: one look at the stamp."""
    seen = Article.objects.aggregate(
        at=Max("indexed_at"), open=Count("pk", filter=Q(archived_at__isnull=True))
    )
    stamp: Stamp = (seen["at"], seen["open"])
    if not _kept or _kept[0][0] != stamp:
        rows = ArticleVersion.objects.filter(pk__in=open_articles().values("current"))
        _kept.append((stamp, Vocabulary.of(" ".join(words_of(row)) for row in rows)))
    return _kept[0][1]


def words_of(version: ArticleVersion) -> tuple[str, str, str, str]:
    """The texts of a version by importance: question, words people use, summary, body."""
    return version.title, version.keywords, markup.plain(version.summary), markup.plain(version.body)


def ask(text: str) -> Question:
    return understand(text, vocabulary())


def search(question: Question) -> list[Found]:
    """At most eight answers, the most fitting first: each word counts by how telling it is, by where it stands,
    and an answer that has more of the words goes before one that has fewer."""
    if not question.terms:
        return []
    any_of = Q()
    scores: dict[str, Combinable] = {}
    for place, term in enumerate(question.terms):
        any_of |= _has(term)
        scores[f"{_TERM}{place}"] = _score(term) * Value(term.weight)
    total = sum(scores.values(), start=Value(0.0, output_field=FloatField()))
    rows = (
        open_articles()
        .filter(any_of)
        .select_related("current")
        .annotate(**scores)
        .order_by(ExpressionWrapper(total, FloatField()).desc(), "-views", "slug")[: MOST * 3]
    )
    marker = Marker(question)
    ranked = sorted(((_worth(row, marker), row) for row in rows), key=lambda pair: -pair[0])
    return [_found(row, marker) for worth, row in ranked[:MOST] if worth >= ranked[0][0] * _WORTH]


def _worth(article: Article, marker: Marker) -> float:
    """The sum of what its words score, lowered by the words it has not, raised by how much of its own question was
    asked: «диспансеризация» means the answer on it before one on a refusal of it."""
    assert article.current is not None  # noqa: S101 - open articles have a current version
    terms = marker.question.terms
    scores: list[float] = [getattr(article, f"{_TERM}{place}") for place in range(len(terms))]
    covered = sum(term.weight for term, score in zip(terms, scores, strict=True) if score > 0)
    share = covered / sum(term.weight for term in terms)
    return sum(scores) * share * (1 + _TITLE_COUNTS * marker.share_asked(article.current.title))


def _found(article: Article, marker: Marker) -> Found:
    version = article.current
    assert version is not None  # noqa: S101 - open articles have a current version
    _, _, summary, body = words_of(version)
    return Found(article, marker.marked(version.title), marker.excerpt(summary, body))


def _lemma_query(term: Term) -> SearchQuery:
    """Words hold only letters and digits, so they stand in a raw query as they are."""
    if term.is_prefix:
        return SearchQuery(f"{term.token}:*", config="simple", search_type="raw")
    return SearchQuery(" | ".join(term.lemmas), config="simple", search_type="raw")


def _phrase_query(term: Term) -> SearchQuery:
    phrases = " | ".join(f"({' & '.join(phrase)})" for phrase in term.phrases)
    return SearchQuery(phrases, config="simple", search_type="raw")


def _stem_query(term: Term) -> SearchQuery:
    return SearchQuery(term.token, config="russian", search_type="raw")


def _has(term: Term) -> Q:
    has = Q(search_lemma=_lemma_query(term))
    if not term.is_prefix:
        has |= Q(search_stem=_stem_query(term))
    return has | Q(search_lemma=_phrase_query(term)) if term.phrases else has


def _score(term: Term) -> Greatest | SearchRank:
    ranks: list[object] = [SearchRank(F("search_lemma"), _lemma_query(term), weights=WEIGHTS)]
    if not term.is_prefix:
        ranks.append(SearchRank(F("search_stem"), _stem_query(term), weights=WEIGHTS) * 0.9)
    if term.phrases:
        ranks.append(SearchRank(F("search_lemma"), _phrase_query(term), weights=WEIGHTS) * 0.7)
    return Greatest(*ranks, output_field=FloatField()) if len(ranks) > 1 else ranks[0]  # type: ignore[return-value]
