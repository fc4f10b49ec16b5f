"""Clinic staff: sending a file, its protocol, the table to mend. The fund's administrator reads the same."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dispensary.files import selectors, services, writing
from dispensary.files.codes import FileRejected, fault, faults
from dispensary.files.kinds import KINDS
from dispensary.files.work import local_copy
from dispensary.forms import ClinicFileForm
from dispensary.models import ClinicFile, FileState
from dispensary.views.campaigns import acting_user
from registry.access import roles
from registry.audit import record_read
from registry.db import db_scope
from registry.middleware import ScopedRequest
from registry.scoping import Role
from registry.subjects import Subject

READERS = (Role.CLINIC_STAFF, Role.FUND_ADMIN)
LOOKS = {
    FileState.WAITING: "idle",
    FileState.READING: "info",
    FileState.APPLYING: "info",
    FileState.DONE: "ok",
    FileState.REJECTED: "danger",
}


@require_http_methods(["GET", "POST"])
@roles(*READERS)
def file_list(request: ScopedRequest) -> HttpResponse:
    may_send = request.scope.has(Role.CLINIC_STAFF)
    form = None
    if may_send:
        clinics = list(selectors.clinics_of(request.scope))
        given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = ClinicFileForm(*given, clinics=clinics)
        if request.method == "POST" and form.is_valid():
            sent = _receive(request, form)
            if sent is not None:
                return redirect("dispensary:clinic-file", sent.key)
    before = request.GET.get("before", "")
    page, following = selectors.files(request.scope, before=int(before) if before.isdecimal() else None)
    context = {
        "form": form,
        "rows": [(file, LOOKS[FileState(file.state)]) for file in page],
        "next_url": f"?before={following}" if following else "",
    }
    return render(request, "dispensary/files/list.html", context)


def _receive(request: ScopedRequest, form: ClinicFileForm) -> ClinicFile | None:
    try:
        received = services.receive(
            clinic=form.clinic,
            kind=form.cleaned_data["kind"],
            upload=form.cleaned_data["file"],
            actor=acting_user(request),
            now=timezone.now(),
            declared_rows=form.cleaned_data["rows"],
        )
    except FileRejected as error:
        form.add_error("file", error.text)
        return None
    if not received.is_new:
        messages.info(request, _("This very file came before. Here is its protocol; nothing was done twice."))
    return received.file


def file_of(request: ScopedRequest, key: UUID) -> ClinicFile:
    rows = ClinicFile.objects.visible_to(request.scope).select_related("clinic", "region", "sent_by")
    return get_object_or_404(rows, key=key)


def log_read(request: ScopedRequest, file: ClinicFile, rows: int | None = None) -> None:
    record_read(
        scope=request.scope,
        subject=Subject.CLINIC_FILE,
        key=str(file.pk),
        rows=rows,
        page=request.path,
        region_id=file.region_id,
        now=timezone.now(),
        request_id=request.request_id,
    )


def _after(text: str) -> tuple[int, int] | None:
    row, _dash, pk = text.partition("-")
    return (int(row), int(pk)) if row.isdecimal() and pk.isdecimal() else None


@require_GET
@roles(*READERS)
def file_page(request: ScopedRequest, file_key: UUID) -> HttpResponse:
    file = file_of(request, file_key)
    code = request.GET.get("code", "")
    if code not in faults():
        code = ""
    lines, following = selectors.protocol(file, code=code, after=_after(request.GET.get("after", "")))
    if lines:
        log_read(request, file, len(lines))
    counts = selectors.counts_by_code(file) if file.is_finished else []
    at_code = f"code={code}&" if code else ""
    context: dict[str, Any] = {
        "file": file,
        "kind": KINDS[file.kind],
        "status": (file.get_state_display(), LOOKS[FileState(file.state)]),
        "lines": lines,
        "tabs": [
            {
                "url": "?",
                "label": _("All"),
                "count": sum(count for _fault, count in counts),
                "current": not code,
            },
            *(
                {"url": f"?code={one.code}", "label": one.text, "count": count, "current": one.code == code}
                for one, count in counts
            ),
        ],
        "next_url": f"?{at_code}after={following[0]}-{following[1]}" if following else "",
        "chosen": fault(code) if code else None,
        "only_faults": file.rows_read > writing.WHOLE,
    }
    return render(request, "dispensary/files/file.html", context)


@require_GET
@roles(*READERS)
def protocol_csv(request: ScopedRequest, file_key: UUID) -> HttpResponseBase:
    file = file_of(request, file_key)
    log_read(request, file, file.bad)

    def stream() -> Any:
        # The request's own transaction is over when the body is sent.
        with db_scope(request.scope):
            rows = selectors.faults_of(file).iterator(chunk_size=2000)
            lines = (selectors.protocol_line(file, row) for row in rows)
            yield from writing.csv_text(writing.protocol_rows(lines))

    name = f"protocol-{file.pk}.csv"
    return StreamingHttpResponse(
        stream(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
@roles(*READERS)
def marked_xlsx(request: ScopedRequest, file_key: UUID) -> HttpResponseBase:
    file = file_of(request, file_key)
    if file.state != FileState.DONE:
        raise Http404
    target = BytesIO()
    rows = selectors.faults_of(file).iterator(chunk_size=2000)
    lines = (selectors.protocol_line(file, row) for row in rows)
    try:
        with local_copy(file) as path:
            writing.marked_xlsx(path, file.kind, lines, rows=file.rows_read, target=target)
    except FileRejected as error:
        messages.error(request, error.text)
        return redirect("dispensary:clinic-file", file.key)
    log_read(request, file, file.rows_read)
    target.seek(0)
    return FileResponse(
        target, as_attachment=True, filename=f"{capfirst(KINDS[file.kind].title)}, {file.pk}.xlsx"
    )
