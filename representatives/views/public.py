"""Public pages: find your insurer's representative by company or clinic. Nothing personal goes in or comes out."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registry.access import public
from registry.middleware import ScopedRequest
from registry.models import Clinic, Organization, Region, User
from representatives.forms import FindForm
from representatives.public import clinics_of, duty_at, hours_for, lines_of
from representatives.public import find as find_places


def reader_zone(request: ScopedRequest, region: Region) -> ZoneInfo:
    """Whoever is not signed in is taken to live where the organisation works."""
    return ZoneInfo(request.user.time_zone) if isinstance(request.user, User) else region.zone


@require_safe
@public
def find(request: ScopedRequest) -> HttpResponse:
    form = FindForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    organizations, clinics = find_places(words)
    context = {"find_form": form, "words": words, "organizations": organizations, "clinics": clinics}
    return render(request, "representatives/find.html", context)


@require_safe
@public
def organization(request: ScopedRequest, code: str) -> HttpResponse:
    one = get_object_or_404(Organization.objects.select_related("region"), code=code)
    now = timezone.now()
    context = {
        "organization": one,
        "hours": hours_for(one, reader_zone(request, one.region), now),
        "clinics": clinics_of(one, local_day(one.region, now)),
    }
    return render(request, "representatives/organization.html", context)


@require_safe
@public
def clinic(request: ScopedRequest, code: str) -> HttpResponse:
    """The direct lines of one clinic and who is on duty there from today on."""
    one = get_object_or_404(
        Clinic.objects.filter(closed_on__isnull=True).select_related("region"), mo_code=code
    )
    today = local_day(one.region, timezone.now())
    days = duty_at(one, today)
    context = {
        "clinic": one,
        "today": today,
        "days": days,
        "has_posts": any(day.posts for day in days),
        "lines": lines_of(one),
    }
    return render(request, "representatives/clinic.html", context)


def local_day(region: Region, now: datetime) -> date:
    return timezone.localdate(now, region.zone)
