"""Loads the staffing norms of the country. They are quoted from the press, not binding: rows say so."""

from datetime import date
from pathlib import Path

from registry.reference import read_rows, yes
from representatives.models import StaffingNorm

DATA = Path(__file__).parent / "data"


def load_reference() -> list[str]:
    """Adds the norms to a base that has none for the country; what an administrator changed stays."""
    if StaffingNorm.objects.filter(region__isnull=True).exists():
        return ["staffing norms are already there"]
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
    return [f"{len(StaffingNorm.objects.bulk_create(rows))} staffing norms"]
