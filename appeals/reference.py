"""Dated reference data of the appeals wing as values: topics, bodies outside OMS, terms.

The files in `appeals/data/` are the seed. The same values are made from database rows, where people edit
them; the rules see only what is defined here and never know which of the two it was.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

from appeals.terms import Form, Kind, Urgency

DATA = Path(__file__).parent / "data"


class BadReference(Exception):
    """A row of reference data that cannot be used; the text names file, line and what is wrong."""


class Unit(StrEnum):
    DAY = "day"
    WORKING_DAY = "working_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A row of form ЗПЗ table 1, or a matter outside OMS (codes `X.n`, which no row of the form can have).

    `kind` None fits every kind. `default_level` None: not for the insurer's representatives at all.
    `written_level` replaces the default level when the appeal is written. `waiting`: about waiting times.
    """

    code: str
    parent: str | None
    kind: Kind | None
    title: str
    plain_title: str
    selectable: bool
    default_level: int | None
    written_level: int | None
    urgency: Urgency
    forms: frozenset[Form]
    waiting: bool
    fund_only: bool
    about_insurer: bool
    outside_competence: bool
    addressee: str | None
    needs_clinic: bool
    valid_from: date
    valid_to: date | None
    source: str
    confirmed: bool

    def __post_init__(self) -> None:
        if self.outside_competence != (self.addressee is not None):
            raise ValueError(f"topic {self.code}: an addressee belongs to a matter outside competence")
        levelled = not (self.outside_competence or self.fund_only or not self.selectable)
        if levelled != (self.default_level is not None):
            raise ValueError(f"topic {self.code}: a level belongs to a topic the representatives work")
        if not {self.default_level, self.written_level} <= {None, 1, 2, 3}:
            raise ValueError(f"topic {self.code}: a level is 1, 2 or 3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body that matters outside OMS belong to."""

    code: str
    title: str
    plain_title: str
    clinic_specific: bool
    valid_from: date
    valid_to: date | None
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term: `register`, `forward`, `answer`, `extend` are the law's, `target` and `reopen` the portal's own."""

    code: str
    kind: Kind | None
    level: int | None
    value: int
    unit: Unit
    valid_from: date
    valid_to: date | None
    source: str
    confirmed: bool


class Dated(Protocol):
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


def in_force(row: Dated, day: date) -> bool:
    """Both ends belong to the period."""
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


class UnknownTopic(LookupError):
    """No version of the topic has this code."""


class TopicNotValid(LookupError):
    """The code exists, but not on this day, or only as a heading."""


class Topics:
    """The dictionary of topics with all its versions."""

    def __init__(self, rows: Iterable[Topic]) -> None:
        self._versions: dict[str, list[Topic]] = {}
        for row in rows:
            if any(_overlap(row, other) for other in self._versions.get(row.code, ())):
                raise BadReference(f"topic {row.code}: two versions are valid on the same day")
            self._versions.setdefault(row.code, []).append(row)

    def __contains__(self, code: object) -> bool:
        return code in self._versions

    def at(self, code: str, day: date) -> Topic:
        """The version valid on the day. Raises UnknownTopic or TopicNotValid."""
        versions = self._versions.get(code)
        if versions is None:
            raise UnknownTopic(f"unknown topic {code!r}; allowed: {', '.join(self.codes(day))}")
        for topic in versions:
            if in_force(topic, day):
                if not topic.selectable:
                    below = [other for other in self.codes(day) if other.startswith(f"{code}.")]
                    raise TopicNotValid(
                        f"topic {code} is a heading; allowed: {', '.join(below) or 'another topic'}"
                    )
                return topic
        periods = "; ".join(f"{row.valid_from} to {row.valid_to or 'now'}" for row in versions)
        raise TopicNotValid(f"topic {code} is not valid on {day}; valid: {periods}")

    def codes(self, day: date, kind: Kind | None = None) -> tuple[str, ...]:
        """Codes that may be chosen on the day, in the order of the dictionary; of one kind, if given."""
        return tuple(
            row.code
            for versions in self._versions.values()
            for row in versions
            if row.selectable and in_force(row, day) and (kind is None or row.kind in (kind, None))
        )

    def all_codes(self, kind: Kind) -> tuple[str, ...]:
        """Codes that a kind could ever choose, on whatever day."""
        return tuple(
            code
            for code, versions in self._versions.items()
            if any(row.selectable and row.kind in (kind, None) for row in versions)
        )


class TermMissing(LookupError):
    """No term with this code is in force on the day."""


class Terms:
    """All terms with their periods."""

    def __init__(self, rows: Iterable[Term]) -> None:
        self._rows = tuple(rows)

    def at(self, code: str, day: date, *, kind: Kind | None = None, level: int | None = None) -> Term:
        """The most specific term in force: own kind counts before own level, the newest wins a tie."""
        fitting = [
            row
            for row in self._rows
            if row.code == code
            and in_force(row, day)
            and row.kind in (None, kind)
            and row.level in (None, level)
        ]
        if not fitting:
            raise TermMissing(f"no term {code!r} in force on {day}")
        return max(fitting, key=lambda row: (row.kind is not None, row.level is not None, row.valid_from))


def read_topics(path: Path = DATA / "topics.csv") -> tuple[Topic, ...]:
    """Raises BadReference naming the line; a parent must be a row of the same file."""
    topics = _read(path, _topic)
    codes = {topic.code for topic in topics}
    for topic in topics:
        if topic.parent is not None and topic.parent not in codes:
            raise BadReference(f"{path.name}: topic {topic.code} has no parent {topic.parent}")
    return topics


def read_bodies(path: Path = DATA / "bodies.csv") -> tuple[Body, ...]:
    return _read(path, _body)


def read_terms(path: Path = DATA / "terms.csv") -> tuple[Term, ...]:
    return _read(path, _term)


Row = Mapping[str, str]
T = TypeVar("T")


def _read(path: Path, make: Callable[[Row], T]) -> tuple[T, ...]:
    made: list[T] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            try:
                made.append(make(row))
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                raise BadReference(f"{path.name}, line {reader.line_num}: {error}") from error
    return tuple(made)


def _topic(row: Row) -> Topic:
    return Topic(
        code=row["code"],
        parent=row["parent"] or None,
        kind=Kind(row["kind"]) if row["kind"] else None,
        title=row["title"],
        plain_title=row["plain_title"],
        selectable=_flag(row["selectable"]),
        default_level=_number(row["default_level"]),
        written_level=_number(row["written_level"]),
        urgency=Urgency(row["urgency"]),
        forms=frozenset(Form(form) for form in row["forms"].split()),
        waiting=_flag(row["waiting"]),
        fund_only=_flag(row["fund_only"]),
        about_insurer=_flag(row["about_insurer"]),
        outside_competence=_flag(row["outside_competence"]),
        addressee=row["addressee"] or None,
        needs_clinic=_flag(row["needs_clinic"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        source=row["source"],
        confirmed=_flag(row["confirmed"]),
    )


def _body(row: Row) -> Body:
    return Body(
        code=row["code"],
        title=row["title"],
        plain_title=row["plain_title"],
        clinic_specific=_flag(row["clinic_specific"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        source=row["source"],
        confirmed=_flag(row["confirmed"]),
    )


def _term(row: Row) -> Term:
    return Term(
        code=row["code"],
        kind=Kind(row["kind"]) if row["kind"] else None,
        level=_number(row["level"]),
        value=int(row["value"]),
        unit=Unit(row["unit"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        source=row["source"],
        confirmed=_flag(row["confirmed"]),
    )


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"expected 0 or 1, got {text!r}")
    return text == "1"


def _number(text: str) -> int | None:
    return int(text) if text else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _overlap(one: Topic, other: Topic) -> bool:
    return in_force(one, other.valid_from) or in_force(other, one.valid_from)
