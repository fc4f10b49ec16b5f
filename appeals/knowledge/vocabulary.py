"""The words of the knowledge base itself: how telling each is, and what a mistyped one may have meant.

Pure. Built from the texts of all open answers; `current()` in search.py keeps the last one built.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path

from rapidfuzz import fuzz, process

from appeals.knowledge.words import is_russian, lemmas, tokens

DATA = Path(__file__).parent / "data" / "synonyms.csv"
_SHORTEST_FIXED = 4
# How alike a word of the base must be: a word no dictionary has is a slip, another one may simply be unknown to us.
_ALIKE, _ALIKE_TO_RIGHT = 75, 88


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`texts`: how many answers there are; `spread`: in how many of them each dictionary form stands."""

    texts: int
    spread: Mapping[str, int]
    forms: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Vocabulary":
        spread: Counter[str] = Counter()
        forms: set[str] = set()
        count = 0
        for text in texts:
            count += 1
            found = set(tokens(text))
            forms |= found
            spread.update({lemma for token in found for lemma in lemmas(token)})
        return cls(count, spread, frozenset(forms))

    def knows(self, token: str) -> bool:
        return token in self.forms or any(lemma in self.spread for lemma in lemmas(token))

    def weight(self, lemma: str) -> float:
        """A word that few answers have says more than one that all have."""
        return log(1 + (self.texts + 1) / (self.spread.get(lemma, 0) + 1))

    def begins(self, start: str) -> bool:
        return any(form.startswith(start) for form in self.forms)

    def meant(self, token: str) -> str | None:
        """The word of the base that a mistyped one stands for, if one is near enough."""
        if len(token) < _SHORTEST_FIXED or not token.isalpha():
            return None
        alike = _ALIKE_TO_RIGHT if is_russian(token) else _ALIKE
        near = process.extractOne(token, self._fixable(), scorer=fuzz.ratio, score_cutoff=alike)
        return near[0] if near else None

    def _fixable(self) -> list[str]:
        return _long_forms(self.forms)


@lru_cache(maxsize=2)
def _long_forms(forms: frozenset[str]) -> list[str]:
    """In one order on every machine, so that of two equally near words always the same one is offered."""
    return sorted(form for form in forms | frozenset(synonyms()) if len(form) >= _SHORTEST_FIXED)


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Dictionary form → phrases that mean the same here, each as dictionary forms."""
    found: dict[str, list[tuple[str, ...]]] = {}
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            phrase = tuple(lemmas(token)[0] for token in tokens(row["means"]))
            for word in {tokens(row["word"])[0], lemmas(tokens(row["word"])[0])[0]}:
                found.setdefault(word, []).append(phrase)
    return {word: tuple(dict.fromkeys(phrases)) for word, phrases in found.items()}
