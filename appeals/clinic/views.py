"""The clinic's side of a case: what it is asked, and its reply. The appeal itself stays with the insurer."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals import services
from appeals.actors import Actor
from appeals.desk.presenting import grouped_enp
from appeals.errors import AppealError, FileRefused
from appeals.models import ClinicRequest
from appeals.uploads import FilesField, dropped, takes_files
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.scoping import Role, Scope
from registry.subjects import Subject

PAGE = 25
LONGEST = 10_000


class ReplyForm(forms.Form):
    reply = forms.CharField(
        label=_("Your reply"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write the reply")},
    )
    papers = FilesField(label=_("Documents"))
    medical = forms.BooleanField(
        label=_("The files hold a medical secret"),
        help_text=_("Then only experts of the third level and the fund open them."),
        required=False,
        initial=True,
    )


@roles(Role.CLINIC_STAFF)
@require_safe
def requests(request: ScopedRequest) -> HttpResponse:
    """What waits for a reply, the most urgent first; with `?all` everything, the newest first."""
    everything = "all" in request.GET
    rows = ClinicRequest.objects.visible_to(_clinic_only(request)).select_related("appeal", "clinic")
    if everything:
        after = request.GET.get("after", "")
        rows = rows.filter(pk__lt=int(after)) if after.isdecimal() and len(after) < 19 else rows
        found = list(rows.order_by("-pk")[: PAGE + 1])
    else:
        # What is open is answered from the top, so the list needs no second page to be worked off.
        found = list(rows.unanswered().order_by("due_on", "pk")[:PAGE])
    page = found[:PAGE]
    record_read(
        scope=request.scope,
        subject=Subject.CLINIC_REQUEST,
        rows=len(page),
        page=request.path,
        region_id=page[0].appeal.region_id if page else "",
        now=timezone.now(),
        request_id=request.request_id,
    )
    more = f"?all=1&after={page[-1].pk}" if everything and len(found) > PAGE else ""
    context = {
        "page": page,
        "next_url": more,
        "today": timezone.localdate(),
        "tabs": [
            {"url": reverse("clinic_requests"), "label": _("Waiting for a reply"), "current": not everything},
            {"url": f"{reverse('clinic_requests')}?all=1", "label": _("All requests"), "current": everything},
        ],
    }
    return render(request, "appeals/clinic/requests.html", context)


@roles(Role.CLINIC_STAFF)
@takes_files
@require_http_methods(["GET", "POST"])
def clinic_request(request: ScopedRequest, key: UUID) -> HttpResponseBase:
    """One request and the form of the reply. What was typed survives every refusal."""
    visible = ClinicRequest.objects.visible_to(_clinic_only(request))
    found = visible.select_related("appeal__organization", "appeal__region", "clinic").filter(key=key).first()
    if found is None:
        raise Http404("No such request, or not to this clinic")
    if request.method == "GET":
        services.seen_by_clinic(request=found, now=timezone.now())
        return _show(request, found, ReplyForm())
    form = ReplyForm(request.POST, request.FILES)
    for problem in dropped(request):
        form.add_error("papers", problem)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        services.clinic_replied(
            appeal_id=found.appeal_id,
            request_id=found.pk,
            reply=form.cleaned_data["reply"],
            files=form.cleaned_data["papers"],
            medical=form.cleaned_data["medical"],
            actor=Actor.clinic(_clinic_only(request), found.appeal_id),
            now=timezone.now(),
        )
    except FileRefused as error:
        form.add_error("papers", str(error))
        return _show(request, found, form, status=422)
    except AppealError as error:
        found.refresh_from_db()
        form.add_error(None, str(error))
        return _show(request, found, form, status=409)
    messages.success(request, gettext("The reply has been sent."))
    return HttpResponseRedirect(reverse("clinic_requests"))


def _clinic_only(request: ScopedRequest) -> Scope:
    """As clinic staff, whatever else this person may be."""
    grants = tuple(grant for grant in request.scope.grants if grant.role is Role.CLINIC_STAFF)
    return Scope(user_id=request.scope.user_id, grants=grants)


def _show(
    request: ScopedRequest, found: ClinicRequest, form: ReplyForm, *, status: int = 200
) -> HttpResponse:
    appeal = found.appeal
    record_read(
        scope=request.scope,
        subject=Subject.CLINIC_REQUEST,
        page=request.path,
        now=timezone.now(),
        person_id=appeal.concerned_person_id or appeal.applicant_id,
        region_id=appeal.region_id,
        request_id=request.request_id,
    )
    open_now = found.answered_at is None and appeal.is_open
    context = {
        "asked": found,
        "appeal": appeal,
        "enp": grouped_enp(appeal.concerned_enp),
        "papers": list(found.attachments.order_by("pk")),
        "reply_form": form if open_now else None,
        "kept": form.data.get("reply", "") if form.is_bound and not open_now else "",
        "form": form,
        "today": timezone.localdate(),
    }
    return render(request, "appeals/clinic/request.html", context, status=status)
