"""The list of people who are owed a call, and one of them at a time."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appeals.calls import call_backs, rules
from appeals.calls.call_backs import NotYours, Outcome
from appeals.calls.forms import OutcomeForm
from appeals.calls.places import rules_of
from appeals.desk.access import desk_roles, heads_only
from appeals.desk.tabs import count_words
from appeals.errors import AppealError, AppealNotFound, InvalidInput
from appeals.lifecycle import Action
from appeals.models import CallBack, CallBackKind, CallBackOutcome, PhoneCall
from appeals.selectors import actions_for, working_scope
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import User
from registry.scoping import Role
from registry.subjects import Subject

_OF_PROMISE = (
    CallBackOutcome.ANSWERED,
    CallBackOutcome.NO_ANSWER,
    CallBackOutcome.ANOTHER_TIME,
    CallBackOutcome.WRONG_NUMBER,
    CallBackOutcome.NOT_NEEDED,
)
ENDED = 20


@desk_roles
@require_safe
def call_list(request: ScopedRequest) -> HttpResponse:
    """Who is owed a call, soonest first; below, what ended without reaching anybody."""
    now = timezone.now()
    open_calls = call_backs.waiting(request.scope)
    rows = list(
        open_calls.select_related("appeal__topic", "leased_by").order_by("due_at", "pk")[
            : call_backs.PAGE + 1
        ]
    )
    record_read(
        scope=request.scope,
        subject=Subject.CALL_BACKS,
        rows=min(len(rows), call_backs.PAGE),
        page=request.path,
        now=now,
        request_id=request.request_id,
    )
    unreached = CallBack.objects.visible_to(request.scope).filter(
        outcome__in=[CallBackOutcome.NOT_REACHED, CallBackOutcome.WRONG_NUMBER]
    )
    context = {
        "rows": [_row(one, request, now) for one in rows[: call_backs.PAGE]],
        "more": len(rows) > call_backs.PAGE,
        "count": count_words(len(rows) if len(rows) <= call_backs.PAGE else open_calls[:1001].count()),
        "unreached": list(unreached.select_related("appeal").order_by("-closed_at")[:ENDED]),
        "may_reopen": request.scope.has(Role.SUPERVISOR, Role.FUND_ADMIN),
        "now": now,
    }
    return render(request, "appeals/calls/list.html", context)


def _row(one: CallBack, request: ScopedRequest, now: Any) -> dict[str, Any]:
    leased = one.leased_until is not None and one.leased_until > now
    return {
        "call": one,
        "late": one.due_at < now,
        "mine": leased and one.leased_by_id == request.scope.user_id,
        "kept": leased and one.leased_by_id != request.scope.user_id,
        "later": one.next_at > now,
    }


@desk_roles
@require_POST
def call_next(request: ScopedRequest) -> HttpResponseRedirect:
    row = call_backs.take_next(scope=request.scope, user=_user(request), now=timezone.now())
    if row is None:
        messages.info(request, _nobody(request))
        return redirect("staff_calls")
    return _opened(row)


@desk_roles
@require_POST
def call_take(request: ScopedRequest, call_back_key: UUID) -> HttpResponseRedirect:
    try:
        row = call_backs.take(scope=request.scope, key=call_back_key, user=_user(request), now=timezone.now())
    except AppealNotFound:
        raise Http404("No such call, or not for this reader") from None
    except AppealError as error:
        messages.warning(request, str(error))
        return redirect("staff_calls")
    return _opened(row)


def _opened(row: CallBack) -> HttpResponseRedirect:
    return redirect("staff_call_back", row.key)


def _nobody(request: ScopedRequest) -> str:
    later = call_backs.waiting(request.scope).filter(next_at__gt=timezone.now()).order_by("next_at").first()
    if later is None:
        return gettext("Nobody waits for a call.")
    when = date_format(timezone.localtime(later.next_at), "j E, H:i").lower()
    return gettext("Nobody is to be called at this moment. The next call: %(when)s.") % {"when": when}


@desk_roles
@require_http_methods(["GET", "POST"])
def call_back(request: ScopedRequest, call_back_key: UUID) -> HttpResponse:
    """One person who is owed a call: why, what is known, what came of it."""
    try:
        row = call_backs.find(request.scope, call_back_key)
    except AppealNotFound:
        raise Http404("No such call, or not for this reader") from None
    form = _outcome_form(row, request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return _page(request, row, form)
    if "release" in request.POST:
        return _released(request, row)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    data = form.cleaned_data
    try:
        call_backs.record(
            scope=request.scope,
            key=row.key,
            outcome=Outcome(
                outcome=data["outcome"],
                answer=data.get("answer", ""),
                note=data["note"],
                call_at=form.moments.get(data["call_at"]),
            ),
            user_id=_user(request).pk,
            now=timezone.now(),
        )
    except InvalidInput as error:
        for name, text in error.fields.items():
            form.add_error(name if name in form.fields else None, str(text))
        return _page(request, row, form, status=422)
    except NotYours as error:
        messages.warning(request, str(error))
        return redirect("staff_calls")
    except AppealError as error:
        form.add_error(None, str(error))
        return _page(request, row, form, status=409)
    messages.success(request, gettext("The outcome is written down."))
    return redirect("staff_calls")


def _released(request: ScopedRequest, row: CallBack) -> HttpResponse:
    try:
        call_backs.release(scope=request.scope, key=row.key, user_id=_user(request).pk, now=timezone.now())
    except NotYours as error:
        messages.warning(request, str(error))
    return redirect("staff_calls")


@heads_only
@require_POST
def call_again(request: ScopedRequest, call_back_key: UUID) -> HttpResponseRedirect:
    """A head has somebody called once more who could not be reached."""
    try:
        call_backs.try_again(scope=request.scope, key=call_back_key, now=timezone.now())
    except AppealNotFound:
        raise Http404("No such call, or not for this reader") from None
    except AppealError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, gettext("The call is on the list again."))
    return redirect("staff_calls")


def _outcome_form(row: CallBack, data: Any) -> OutcomeForm:
    now = timezone.now()
    calling = rules_of(row.region, now)
    moments = rules.promises(now, zone=calling.zone, calendar=calling.calendar, hours=calling.hours)
    # What a recording asks is answered in the call form, where it becomes an appeal.
    voice = row.kind == CallBackKind.VOICE
    offered = _OF_PROMISE[1:] if voice else _OF_PROMISE
    return OutcomeForm(data, moments=moments, offered=offered)


def _page(request: ScopedRequest, row: CallBack, form: OutcomeForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    appeal = row.appeal
    seat = working_scope(request.scope)
    record_read(
        scope=request.scope,
        subject=Subject.CALL_BACK,
        key=str(row.key),
        page=request.path,
        now=now,
        person_id=(appeal.concerned_person_id or appeal.applicant_id) if appeal else None,
        region_id=row.region_id,
        request_id=request.request_id,
    )
    kept = row.leased_until is not None and row.leased_until > now
    context = {
        "call": row,
        "form": form,
        "appeal": appeal,
        "can_answer": appeal is not None and Action.ANSWER in actions_for(seat, appeal),
        "mine": kept and row.leased_by_id == request.scope.user_id and row.closed_at is None,
        "kept": kept and row.leased_by_id != request.scope.user_id,
        "tries": row.tries.select_related("by")[:10],
        "talk": PhoneCall.objects.filter(appeal=appeal).select_related("operator").first()
        if appeal
        else None,
        "late": row.due_at < now,
    }
    return render(request, "appeals/calls/call_back.html", context, status=status)


def _user(request: ScopedRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the access rule has let only signed-in staff in
    return request.user
