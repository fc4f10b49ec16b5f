"""Checked rows and the lines of the protocol on their way to the register: two tables of the session, filled by COPY.

They belong to the worker's own connection and are gone with it: of a worker that was killed nothing is left but the
counters of the file, and whoever takes the file up reads it from the beginning, which takes seconds. Temporary tables
need no keys, no journal and no vacuum. They outlive the transaction of a portion, so a worker must not sit behind
a pooler that changes connections between transactions.

Each portion moves the file's counters and the worker's lease, for the page that shows how far the reading has come.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from dispensary.files.codes import FileRejected
from dispensary.files.kinds import FileKind
from dispensary.files.reading import Line, Table
from dispensary.files.rows import SHOWN, Good, RowChecker, Wrong
from dispensary.models import ClinicFile

PORTION = 20_000
MAX_ROWS = 1_500_000
# Several times what a portion takes; a worker that is silent for longer is taken for dead.
LEASE = timedelta(seconds=90)
_DROP = "DROP TABLE IF EXISTS pg_temp.file_row, pg_temp.file_fault"
_ROWS = "CREATE TEMP TABLE file_row (row int, {columns})"
_FAULTS = "CREATE TEMP TABLE file_fault (row int, field text, code text, value text)"
_CONTROL = dict.fromkeys((*range(32), 127), " ") | {ord("\\"): "\\\\"}


class LeaseLostError(RuntimeError):
    """Another worker has taken the file up meanwhile: this one must not write any more."""


def column(code: str) -> str:
    """The column of a field in the table of rows; the prefix keeps it apart from words of SQL."""
    return f"f_{code.lower()}"


@dataclass(slots=True)
class Portion:
    """Lines read together: the rows in order, the faults, and where the reading stands after them."""

    rows: StringIO = field(default_factory=StringIO)
    faults: StringIO = field(default_factory=StringIO)
    lines: int = 0
    good: int = 0
    bad: int = 0
    last: Line | None = None
    last_wrong: list[Wrong] = field(default_factory=list)

    def add(self, line: Line, found: Good | list[Wrong]) -> None:
        self.lines += 1
        self.last = line
        if isinstance(found, Good):
            self.good += 1
            self.last_wrong = []
            # Checked values hold no control characters; COPY reads a backslash as the beginning of one.
            text = "\t".join(found.values)
            self.rows.write(f"{found.row}\t{text.replace(chr(92), chr(92) * 2)}\n")
            return
        self.bad += 1
        self.last_wrong = found
        for wrong in found:
            value = wrong.value[:SHOWN].translate(_CONTROL)
            self.faults.write(f"{wrong.row}\t{wrong.field}\t{wrong.code}\t{value}\n")


def stage(file: ClinicFile, table: Table, checker: RowChecker) -> None:
    """Reads the whole file into the tables of the session. Errors: FileRejected, LeaseLostError."""
    _begin(file, checker.kind)
    lines = iter(table.lines)
    while True:
        portion = _read(lines, checker)
        if portion.lines == 0:
            break
        _check_end(table, portion)
        _write(file, portion, checker, now=timezone.now())
        if file.rows_read > MAX_ROWS:
            raise FileRejected("too_many_rows", limit="1 500 000")
    if file.rows_read == 0:
        raise FileRejected("no_rows")


def _begin(file: ClinicFile, kind: FileKind) -> None:
    columns = ", ".join(f"{column(one.code)} text" for one in kind.fields)
    with connection.cursor() as cursor:
        cursor.execute(f"{_DROP}; {_ROWS.format(columns=columns)}; {_FAULTS}")
    for name in ("rows_read", "own_rows", "foreign_rows", "bad"):
        setattr(file, name, 0)
    file.foreign_code = ""


def forget() -> None:
    """Lets go of what a file left in the session: a worker's connection lives on for the next file."""
    with connection.cursor() as cursor:
        cursor.execute(_DROP)


def _read(lines: Iterator[Line], checker: RowChecker) -> Portion:
    portion = Portion()
    for line in islice(lines, PORTION):
        if line.fault:
            portion.add(line, [Wrong(line.row, "", line.fault)])
        else:
            portion.add(line, checker.check(line.row, line.cells))
    return portion


def _check_end(table: Table, portion: Portion) -> None:
    """A text without its last end of line that also breaks off inside a row, or inside its last cell, was cut."""
    line = portion.last
    if line is None or not line.last_cut or not portion.last_wrong:
        return
    last_column = table.header[-1] if table.header else ""
    codes = {wrong.code for wrong in portion.last_wrong}
    in_last_cell = len(line.cells) == len(table.header) and any(
        wrong.value and wrong.value == line.cells[-1].strip()[:SHOWN] for wrong in portion.last_wrong
    )
    short = len(line.cells) < len(table.header)
    if short or "quote" in codes or (last_column and in_last_cell):
        raise FileRejected("truncated", row=line.row)


@transaction.atomic
def _write(file: ClinicFile, portion: Portion, checker: RowChecker, *, now: datetime) -> None:
    foreign = sum(checker.foreign.values())
    code = max(checker.foreign, key=lambda found: checker.foreign[found], default="")
    changed = {
        "rows_read": file.rows_read + portion.lines,
        "own_rows": file.own_rows + portion.good,
        "bad": file.bad + portion.bad,
        "foreign_rows": file.foreign_rows + foreign,
        "foreign_code": file.foreign_code or code[:20],
        "lease_until": now + LEASE,
    }
    # The number of the attempt is the fence: a worker that was given up for dead finds another number here.
    if not ClinicFile.objects.filter(pk=file.pk, attempts=file.attempts).update(**changed):
        raise LeaseLostError(file.pk)
    with connection.cursor() as cursor:
        for name, buffer in (("file_row", portion.rows), ("file_fault", portion.faults)):
            if buffer.tell():
                buffer.seek(0)
                # An empty cell is an empty text, never unknown.
                cursor.copy_expert(f"COPY {name} FROM STDIN (NULL '\\N')", buffer)
    for name, value in changed.items():
        setattr(file, name, value)
    checker.foreign.clear()
