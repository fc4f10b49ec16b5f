"""Several reminders to one person by one channel leave as one message.

Pure. Which may be joined, who carries the others, and the words of the lines. The rows that are carried end as their
carrier ends, so that every sum counts each of them; how, is the business of `queue`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from notifications import templating

# What would be due within these days comes along: one message today instead of two this week.
HORIZON = timedelta(days=3)
# The event whose wording holds the lines; nobody raises it by itself.
TOGETHER = "several_reminders"
MOST = 5

LINES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "exam_invitation": {
            "ru": "{exam}, {period}: {clinic}, {phone}",
            "en": "{exam}, {period}: {clinic}, {phone}",
        },
        "exam_reminder": {
            "ru": "{exam}, {period}: {clinic}, {phone}",
            "en": "{exam}, {period}: {clinic}, {phone}",
        },
        "visit_reminder": {
            "ru": "плановый приём у врача, {period}: {clinic}, {phone}",
            "en": "a scheduled visit to the doctor, {period}: {clinic}, {phone}",
        },
        "advice_reminder": {
            "ru": "рекомендации врача после осмотра: {clinic}, {phone}",
            "en": "the doctor's recommendations after the exam: {clinic}, {phone}",
        },
    }
)


class Joinable(Protocol):
    """What is asked of a message that is to leave."""

    @property
    def id(self) -> int: ...
    @property
    def event(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def language(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def payload(self) -> dict[str, str]: ...
    @property
    def to(self) -> str: ...


M = TypeVar("M", bound=Joinable)


def joinable(message: Joinable) -> bool:
    """A reminder that has never been written: one that may have left before keeps its words for ever."""
    return message.event in LINES and message.person_id is not None and not message.body


@dataclass(frozen=True, slots=True)
class Bundle(Generic[M]):
    """`carrier` leaves, with a line for itself and for each of `carried`."""

    carrier: M
    carried: tuple[M, ...]


def bundles(messages: Iterable[M]) -> list["Bundle[M]"]:
    """Groups of the same person, channel, address and language; the first of each carries. Others are left out."""
    groups: defaultdict[tuple[int | None, str, str, str], list[M]] = defaultdict(list)
    for message in messages:
        if joinable(message):
            groups[message.person_id, message.channel, message.to, message.language].append(message)
    found = [rows[:MOST] for rows in groups.values() if len(rows) > 1]
    return [Bundle(rows[0], tuple(rows[1:])) for rows in found]


def lines(messages: Iterable[Joinable], language: str) -> str:
    """One line for each message, in their order; two that say the same are one. Errors: `TemplateError`."""
    said = (_line(message, language) for message in messages)
    return "\n".join(f"— {line}" for line in dict.fromkeys(said))


def _line(message: Joinable, language: str) -> str:
    words = LINES[message.event]
    template = words.get(language, words["ru"])
    values = {name: str(value) for name, value in message.payload.items()}
    text = templating.render(template, values, _fields(template))
    return text[:1].upper() + text[1:]


def _fields(template: str) -> Collection[str]:
    return templating.fields(template)
