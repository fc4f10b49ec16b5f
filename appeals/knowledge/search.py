"""Reading the knowledge base: search, one answer, lists. All of it is public."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
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
    scores = _scores(question)
    rows = open_articles().filter(pk__in=scores).select_related("current")
    marker = Marker(question)
    ranked = [(scores[row.pk] * _named(row, marker), row) for row in rows]
    ranked.sort(key=lambda pair: (-pair[0], -pair[1].views, pair[1].slug))
    return [_found(row, marker) for worth, row in ranked[:MOST] if worth >= ranked[0][0] * _WORTH]


def _scores(question: Question) -> dict[int, float]:
    """Answers with some of the words and what each is worth; a few more than are shown.

    Written as SQL, because to build this query from expressions takes ten times as long as to run it.
    """
    terms = question.terms
    lemmas = [_lemma_query(term) for term in terms]
    stems = ["" if term.is_prefix else term.token for term in terms]
    phrases = [" | ".join(f"({' & '.join(phrase)})" for phrase in term.phrases) for term in terms]
    given: dict[str, Any] = {
        "weights": WEIGHTS,
        "lemmas": lemmas,
        "stems": stems,
        "phrases": phrases,
        "worth": [term.weight for term in terms],
        "any_lemma": " | ".join(f"({part})" for part in (*lemmas, *phrases) if part),
        "any_stem": " | ".join(stem for stem in stems if stem),
        "most": MOST * 3,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, given)
        return dict(cursor.fetchall())


# A word that an answer has in the very form counts fully, by its stem nearly so, by a synonym less. The sum is
# lowered by the words that the answer has not.
_SQL = """
WITH term AS (
    SELECT to_tsquery('simple', lemma) AS lemma, to_tsquery('russian', stem) AS stem,
           to_tsquery('simple', phrase) AS phrase, weight
    FROM unnest(%(lemmas)s::text[], %(stems)s::text[], %(phrases)s::text[], %(worth)s::float8[])
        AS given (lemma, stem, phrase, weight)
)
SELECT article.id,
       sum(fit.score * term.weight) * sum(term.weight) FILTER (WHERE fit.score > 0) / sum(term.weight) AS score
FROM appeals_article AS article
CROSS JOIN term
CROSS JOIN LATERAL (SELECT greatest(
    CASE WHEN article.search_lemma @@ term.lemma
         THEN ts_rank(%(weights)s::real[], article.search_lemma, term.lemma) ELSE 0 END,
    CASE WHEN article.search_stem @@ term.stem
         THEN 0.9 * ts_rank(%(weights)s::real[], article.search_stem, term.stem) ELSE 0 END,
    CASE WHEN article.search_lemma @@ term.phrase
         THEN 0.7 * ts_rank(%(weights)s::real[], article.search_lemma, term.phrase) ELSE 0 END
)) AS fit (score)
WHERE article.archived_at IS NULL AND article.current_id IS NOT NULL
  AND (article.search_lemma @@ to_tsquery('simple', %(any_lemma)s)
       OR article.search_stem @@ to_tsquery('russian', %(any_stem)s))
GROUP BY article.id
HAVING sum(fit.score) > 0
ORDER BY score DESC, article.id
LIMIT %(most)s
"""


def _named(article: Article, marker: Marker) -> float:
    """Above 1 by how much of the answer's own question was asked: «диспансеризация» means the answer on it before
    one on a refusal of it."""
    assert article.current is not None  # noqa: S101 - open articles have a current version
    return 1 + _TITLE_COUNTS * marker.share_asked(article.current.title)


def _found(article: Article, marker: Marker) -> Found:
    version = article.current
    assert version is not None  # noqa: S101 - open articles have a current version
    _, _, summary, body = words_of(version)
    return Found(article, marker.marked(version.title), marker.excerpt(summary, body))


def _lemma_query(term: Term) -> str:
    """Words hold only letters and digits, so they stand in a raw query as they are."""
    return f"{term.token}:*" if term.is_prefix else " | ".join(term.lemmas)
