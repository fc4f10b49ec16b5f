"""Checked rows and the protocol's lines into their tables by COPY, a portion at a time.

Each portion is one transaction that also moves the file's counters and the worker's lease: whoever takes the file up
after a worker was killed goes on behind the last portion that was committed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from dispensary.files.codes import FileRejected
from dispensary.files.reading import Line, Table
from dispensary.files.rows import SHOWN, Good, RowChecker, Wrong
from dispensary.models import ClinicFile

PORTION = 20_000
MAX_ROWS = 1_500_000
# Several times what a portion takes; a worker that is silent for longer is taken for dead.
LEASE = timedelta(seconds=90)
_COPY_ROWS = "COPY dispensary_clinicfilerow (file_id, row, hash, values) FROM STDIN"
_COPY_FAULTS = "COPY dispensary_clinicfilefault (file_id, row, field, code, value) FROM STDIN"
_CONTROL = dict.fromkeys((*range(32), 127), " ") | {ord("\\"): "\\\\"}


class LeaseLostError(RuntimeError):
    """Another worker has taken the file up meanwhile: this one must not write any more."""


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

    def add(self, file_id: int, line: Line, found: Good | list[Wrong]) -> None:
        self.lines += 1
        self.last, self.last_wrong = line, []
        if isinstance(found, Good):
            self.good += 1
            self.rows.write(f"{file_id}\t{found.row}\t{found.hash}\t{as_array(found.values)}\n")
            return
        self.bad += 1
        self.last_wrong = found
        for wrong in found:
            value = wrong.value[:SHOWN].translate(_CONTROL)
            self.faults.write(f"{file_id}\t{wrong.row}\t{wrong.field}\t{wrong.code}\t{value}\n")


def as_array(values: tuple[str, ...]) -> str:
    """A PostgreSQL array inside a line of COPY; checked values hold no control characters."""
    joined = '","'.join(values)
    if '"' in joined.replace('","', "") or "\\" in joined or any('","' in value for value in values):
        joined = '","'.join(value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
        joined = joined.replace("\\", "\\\\")
    return f'{{"{joined}"}}'


def stage(file: ClinicFile, table: Table, checker: RowChecker) -> None:
    """Reads on from where the file stands to its end. Errors: FileRejected, LeaseLostError."""
    lines = iter(table.lines)
    skipped = sum(1 for _ in islice(lines, file.rows_read))
    if skipped < file.rows_read:
        raise FileRejected("file_lost")
    last: Portion | None = None
    while True:
        portion = _read(file.pk, lines, checker)
        if portion.lines == 0:
            break
        _check_end(table, portion)
        _write(file, portion, checker, now=timezone.now())
        last = portion
        if file.rows_read > MAX_ROWS:
            raise FileRejected("too_many_rows", limit="1 500 000")
    if last is None and file.rows_read == 0:
        raise FileRejected("no_rows")


def _read(file_id: int, lines: Iterator[Line], checker: RowChecker) -> Portion:
    portion = Portion()
    for line in islice(lines, PORTION):
        if line.fault:
            portion.add(file_id, line, [Wrong(line.row, "", line.fault)])
        else:
            portion.add(file_id, line, checker.check(line.row, line.cells))
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
        "last_row": portion.last.row if portion.last else file.last_row,
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
        for statement, buffer in ((_COPY_ROWS, portion.rows), (_COPY_FAULTS, portion.faults)):
            if buffer.tell():
                buffer.seek(0)
                cursor.copy_expert(statement, buffer)
    for name, value in changed.items():
        setattr(file, name, value)
    checker.foreign.clear()
