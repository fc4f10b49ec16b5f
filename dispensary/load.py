"""Loads the reference data of preventive programmes, observation and prices from the shipped tables."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dispensary.models import (
    Category,
    CoverageTarget,
    FileKeeping,
    InformingPolicy,
    ObservationRule,
    Programme,
    ProgrammeRule,
    ProgrammeTest,
    Reason,
    Tariff,
)
from dispensary.observation import shipped_observation_rules
from dispensary.rules import shipped_rules
from registry.reference import day, read_rows, upsert, yes

DATA = Path(__file__).parent / "data"
Row = dict[str, Any]


def load_reference() -> list[str]:
    """Errors: TableError for a table that contradicts itself, before anything is written."""
    shipped_rules()
    shipped_observation_rules()
    rows = read_rows(DATA / "programmes.csv")
    return [
        f"{upsert(Programme, _programmes(rows), key=['code'])} programmes",
        f"{upsert(ProgrammeRule, _rules(rows), key=['programme', 'rule', 'valid_from'])} programme rules",
        f"{upsert(ProgrammeTest, _tests(), key=['programme', 'code', 'valid_from'])} tests",
        f"{upsert(Category, _categories(), key=['code', 'valid_from'])} categories",
        f"{upsert(ObservationRule, _observation(), key=['icd10', 'valid_from'])} observation rules",
        f"{upsert(Tariff, _tariffs(), key=['channel', 'valid_from'])} tariffs",
        f"{upsert(CoverageTarget, _targets(), key=['programme', 'region', 'valid_from'])} plans of coverage",
        f"{upsert(FileKeeping, _keeping(), key=['valid_from'])} terms of keeping files",
        f"{upsert(InformingPolicy, _policies(), key=['region', 'valid_from'])} rules of follow-up",
        f"{upsert(Reason, _reasons(), key=['kind', 'code', 'valid_from'])} reasons",
    ]


def _dated(row: dict[str, str]) -> Row:
    return {
        "valid_from": day(row["valid_from"]),
        "valid_to": day(row["valid_to"]),
        "source": row["source"],
        "confirmed": yes(row["confirmed"]),
    }


def _programmes(rows: Iterable[dict[str, str]]) -> list[Row]:
    words = {row["programme"]: row["invitation_to"] for row in read_rows(DATA / "programme_words.csv")}
    first = {row["programme"]: row for row in reversed(list(rows))}
    codes = dict.fromkeys(row["programme"] for row in rows)
    return [
        {
            "code": code,
            "title": first[code]["title"],
            "invitation_to": words[code],
            "part_of": first[code]["part_of"].split(),
            "interval_years": int(first[code]["interval_years"]),
            "position": position,
        }
        for position, code in enumerate(codes)
    ]


def _rules(rows: Iterable[dict[str, str]]) -> list[Row]:
    return [
        {
            "programme_id": row["programme"],
            "rule": row["rule"],
            "ages": row["ages"],
            "sex": row["sex"],
            "category_group": row["category_group"],
            "text": row["text"],
            "position": position,
            **_dated(row),
        }
        for position, row in enumerate(rows)
    ]


def _tests() -> list[Row]:
    return [
        {
            "programme_id": row["programme"],
            "code": row["test"],
            "title": row["title"],
            "ages": row["ages"],
            "sex": row["sex"],
            "position": position,
            **_dated(row),
        }
        for position, row in enumerate(read_rows(DATA / "tests.csv"))
    ]


def _categories() -> list[Row]:
    return [
        {
            "code": row["category"],
            "group": row["group"],
            "title": row["title"],
            "position": position,
            **_dated(row),
        }
        for position, row in enumerate(read_rows(DATA / "categories.csv"))
    ]


def _observation() -> list[Row]:
    return [
        {
            "icd10": row["icd10"],
            "condition": row["condition"],
            "group": row["group"],
            "specialist": row["specialist"],
            "intervals_months": row["intervals_months"],
            "window_days": int(row["window_days"]),
            "duration_months": int(row["duration_months"]) if row["duration_months"] else None,
            "duration": row["duration"],
            "put_on_working_days": int(row["put_on_working_days"]) if row["put_on_working_days"] else None,
            "position": position,
            **_dated(row),
        }
        for position, row in enumerate(read_rows(DATA / "observation.csv"))
    ]


def _tariffs() -> list[Row]:
    return [
        {"channel": row["channel"], "price": row["price"], **_dated(row)}
        for row in read_rows(DATA / "tariffs.csv")
    ]


def _targets() -> list[Row]:
    return [
        {
            "programme_id": row["programme"],
            "region_id": row["region"] or None,
            "share": int(row["share"]),
            **_dated(row),
        }
        for row in read_rows(DATA / "coverage_targets.csv")
    ]


def _keeping() -> list[Row]:
    return [{"days": int(row["days"]), **_dated(row)} for row in read_rows(DATA / "file_keeping.csv")]


def _policies() -> list[Row]:
    numbers = (
        *("unknown_days", "repeat_after_days", "rounds"),
        *("call_attempts", "lease_minutes", "survey_percent"),
    )
    return [
        {"region_id": row["region"] or None, **{name: int(row[name]) for name in numbers}, **_dated(row)}
        for row in read_rows(DATA / "informing_policy.csv")
    ]


def _reasons() -> list[Row]:
    return [
        {name: row[name] for name in ("kind", "code", "title")} | {"position": position, **_dated(row)}
        for position, row in enumerate(read_rows(DATA / "reasons.csv"))
    ]
