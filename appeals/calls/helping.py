"""What the page offers while the operator types: likely topics, answers of the knowledge base, a warning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from appeals.alarm import alarming
from appeals.citizen.topics import find as find_topics
from appeals.citizen.topics import likely, topics_of
from appeals.knowledge import markup
from appeals.knowledge.search import ask, search
from appeals.models import AppealTopic, Article
from appeals.terms import Kind

ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer of the knowledge base; `text` is what is said, without marks of formatting."""

    slug: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Help:
    topics: Sequence[AppealTopic]
    answers: Sequence[Ready]
    alarm: str | None


def topics_today(today: date) -> list[AppealTopic]:
    """What may be asked on the phone: the topics of questions, and matters of other bodies."""
    return topics_of(Kind.CONSULTATION, today)


def help_for(text: str, topics: Sequence[AppealTopic]) -> Help:
    """For the words of a question; nothing typed, nothing offered."""
    if not text.strip():
        return Help((), (), None)
    answers = [_ready(found.article) for found in search(ask(text))[:ANSWERS]]
    # A few words point nowhere by themselves: then a wider look is better than none.
    return Help(likely(text, topics) or find_topics(text, topics)[:3], answers, alarming(text))


def answer_of(slug: str) -> str:
    """The text of one open answer, empty where there is none."""
    article = Article.objects.filter(slug=slug, archived_at__isnull=True).select_related("current").first()
    return _ready(article).text if article is not None and article.current is not None else ""


def _ready(article: Article) -> Ready:
    version = article.current
    assert version is not None  # noqa: S101 - open answers have a current version
    return Ready(article.slug, version.title, markup.plain(version.summary).strip())
