"""The one place that fills a table: page, API, spreadsheet, sample and comparison all ask here."""

from dataclasses import dataclass
from datetime import datetime

from appeals.reports.counting import count_appeals
from appeals.reports.reading import latest_run
from omsportal.zpz import appeals_table, informing_table, staff_table
from registry.models import Organization
from representatives.zpz.layout import Filled
from representatives.zpz.periods import Period


@dataclass(frozen=True, slots=True)
class Counted:
    """A filled table, when its data were counted, and for table 1 the count of appeals it was made from."""

    filled: Filled
    at: datetime
    run: int | None = None


def count(organization: Organization, table: str, period: Period, *, now: datetime) -> Counted:
    """The table as the data stand now; appeals written a second ago included. Errors: KeyError for no table."""
    if table == "1":
        run = count_appeals(now=now).pk
        return Counted(appeals_table.count(organization, period, run), now, run)
    tables = {"9": staff_table.count, "10": informing_table.count}
    return Counted(tables[table](organization, period), now)


def recount(organization: Organization, table: str, period: Period, *, now: datetime) -> Counted:
    """The same to look at: writes nothing, so appeals are those of the latest count there is."""
    if table != "1":
        return count(organization, table, period, now=now)
    run = latest_run()
    if run is None:
        return Counted(appeals_table.count(organization, period, 0), now, 0)
    return Counted(appeals_table.count(organization, period, run.pk), run.at, run.pk)
