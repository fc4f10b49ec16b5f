"""Checks within a filled table of form ЗПЗ: sums over columns, sums over rows, parts no larger than the whole.

Pure. Each finding carries a code, the cell and words for whoever has to mend it; an error stops the form from being
handed over, a warning does not.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from representatives.zpz.layout import TABLES, Filled, Line

TEXTS: dict[str, str] = {
    "negative": "Строка {row}, «{graph}»: {value} меньше нуля",
    "not_entered": "Строка {row} «{title}» заполняется вручную: введите число, хотя бы 0",
    "column_sum": "Строка {row}: «{graph}» {value}, а слагаемые граф дают {expected}",
    "column_part": "Строка {row}: «{graph}» {value} больше, чем «{larger}» {expected}",
    "row_sum": "Графа «{graph}»: строка {row} равна {value}, а её подстроки вместе {expected}",
    "row_part": "Графа «{graph}»: строка {row} равна {value}, это меньше её подстрок вместе: {expected}",
    "row_above_parent": "Графа «{graph}»: строка {row} равна {value}, это больше строки {parent}: {expected}",
    "period_open": "Отчётный период ещё не закончился: данные изменятся",
    "empty": "В таблице нет ни одного ненулевого числа: проверьте, тот ли период выбран",
}
WARNINGS = frozenset({"empty"})


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    text: str
    row: str = ""
    column: str = ""

    @property
    def is_error(self) -> bool:
        return self.code not in WARNINGS

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def _finding(code: str, row: str = "", column: str = "", **values: object) -> Finding:
    return Finding(code, TEXTS[code].format(row=row, **values), row, column)


def findings(filled: Filled, *, period_over: bool) -> list[Finding]:
    """Everything that is wrong with the table, in the order of its rows."""
    found = [] if period_over else [_finding("period_open")]
    for line in filled.lines:
        found += [*_values(filled.table, line), *_columns(filled.table, line), *_rows(filled, line)]
    if not any(value for line in filled.lines for value in line.cells.values()):
        found.append(_finding("empty"))
    return found


def _name(table: str, key: str) -> str:
    column = next(column for column in TABLES[table].columns if column.key == key)
    return f"{column.group}: {column.title}" if column.group else column.title


def _values(table: str, line: Line) -> Iterator[Finding]:
    for column, value in line.cells.items():
        if value is not None and value < 0:
            yield _finding("negative", line.row.code, column, graph=_name(table, column), value=value)
    if line.row.entered and line.cells.get("total") is None:
        yield _finding("not_entered", line.row.code, "total", title=line.row.title)


def _columns(table: str, line: Line) -> Iterator[Finding]:
    """A row is added up over its columns, where it has more than its total."""
    if line.row.entered or line.row.only_total:
        return
    for column in TABLES[table].columns:
        value = line.cells.get(column.key) or 0
        expected = sum(line.cells.get(part) or 0 for part in column.parts)
        name = _name(table, column.key)
        if column.parts and value != expected:
            yield _finding(
                "column_sum", line.row.code, column.key, graph=name, value=value, expected=expected
            )
        whole = line.cells.get(column.at_most) or 0
        if column.at_most and value > whole:
            yield _finding(
                "column_part",
                line.row.code,
                column.key,
                graph=name,
                value=value,
                larger=_name(table, column.at_most),
                expected=whole,
            )


def _rows(filled: Filled, line: Line) -> Iterator[Finding]:
    """Sub-rows add up to their row, or to no more than it; none is larger than its row."""
    parts = [one for one in filled.lines if one.row.parent == line.row.code]
    for column, value in line.cells.items():
        given = [one.cells[column] or 0 for one in parts if column in one.cells and not _is_mark(one)]
        name, expected = _name(filled.table, column), sum(given)
        if not given or value is None:
            continue
        if line.row.whole and value != expected:
            yield _finding("row_sum", line.row.code, column, graph=name, value=value, expected=expected)
        if not line.row.whole and value < expected:
            yield _finding("row_part", line.row.code, column, graph=name, value=value, expected=expected)
    for one in parts:
        if _is_mark(one):
            yield from _above(filled.table, one, line)


def _is_mark(line: Line) -> bool:
    """Sub-rows by topic, level or channel exclude each other; marks such as «trained» cut across them."""
    return line.row.measure.startswith(("trained", "repeated", "excluded"))


def _above(table: str, part: Line, whole: Line) -> Iterator[Finding]:
    for column, value in part.cells.items():
        above = whole.cells.get(column)
        if value is not None and above is not None and value > above:
            yield _finding(
                "row_above_parent",
                part.row.code,
                column,
                graph=_name(table, column),
                value=value,
                parent=whole.row.code,
                expected=above,
            )
