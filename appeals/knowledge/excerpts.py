"""The piece of an answer that fits a question best, with the asked words marked. Pure.

Made here rather than by ts_headline: words are compared by dictionary form, so that «прием» marks «приёма», and
each piece is escaped before a mark is set.
"""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from appeals.knowledge.asking import Question
from appeals.knowledge.words import folded, is_empty, lemmas

LONGEST = 260
_WORD = re.compile(r"[A-Za-zА-Яа-яЁё0-9]+")
_END = re.compile(r"(?<=[.!?])\s+|\n")


class Marker:
    """Knows which words of a text a question asks for; made for one question, because it remembers them."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._phrased = {form for term in question.terms for phrase in term.phrases for form in phrase}
        self._forms = {form for term in question.terms for form in term.lemmas}
        self._beginnings = tuple(term.token for term in question.terms if term.is_prefix)
        self._known: dict[str, bool] = {}

    def excerpt(self, *texts: str) -> SafeString:
        """The sentences with the most asked words, in order, within 260 characters; else the beginning."""
        parts = [part.strip() for text in texts for part in _END.split(text)]
        # What ends without a stop is a heading of the text.
        sentences = [part for part in parts if part.endswith((".", "!", "?", ";", ":"))]
        if not sentences:
            return mark_safe("")
        scores = [len(self._hits(sentence)) for sentence in sentences]
        best = scores.index(max(scores))
        piece = sentences[best]
        for following in sentences[best + 1 :]:
            if len(piece) + len(following) + 1 > LONGEST:
                break
            piece = f"{piece} {following}"
        return self.marked(_cut(piece))

    def marked(self, text: str) -> SafeString:
        """The text as safe HTML with the asked words in <mark>."""
        made, done = [], 0
        for word in _WORD.finditer(text):
            if self._asked(word[0]):
                made += [escape(text[done : word.start()]), "<mark>", escape(word[0]), "</mark>"]
                done = word.end()
        made.append(escape(text[done:]))
        return mark_safe("".join(made))  # noqa: S308 - every piece between the marks is escaped above

    def share_asked(self, title: str) -> float:
        """Which part of the telling words of a title was asked for, from 0 to 1."""
        words = [word for word in _WORD.findall(title) if not is_empty(folded(word))]
        return sum(map(self._asked, words)) / len(words) if words else 0.0

    def _hits(self, sentence: str) -> set[str]:
        return {lemmas(folded(word))[0] for word in _WORD.findall(sentence) if self._asked(word)}

    def _asked(self, word: str) -> bool:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._is_asked(folded(word))
        return known

    def _is_asked(self, token: str) -> bool:
        forms = lemmas(token)
        if token.startswith(self._beginnings) or not self._forms.isdisjoint(forms):
            return True
        return len(token) > 3 and forms[0] in self._phrased


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + "…"
