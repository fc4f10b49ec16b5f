"""Quality sampling: which closed cases are looked at again, and what a filled checklist comes to. Pure.

The draw is deterministic: whoever repeats it gets the same cases, and nobody can choose them.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum


class Mark(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOT_APPLICABLE = "na"


_WORTH = {Mark.YES: 2, Mark.PARTLY: 1, Mark.NO: 0}


def is_drawn(number: str, share: int) -> bool:
    """Whether the case of this number is in the sample; `share` is a percentage, 0 to 100."""
    digest = hashlib.sha256(f"quality:{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100 < share


def score(marks: Mapping[str, Mark], weights: Mapping[str, int]) -> int | None:
    """Percent of what could be reached, by the weights of the criteria; None when nothing applies.

    KeyError for a mark of a criterion without a weight.
    """
    reached = most = 0
    for code, mark in marks.items():
        if mark is not Mark.NOT_APPLICABLE:
            reached += _WORTH[mark] * weights[code]
            most += 2 * weights[code]
    return round(100 * reached / most) if most else None
