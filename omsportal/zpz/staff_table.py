"""Row 5 of table 9: representatives at the end of the period, by level, training and employment."""

from datetime import date

from registry.models import Organization
from representatives.models import EmploymentType, Representative
from representatives.models.people import trained_on
from representatives.models.zpz import ZpzRow
from representatives.zpz.layout import Filled, Line, empty_cells
from representatives.zpz.periods import Period


def count(organization: Organization, period: Period) -> Filled:
    lines = []
    people = heads(organization, period.last_day)
    for definition in rows_on("9", period.last_day):
        row = definition.as_row()
        cells = empty_cells("9", row)
        if not row.entered:
            staff = people.get((row.measure, EmploymentType.STAFF), 0)
            contract = people.get((row.measure, EmploymentType.CONTRACT), 0)
            cells |= {"total": staff + contract, "staff": staff, "contract": contract}
        lines.append(Line(row, cells))
    return Filled("9", tuple(lines))


def rows_on(table: str, day: date) -> list[ZpzRow]:
    """The rows of a table that are in force on a day, in the order of the form."""
    found = ZpzRow.objects.filter(table=table).order_by("position", "code")
    return [row for row in found if row.in_force(day)]


def heads(organization: Organization, day: date) -> dict[tuple[str, str], int]:
    """Measure and employment → people who work there on that day. One query."""
    rows = (
        Representative.objects.filter(organization=organization)
        .working_on(day)
        .annotate(is_trained=trained_on(day))
        .values_list("level", "employment_type", "is_trained")
    )
    found: dict[tuple[str, str], int] = {}
    for level, employment, is_trained in rows:
        measures = ["people", f"people:{level}"]
        if is_trained:
            measures += ["trained", f"trained:{level}"]
        for measure in measures:
            found[measure, employment] = found.get((measure, employment), 0) + 1
    return found
