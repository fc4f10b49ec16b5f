"""Topics as a citizen meets them: plain titles in groups, the likely ones of the own words first."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import log
from pathlib import Path

from django.db.models import Q

from appeals.knowledge import words
from appeals.models import AppealTopic
from appeals.reference import BadReference
from registry.models.dated import valid_on

DATA = Path(__file__).parent.parent / "data" / "topic_groups.csv"
WORDS = DATA.with_name("topic_words.csv")
SUGGESTED = 3
FOUND = 8
# How far behind the best fitting one a topic may be: for the guess, and for a search.
_CLOSE, _FAR = 0.55, 0.3
# The beginning of a long story tells what it is about.
_READ = 3_000
# Words of nearly every story, as dictionary forms.
_SAY_LITTLE = frozenset(
    {
        *("помощь", "получить", "получать", "трудно", "долго", "плохо", "больной", "медицинский", "врач"),
        *("человек", "хотеть", "просить", "сказать", "говорить", "месяц", "неделя", "день", "год", "ждать"),
        *("положить", "положено"),
    }
)


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    topics: tuple[AppealTopic, ...]


def topics_of(kind: str, today: date) -> list[AppealTopic]:
    """Topics that this kind of appeal may choose today; those of other bodies come last."""
    rows = AppealTopic.objects.filter(Q(kind=kind) | Q(kind=""), valid_on(today), selectable=True)
    return sorted(
        rows, key=lambda topic: [int(part) if part.isdigit() else 99 for part in topic.code.split(".")]
    )


def grouped(kind: str, topics: Sequence[AppealTopic]) -> list[Group]:
    """The groups of the data file, in its order; what no group names comes in the last one."""
    left = list(topics)
    groups = []
    for group_kind, title, patterns in _groups():
        if group_kind not in (kind, ""):
            continue
        inside = tuple(topic for topic in left if any(_fits(topic.code, pattern) for pattern in patterns))
        left = [topic for topic in left if topic not in inside]
        if inside:
            groups.append(Group(title, inside))
    if left:
        groups.insert(max(len(groups) - 1, 0), Group("", tuple(left)))
    return groups


def likely(text: str, topics: Iterable[AppealTopic]) -> list[AppealTopic]:
    """At most three topics that the own words point at, the most fitting first."""
    return _ranked(text[:_READ], topics, SUGGESTED, part=_CLOSE)


def find(query: str, topics: Iterable[AppealTopic]) -> list[AppealTopic]:
    """Topics for a few words typed into the search of the page."""
    return _ranked(query[:200], topics, FOUND, part=_FAR)


def _ranked(text: str, topics: Iterable[AppealTopic], most: int, *, part: float) -> list[AppealTopic]:
    """By the words a topic shares with the text: telling ones count more, and in the title more than beside it.

    What falls far behind the best is left out: three topics of which two are wrong help nobody.
    """
    asked = _words(text)
    rows = [(topic, *_known(topic)) for topic in topics]
    headings = {topic.parent for topic, *_rest in rows}
    common = Counter(word for _topic, title, beside, _only in rows for word in title | beside)
    scored = []
    for topic, title, beside, only in rows:
        if only and not only & asked:
            continue
        shared = asked & (title | beside)
        score = sum((1.0 if word in title else 0.8) * log((1 + len(rows)) / common[word]) for word in shared)
        if score:
            if topic.code in headings:
                # It holds narrower topics, of which one will fit better.
                score *= 0.7
            # Of two equally fitting topics the narrower one: less of its title is left unsaid.
            scored.append((score * (1 + len(asked & title) / (2 + len(title))), topic))
    scored.sort(key=lambda pair: -pair[0])
    return [topic for score, topic in scored[:most] if score >= scored[0][0] * part]


def _known(topic: AppealTopic) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Words of the title, words people use for it, and those without one of which it is never meant."""
    beside, only = _topic_words().get(topic.code, (frozenset(), frozenset()))
    return _words(topic.plain_title), beside, only


@lru_cache(maxsize=512)
def _words(text: str) -> frozenset[str]:
    """Dictionary forms of the words that say something."""
    found: set[str] = set()
    for token in words.tokens(text):
        if not words.is_empty(token) and token not in _SAY_LITTLE:
            found.update(form for form in words.lemmas(token) if form not in _SAY_LITTLE)
    return frozenset(found)


@lru_cache(maxsize=1)
def _topic_words() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    with WORDS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (_words(row["words"]), _words(row["only_with"])) for row in csv.DictReader(file)}


def _fits(code: str, pattern: str) -> bool:
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else code == pattern


@lru_cache(maxsize=1)
def _groups() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Errors: BadReference for a group without a title or topics."""
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = [(row["kind"], row["title"], tuple(row["codes"].split())) for row in csv.DictReader(file)]
    for _, title, codes in rows:
        if not title or not codes:
            raise BadReference(f"{DATA.name}: a group needs a title and topics")
    return tuple(rows)
