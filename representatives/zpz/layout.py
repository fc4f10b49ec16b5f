"""The tables of form ЗПЗ as data: columns, rows, and what a filled table looks like. Pure.

A filled table carries its rows with their words, so that a form handed over years ago reads as it was signed even
when the dictionary of rows has changed since.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

Cells = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Column:
    """`parts` add up to this column; `at_most` names one that it is a part of, without being the whole."""

    key: str
    title: str
    group: str = ""
    parts: tuple[str, ...] = ()
    at_most: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    code: str
    title: str
    short: str
    columns: tuple[Column, ...]


_BY_FORM = ("устные", "письменные")
TABLES: Mapping[str, Table] = {
    "1": Table(
        "1",
        "Таблица 1. Обращения застрахованных лиц",
        "Обращения",
        (
            Column("total", "Всего", "", ("fund", "insurer")),
            Column("fund", "всего", "Поступило в ТФОМС", ("fund_oral", "fund_written")),
            Column("fund_oral", _BY_FORM[0], "Поступило в ТФОМС"),
            Column("fund_written", _BY_FORM[1], "Поступило в ТФОМС"),
            Column("insurer", "всего", "Поступило в СМО", ("insurer_oral", "insurer_written")),
            Column("insurer_oral", _BY_FORM[0], "Поступило в СМО"),
            Column("insurer_written", _BY_FORM[1], "Поступило в СМО"),
            Column("instructed", "из них по поручению", "Поступило в СМО", at_most="insurer_written"),
        ),
    ),
    "9": Table(
        "9",
        "Таблица 9. Специалисты, строка 5: страховые представители",
        "Представители",
        (
            Column("total", "Всего", "", ("staff", "contract")),
            Column("staff", "Штатные"),
            Column("contract", "По гражданско-правовому договору"),
        ),
    ),
    "10": Table(
        "10",
        "Таблица 10. Информирование застрахованных лиц",
        "Информирование",
        (
            Column("total", "Всего", "", ("exam", "dispensarization", "in_depth", "observation")),
            Column("exam", "Профилактический осмотр"),
            Column("dispensarization", "Диспансеризация"),
            Column("in_depth", "Углублённая диспансеризация"),
            Column("observation", "Диспансерное наблюдение"),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """`whole`: its sub-rows add up to it; otherwise they are «of which» and may be less. `entered`: typed by the
    filer, in one cell, because the portal does not know it. `measure` says what is counted, see `omsportal.zpz`."""

    code: str
    title: str
    measure: str = ""
    whole: bool = False
    entered: bool = False
    # Only the total makes sense: heads are not split by programme.
    only_total: bool = False
    confirmed: bool = True
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its figures; None where there is nothing to say, or nobody has entered it yet."""

    row: Row
    cells: Cells = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filled:
    table: str
    lines: tuple[Line, ...]

    def line(self, code: str) -> Line | None:
        return next((line for line in self.lines if line.row.code == code), None)

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {
                "code": line.row.code,
                "title": line.row.title,
                "parent": line.row.parent,
                "measure": line.row.measure,
                "whole": line.row.whole,
                "entered": line.row.entered,
                "only_total": line.row.only_total,
                "confirmed": line.row.confirmed,
                "cells": line.cells,
            }
            for line in self.lines
        ]

    @classmethod
    def from_json(cls, table: str, rows: Iterable[Mapping[str, Any]]) -> Self:
        lines = []
        for row in rows:
            values = {name: value for name, value in row.items() if name != "cells"}
            lines.append(Line(Row(**values), dict(row["cells"])))
        return cls(table, tuple(lines))


def empty_cells(table: str, row: Row) -> Cells:
    """Zero in every cell that is counted, None in those that are not."""
    if row.entered:
        return {"total": None}
    if row.only_total:
        return {"total": 0}
    return {column.key: 0 for column in TABLES[table].columns}


def digest(*, organization: str, table: str, year: int, period: str, rows: list[dict[str, Any]]) -> str:
    """SHA-256 over everything that is signed: the same content gives the same mark, whoever stores it."""
    content = {"organization": organization, "table": table, "year": year, "period": period, "rows": rows}
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def added(table: str, parts: Iterable[Filled]) -> Filled:
    """The region's consolidated table: cell by cell. Rows that only some parts have are kept in their place."""
    lines: dict[str, Line] = {}
    for part in parts:
        for line in part.lines:
            known = lines.get(line.row.code)
            lines[line.row.code] = Line(line.row, _sum(known.cells if known else {}, line.cells))
    return Filled(table, tuple(sorted(lines.values(), key=lambda line: sort_key(line.row.code))))


def sort_key(code: str) -> tuple[tuple[int, str], ...]:
    """«3.1.10» after «3.1.9»; a part that is no number after those that are."""
    return tuple(
        (int(part), "") if part.isdecimal() and part.isascii() else (10**6, part) for part in code.split(".")
    )


def _sum(one: Cells, other: Cells) -> Cells:
    keys = [*other, *(key for key in one if key not in other)]
    return {key: _plus(one.get(key), other.get(key)) for key in keys}


def _plus(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other
