"""Writes around clinic files: receiving one, and deciding on a doubtful row. Reading the files is a worker's job."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import F

from dispensary import hints
from dispensary.files import applying, matching
from dispensary.files.codes import FileRejected, fault
from dispensary.files.kinds import KINDS
from dispensary.files.reading import Format, format_of
from dispensary.files.work import parameters_of
from dispensary.models import ClinicFile, ClinicFileFault, ClinicFileRow, FileState
from registry.audit import record_read
from registry.models import Clinic, InsuredPerson, User
from registry.scoping import Scope
from registry.subjects import Subject

MEGABYTE = 1024 * 1024
# Megabytes. A region's year of a million rows takes 150 as text; a book of Excel is opened in memory.
LIMITS = {Format.CSV: 400, Format.XML: 800, Format.XLSX: 30}
HEAD = 4096
NAME = 120


@dataclass(frozen=True, slots=True)
class Received:
    """`is_new` is False for a file whose very content came before: nothing is done twice."""

    file: ClinicFile
    is_new: bool


class DecisionRefused(ValueError):
    """Why a doubtful row cannot go to the chosen person; the message is for the one who decides."""


def receive(
    *,
    clinic: Clinic,
    kind: str,
    upload: "File[bytes]",
    actor: User | None,
    now: datetime,
    declared_rows: int | None = None,
) -> Received:
    """Stores a file for the worker. The same content again answers with the first protocol; where that one had
    errors, its rows are checked anew, because the register may know more by now.

    Errors: FileRejected for what can be seen at once: empty, too large, not a list at all.
    """
    _judge(upload)
    sha256 = _sha256(upload)
    known = ClinicFile.objects.filter(clinic=clinic, kind=kind, sha256=sha256).exclude(
        state=FileState.REJECTED
    )
    file = ClinicFile(
        clinic=clinic,
        region_id=clinic.region_id,
        kind=kind,
        name=_clean_name(upload.name or ""),
        size=upload.size,
        sha256=sha256,
        declared_rows=declared_rows,
        sent_by=actor,
        sent_at=now,
    )
    first = known.first()
    if first is None:
        upload.seek(0)
        file.file.save(file.name, upload, save=False)
        try:
            with transaction.atomic():
                file.save(force_insert=True)
        except IntegrityError:
            # The very same content arrived a moment earlier, by a double click or from a second machine.
            file.file.delete(save=False)
            first = known.get()
    if first is not None:
        if not first.file:
            # The original went when its term was over; the same content brings it back.
            upload.seek(0)
            first.file.save(first.name, upload)
        _check_anew(first, now)
        return Received(first, is_new=False)
    hints.read_files_soon()
    return Received(file, is_new=True)


@transaction.atomic
def _check_anew(file: ClinicFile, now: datetime) -> None:
    row = ClinicFile.objects.select_for_update().get(pk=file.pk)
    if row.state != FileState.DONE or not (row.bad or row.doubtful):
        return
    ClinicFileRow.objects.filter(file=row).delete()
    ClinicFileFault.objects.filter(file=row).delete()
    for name in (
        "rows_read",
        "own_rows",
        "foreign_rows",
        "taken",
        "same",
        "bad",
        "doubtful",
        "attempts",
    ):
        setattr(row, name, 0)
    row.state, row.finished_at, row.sent_at, row.foreign_code = FileState.WAITING, None, now, ""
    row.save()
    file.refresh_from_db()
    hints.read_files_soon()


def _judge(upload: "File[bytes]") -> None:
    if not upload.size:
        raise FileRejected("empty")
    upload.seek(0)
    form = format_of(upload.read(HEAD))
    if upload.size > LIMITS[form] * MEGABYTE:
        raise FileRejected("too_large", limit=LIMITS[form])


def _sha256(upload: "File[bytes]") -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _clean_name(name: str) -> str:
    """What is shown, never a path: printable signs of the last part, with its ending kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(sign for sign in last if sign.isprintable()).strip()
    if len(clean) > NAME:
        stem, dot, ending = clean.rpartition(".")
        clean = f"{stem[: NAME - len(ending) - 1]}{dot}{ending}" if 0 < len(ending) < 8 else clean[:NAME]
    return clean or "file"


@transaction.atomic
def decide(
    *,
    file: ClinicFile,
    row: int,
    person: InsuredPerson | None,
    actor: User,
    scope: Scope,
    now: datetime,
    page: str,
) -> None:
    """Gives a doubtful row to a person, or to nobody. `file` and `person` come from the actor's scope.

    Errors: ClinicFileRow.DoesNotExist where somebody else has decided already; DecisionRefused where the row
    cannot be applied to this person.
    """
    locked = ClinicFile.objects.select_for_update().get(pk=file.pk)
    doubtful = ClinicFileRow.objects.get(file=locked, row=row)
    if person is None:
        ClinicFileFault.objects.create(file=locked, row=row, field="FAM", code="declined")
        counted = "bad"
    else:
        counted = _apply_to(locked, row, person, now)
    doubtful.delete()
    ClinicFileFault.objects.filter(file=locked, row=row, code="doubtful").delete()
    ClinicFile.objects.filter(pk=locked.pk).update(doubtful=F("doubtful") - 1, **{counted: F(counted) + 1})
    record_read(
        scope=scope,
        subject=Subject.CLINIC_FILE_DECISION,
        key=f"{locked.pk}, {row}",
        page=page,
        person_id=person.pk if person else None,
        region_id=locked.region_id,
        now=now,
    )


def _apply_to(file: ClinicFile, row: int, person: InsuredPerson, now: datetime) -> str:
    """The name of the sum that the row now belongs to."""
    kind = KINDS[file.kind]
    parameters = parameters_of(file, now)
    code = matching.match_one(kind, {**parameters, "row": row, "person": person.pk})
    if code:
        found = fault(code)
        raise DecisionRefused(f"{found.text}. {found.remedy}")
    return "taken" if applying.apply(kind, parameters) else "same"
