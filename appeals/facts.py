"""What is known of an appeal when it is routed, and a strict reader of the same from JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from appeals.reference import Topics
from appeals.terms import Channel, Form, Insurance, Kind, ReceivedBy, Suspicion


class BadFacts(Exception):
    """Facts that cannot be routed; the text is one line that says what is wrong and what is allowed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`topic` is a row code of form ЗПЗ or a code of a matter outside OMS; `received_at` is aware.

    `kept_on_the_line`: an operator answered the oral question at once, or promised to call back.
    """

    kind: Kind
    form: Form
    topic: str
    received_by: ReceivedBy
    received_at: datetime
    region: str
    insurance: Insurance
    channel: Channel | None = None
    about_insurer: bool = False
    suspicion: Suspicion | None = None
    life_threat: bool = False
    kept_on_the_line: bool = False


REQUIRED = ("kind", "form", "topic", "received_by", "received_at", "region", "insurance")
OPTIONAL = ("channel", "about_insurer", "suspicion", "life_threat", "kept_on_the_line")

E = TypeVar("E", bound=StrEnum)


def facts_from_json(data: object, topics: Topics) -> Facts:
    """Facts from a decoded JSON object. Raises BadFacts at the first thing that is wrong.

    An optional key may be null; nothing is guessed, converted or ignored.
    """
    if not isinstance(data, Mapping):
        raise BadFacts("not_an_object", f"expected a JSON object, got {_kind_of(data)}")
    unknown = [str(key) for key in data if key not in (*REQUIRED, *OPTIONAL)]
    if unknown:
        known = ", ".join((*REQUIRED, *OPTIONAL))
        raise BadFacts("unknown_key", f"unknown key {', '.join(map(repr, unknown))}; allowed: {known}")
    missing = [key for key in REQUIRED if key not in data]
    if missing:
        raise BadFacts("missing_key", f"missing key {', '.join(map(repr, missing))}")
    kind = _choice(data, "kind", Kind)
    return Facts(
        kind=kind,
        form=_choice(data, "form", Form),
        topic=_topic(data, kind, topics),
        received_by=_choice(data, "received_by", ReceivedBy),
        received_at=_moment(data, "received_at"),
        region=_region(data),
        insurance=_choice(data, "insurance", Insurance),
        channel=_optional(data, "channel", Channel),
        about_insurer=_flag(data, "about_insurer"),
        suspicion=_optional(data, "suspicion", Suspicion),
        life_threat=_flag(data, "life_threat"),
        kept_on_the_line=_flag(data, "kept_on_the_line"),
    )


def _text(data: Mapping[str, object], key: str) -> str:
    value = data[key]
    if not isinstance(value, str):
        raise BadFacts("wrong_type", f"{key}: expected a string, got {_kind_of(value)}")
    return value


def _choice(data: Mapping[str, object], key: str, choices: type[E]) -> E:
    value = _text(data, key)
    try:
        return choices(value)
    except ValueError:
        raise BadFacts("wrong_value", f"{key}: unknown {value!r}; allowed: {', '.join(choices)}") from None


def _optional(data: Mapping[str, object], key: str, choices: type[E]) -> E | None:
    return None if data.get(key) is None else _choice(data, key, choices)


def _flag(data: Mapping[str, object], key: str) -> bool:
    value = data.get(key)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise BadFacts("wrong_type", f"{key}: expected true or false, got {_kind_of(value)}")
    return value


def _topic(data: Mapping[str, object], kind: Kind, topics: Topics) -> str:
    code = _text(data, "topic")
    if code not in topics:
        allowed = ", ".join(topics.all_codes(kind))
        raise BadFacts("unknown_topic", f"topic: unknown code {code!r}; allowed for {kind}: {allowed}")
    return code


def _moment(data: Mapping[str, object], key: str) -> datetime:
    text = _text(data, key)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadFacts(
            "wrong_value", f"{key}: {text!r} is not an ISO moment like 2026-03-02T10:00:00+03:00"
        ) from None
    if moment.utcoffset() is None:
        raise BadFacts("naive_moment", f"{key}: {text!r} has no offset from UTC, e.g. +03:00")
    # Beyond these years no calendar will ever be loaded, and shifting zones could overflow.
    if not 2000 <= moment.year <= 2100:
        raise BadFacts("wrong_value", f"{key}: year {moment.year} is not between 2000 and 2100")
    return moment


def _region(data: Mapping[str, object]) -> str:
    code = _text(data, "region")
    if not re.fullmatch(r"[0-9]{2}", code):
        raise BadFacts("wrong_value", f"region: {code!r} is not a code of two digits like '39'")
    return code


def _kind_of(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
