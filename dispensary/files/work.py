"""What a worker does with a file: take it under a lease, read it into the staging table, match, apply, sum up.

The lease and the number of the attempt make it safe to kill a worker at any moment: until the one transaction at the
end nothing but the counters of the file has changed, and the next worker begins anew. A file is left to itself after
`ATTEMPTS`; one clinic's files are worked in the order they came.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from dispensary.files import applying, matching, staging
from dispensary.files.codes import FileRejected, faults
from dispensary.files.fields import Surroundings, folded
from dispensary.files.kinds import KINDS, FileKind
from dispensary.files.reading import Table, open_table
from dispensary.files.rows import RowChecker, columns_of
from dispensary.models import ClinicFile, FileState, Programme
from registry import scanning
from registry.scanning import ScanVerdict

log = logging.getLogger(__name__)

ATTEMPTS = 5
# A scanner that gives no verdict is asked again after so long.
SCAN_AGAIN = timedelta(seconds=60)
_ACTIVE = [FileState.WAITING, FileState.READING, FileState.APPLYING]


def work_all(*, now: datetime, limit: int = 50) -> int:
    """Works the waiting files, oldest first; returns how many came to their end."""
    done = 0
    for _ in range(limit):
        file = take(now=now)
        if file is None:
            break
        done += run(file)
    return done


@transaction.atomic
def take(*, now: datetime, file_id: int | None = None) -> ClinicFile | None:
    """The next file that no worker holds, under a new lease; None when there is none."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    rows = ClinicFile.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        free, state__in=_ACTIVE
    )
    if file_id is not None:
        rows = rows.filter(pk=file_id)
    # Two files of one clinic must not be applied side by side: the later one has the last word.
    busy = ClinicFile.objects.filter(state__in=_ACTIVE, lease_until__gt=now).values("clinic")
    file = rows.exclude(clinic__in=busy).select_related("clinic", "region").order_by("pk").first()
    if file is None:
        return None
    file.attempts += 1
    file.lease_until = now + staging.LEASE
    file.save(update_fields=["attempts", "lease_until"])
    return file


def run(file: ClinicFile) -> bool:
    """Brings a taken file to its end. False: it was left for later, or to another worker."""
    if file.attempts > ATTEMPTS:
        reject(file, FileRejected("failed"))
        return True
    try:
        with local_copy(file) as path:
            if not _is_clean(file, path):
                return False
            _read(file, path)
        finish(file)
    except FileRejected as error:
        reject(file, error)
    except staging.LeaseLostError:
        log.warning("clinic file %s was taken over by another worker", file.pk)
        return False
    except Exception:
        log.exception("clinic file %s failed in attempt %s", file.pk, file.attempts)
        return False
    finally:
        staging.forget()
    return True


@contextmanager
def local_copy(file: ClinicFile) -> Iterator[Path]:
    """The stored file as one on this machine's disk: the store may be far away and cannot be read twice cheaply."""
    with tempfile.NamedTemporaryFile(prefix="clinic-file-") as copy:
        try:
            if not file.file:
                raise FileNotFoundError
            with file.file.open("rb") as stored:
                shutil.copyfileobj(stored, copy, 1024 * 1024)
        except OSError:
            raise FileRejected("file_lost") from None
        copy.flush()
        yield Path(copy.name)


def _is_clean(file: ClinicFile, path: Path) -> bool:
    if not scanning.can_judge():
        verdict = ScanVerdict.PENDING
    elif settings.CLAMD_URL:
        with path.open("rb") as content:
            verdict = scanning.scan(cast("BinaryIO", content))
    else:
        verdict = ScanVerdict.CLEAN
    if verdict == ScanVerdict.REJECTED:
        raise FileRejected("infected")
    if verdict == ScanVerdict.PENDING:
        # Not the file's fault: waiting for the scanner costs no attempt.
        mine = ClinicFile.objects.filter(pk=file.pk, attempts=file.attempts)
        mine.update(lease_until=timezone.now() + SCAN_AGAIN, attempts=F("attempts") - 1)
    return verdict == ScanVerdict.CLEAN


def _read(file: ClinicFile, path: Path) -> None:
    kind = KINDS[file.kind]
    with closing(open_table(path, kind)) as table:
        _read_table(file, kind, table)


def _read_table(file: ClinicFile, kind: FileKind, table: Table) -> None:
    columns = columns_of(kind, table.header)
    _refuse_foreign(file, table.clinic)
    checker = RowChecker(kind, columns, surroundings(file))
    file.state, file.format, file.encoding = FileState.READING, table.format, table.encoding[:20]
    _save(file, "state", "format", "encoding")
    staging.stage(file, table, checker)
    declared = table.declared if table.declared is not None else file.declared_rows
    if declared is not None and declared != file.rows_read:
        raise FileRejected("row_count", declared=declared, found=file.rows_read)
    if not file.own_rows and file.foreign_rows:
        _refuse_foreign(file, file.foreign_code)


def _refuse_foreign(file: ClinicFile, code: str) -> None:
    if not code or code == file.clinic.mo_code:
        return
    if code[:2] != file.region_id and code.isdecimal():
        raise FileRejected("foreign_region", found=code[:20], region=file.region_id)
    raise FileRejected("foreign_clinic", found=code[:20], own=file.clinic.mo_code)


def surroundings(file: ClinicFile) -> Surroundings:
    words = {folded(name): row.code for row in Programme.objects.all() for name in (row.code, row.title)}
    return Surroundings(
        clinic=file.clinic.mo_code,
        region=file.region_id,
        today=timezone.localdate(file.sent_at, file.region.zone),
        programmes=words,
    )


def _save(file: ClinicFile, *fields: str) -> None:
    changed = {name: getattr(file, name) for name in fields}
    if not ClinicFile.objects.filter(pk=file.pk, attempts=file.attempts).update(**changed):
        raise staging.LeaseLostError(file.pk)


def parameters_of(file: ClinicFile, now: datetime) -> dict[str, Any]:
    return {
        "file": file.pk,
        "region": file.region_id,
        "clinic": file.clinic_id,
        "now": now,
        "today": timezone.localdate(now, file.region.zone),
    }


def finish(file: ClinicFile) -> None:
    """Matches and applies in one transaction: a file is taken in as a whole or not at all."""
    file.state, file.lease_until = FileState.APPLYING, timezone.now() + 5 * staging.LEASE
    _save(file, "state", "lease_until")
    kind = KINDS[file.kind]
    with transaction.atomic():
        held = ClinicFile.objects.select_for_update().filter(pk=file.pk, attempts=file.attempts).exists()
        if not held:
            raise staging.LeaseLostError(file.pk)
        now = timezone.now()
        parameters = parameters_of(file, now)
        matching.match(kind, parameters)
        taken = applying.apply(kind, parameters)
        _sum_up(file, kind, taken, now)


_FAULTS = """
INSERT INTO dispensary_clinicfilefault (file_id, row, field, code, value)
SELECT %(file)s, row, field, code, value FROM file_fault
UNION ALL
SELECT %(file)s, row, CASE code WHEN 'not_attached' THEN 'MO' WHEN 'not_observed' THEN 'DS'
    WHEN 'hospital_unknown' THEN 'HOSPITAL' WHEN 'duplicate' THEN '' WHEN 'conflict' THEN '' ELSE 'FAM' END, code, ''
FROM file_match WHERE code NOT IN ('', 'closed')
UNION ALL
SELECT %(file)s, row, 'W', 'sex_differs', '' FROM file_match WHERE code = '' AND sex_differs
"""
_COUNTS = """
SELECT count(*) FILTER (WHERE code = ANY(%(bad)s)), count(*) FILTER (WHERE code = 'doubtful'),
    count(*) FILTER (WHERE code IN ('', 'duplicate', 'closed'))
FROM file_match
"""


_DOUBTFUL = """
INSERT INTO dispensary_clinicfilerow (file_id, row, hash, values)
SELECT %(file)s, row, hash, ARRAY[{columns}] FROM file_match WHERE code = 'doubtful'
"""


def _sum_up(file: ClinicFile, kind: FileKind, taken: int, now: datetime) -> None:
    bad_codes = [code for code, found in faults().items() if found.level == "row"]
    with connection.cursor() as cursor:
        cursor.execute(_FAULTS, {"file": file.pk})
        cursor.execute(_COUNTS, {"bad": bad_codes})
        bad, doubtful, good = cursor.fetchone()
        if doubtful:
            columns = ", ".join(staging.column(one.code) for one in kind.fields)
            cursor.execute(_DOUBTFUL.format(columns=columns), {"file": file.pk})
    file.taken, file.same, file.bad, file.doubtful = taken, good - taken, file.bad + bad, doubtful
    file.state, file.finished_at, file.lease_until = FileState.DONE, now, None
    _save(file, "taken", "same", "bad", "doubtful", "state", "finished_at", "lease_until")


def reject(file: ClinicFile, error: FileRejected) -> None:
    """The file changes nothing; the one line of the reason stays."""
    mine = ClinicFile.objects.filter(pk=file.pk, attempts=file.attempts)
    mine.update(
        state=FileState.REJECTED,
        rejected_code=error.code,
        rejected_text=error.text[:500],
        finished_at=timezone.now(),
        lease_until=None,
        taken=0,
        same=0,
        bad=0,
        doubtful=0,
    )
    file.refresh_from_db()
