"""Which period a mail of the report tells about. Pure."""

from datetime import date, timedelta

from appeals.reports.query import Period


def period_due(every: str, told_to: date, today: date) -> Period | None:
    """The last whole week (Monday to Sunday) or month before `today`, unless it was told already."""
    if every == "week":
        last = today - timedelta(days=today.weekday() + 1)
        first = last - timedelta(days=6)
    else:
        last = today.replace(day=1) - timedelta(days=1)
        first = last.replace(day=1)
    return Period(first, last) if last > told_to else None
