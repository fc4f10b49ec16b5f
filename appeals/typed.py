"""What people type or paste, made safe to store: pure, loses no visible character.

PostgreSQL refuses NUL; marks of direction and zero-width characters can make a text read otherwise than it is
stored, so they go too, except the joiner that holds composed emoji together.
"""

import re
import unicodedata

_JOINER = "\N{ZERO WIDTH JOINER}"
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029|\x85")
_BLANK_LINES = re.compile(r"\n{4,}")
_SPACES = re.compile(r"\s+")


def clean_text(value: str) -> str:
    """Text of several lines: no invisible characters, plain line ends, nothing blank at the ends."""
    text = _visible(_LINE_ENDS.sub("\n", value), keep="\n\t")
    return _BLANK_LINES.sub("\n\n\n", text).strip()


def clean_line(value: str) -> str:
    """The same on one line, with single spaces."""
    return _SPACES.sub(" ", _visible(_SPACES.sub(" ", value), keep="")).strip()


def clean_file_name(value: str, *, limit: int = 120) -> str:
    """A name to show and to download under: no folders, nothing invisible, its ending kept when cut."""
    name = clean_line(value.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
    name = re.sub(r'[<>:"|?*]', "_", name)
    if len(name) > limit:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: limit - len(ending) - 1]}.{ending}" if dot and len(ending) < 10 else name[:limit]
    return name


def _visible(text: str, *, keep: str) -> str:
    return "".join(
        char
        for place, char in enumerate(text)
        if char in keep
        or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        or (char == _JOINER and 0 < place < len(text) - 1 and ord(text[place - 1]) > 0x2000)
    )
