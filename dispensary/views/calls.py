"""Staff: one person to call after another, and the supervisor's view of the whole list."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dispensary import aftercare_services, balance, calling, outcomes
from dispensary.call_forms import CallForm
from dispensary.models import Call, CallKind, ReasonKind, Recommendation
from dispensary.reference import reasons_on
from dispensary.views.campaigns import acting_user
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import Clinic
from registry.scoping import Role
from registry.subjects import Subject

CALLERS = (Role.CASE_WORKER, Role.EXPERT)
WATCHERS = (Role.SUPERVISOR, Role.FUND_ADMIN)
LOST = gettext_lazy(
    "This person is no longer kept for you: the minutes are over and somebody else may be calling."
)


@require_GET
@roles(*CALLERS, *WATCHERS)
def call_list(request: ScopedRequest) -> HttpResponse:
    """The person kept for the reader, else how much there is to do. Supervisors see the balance."""
    if not request.scope.has(*CALLERS):
        return redirect("dispensary:calls-balance")
    now = timezone.now()
    call = calling.current(actor=acting_user(request), now=now)
    if call is None:
        waiting = balance.waiting(request.scope, now=now)
        context = {"waiting": waiting, "done": balance.done_by(acting_user(request), now=now)}
        return render(request, "dispensary/calls.html", context)
    return _page(request, call, _form(call))


@require_POST
@roles(*CALLERS)
def call_next(request: ScopedRequest) -> HttpResponseRedirect:
    now = timezone.now()
    if calling.take_next(actor=acting_user(request), scope=request.scope, now=now) is None:
        wakes_at = calling.wakes_at(scope=request.scope, now=now)
        messages.info(request, _nobody(wakes_at))
    return redirect("dispensary:calls")


@require_http_methods(["POST"])
@roles(*CALLERS)
def call_record(request: ScopedRequest, call_id: int) -> HttpResponse:
    call = calling.current(actor=acting_user(request), now=timezone.now())
    if call is None or call.pk != call_id:
        call = (
            Call.objects.visible_to(request.scope).filter(pk=call_id, leased_by=acting_user(request)).first()
        )
    if call is None:
        messages.warning(request, LOST)
        return redirect("dispensary:calls")
    form = _form(call, request.POST)
    if not form.is_valid():
        return _page(request, call, form)
    try:
        with transaction.atomic():
            done = outcomes.record(
                call_id=call_id,
                actor=acting_user(request),
                scope=request.scope,
                answer=form.answer(),
                now=timezone.now(),
            )
    except calling.NotYours:
        messages.warning(request, LOST)
        return redirect("dispensary:calls")
    except IntegrityError:
        form.add_error(None, _("Something is missing: check the day and the reason."))
        return _page(request, call, form)
    messages.success(request, _written(done))
    if "and_next" in request.POST:
        calling.take_next(actor=acting_user(request), scope=request.scope, now=timezone.now())
    return redirect("dispensary:calls")


@require_POST
@roles(*CALLERS)
def call_release(request: ScopedRequest, call_id: int) -> HttpResponseRedirect:
    try:
        with transaction.atomic():
            calling.release(call_id=call_id, actor=acting_user(request), scope=request.scope)
    except calling.NotYours:
        messages.warning(request, LOST)
    else:
        messages.info(request, _("The person is back on the list."))
    return redirect("dispensary:calls")


@require_GET
@roles(*WATCHERS)
def calls_balance(request: ScopedRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "waiting": balance.waiting(request.scope, now=now),
        "callers": balance.callers(request.scope, now=now),
        "ends": balance.ends_of_the_week(request.scope, now=now),
    }
    return render(request, "dispensary/calls_balance.html", context)


def _written(call: Call) -> str:
    """Says when somebody who did not pick up is tried again, so that nobody notes it by hand."""
    if call.closed_at is not None:
        return _("The outcome is written down.")
    when = date_format(timezone.localtime(call.due_at), "j E, H:i").lower()
    return _("Not reached. The next attempt: %(when)s.") % {"when": when}


def _nobody(wakes_at: datetime | None) -> str:
    if wakes_at is None:
        return _("Nobody is to be called at this moment.")
    when = date_format(timezone.localtime(wakes_at), "j E, H:i")
    return _("Where these people live it is too late or too early to call. The next call: %(when)s.") % {
        "when": when
    }


def _form(call: Call, data: Any = None) -> CallForm:
    today = timezone.localdate(timezone=call.region.zone)
    kind = CallKind(call.kind)
    reasons = reasons_on(today, ReasonKind.COMPLAINT if kind == CallKind.SATISFACTION else ReasonKind.ABSENCE)
    return CallForm(data, kind=kind, reasons=reasons, today=today)


def _page(request: ScopedRequest, call: Call, form: CallForm) -> HttpResponse:
    record_read(
        scope=request.scope,
        subject=Subject.CALL,
        key=str(call.pk),
        page=request.path,
        person_id=call.person_id,
        region_id=call.region_id,
        now=timezone.now(),
        request_id=request.request_id,
    )
    invitation = call.invitation
    context = {
        "call": call,
        "invitation": invitation,
        "clinic": _clinic(call),
        "advice": _advice(call),
        "attempts": call.attempts_made.select_related("by", "reason")[:10],
        "local_time": timezone.now().astimezone(_zone(call)),
        "form": form,
    }
    return render(request, "dispensary/call.html", context)


def _clinic(call: Call) -> Clinic | None:
    about = call.invitation or call.case or call.recommendation
    return about.clinic if about else None


def _advice(call: Call) -> list[Recommendation]:
    """What a call about recommendations is about: all that are overdue."""
    if call.kind != CallKind.ADVICE:
        return []
    return list(
        aftercare_services.overdue_of(call.person_id, timezone.localdate(timezone=call.region.zone))[:10]
    )


def _zone(call: Call) -> Any:
    return call.person.zone
