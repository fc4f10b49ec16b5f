"""Patterns of ages as regulation writes them: «18–39 раз в три года, с 40 ежегодно».

Pure. The notation, kept short because people edit it in reference data:
`45` one age, `65-75` a span, `40+` open upwards, `18-39/3` every third year counted from 18,
and a comma joins them: `18-39/3,40+`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Nobody on record has lived longer than 122 years: beyond this a birth date is a mistake of the register.
MAX_AGE = 130

_PART = re.compile(r"(?P<first>\d{1,3})(?:(?P<open>\+)|-(?P<last>\d{1,3}))?(?:/(?P<step>\d{1,2}))?")


@dataclass(frozen=True)
class AgePattern:
    """Whole years of age; `notation` is what was parsed."""

    notation: str
    ages: frozenset[int]

    @classmethod
    def parse(cls, notation: str) -> "AgePattern":
        """Raises `ValueError` naming the part that cannot be read."""
        ages: set[int] = set()
        for part in notation.split(","):
            match = _PART.fullmatch(part.strip())
            if match is None:
                raise ValueError(f"age pattern {notation!r}: cannot read {part.strip()!r}")
            first = int(match["first"])
            last = MAX_AGE if match["open"] else int(match["last"] or first)
            step = int(match["step"] or 1)
            if not step or not first <= last <= MAX_AGE:
                raise ValueError(f"age pattern {notation!r}: {part.strip()!r} holds no age")
            ages.update(range(first, last + 1, step))
        return cls(notation=notation, ages=frozenset(ages))

    def __contains__(self, age: int) -> bool:
        return age in self.ages


def spans(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Join neighbouring whole numbers into inclusive spans, lowest first."""
    joined: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if joined and joined[-1][1] == number - 1:
            joined[-1] = (joined[-1][0], number)
        else:
            joined.append((number, number))
    return joined
