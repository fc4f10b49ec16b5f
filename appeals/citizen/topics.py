"""Topics as a citizen meets them: plain titles in groups, the likely ones of the own words first."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db.models import Q

from appeals.models import AppealTopic
from appeals.reference import BadReference
from registry.models.dated import valid_on

DATA = Path(__file__).parent.parent / "data" / "topic_groups.csv"
SUGGESTED = 3
# Five letters are the stem of most words that titles have; shorter words say little.
_STEM = 5
_COMMON = frozenset(
    {
        "котор",
        "можно",
        "нужно",
        "долго",
        "плохо",
        "очень",
        "после",
        "больн",
        "помощ",
        "лечен",
        "запис",
        "говор",
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
    """At most three topics whose plain title shares words with the text, the most alike first."""
    words = _stems(text)
    titles = [(topic, _stems(topic.plain_title)) for topic in topics]
    common = Counter(stem for _, stems in titles for stem in stems)
    # A word that few titles have says more: «МРТ» against «врачу».
    scored = [(sum(1 / common[stem] for stem in stems & words), topic) for topic, stems in titles]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return [topic for _, topic in best[:SUGGESTED]]


def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.lower().replace("ё", "е"))
    # Short capitals such as КТ, МРТ and ЭКО are whole words of their own.
    stems = {word[:_STEM] for word in words if len(word) >= _STEM or word in _SHORT}
    return frozenset(stems - _COMMON)


_SHORT = frozenset({"кт", "мрт", "эко", "узи", "covid", "лор", "очередь"})


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
