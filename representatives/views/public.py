"""Public pages: find your insurer's representative by policy number, company, clinic or region.

A policy number tells nobody whose it is or who insures its owner: of it only the region of first issue is read,
from its own digits and not from the register, so that existing and invented numbers are answered alike.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from registry.access import public
from registry.middleware import ScopedRequest
from registry.models import Clinic, Organization, Region, User
from representatives.contacts import answers_now, of_region, own_people, people_of
from representatives.forms import FindForm, PolicyForm
from representatives.models import Level
from representatives.public import clinics_of, duty_at, hours_for, lines_of
from representatives.public import find as find_places
from representatives.remembered import remembered


def reader_zone(request: ScopedRequest, region: Region) -> ZoneInfo:
    """Whoever is not signed in is taken to live where the organisation works."""
    return ZoneInfo(request.user.time_zone) if isinstance(request.user, User) else region.zone


@public
@require_safe
def find(request: ScopedRequest) -> HttpResponse:
    return _find_page(request, PolicyForm())


@public
@require_POST
def by_policy(request: ScopedRequest) -> HttpResponse:
    """Leads to the insurers of the region that issued the policy; the number itself goes nowhere."""
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _find_page(request, form)
    region = form.cleaned_data["enp"][:2]
    return HttpResponseRedirect(reverse("representatives:region", args=[region]) + "?by=policy")


def _find_page(request: ScopedRequest, policy: PolicyForm) -> HttpResponse:
    form = FindForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    # Typed words are not kept: there is no end of them, and among them may be a name.
    organizations, clinics = (
        find_places(words) if words.split() else remembered("find", lambda: find_places(""))
    )
    context = {
        "form": policy,
        "find_form": form,
        "words": words,
        "organizations": organizations,
        "clinics": clinics,
        "own": own_people(request.scope),
    }
    return render(request, "representatives/find.html", context)


@public
@require_safe
def region(request: ScopedRequest, code: str) -> HttpResponse:
    """Everybody who insures people of a region. A region that the portal does not serve is told so, not hidden:
    its code may come from a policy issued far away."""
    one = Region.objects.filter(code=code).first()
    now = timezone.now()
    context: dict[str, Any] = {"region": one, "by_policy": request.GET.get("by") == "policy"}
    if one is not None:
        found = remembered(f"region:{code}", lambda: of_region(one))
        context["companies"] = [_company(request, company, now) for company in found.insurers]
        context["fund"] = _company(request, found.fund, now) if found.fund else None
    return render(request, "representatives/region.html", context, status=200 if one else 404)


def _company(request: ScopedRequest, company: Organization, now: datetime) -> dict[str, Any]:
    return {
        "organization": company,
        "hours": hours_for(company, reader_zone(request, company.region), now),
        "answers_now": remembered(f"now:{company.pk}:{now:%H%M}", lambda: [answers_now(company, now)])[0],
    }


@public
@require_safe
def organization(request: ScopedRequest, code: str) -> HttpResponse:
    one = get_object_or_404(Organization.objects.select_related("region"), code=code)
    now = timezone.now()
    today = local_day(one.region, now)
    people = remembered(f"people:{one.pk}:{today}", lambda: people_of(one, today))
    context = {
        **_company(request, one, now),
        "clinics": remembered(f"clinics:{one.pk}:{today}", lambda: clinics_of(one, today)),
        "specialists": [person for person in people if person.level == Level.SECOND],
        "experts": [person for person in people if person.level == Level.THIRD],
    }
    return render(request, "representatives/organization.html", context)


@public
@require_safe
def clinic(request: ScopedRequest, code: str) -> HttpResponse:
    """The direct lines of one clinic and who is on duty there from today on."""
    one = get_object_or_404(
        Clinic.objects.filter(closed_on__isnull=True).select_related("region"), mo_code=code
    )
    now = timezone.now()
    today = local_day(one.region, now)
    days, lines = remembered(f"clinic:{one.pk}:{today}", lambda: (duty_at(one, today), lines_of(one)))
    context = {
        "clinic": one,
        "today": today,
        "time_now": now.astimezone(one.region.zone).time(),
        "days": [day for day in days if day.posts],
        "lines": lines,
    }
    return render(request, "representatives/clinic.html", context)


def local_day(region: Region, now: datetime) -> date:
    return timezone.localdate(now, region.zone)
