"""Covering an absence from the board: who is away soon, what falls due meanwhile, who takes it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from appeals import services
from appeals.actors import Actor
from appeals.desk.access import heads_only
from appeals.errors import AppealError, AppealNotFound
from appeals.models import Appeal
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.names import short_name
from registry.scoping import Scope
from registry.subjects import Subject
from representatives.models import Absence, Representative

AHEAD = timedelta(days=14)


def absences_of(scope: Scope, today: date) -> list[dict[str, Any]]:
    """Absences of the next two weeks and how many cases of the absent fall due in each. Two queries."""
    soon = Absence.objects.visible_to(scope).filter(last_day__gte=today, first_day__lte=today + AHEAD)
    rows = list(soon.select_related("representative").order_by("first_day", "pk"))
    people = {one.representative_id for one in rows}
    due: dict[int, list[date]] = {}
    held = Appeal.objects.open().filter(assignee__in=people).values_list("assignee", "warn_on")
    for pk, day in held:
        due.setdefault(pk, []).append(day)
    return [
        {
            "name": _name(one.representative),
            "level": one.representative.level,
            "first_day": one.first_day,
            "last_day": one.last_day,
            "kind": one.get_kind_display(),
            "due": sum(day <= one.last_day + timedelta(days=1) for day in due.get(one.representative_id, ())),
            "url": reverse("staff_absence", args=[one.pk]),
        }
        for one in rows
    ]


@heads_only
@require_http_methods(["GET", "POST"])
def cover(request: ScopedRequest, absence_id: int) -> HttpResponse:
    """GET shows who would take what and why; POST hands it over."""
    now = timezone.now()
    try:
        absence = services.absence_of(request.scope, absence_id)
        if request.method == "POST":
            return _handed(request, absence)
    except AppealNotFound:
        raise Http404("No such absence, or not for this reader") from None
    plan = services.plan_cover(absence=absence, now=now)
    record_read(
        scope=request.scope,
        subject=Subject.APPEAL_QUEUE,
        rows=len(plan),
        page=request.path,
        now=now,
        request_id=request.request_id,
    )
    takers = Representative.objects.in_bulk([one.choice.representative_id for one in plan])
    rows = [
        {
            "number": one.appeal.number,
            "url": reverse("staff_case", args=[one.appeal.number]),
            "topic": one.appeal.topic.plain_title,
            "due_on": one.appeal.due_on,
            "taker": _name(takers[one.choice.representative_id]) if one.choice.representative_id else "",
            "why": one.choice.text,
        }
        for one in plan
    ]
    context = {
        "absence": absence,
        "name": _name(absence.representative),
        "rows": rows,
        "ready": sum(bool(row["taker"]) for row in rows),
        "today": timezone.localdate(),
    }
    return render(request, "appeals/desk/absence.html", context)


def _handed(request: ScopedRequest, absence: Absence) -> HttpResponse:
    try:
        plan = services.cover_absence(
            absence_id=absence.pk, actor=Actor.of(request.scope), now=timezone.now()
        )
    except AppealNotFound:
        raise
    except AppealError as error:
        # A case moved on between the plan and the hand-over: nothing was given, the new plan is shown.
        messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("staff_absence", args=[absence.pk]))
    given = sum(one.choice.representative_id is not None for one in plan)
    left = len(plan) - given
    messages.success(
        request,
        ngettext("%(count)s case was handed over.", "%(count)s cases were handed over.", given)
        % {"count": given},
    )
    if left:
        messages.warning(request, gettext("Cases that nobody can take now: %(count)s.") % {"count": left})
    return HttpResponseRedirect(reverse("staff_board"))


def _name(one: Representative) -> str:
    return short_name(one.last_name, one.first_name, one.middle_name)
