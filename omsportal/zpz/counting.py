"""The one place that fills a table: page, API, spreadsheet, sample and comparison all ask here."""

from collections.abc import Callable, Mapping

from omsportal.zpz import appeals_table, informing_table, staff_table
from registry.models import Organization
from representatives.zpz.layout import Filled
from representatives.zpz.periods import Period

_TABLES: Mapping[str, Callable[[Organization, Period], Filled]] = {
    "1": appeals_table.count,
    "9": staff_table.count,
    "10": informing_table.count,
}


def count(organization: Organization, table: str, period: Period) -> Filled:
    """The table as the data stand now. Errors: KeyError for a table there is not."""
    return _TABLES[table](organization, period)
