"""The public promise: nobody who is due is forgotten, and the count of last night to prove it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dispensary.models import SumProof
from registry.access import public

_NIGHTS = 14


@require_GET
@public
def promise(request: HttpRequest) -> HttpResponse:
    """Sums of whole regions only; which sum failed is for staff, that one failed is for everybody."""
    rows = SumProof.objects.select_related("region").order_by("region_id", "-day").distinct("region_id")
    newest = sorted(rows, key=lambda proof: proof.region.name)
    nights = SumProof.objects.select_related("region").order_by("-day", "region_id")[
        : _NIGHTS * max(1, len(newest))
    ]
    return render(request, "dispensary/promise.html", {"newest": newest, "nights": nights})
