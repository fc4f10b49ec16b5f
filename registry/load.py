"""Loads the registry's reference data: regions, the working calendar, consent texts."""

from pathlib import Path

from registry.models import CalendarDay, ConsentText, Region
from registry.reference import day, read_rows, upsert
from registry.workdays import seed_rows

DATA = Path(__file__).parent / "data"
CALENDAR_YEARS = (2025, 2026, 2027)


def load_reference() -> list[str]:
    return [load_regions(), load_workdays(CALENDAR_YEARS), load_consent_texts()]


def load_regions() -> str:
    rows = read_rows(DATA / "regions.csv")
    names = ("code", "name", "okato", "time_zone")
    count = upsert(Region, [{name: row[name] for name in names} for row in rows], key=["code"])
    return f"{count} regions"


def load_workdays(years: tuple[int, ...]) -> str:
    """Fills years that have no rows yet; what an administrator changed stays."""
    existing = set(CalendarDay.objects.filter(region__isnull=True).values_list("day", flat=True))
    rows = [
        CalendarDay(day=when, is_working=working, note=note, source="python-holidays", confirmed=False)
        for when, working, note in seed_rows(years)
        if when not in existing
    ]
    CalendarDay.objects.bulk_create(rows, batch_size=1000)
    return f"{len(rows)} calendar days"


def load_consent_texts() -> str:
    rows = [
        {
            "purpose": row["purpose"],
            "language": row["language"],
            "version": int(row["version"]),
            "text": row["text"],
            "valid_from": day(row["valid_from"]),
        }
        for row in read_rows(DATA / "consent_texts.csv")
    ]
    return f"{upsert(ConsentText, rows, key=['purpose', 'language', 'version'])} consent texts"
