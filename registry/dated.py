"""Dated reference data: rows that carry their source, whether it was confirmed, and when they apply.

Pure. Every table of rules shipped with the portal is a CSV read through here, so that a broken row is
reported with its line and column instead of becoming a silently wrong rule.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self


class TableError(ValueError):
    """A reference table that cannot be trusted; the message names the line and the column."""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a row comes from and when it applies. Both ends of the period are inclusive."""

    source: str
    confirmed: bool
    valid_from: date
    valid_to: date | None

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Self:
        """Read the four common columns; raises `ValueError` with a one-line message."""
        valid_from = date.fromisoformat(row["valid_from"])
        valid_to = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        if valid_to and valid_to < valid_from:
            raise ValueError(f"valid_to {valid_to} is before valid_from {valid_from}")
        if not row["source"]:
            raise ValueError("source is empty")
        if row["confirmed"] not in {"yes", "no"}:
            raise ValueError(f"confirmed must be yes or no, not {row['confirmed']!r}")
        return cls(
            source=row["source"],
            confirmed=row["confirmed"] == "yes",
            valid_from=valid_from,
            valid_to=valid_to,
        )

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


PROVENANCE_COLUMNS = ("source", "confirmed", "valid_from", "valid_to")


def read_table(text: str, columns: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV with exactly these columns plus the provenance ones, each with its line number."""
    expected = [*columns, *PROVENANCE_COLUMNS]
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if list(reader.fieldnames or ()) != expected:
        raise TableError(f"line 1: the columns must be {', '.join(expected)}")
    for row in reader:
        if None in row or None in row.values():
            raise TableError(f"line {reader.line_num}: expected {len(expected)} cells")
        yield reader.line_num, {name: cell.strip() for name, cell in row.items()}
