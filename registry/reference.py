"""Loading of reference data from the CSV files that ship with each app."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a UTF-8 CSV with a header; surrounding spaces are cut."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: (value or "").strip() for key, value in row.items()} for row in csv.DictReader(file)]


def yes(value: str) -> bool:
    """Errors: ValueError for anything but yes/no words, so that a typing slip in a data file is found."""
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}
    if value.lower() not in words:
        raise ValueError(f"{value!r} is neither yes nor no")
    return words[value.lower()]


def day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def clock(value: str) -> time | None:
    return time.fromisoformat(value) if value else None


def upsert(model: type[M], rows: Iterable[Mapping[str, Any]], *, key: Sequence[str]) -> int:
    """Writes rows set-wise; a row with the same key is updated. Returns how many rows were given."""
    objects = [model(**row) for row in rows]
    if not objects:
        return 0
    changing = [
        field.name
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.generated or field.name in key)
    ]
    model._default_manager.bulk_create(
        objects, update_conflicts=True, unique_fields=list(key), update_fields=changing, batch_size=1000
    )
    return len(objects)
