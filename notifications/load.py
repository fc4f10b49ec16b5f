"""Loads what messages need: their words, contact hours, the contact cap."""

from pathlib import Path

from notifications.models import ContactCap, MessageTemplate, QuietWindow
from notifications.quiet import shipped_quiet_hours
from registry.reference import day, read_rows, upsert, yes

DATA = Path(__file__).parent / "data"


def load_reference() -> list[str]:
    return [load_templates(), load_quiet_hours(), load_contact_caps()]


def load_templates() -> str:
    """Errors: ValidationError for a template that could not be sent, before any is written."""
    rows = [
        {
            **{name: row[name] for name in ("event", "channel", "language", "subject", "source")},
            # Paragraphs are kept in one cell of the file.
            "body": row["body"].replace("\\n", "\n"),
            "version": int(row["version"]),
            "confirmed": yes(row["confirmed"]),
            "valid_from": day(row["valid_from"]),
            "valid_to": day(row["valid_to"]),
        }
        for row in read_rows(DATA / "templates.csv")
    ]
    for row in rows:
        MessageTemplate(**row).clean()
    count = upsert(MessageTemplate, rows, key=["event", "channel", "language", "version"])
    return f"{count} message templates"


def load_quiet_hours() -> str:
    rows = [
        {
            "working": window.working,
            "opens": window.opens,
            "closes": window.closes,
            "source": window.provenance.source,
            "confirmed": window.provenance.confirmed,
            "valid_from": window.provenance.valid_from,
            "valid_to": window.provenance.valid_to,
        }
        for window in shipped_quiet_hours()
    ]
    return f"{upsert(QuietWindow, rows, key=['working', 'valid_from'])} contact hours"


def load_contact_caps() -> str:
    rows = [
        {
            "region_id": row["region"] or None,
            "per_month": int(row["per_month"]),
            "source": row["source"],
            "confirmed": yes(row["confirmed"]),
            "valid_from": day(row["valid_from"]),
        }
        for row in read_rows(DATA / "contact_caps.csv")
    ]
    return f"{upsert(ContactCap, rows, key=['region', 'valid_from'])} contact caps"
