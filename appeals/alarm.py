"""Words that may mean a life is in danger now: the reader is told to call 103 or 112 before writing on.

A mark for the page only. It decides nothing: a letter about a stroke a year ago has the same words.
"""

import csv
import re
from functools import lru_cache
from pathlib import Path

from appeals.reference import BadReference

DATA = Path(__file__).parent / "data" / "alarm_words.csv"
# Between the words of a phrase there may stand two others: «не могу совсем дышать».
_GAP = r"(?:\W+\w+){0,2}?\W+"


def alarming(text: str) -> str | None:
    """The phrase of the list that the text contains, or None."""
    folded = text.lower().replace("ё", "е")
    for phrase, pattern in _phrases():
        if pattern.search(folded):
            return phrase
    return None


@lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The list, read once. Errors: BadReference for a row without stems."""
    found = []
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            stems = row["stems"].lower().replace("ё", "е").split()
            if not stems:
                raise BadReference(f"{DATA.name}: a row has no stems")
            words = [
                re.escape(stem.removesuffix("*")) + (r"\w*" if stem.endswith("*") else "") for stem in stems
            ]
            found.append((row["phrase"], re.compile(r"\b" + _GAP.join(words) + r"\b")))
    return tuple(found)
