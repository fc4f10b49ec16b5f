"""Conflicts of interest: the list of a region or an organisation, and the form of one."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registry.middleware import ScopedRequest
from registry.models import Clinic
from registry.subjects import Subject
from representatives import register
from representatives.models import Conflict
from representatives.norms_forms import ConflictForm
from representatives.services import conflicts as services
from representatives.views.register import (
    address,
    back,
    bound,
    chosen_place,
    editing,
    form_page,
    keepers,
    log,
)
from representatives.views.staffing import reader_today

PAGE = 50


@never_cache
@require_safe
@keepers
def conflicts(request: ScopedRequest) -> HttpResponse:
    """Who does not take cases about whom, today and from now on, in the order of their recording."""
    today = reader_today(request, timezone.now())
    region, tabs, places = chosen_place(request, register.organizations_for(request.scope))
    after = request.GET.get("after", "")
    rows = Conflict.objects.visible_to(request.scope).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today), representative__region=region
    )
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__gt=int(after))
    found = list(
        rows.select_related("representative__organization", "clinic", "person").order_by("pk")[: PAGE + 1]
    )
    page = found[:PAGE]
    log(request, Subject.REPRESENTATIVES, region, region, len(page))
    context: dict[str, Any] = {
        "conflicts": page,
        "tabs": tabs,
        "has_places": bool(places),
        "today": today,
        "next_url": f"?region={region}&after={page[-1].pk}" if len(found) > PAGE else "",
    }
    return render(request, "representatives/conflicts.html", context)


@never_cache
@editing
@keepers
def conflict_new(request: ScopedRequest, representative_id: int) -> HttpResponse:
    one, now = register.get(request.scope, representative_id), timezone.now()
    if one.left_on is not None:
        raise Http404("Whoever left takes no cases")
    clinics = list(Clinic.objects.filter(region=one.region_id).order_by("short_name", "pk"))
    form = ConflictForm(
        bound(request),
        clinics=clinics,
        scope=request.scope,
        initial={"valid_from": reader_today(request, now)},
    )

    def save() -> HttpResponseRedirect:
        services.record_conflict(
            one=one, conflict=form.save(commit=False), actor_id=request.scope.user_id, now=now
        )
        messages.success(request, _("The conflict is recorded. Such cases go to colleagues."))
        return back(one.pk)

    return form_page(
        request,
        form,
        save,
        heading=_("Conflict of interest: %(name)s") % {"name": one.full_name},
        lead=_("Cases about this clinic or this person are not given to this representative."),
        back_url=address(one.pk),
        button=_("Save"),
    )


@require_POST
@keepers
def conflict_end(request: ScopedRequest, representative_id: int) -> HttpResponse:
    """Ends a conflict with today. Errors: Http404 for one that is not this person's."""
    one, now = register.get(request.scope, representative_id), timezone.now()
    key = request.POST.get("conflict", "")
    if not key.isdecimal() or len(key) > 18:
        raise Http404("Nothing to end")
    try:
        services.end_conflict(
            one=one,
            conflict_id=int(key),
            last_day=reader_today(request, now),
            actor_id=request.scope.user_id,
            now=now,
        )
    except Conflict.DoesNotExist as error:
        raise Http404("Not found and not allowed look alike") from error
    messages.success(request, _("The conflict ends today."))
    return back(one.pk)
