"""Files of a case. A medical or sealed one asks for a reason first, and the reason is logged."""

from uuid import UUID

from django import forms
from django.core import signing
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals import preview
from appeals.desk.access import desk_roles
from appeals.models import Attachment, ScanVerdict
from appeals.selectors import working_scope
from appeals.serving import as_download, as_picture, as_shown
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.subjects import Subject

_SALT = "appeals.desk.papers"
_SHOWN_FOR = 300  # seconds between a page and its picture


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
    found = _found(request, key)
    reason = _reason(request, found)
    if not isinstance(reason, str):
        return reason
    response = as_download(found)
    _record(request, found, reason)
    return response


@desk_roles
@require_http_methods(["GET", "POST"])
def look(request: ScopedRequest, key: UUID) -> HttpResponseBase:
    """Shows the file: a picture drawn anew in a page of ours, a PDF in the browser's own viewer."""
    found = _found(request, key)
    if not preview.can_show(found):
        raise Http404("Not a kind that is shown")
    reason = _reason(request, found)
    if not isinstance(reason, str):
        return reason
    assert found.appeal is not None  # noqa: S101 - filtered by `_found`
    _record(request, found, reason)
    if found.content_type == preview.DOCUMENT:
        return as_shown(found)
    try:
        preview.picture_of(found)
        token = signing.dumps([found.key.hex, request.scope.user_id], salt=_SALT)
        picture = f"{reverse('staff_file_picture', args=[found.key])}?t={token}"
    except preview.NoPreview:
        picture = ""
    back = reverse("staff_case", args=[found.appeal.number])
    context = {"paper": found, "picture_url": picture, "back_url": back}
    response = render(request, "appeals/desk/paper_look.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@desk_roles
@require_safe
def picture(request: ScopedRequest, key: UUID) -> HttpResponse:
    """The picture of the page that was just shown, which logged the reading; without it nothing opens."""
    found = _found(request, key)
    try:
        shown = signing.loads(request.GET.get("t", ""), salt=_SALT, max_age=_SHOWN_FOR)
        if shown != [found.key.hex, request.scope.user_id]:
            raise Http404("Shown to somebody else")
        content = preview.picture_of(found)
    except (signing.BadSignature, preview.NoPreview):
        raise Http404("Not shown just now, or no picture") from None
    return as_picture(content)


def _found(request: ScopedRequest, key: UUID) -> Attachment:
    visible = Attachment.objects.visible_to(working_scope(request.scope)).select_related("appeal")
    found = visible.filter(key=key, verdict=ScanVerdict.CLEAN, appeal__isnull=False).first()
    if found is None:
        raise Http404("No such file, or not for this reader")
    return found


def _reason(request: ScopedRequest, found: Attachment) -> str | HttpResponse:
    """Why it is opened, where that has to be said; the page that asks as long as it is not."""
    if not (found.medical or found.sealed):
        return ""
    form = ReasonToOpen(request.POST if request.method == "POST" else None)
    return str(form.cleaned_data["reason"]) if form.is_valid() else _ask(request, found, form)


def _ask(request: ScopedRequest, found: Attachment, form: ReasonToOpen) -> HttpResponse:
    assert found.appeal is not None  # noqa: S101 - filtered by the caller
    back = reverse("staff_case", args=[found.appeal.number])
    context = {"paper": found, "form": form, "back_url": back}
    return render(request, "appeals/desk/paper_reason.html", context, status=422 if form.is_bound else 200)


def _record(request: ScopedRequest, found: Attachment, reason: str) -> None:
    appeal = found.appeal
    assert appeal is not None  # noqa: S101 - filtered by `_found`
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
