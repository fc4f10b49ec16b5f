"""How many SMS a text is: operators bill by segment, and Cyrillic costs twice what Latin does.

Pure. GSM 03.38 / 3GPP TS 23.038: a text of the 7-bit alphabet holds 160 septets, or 153 in each part of a
longer message; any other character turns the whole text into UCS-2 with 70 or 67 code units.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Sent as an escape and a character: two septets that may not be torn apart.
_EXTENDED = frozenset("\f^{}\\[~]|€")


class Encoding(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


_LIMITS = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True)
class Segments:
    """`units`: septets of GSM-7 or 16-bit units of UCS-2. `count` is what is billed."""

    encoding: Encoding
    units: int
    count: int


def count_segments(text: str) -> Segments:
    """Segments of one SMS; an empty text is none."""
    if all(char in _BASIC or char in _EXTENDED for char in text):
        encoding, widths = Encoding.GSM7, [2 if char in _EXTENDED else 1 for char in text]
    else:
        # Characters beyond the basic plane (emoji) take a surrogate pair.
        encoding, widths = Encoding.UCS2, [2 if ord(char) > 0xFFFF else 1 for char in text]
    units = sum(widths)
    single, part = _LIMITS[encoding]
    if units <= single:
        return Segments(encoding, units, 1 if units else 0)
    return Segments(encoding, units, _parts(widths, part))


def _parts(widths: Iterable[int], limit: int) -> int:
    """Fill parts in order; a two-unit character that does not fit moves to the next part whole."""
    parts, filled = 1, 0
    for width in widths:
        if filled + width > limit:
            parts, filled = parts + 1, 0
        filled += width
    return parts
