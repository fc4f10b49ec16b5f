"""Which letters share an envelope: the same address, however it is written. Pure.

The key keeps every number and the word before it, so that another flat or building is never the same household;
only spelling is folded. Two keys that differ cost a second envelope, two that wrongly agree would show one
household's mail to another, so in doubt they differ.
"""

import re
from collections.abc import Hashable, Iterable

_WORDS = {
    "улица": "ул",
    "дом": "д",
    "квартира": "кв",
    "корпус": "корп",
    "к": "корп",
    "строение": "стр",
    "город": "г",
    "гор": "г",
    "проспект": "пр-т",
    "просп": "пр-т",
    "прт": "пр-т",
    "переулок": "пер",
    "посёлок": "пос",
    "поселок": "пос",
    "п": "пос",
    "село": "с",
    "деревня": "дер",
    "область": "обл",
    "район": "р-н",
    "рн": "р-н",
    "бульвар": "б-р",
    "бул": "б-р",
    "бр": "б-р",
    "площадь": "пл",
    "шоссе": "ш",
    "набережная": "наб",
    "комната": "ком",
}
# Letters and digits are told apart: «кв5» and «кв. 5» are one, «5 А» and «5а» too.
_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:-[^\W\d_]+)*")


def address_key(address: str) -> str:
    """What two spellings of one address have in common."""
    tokens = (token.replace("ё", "е") for token in _TOKEN.findall(address.lower()))
    # «пр-т» and «пр т» lose their hyphen alike before they are looked up.
    return " ".join(_WORDS.get(token.replace("-", ""), token) for token in tokens)


def envelopes(letters: Iterable[tuple[Hashable, str]], *, most: int) -> list[list[Hashable]]:
    """Letters as (mark, address), oldest first, into envelopes of at most `most` sheets.

    An envelope stands where its oldest letter stands; inside, letters keep their order.
    """
    open_ones: dict[str, list[Hashable]] = {}
    found: list[list[Hashable]] = []
    for mark, address in letters:
        # An address without any letter or number says nothing about who lives there.
        key = address_key(address)
        current = open_ones.get(key) if key else None
        if current is None or len(current) >= most:
            current = []
            found.append(current)
            open_ones[key] = current
        current.append(mark)
    return found
