"""Scoped reads of clinic files, their protocols and their doubtful rows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from dispensary.files.codes import Fault, fault
from dispensary.files.kinds import KINDS
from dispensary.models import ClinicFile, ClinicFileFault, ClinicFileRow
from registry.models import Clinic, InsuredPerson
from registry.names import sort_key
from registry.scoping import Role, Scope

PAGE = 50
CANDIDATES = 5


def clinics_of(scope: Scope) -> QuerySet[Clinic]:
    """For which clinics the reader may send files."""
    return Clinic.objects.filter(pk__in=scope.clinics(Role.CLINIC_STAFF)).select_related("region")


def files(scope: Scope, *, before: int | None = None) -> tuple[list[ClinicFile], int | None]:
    """One page, newest first, and the key of the next."""
    rows = ClinicFile.objects.visible_to(scope).select_related("clinic", "sent_by")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _page(list(rows.order_by("-pk")[: PAGE + 1]))


def _page(found: list[Any]) -> tuple[list[Any], Any]:
    page = found[:PAGE]
    return page, page[-1].pk if len(found) > PAGE else None


@dataclass(frozen=True, slots=True)
class ProtocolLine:
    """A fault with its words. `title` is the field in Russian, empty for a line as a whole."""

    row: int
    field: str
    title: str
    value: str
    fault: Fault


def protocol_line(file: ClinicFile, row: ClinicFileFault) -> ProtocolLine:
    titles = {one.code: one.title for one in KINDS[file.kind].fields}
    return ProtocolLine(row.row, row.field, titles.get(row.field, ""), row.value, fault(row.code))


def faults_of(file: ClinicFile) -> QuerySet[ClinicFileFault]:
    """The protocol in the order of the file. The caller has seen to the file's own scope."""
    return ClinicFileFault.objects.filter(file=file).order_by("row", "pk")


def protocol(
    file: ClinicFile, *, code: str = "", after: tuple[int, int] | None = None
) -> tuple[list[ProtocolLine], tuple[int, int] | None]:
    """One page of the protocol, of one code where given, and the key (row, id) of the next page."""
    rows = faults_of(file)
    if code:
        rows = rows.filter(code=code)
    if after is not None:
        rows = rows.filter(Q(row__gt=after[0]) | Q(row=after[0], pk__gt=after[1]))
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    following = (page[-1].row, page[-1].pk) if len(found) > PAGE else None
    return [protocol_line(file, row) for row in page], following


def counts_by_code(file: ClinicFile) -> list[tuple[Fault, int]]:
    """How many lines of the protocol bear each code, the most frequent first. One scan of the file's own index."""
    rows = (
        ClinicFileFault.objects.filter(file=file).values_list("code").annotate(lines=Count("pk")).order_by()
    )
    return [(fault(code), lines) for code, lines in sorted(rows, key=lambda row: (-row[1], row[0]))]


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A row to be decided: what the file says, and who in the register looks like it."""

    row: int
    values: dict[str, str]
    shown: list[tuple[str, str]]
    candidates: list[InsuredPerson]


def doubts(
    file: ClinicFile, scope: Scope, *, after: int = 0, limit: int = 10
) -> tuple[list[Doubt], int | None]:
    """Doubtful rows in the order of the file; two queries a row, so pages are short."""
    rows = ClinicFileRow.objects.filter(file=file, row__gt=after).order_by("row")[: limit + 1]
    found = list(rows)
    page = found[:limit]
    return [doubt_of(file, row, scope) for row in page], page[-1].row if len(found) > limit else None


def doubt_of(file: ClinicFile, row: ClinicFileRow, scope: Scope) -> Doubt:
    fields = KINDS[file.kind].fields
    values = {one.code: value for one, value in zip(fields, row.values, strict=True)}
    shown = [(one.title, value) for one, value in zip(fields, row.values, strict=True) if value]
    return Doubt(row=row.row, values=values, shown=shown, candidates=candidates(values, scope))


def candidates(values: dict[str, str], scope: Scope) -> list[InsuredPerson]:
    """People the reader may see anyway who share the number, or the birth date and a name."""
    born = date.fromisoformat(values["DR"])
    last = sort_key(values["FAM"], "")
    whole = sort_key(values["FAM"], values["IM"])
    near = Q(birth_date=born, sort_key__gte=last, sort_key__lt=f"{last}\U0010ffff")
    near |= Q(sort_key__gte=whole, sort_key__lt=f"{whole}\U0010ffff")
    for name, number in (("enp", values["ENP"]), ("snils", values["SNILS"])):
        if number:
            near |= Q(**{name: number})
    rows = InsuredPerson.objects.visible_to(scope).filter(near).select_related("clinic")
    found = list(rows.order_by("sort_key", "pk")[: 4 * CANDIDATES])
    return sorted(
        found, key=lambda person: (person.enp != values["ENP"], person.birth_date != born, person.sort_key)
    )[:CANDIDATES]
