"""Files of a case. A medical or sealed one asks for a reason first, and the reason is logged."""

from uuid import UUID

from django import forms
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from appeals.desk.access import desk_roles
from appeals.models import Attachment, ScanVerdict
from appeals.selectors import working_scope
from appeals.serving import as_download
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.subjects import Subject


class ReasonToOpen(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For example: checking a complaint about the treatment."),
        max_length=300,
        min_length=5,
        error_messages={
            "required": _("Write why you need this document"),
            "min_length": _("Write why you need this document, in a few words"),
        },
    )


@desk_roles
@require_http_methods(["GET", "POST"])
def paper(request: ScopedRequest, key: UUID) -> HttpResponseBase:
    """Sends the file as an attachment; only one the scanner found clean."""
    visible = Attachment.objects.visible_to(working_scope(request.scope)).select_related("appeal")
    found = visible.filter(key=key, verdict=ScanVerdict.CLEAN, appeal__isnull=False).first()
    if found is None:
        raise Http404("No such file, or not for this reader")
    reason = ""
    if found.medical or found.sealed:
        form = ReasonToOpen(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return _ask(request, found, form)
        reason = form.cleaned_data["reason"]
    return _sent(request, found, reason)


def _ask(request: ScopedRequest, found: Attachment, form: ReasonToOpen) -> HttpResponse:
    assert found.appeal is not None  # noqa: S101 - filtered by the caller
    back = reverse("staff_case", args=[found.appeal.number])
    context = {"paper": found, "form": form, "back_url": back}
    return render(request, "appeals/desk/paper_reason.html", context, status=422 if form.is_bound else 200)


def _sent(request: ScopedRequest, found: Attachment, reason: str) -> FileResponse:
    appeal = found.appeal
    assert appeal is not None  # noqa: S101 - filtered by the caller
    response = as_download(found)
    record_read(
        scope=request.scope,
        subject=Subject.ATTACHMENT,
        key=str(found.key),
        page=request.path,
        now=timezone.now(),
        person_id=appeal.concerned_person_id or appeal.applicant_id,
        region_id=appeal.region_id,
        reason=reason,
        request_id=request.request_id,
    )
    return response
