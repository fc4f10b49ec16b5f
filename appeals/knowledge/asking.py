"""What a typed question asks for, in words of the knowledge base. Pure.

Only words that the base itself has go on into the address of the results: what else people type (names, numbers
of policies, the story of an illness) stays in the form and in nobody's log.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from appeals.knowledge.vocabulary import Vocabulary, synonyms
from appeals.knowledge.words import is_empty, is_russian, lemmas, other_layout, tokens

LONGEST = 300
MOST_TERMS = 10
_SHORTEST_PREFIX = 3


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question: its dictionary forms, phrases that mean the same, or the beginning of a word."""

    token: str
    lemmas: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    weight: float
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`words` make the address; `fixed` are pairs of what was typed and what it was taken for."""

    terms: tuple[Term, ...]
    words: str
    fixed: tuple[tuple[str, str], ...] = ()

    @property
    def meant(self) -> str:
        """What to offer as «Возможно, вы искали»; empty when everything was understood as typed."""
        return self.words if self.fixed else ""


def understand(text: str, vocabulary: Vocabulary) -> Question:
    """The telling words of a question, mistypes mended, wrong layout turned back, at most ten."""
    fixed: dict[str, str] = {}
    terms: dict[str, Term] = {}
    given = list(_given(text[:LONGEST], vocabulary, fixed))
    for place, token in enumerate(given):
        if is_empty(token):
            continue
        is_last = place == len(given) - 1 and text[-1:].isalnum()
        term = _term(token, vocabulary, fixed, is_last=is_last)
        if term is not None:
            terms.setdefault(term.lemmas[0], term)
    telling = sorted(terms.values(), key=lambda term: -term.weight)[:MOST_TERMS]
    kept = tuple(term for term in terms.values() if term in telling)
    return Question(kept, " ".join(term.token for term in kept), tuple(fixed.items()))


def _given(text: str, vocabulary: Vocabulary, fixed: dict[str, str]) -> Iterator[str]:
    for chunk in text.split():
        turned = other_layout(chunk)
        # Latin words of the base itself («max», «covid») are left alone.
        if turned and not any(vocabulary.knows(token) for token in tokens(chunk)):
            russian = tokens(turned)
            if russian and all(vocabulary.knows(token) or is_russian(token) for token in russian):
                fixed[chunk.lower()] = " ".join(russian)
                yield from russian
                continue
        yield from tokens(chunk)


def _term(token: str, vocabulary: Vocabulary, fixed: dict[str, str], *, is_last: bool) -> Term | None:
    """None for a word that the base does not have and that looks like none of its words."""
    known = vocabulary.knows(token)
    if not known and not _phrases(token):
        if is_last and len(token) >= _SHORTEST_PREFIX and vocabulary.begins(token):
            return Term(token, (token,), (), 1.0, is_prefix=True)
        meant = vocabulary.meant(token)
        if meant is None:
            return None
        fixed[token] = meant
        token = meant
    forms = lemmas(token)
    phrases = _phrases(token)
    spread = [form for form in forms if form in vocabulary.spread]
    # A word known only by its synonym is as telling as the rarest word of the synonym.
    weighed = spread or [form for phrase in phrases for form in phrase] or list(forms)
    return Term(token, forms, phrases, max(vocabulary.weight(form) for form in weighed))


def _phrases(token: str) -> tuple[tuple[str, ...], ...]:
    table = synonyms()
    return tuple(dict.fromkeys(phrase for word in (token, *lemmas(token)) for phrase in table.get(word, ())))
