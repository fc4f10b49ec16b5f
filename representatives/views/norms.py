"""Norms of the region and staff plans of its organisations: what is in force, what was, and what comes."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registry.access import roles
from registry.middleware import ScopedRequest
from registry.models import Organization, Region
from registry.scoping import Role
from representatives import register
from representatives.models import PlannedPositions, StaffingNorm
from representatives.norms_forms import LastDayForm, NormForm, PlanForm
from representatives.selectors import headcounts, seen_organizations
from representatives.services import norms as services
from representatives.staffing import total
from representatives.views.register import bound, chosen_place, editing, form_page, keepers
from representatives.views.staffing import reader_today

fund_only = roles(Role.FUND_ADMIN)


def _today(request: ScopedRequest) -> date:
    return reader_today(request, timezone.now())


def _back(region: str) -> str:
    return f"{reverse('representatives:norms')}?region={region}"


@never_cache
@require_safe
@keepers
def norms(request: ScopedRequest) -> HttpResponse:
    """Both tables, the newest first; those in force are marked."""
    today = _today(request)
    region, tabs, places = chosen_place(request, register.organizations_for(request.scope))
    rows = StaffingNorm.objects.filter(region__in=[region]) | StaffingNorm.objects.filter(region=None)
    plans = PlannedPositions.objects.filter(organization__in=places).select_related("organization")
    heads = headcounts(request.scope, today)
    context = {
        "tabs": tabs,
        "region": region,
        "today": today,
        "norms": [_dated(row, today) for row in rows.order_by("level", "region", "-valid_from")],
        "plans": [
            _dated(row, today, total(heads.get(row.organization_id, {}).get(row.level, {}).values()).people)
            for row in plans.order_by("organization__short_name", "level", "-valid_from")
        ],
        "may_set": region in request.scope.regions(Role.FUND_ADMIN),
        "has_places": bool(places),
    }
    return render(request, "representatives/norms.html", context)


def _dated(row: Any, today: date, people: int = 0) -> dict[str, Any]:
    in_force = row.in_force(today)
    return {
        "row": row,
        "in_force": in_force,
        "coming": row.valid_from > today,
        "people": people,
        "vacant": max(0, row.positions - people) if in_force and hasattr(row, "positions") else None,
    }


@never_cache
@editing
@fund_only
def norm_new(request: ScopedRequest, region: str) -> HttpResponse:
    if region not in request.scope.regions(Role.FUND_ADMIN):
        raise Http404("Not found and not allowed look alike")
    place = Region.objects.get(pk=region)
    form = NormForm(
        bound(request), instance=StaffingNorm(region=place), initial={"valid_from": _today(request)}
    )

    def save() -> HttpResponseRedirect:
        services.set_norm(norm=form.save(commit=False))
        messages.success(request, _("The norm is recorded."))
        return HttpResponseRedirect(_back(region))

    return form_page(
        request,
        form,
        save,
        heading=_("Norm of the region: %(name)s") % {"name": place.name},
        lead=_("A norm of the region takes the place of the country's in every report of the region."),
        back_url=_back(region),
        button=_("Save"),
    )


@never_cache
@editing
@keepers
def plan_new(request: ScopedRequest) -> HttpResponse:
    region, tabs, places = chosen_place(request, register.organizations_for(request.scope))
    if not places:
        raise Http404("No organisation is entrusted to the reader")
    form = PlanForm(bound(request), places=places, initial={"valid_from": _today(request)})

    def save() -> HttpResponseRedirect:
        services.set_plan(plan=form.save(commit=False))
        messages.success(request, _("The staff plan is recorded."))
        return HttpResponseRedirect(_back(region))

    return form_page(
        request,
        form,
        save,
        tabs=tabs,
        heading=_("Staff plan"),
        back_url=_back(region),
        button=_("Save"),
    )


@never_cache
@editing
@fund_only
def norm_end(request: ScopedRequest, norm_id: int) -> HttpResponse:
    """Ends a norm of the region; the country's are the administrator's."""
    norm = StaffingNorm.objects.filter(pk=norm_id, region__in=request.scope.regions(Role.FUND_ADMIN)).first()
    if norm is None or norm.region_id is None:
        raise Http404("Not found and not allowed look alike")
    region, form = norm.region_id, LastDayForm(bound(request), initial={"last_day": _today(request)})

    def save() -> HttpResponseRedirect:
        services.end_norm(norm_id=norm.pk, last_day=form.cleaned_data["last_day"])
        messages.success(request, _("The norm ends. From then on the country's counts."))
        return HttpResponseRedirect(_back(region))

    heading = _("End the norm of level %(level)d") % {"level": norm.level}
    return form_page(request, form, save, heading=heading, back_url=_back(region), button=_("End it"))


@require_POST
@keepers
def plan_end(request: ScopedRequest, plan_id: int) -> HttpResponse:
    """Ends a staff plan today. Errors: Http404 for another organisation's."""
    offices = seen_organizations(request.scope).values("pk")
    plan = PlannedPositions.objects.filter(pk=plan_id, organization__in=offices).first()
    if plan is None:
        raise Http404("Not found and not allowed look alike")
    services.end_plan(plan_id=plan.pk, last_day=_today(request))
    messages.success(request, _("The staff plan ends today."))
    region = Organization.objects.get(pk=plan.organization_id).region_id
    return HttpResponseRedirect(_back(region))
