"""Staff: the people of a campaign, one state at a time, and what came of calling one of them."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dispensary import outcomes, selectors
from dispensary.call_forms import CallForm
from dispensary.models import CallKind, Invitation, InvitationState, ReasonKind
from dispensary.reference import reasons_on
from dispensary.views import figures
from dispensary.views.campaigns import READERS, acting_user, staff_context
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.subjects import Subject

KINDS = {
    InvitationState.PLANNED: "idle",
    InvitationState.QUEUED: "info",
    InvitationState.LISTED: "warn",
    InvitationState.INFORMED: "ok",
    InvitationState.FAILED: "danger",
    InvitationState.EXCLUDED: "idle",
}


@require_GET
@roles(*READERS)
def invitation_list(request: ScopedRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(selectors.campaigns(request.scope), pk=campaign_id)
    state = request.GET.get("state", "")
    if state not in InvitationState.values:
        state = InvitationState.INFORMED.value
    after, clinic = (request.GET.get(name, "") for name in ("after", "clinic"))
    page, following = selectors.invitation_rows(
        campaign,
        request.scope,
        state=state,
        after=int(after) if after.isdecimal() else 0,
        clinic=int(clinic) if clinic.isdecimal() else None,
    )
    record_read(
        scope=request.scope,
        subject=Subject.CAMPAIGN_PEOPLE,
        key=str(campaign.pk),
        rows=len(page),
        page=request.path,
        region_id=campaign.region_id,
        now=timezone.now(),
        request_id=request.request_id,
    )
    of_clinic = f"&clinic={clinic}" if clinic.isdecimal() else ""
    counts = selectors.coverage_of(campaign, request.scope).states
    context: dict[str, Any] = {
        "campaign": campaign,
        "page": page,
        "tabs": [
            {
                "url": f"?state={value}{of_clinic}",
                "label": capfirst(label),
                # The counts are of all clinics, so they would mislead beside one clinic's list.
                "count": None if of_clinic else figures.number(counts.get(value, 0)),
                "current": value == state,
            }
            for value, label in InvitationState.choices
        ],
        "next_url": f"?state={state}{of_clinic}&after={following}" if following else "",
        "clinic_name": page[0].clinic if of_clinic and page else "",
        "all_clinics_url": f"?state={state}",
    }
    return render(request, "dispensary/invitation_list.html", staff_context(request, **context))


@require_http_methods(["GET", "POST"])
@roles(*READERS)
def invitation_page(request: ScopedRequest, campaign_id: int, invitation_id: int) -> HttpResponse:
    visible = Invitation.objects.visible_to(request.scope).filter(campaign=campaign_id)
    invitation = get_object_or_404(
        visible.select_related("person", "clinic", "insurer", "campaign__programme", "campaign__region"),
        pk=invitation_id,
    )
    today = timezone.localdate(timezone=invitation.campaign.region.zone)
    reasons = reasons_on(today, ReasonKind.ABSENCE)
    form = CallForm(request.POST or None, kind=CallKind.INVITATION, reasons=reasons, today=today)
    if request.method == "POST" and form.is_valid() and _record(request, invitation, form):
        messages.success(request, _("The outcome is written down."))
        back = reverse("dispensary:invitations", args=[campaign_id])
        return redirect(f"{back}?state={invitation.state}&after={invitation.pk}")
    record_read(
        scope=request.scope,
        subject=Subject.INVITATION,
        key=str(invitation.pk),
        page=request.path,
        person_id=invitation.person_id,
        region_id=invitation.region_id,
        now=timezone.now(),
        request_id=request.request_id,
    )
    context = {
        "campaign": invitation.campaign,
        "invitation": invitation,
        "kind": KINDS[InvitationState(invitation.state)],
        "informings": invitation.informings.select_related("by"),
        "form": form,
        "back_url": f"{reverse('dispensary:invitations', args=[campaign_id])}?state={invitation.state}",
    }
    return render(request, "dispensary/invitation.html", staff_context(request, **context))


def _record(request: ScopedRequest, invitation: Invitation, form: CallForm) -> bool:
    try:
        with transaction.atomic():
            noted = outcomes.note(
                invitation_id=invitation.pk,
                actor=acting_user(request),
                scope=request.scope,
                answer=form.answer(),
                now=timezone.now(),
            )
    except IntegrityError:
        form.add_error(None, _("Something is missing: check the day and the reason."))
        return False
    invitation.state = noted.state
    return True
