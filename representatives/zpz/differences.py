"""What differs between two countings of one table. Pure."""

from dataclasses import dataclass

from representatives.zpz.layout import TABLES, Filled


@dataclass(frozen=True, slots=True)
class Change:
    row: str
    title: str
    column: str
    column_title: str
    before: int | None
    after: int | None

    @property
    def by(self) -> int:
        return (self.after or 0) - (self.before or 0)


def changes(before: Filled, after: Filled) -> list[Change]:
    """Cells whose figure differs, rows that only one of the two has included; in the order of the later table."""
    old = {line.row.code: line for line in before.lines}
    lines = [*after.lines, *(line for line in before.lines if after.line(line.row.code) is None)]
    now = {line.row.code: line.cells for line in after.lines}
    found = []
    for line in lines:
        was = old[line.row.code].cells if line.row.code in old else {}
        for column in TABLES[after.table].columns:
            one, other = was.get(column.key), now.get(line.row.code, {}).get(column.key)
            # A row that was not there counted nobody.
            if (one or 0) != (other or 0):
                name = f"{column.group}: {column.title}" if column.group else column.title
                found.append(Change(line.row.code, line.row.title, column.key, name, one, other))
    return found
