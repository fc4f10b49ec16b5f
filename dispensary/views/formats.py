"""What the files must hold: help pages, empty templates, XML schemas, and samples to try."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from dispensary.files import selectors, writing
from dispensary.files.kinds import KINDS, Field, FileKind, Type
from dispensary.files.samples import sample_rows
from dispensary.models import Programme
from dispensary.views.files import READERS
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import Clinic
from registry.scoping import Role
from registry.subjects import Subject

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _kind(code: str) -> FileKind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def _sample_clinic(request: ScopedRequest) -> Clinic | None:
    return selectors.clinics_of(request.scope).filter(is_sample=True).order_by("mo_code").first()


@require_GET
@roles(*READERS)
def formats(request: ScopedRequest) -> HttpResponse:
    context = {"kinds": KINDS.values(), "sample": _sample_clinic(request)}
    return render(request, "dispensary/files/formats.html", context)


@require_GET
@roles(*READERS)
def file_format(request: ScopedRequest, kind: str) -> HttpResponse:
    found = _kind(kind)
    programmes = ", ".join(Programme.objects.values_list("title", flat=True))
    context = {
        "kind": found,
        "fields": [(one, _allowed(one, programmes)) for one in found.fields],
        "clinics": selectors.clinics_of(request.scope),
        "sample": _sample_clinic(request),
    }
    return render(request, "dispensary/files/format.html", context)


def _allowed(one: Field, programmes: str) -> str:
    if one.type is Type.PROGRAMME:
        return programmes
    return ", ".join(dict.fromkeys(word for word in one.allowed))


@require_GET
@roles(*READERS)
def template(request: ScopedRequest, kind: str, form: str) -> HttpResponse:
    found = _kind(kind)
    if form == "xlsx":
        return _attachment(writing.table_xlsx(found), XLSX, f"{kind}.xlsx")
    if form == "csv":
        return _attachment(writing.template_csv(found).encode(), "text/csv; charset=utf-8", f"{kind}.csv")
    if form == "xsd":
        return _attachment(
            writing.schema_xsd(found).encode(), "application/xml; charset=utf-8", f"{kind}.xsd"
        )
    raise Http404


@require_GET
@roles(Role.CLINIC_STAFF)
def sample(request: ScopedRequest, kind: str, form: str) -> HttpResponse:
    """Invented people of the sample clinic; a clinic of real people has no samples."""
    found, clinic = _kind(kind), _sample_clinic(request)
    if clinic is None or form not in {"csv", "xlsx", "xml"}:
        raise Http404
    now = timezone.now()
    today: date = timezone.localdate(now, clinic.region.zone)
    rows = sample_rows(found, clinic, today=today)
    if found.personal:
        record_read(
            scope=request.scope,
            subject=Subject.CLINIC_PEOPLE,
            key=clinic.mo_code,
            rows=len(rows),
            page=request.path,
            region_id=clinic.region_id,
            now=now,
            request_id=request.request_id,
        )
    if form == "xlsx":
        return _attachment(writing.table_xlsx(found, rows), XLSX, f"sample-{kind}.xlsx")
    if form == "xml":
        text = writing.table_xml(found, clinic.mo_code, rows)
        return _attachment(text.encode(), "application/xml; charset=utf-8", f"sample-{kind}.xml")
    table = [
        [one.title for one in found.fields],
        *([row.get(one.code, "") for one in found.fields] for row in rows),
    ]
    # Without the guard against formulas: the places of a sample hold a deliberate minus.
    lines = ["\ufeff", *(";".join(cells) + "\r\n" for cells in table)]
    return _attachment("".join(lines).encode(), "text/csv; charset=utf-8", f"sample-{kind}.csv")


def _attachment(content: bytes, mime: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=mime, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
