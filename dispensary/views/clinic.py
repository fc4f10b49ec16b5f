"""Clinic staff: whom the campaigns of this year invite to the own clinic, and who has come."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from dispensary import selectors
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import Clinic
from registry.scoping import Role
from registry.subjects import Subject


@require_GET
@roles(Role.CLINIC_STAFF)
def clinic_page(request: ScopedRequest) -> HttpResponse:
    clinics = list(Clinic.objects.filter(pk__in=request.scope.clinics(Role.CLINIC_STAFF)))
    after = request.GET.get("after", "")
    page, following = selectors.invited_to_clinics(
        request.scope, after=int(after) if after.isdecimal() else 0
    )
    record_read(
        scope=request.scope,
        subject=Subject.CLINIC_PEOPLE,
        rows=len(page),
        page=request.path,
        region_id=clinics[0].region_id if clinics else "",
        now=timezone.now(),
        request_id=request.request_id,
    )
    context = {"clinics": clinics, "page": page, "next_url": f"?after={following}" if following else ""}
    return render(request, "dispensary/clinic.html", context)
