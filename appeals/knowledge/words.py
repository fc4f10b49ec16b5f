"""Words of a question: folded, cut, put into dictionary form, turned back from the wrong keyboard layout."""

import re
from functools import lru_cache
from pathlib import Path

import pymorphy3

_TOKEN = re.compile(r"[a-zа-я0-9]+")
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[а-я]")
_LAYOUT = str.maketrans(
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`",
    "йцукенгшщзхъфывапролджэячсмитьбюё",
)
# Parts of speech that say nothing about the subject.
_EMPTY_PARTS = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "INTJ"})
# Words that stand in any question; as dictionary forms.
_EMPTY = frozenset((Path(__file__).parent / "data" / "empty_words.txt").read_text(encoding="utf-8").split())
# A second reading counts as a dictionary form too when it is about as likely as the first.
_LIKELY = 0.2


def folded(text: str) -> str:
    """Small letters, ё as е, nothing invisible inside words."""
    return re.sub(r"[\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u036f]", "", text.lower().replace("ё", "е"))


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(folded(text))


@lru_cache(maxsize=1)
def _analyzer() -> pymorphy3.MorphAnalyzer:
    """A tenth of a second and some 15 MiB, so only the first question of a process pays for it."""
    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=20_000)
def lemmas(token: str) -> tuple[str, ...]:
    """Dictionary forms of a folded word, the likeliest first; never empty."""
    readings = _analyzer().parse(token)
    likely = [folded(one.normal_form) for one in readings if one.score >= _LIKELY]
    found = tuple(dict.fromkeys(likely[:2] or [folded(readings[0].normal_form)] if readings else [token]))
    # An analyser's guess may hold a hyphen or a dot, which no index of ours does.
    return tuple(one for one in found if _TOKEN.fullmatch(one)) or (token,)


@lru_cache(maxsize=20_000)
def is_empty(token: str) -> bool:
    """Whether a word tells nothing of what is asked: prepositions, pronouns, «как», «можно»."""
    if len(token) < 2 or token in _EMPTY or lemmas(token)[0] in _EMPTY:
        return True
    readings = _analyzer().parse(token)
    return bool(readings) and str(readings[0].tag.POS) in _EMPTY_PARTS


def is_russian(token: str) -> bool:
    """Whether the dictionary has the word in some form."""
    return bool(_analyzer().word_is_known(token))


def other_layout(chunk: str) -> str | None:
    """«gjkbc» → «полис»: what the same keys give in the Russian layout; None for a chunk with Russian letters."""
    low = chunk.lower()
    if _CYRILLIC.search(folded(low)) or not _LATIN.search(low):
        return None
    return low.translate(_LAYOUT)
