"""Queue, next case, board. The case and its actions are in `case`, the files in `papers`."""

from datetime import date, datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from appeals import selectors, services
from appeals.actors import Actor
from appeals.desk.absences import absences_of
from appeals.desk.access import desk_roles, heads_only
from appeals.desk.board import board_of, figures_of
from appeals.desk.listing import listing_of
from appeals.desk.sorting_out import approvals_of, cases_of
from appeals.desk.tabs import Tab, of_tab
from appeals.errors import AppealError
from appeals.lifecycle import State
from appeals.models import Appeal
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.scoping import Scope
from registry.subjects import Subject

# How many of the most urgent cases are tried before giving up: colleagues may be taking them right now.
TRIES = 5


@desk_roles
@require_safe
def queue(request: ScopedRequest) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    listing = listing_of(request.GET, scope=request.scope, today=today, now=now)
    record_read(
        scope=request.scope,
        subject=Subject.APPEAL_QUEUE,
        rows=len(listing.rows),
        page=request.path,
        now=now,
        request_id=request.request_id,
    )
    return render(request, "appeals/desk/queue.html", {"listing": listing, "today": today})


@desk_roles
@require_POST
def take_next(request: ScopedRequest) -> HttpResponse:
    """Takes the most urgent case that waits for this reader and opens it beside the own queue."""
    appeal = _take_next(request.scope, timezone.now(), timezone.localdate())
    mine = f"?tab={Tab.MINE}"
    if appeal is None:
        messages.info(
            request, gettext("Nothing waits to be taken: every case at your level is in somebody's hands.")
        )
        return HttpResponseRedirect(reverse("staff_queue") + mine)
    messages.success(request, gettext("You have taken case %(number)s.") % {"number": appeal.number})
    return HttpResponseRedirect(reverse("staff_case", args=[appeal.number]) + mine)


def _take_next(scope: Scope, now: datetime, today: date) -> Appeal | None:
    me = selectors.representative_of(scope)
    if me is not None:
        return services.next_case(scope=scope, representative=me, now=now)
    # Staff of the fund are not in the register of representatives; theirs is what the fund itself works.
    visible = Appeal.objects.visible_to(selectors.working_scope(scope))
    waiting = of_tab(Tab.LEVEL, visible, scope, today).filter(
        state=State.REGISTERED, routed_at__isnull=False, worker=None
    )
    for appeal in waiting.order_by("due_on", "pk")[:TRIES]:
        try:
            return services.take(
                appeal_id=appeal.pk, actor=Actor.of(scope), now=now, expected_version=appeal.version
            )
        except AppealError:
            continue
    return None


@heads_only
@require_safe
def board(request: ScopedRequest) -> HttpResponse:
    today = timezone.localdate()
    people = board_of(request.scope, today)
    asked = request.GET.get("who", "")
    who = next((one for one in people if str(one.pk) == asked), None)
    cases = cases_of(request.scope, who=who.pk if who else None)
    record_read(
        scope=request.scope,
        subject=Subject.APPEAL_QUEUE,
        rows=len(cases),
        page=request.path,
        now=timezone.now(),
        request_id=request.request_id,
    )
    context = {
        "people": [one for one in people if one.stands_out],
        "idle": [one for one in people if not one.stands_out],
        "approvals": approvals_of(request.scope),
        "who": who,
        "cases": cases,
        "today": today,
        "figures": figures_of(request.scope, today),
        "absences": absences_of(request.scope, today),
    }
    return render(request, "appeals/desk/board.html", context)
