"""Rules of the preventive programmes as values: parsed from the shipped tables or built from the database.

Pure but for `shipped_rules`, which reads the tables that come with the package.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TypeVar

from dispensary.ages import AgePattern
from registry.dated import Provenance, TableError, read_table

SEXES = frozenset({"F", "M"})


@dataclass(frozen=True, kw_only=True)
class ProgrammeRule:
    """One ground on which a programme is due; a programme is due when any of its rules holds.

    `part_of` lists programmes that take this one in when they are due too, the preferred first.
    `interval_years`: an exam passed within so many calendar years, the asked one included, settles it.
    `text` is the reason shown to people; it may use `{age}` and `{categories}`.
    """

    programme: str
    title: str
    rule: str
    ages: AgePattern
    sex: str | None
    category_group: str | None
    part_of: tuple[str, ...]
    interval_years: int
    text: str
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class ScreeningTest:
    """A test of the first stage, by age and sex."""

    test: str
    title: str
    programme: str
    ages: AgePattern
    sex: str | None
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class Category:
    """A category of people that changes how often a programme is due."""

    category: str
    group: str
    title: str
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class Rules:
    programmes: tuple[ProgrammeRule, ...]
    tests: tuple[ScreeningTest, ...]
    categories: tuple[Category, ...]

    def for_year(self, year: int) -> "Rules":
        """The edition that governs a calendar year: the one in force on its last day.

        An order that starts in mid-year governs that year's exams as a whole, because plans are yearly.
        """
        last_day = date(year, 12, 31)
        return Rules(
            programmes=tuple(r for r in self.programmes if r.provenance.in_force(last_day)),
            tests=tuple(t for t in self.tests if t.provenance.in_force(last_day)),
            categories=tuple(c for c in self.categories if c.provenance.in_force(last_day)),
        )

    def of_programme(self, programme: str) -> tuple[ProgrammeRule, ...]:
        return tuple(rule for rule in self.programmes if rule.programme == programme)

    def programme_codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule.programme for rule in self.programmes))

    def codes_of_group(self, group: str) -> frozenset[str]:
        return frozenset(c.category for c in self.categories if c.group == group)


def parse_rules(*, programmes: str, tests: str, categories: str) -> Rules:
    """Rules from three CSV texts; raises `TableError` naming the table and the line."""
    parsed = Rules(
        programmes=_parse("programmes", programmes, _PROGRAMME_COLUMNS, _programme_rule),
        tests=_parse("tests", tests, _TEST_COLUMNS, _screening_test),
        categories=_parse("categories", categories, _CATEGORY_COLUMNS, _category),
    )
    check_references(parsed)
    return parsed


@cache
def shipped_rules() -> Rules:
    """The rules that come with the portal; an installation may hold newer ones in its database."""
    folder = resources.files("dispensary") / "data"
    names = ("programmes", "tests", "categories")
    return parse_rules(**{name: (folder / f"{name}.csv").read_text(encoding="utf-8") for name in names})


_PROGRAMME_COLUMNS = (
    "programme",
    "title",
    "rule",
    "ages",
    "sex",
    "category_group",
    "part_of",
    "interval_years",
    "text",
)
_TEST_COLUMNS = ("test", "title", "programme", "ages", "sex")
_CATEGORY_COLUMNS = ("category", "group", "title")


Row = TypeVar("Row")


def _parse(
    table: str, text: str, columns: tuple[str, ...], build: Callable[[dict[str, str]], Row]
) -> tuple[Row, ...]:
    parsed: list[Row] = []
    try:
        for line, row in read_table(text, columns):
            try:
                parsed.append(build(row))
            except ValueError as error:
                raise TableError(f"line {line}: {error}") from error
    except TableError as error:
        raise TableError(f"{table}: {error}") from error
    return tuple(parsed)


def _programme_rule(row: dict[str, str]) -> ProgrammeRule:
    interval = int(row["interval_years"])
    if interval < 1:
        raise ValueError("interval_years must be at least 1")
    row["text"].format(age="", categories="")
    return ProgrammeRule(
        programme=_code(row["programme"]),
        title=row["title"],
        rule=_code(row["rule"]),
        ages=AgePattern.parse(row["ages"]),
        sex=_sex(row["sex"]),
        category_group=row["category_group"] or None,
        part_of=tuple(row["part_of"].split()),
        interval_years=interval,
        text=row["text"],
        provenance=Provenance.of(row),
    )


def _screening_test(row: dict[str, str]) -> ScreeningTest:
    return ScreeningTest(
        test=_code(row["test"]),
        title=row["title"],
        programme=row["programme"],
        ages=AgePattern.parse(row["ages"]),
        sex=_sex(row["sex"]),
        provenance=Provenance.of(row),
    )


def _category(row: dict[str, str]) -> Category:
    return Category(
        category=_code(row["category"]),
        group=_code(row["group"]),
        title=row["title"],
        provenance=Provenance.of(row),
    )


def _code(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
        raise ValueError(f"{value!r} is not a code")
    return value


def _sex(value: str) -> str | None:
    if value and value not in SEXES:
        raise ValueError(f"sex must be F, M or empty, not {value!r}")
    return value or None


def check_references(rules: Rules) -> None:
    """Raises `TableError` where rows contradict one another or name what is not there."""
    programmes = set(rules.programme_codes())
    groups = {category.group for category in rules.categories}
    traits: dict[str, tuple[tuple[str, ...], int]] = {}
    for rule in rules.programmes:
        if unknown := set(rule.part_of) - programmes:
            raise TableError(f"programmes: {rule.rule} is part of unknown {', '.join(sorted(unknown))}")
        if rule.category_group and rule.category_group not in groups:
            raise TableError(f"programmes: {rule.rule} asks for unknown group {rule.category_group}")
        # Both belong to the programme: rows that disagree would make the cohort depend on which row held.
        mine = (rule.part_of, rule.interval_years)
        if traits.setdefault(rule.programme, mine) != mine:
            raise TableError(f"programmes: rows of {rule.programme} differ in part_of or interval_years")
        if rule.programme in rule.part_of:
            raise TableError(f"programmes: {rule.programme} is part of itself")
    for test in rules.tests:
        if test.programme not in programmes:
            raise TableError(f"tests: {test.test} belongs to unknown programme {test.programme}")
