"""Loads the staffing norms of the country and the rows of the official forms.

The norms are quoted from the press, not binding: rows say so.
"""

from datetime import date
from pathlib import Path

from registry.reference import read_rows, yes
from representatives.models import StaffingNorm, ZpzRow

DATA = Path(__file__).parent / "data"


def load_reference() -> list[str]:
    return [load_norms(), load_form_rows()]


def load_norms() -> str:
    """Adds the norms to a base that has none for the country; what an administrator changed stays."""
    if StaffingNorm.objects.filter(region__isnull=True).exists():
        return "staffing norms are already there"
    rows = [
        StaffingNorm(
            level=int(row["level"]),
            insured_per_representative=int(row["insured_per_representative"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            source=row["source"],
            confirmed=yes(row["confirmed"]),
        )
        for row in read_rows(DATA / "staffing_norms.csv")
    ]
    return f"{len(StaffingNorm.objects.bulk_create(rows))} staffing norms"


def load_form_rows() -> str:
    """Adds rows of form ЗПЗ that are not there yet; what an administrator changed stays."""
    known = set(ZpzRow.objects.values_list("table", "code"))
    rows = [
        ZpzRow(
            **{name: row[name] for name in ("table", "code", "parent", "title", "measure", "source")},
            **{name: yes(row[name]) for name in ("whole", "entered", "only_total", "confirmed")},
            position=int(row["position"]),
            valid_from=date.fromisoformat(row["valid_from"]),
        )
        for row in read_rows(DATA / "zpz_rows.csv")
        if (row["table"], row["code"]) not in known
    ]
    return f"{len(ZpzRow.objects.bulk_create(rows))} rows of official forms"
