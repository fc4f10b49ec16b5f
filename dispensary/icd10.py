"""ICD-10 codes as people type them, and ranges of codes.

Pure. A code is kept as `I10` or `I10.9`. Order and containment go by the code without its dot:
`I69.0-I69.4` holds `I69.31` but not the unspecified `I69`, which might lie outside.
"""

import re
from dataclasses import dataclass

# Cyrillic letters that cannot be told from Latin ones on the screen, in the Russian keyboard's upper case.
_LOOKALIKES = str.maketrans("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS")
_CODE = re.compile(r"(?P<block>[A-Z]\d\d)(?:\.?(?P<sub>\d{1,2})|\.-)?[*+†]?")


class Icd10Error(ValueError):
    """Not an ICD-10 code; the message is one line."""


def normalise(code: str) -> str:
    """`i10`, `I10,9`, Cyrillic `С50`, `I109`, `I10.-` → the plain code. Raises `Icd10Error`."""
    text = re.sub(r"\s", "", code).upper().translate(_LOOKALIKES).replace(",", ".")
    match = _CODE.fullmatch(text) if text.isascii() or text.endswith("†") else None
    if match is None:
        raise Icd10Error(f"«{code.strip()}» не код МКБ-10, нужно как I10 или I10.9")
    return f"{match['block']}.{match['sub']}" if match["sub"] else match["block"]


@dataclass(frozen=True)
class CodeRange:
    """Inclusive range of codes; the last code takes in its subdivisions."""

    first: str
    last: str

    @classmethod
    def parse(cls, text: str) -> "CodeRange":
        first, _, last = text.partition("-")
        parsed = cls(normalise(first), normalise(last or first))
        if _key(parsed.first) > _key(parsed.last):
            raise Icd10Error(f"{text}: начало диапазона больше конца")
        return parsed

    def __contains__(self, code: str) -> bool:
        """`code` must be normalised."""
        key, last = _key(code), _key(self.last)
        return _key(self.first) <= key and key[: len(last)] <= last

    @property
    def precision(self) -> tuple[int, int]:
        """Greater is more specific: subdivisions before blocks, then narrow ranges before wide ones."""
        first, last = _key(self.first), _key(self.last)
        return min(len(first), len(last)), -abs(_number(last) - _number(first))

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first}-{self.last}"


def _key(code: str) -> str:
    return code.replace(".", "")


def _number(key: str) -> int:
    return ord(key[0]) * 10_000 + int(key[1:].ljust(4, "0"))
