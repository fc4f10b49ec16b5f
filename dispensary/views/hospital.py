"""Levels 2 and 3: control of planned hospital care, referral by referral."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dispensary import aftercare_reads, case_services, hospital_services
from dispensary.aftercare_forms import HospitalForm
from dispensary.cases import parse_key
from dispensary.models import HospitalReferral
from dispensary.models.aftercare import CancelReason, HospitalAct
from dispensary.views.campaigns import acting_user
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.scoping import Role
from registry.subjects import Subject

READERS = (Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR, Role.FUND_ADMIN)


@require_GET
@roles(*READERS)
def referral_list(request: ScopedRequest) -> HttpResponse:
    chosen = request.GET.get("list", "")
    if chosen not in aftercare_reads.HOSPITAL_LISTS:
        chosen = "overdue"
    now = timezone.now()
    page, following = aftercare_reads.referrals(
        request.scope, chosen=chosen, after=parse_key(request.GET.get("after", "")), now=now
    )
    record_read(
        scope=request.scope,
        subject=Subject.HOSPITAL_LIST,
        rows=len(page),
        page=request.path,
        region_id=page[0].row.region_id if page else "",
        now=now,
        request_id=request.request_id,
    )
    labels = {
        "overdue": _("Waiting too long"),
        "waiting": _("Waiting in time"),
        "unknown": _("No norm known"),
        "ended": _("Ended"),
    }
    context = {
        "page": page,
        "today": timezone.localdate(),
        "tabs": [
            {"url": f"?list={name}", "label": label, "count": None, "current": name == chosen}
            for name, label in labels.items()
        ],
        "next_url": f"?list={chosen}&after={following}" if following else "",
    }
    return render(request, "dispensary/hospital/list.html", context)


@require_http_methods(["GET", "POST"])
@roles(*READERS)
def referral_page(request: ScopedRequest, referral_id: int) -> HttpResponse:
    rows = HospitalReferral.objects.visible_to(request.scope)
    row = get_object_or_404(rows.select_related("person", "clinic", "hospital", "region"), pk=referral_id)
    writes = row.insurer_id in request.scope.organizations(*hospital_services.WRITERS)
    form = HospitalForm(request.POST or None)
    if request.method == "POST" and writes and _act(request, row, form):
        return redirect("dispensary:hospital-one", row.pk)
    record_read(
        scope=request.scope,
        subject=Subject.HOSPITAL_REFERRAL,
        key=str(row.pk),
        page=request.path,
        person_id=row.person_id,
        region_id=row.region_id,
        now=timezone.now(),
        request_id=request.request_id,
    )
    context = {
        "found": aftercare_reads.referral_of(row, now=timezone.now()),
        "row": row,
        "form": form if writes else None,
        "consent": case_services.has_consent(row.person),
        "events": row.events.select_related("by")[:50],
    }
    return render(request, "dispensary/hospital/one.html", context)


def _act(request: ScopedRequest, row: HospitalReferral, form: HospitalForm) -> bool:
    if request.POST.get("action") == "consent":
        if case_services.record_consent(person=row.person, now=timezone.now()):
            record_read(
                scope=request.scope,
                subject=Subject.HOSPITAL_REFERRAL,
                key=str(row.pk),
                page=request.path,
                person_id=row.person_id,
                region_id=row.region_id,
                now=timezone.now(),
                reason=_("Wrote down a consent given by voice"),
                request_id=request.request_id,
            )
        messages.success(request, _("The consent is written down."))
        return True
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        with transaction.atomic():
            hospital_services.record(
                referral_id=row.pk,
                act=HospitalAct(data["act"]),
                on_day=data["on_day"],
                reason=CancelReason(data["reason"]) if data["reason"] else None,
                note=data["note"],
                actor=acting_user(request),
                scope=request.scope,
                now=timezone.now(),
            )
    except case_services.NotPossible as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Written down."))
    return True
