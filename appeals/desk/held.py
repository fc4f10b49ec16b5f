"""Undo after sending: what leaves the house waits a few seconds, on the server, and can be taken back.

What waits is the person's own draft with a moment to leave at, so whatever happens meanwhile the text is there: taken
back, refused or after a crash it is a draft again. The case does not change before the moment comes.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from appeals import services
from appeals.desk import acting, unsent
from appeals.desk.access import desk_roles
from appeals.desk.fields import ActionForm
from appeals.desk.filters import kept
from appeals.desk.forms import FORMS
from appeals.errors import AppealError, AppealNotFound, BeingSent
from appeals.lifecycle import Action
from appeals.models import Appeal, WorkDraft
from appeals.models.desk import LEAVING
from appeals.noticing import What
from appeals.selectors import working_scope
from registry.middleware import ScopedRequest
from registry.scoping import Scope
from registry.selectors import scope_of

log = logging.getLogger(__name__)

# What somebody outside the house reads and nobody could call back once it has left.
LEAVES = frozenset(
    {
        Action.ANSWER,
        Action.ASK_APPLICANT,
        Action.INFORM_APPLICANT,
        Action.ASK_CLINIC,
        Action.FORWARD,
        Action.DECLINE,
    }
)
SWEEP = 200
TRIES = 5  # after trouble that is nobody's refusal; then it is a draft again and its writer is told
PAUSE = timedelta(seconds=15)


class Refused(Exception):
    """The form does not hold any more, e.g. a body was closed meanwhile."""


def waits(action: Action) -> bool:
    return action in LEAVES and settings.UNDO_SECONDS > 0


def is_leaving(appeal: Appeal) -> bool:
    """Whoever acts on the case in these seconds would make what is on its way speak of another case."""
    return WorkDraft.objects.filter(LEAVING, appeal=appeal).exists()


def hold(
    action: Action, form: ActionForm, *, appeal: Appeal, typed: Mapping[str, str], scope: Scope, now: datetime
) -> WorkDraft:
    """Keeps a valid form to be sent in a few seconds. Rehearsed first, so that what must be refused is refused
    at once. Errors: those of the action, and `BeingSent` while something else of the case is on its way."""
    with transaction.atomic():
        acting.perform(action, form, appeal=appeal, scope=scope, now=now)
        transaction.set_rollback(True)
    mine: dict[str, Any] = {"appeal": appeal, "user_id": scope.user_id, "action": action}
    values: dict[str, Any] = {
        "fields": dict(typed),
        "updated_at": now,
        "leaves_at": now + timedelta(seconds=settings.UNDO_SECONDS),
        "version": form.cleaned_data["version"],
        "attempts": 0,
    }
    try:
        with transaction.atomic():
            draft, _made = WorkDraft.objects.update_or_create(**mine, defaults=values)
    except IntegrityError:
        raise BeingSent from None
    return draft


def take_back(*, appeal: Appeal, scope: Scope) -> WorkDraft | None:
    """Makes a draft again of what waits; None when it has left already."""
    with transaction.atomic():
        waiting = WorkDraft.objects.select_for_update().filter(
            appeal=appeal, user=scope.user_id, leaves_at__isnull=False
        )
        draft = waiting.first()
        if draft is not None:
            _stay(draft)
    return draft


def send_due(*, now: datetime, appeal: Appeal | None = None) -> int:
    """Sends what has waited long enough, oldest first; returns how many left. Safe to run twice and on two machines."""
    due = WorkDraft.objects.filter(leaves_at__lte=now).order_by("leaves_at")
    if appeal is not None:
        due = due.filter(appeal=appeal)
    return sum(_send(pk, now) for pk in list(due.values_list("pk", flat=True)[:SWEEP]))


def _send(pk: int, now: datetime) -> bool:
    """One in a transaction of its own: the step and the end of the draft are written together or not at all."""
    with transaction.atomic():
        rows = WorkDraft.objects.select_for_update(of=("self",), skip_locked=True)
        draft = rows.select_related("user").filter(pk=pk, leaves_at__lte=now).first()
        if draft is None:
            return False
        try:
            with transaction.atomic(), translation.override(draft.user.language):
                _perform(draft, now)
        except (AppealError, Refused) as error:
            log.info("A text of case %s stays a draft: %s", draft.appeal_id, error)
            _give_back(draft, now)
            return False
        except Exception:
            log.exception("A text of case %s cannot be sent", draft.appeal_id)
            draft.attempts += 1
            draft.leaves_at = now + PAUSE * draft.attempts
            draft.save(update_fields=["attempts", "leaves_at"])
            if draft.attempts >= TRIES:
                _give_back(draft, now)
            return False
        draft.delete()
    return True


def _perform(draft: WorkDraft, now: datetime) -> None:
    """As if the person pressed the button now: rights, state and version are asked anew."""
    scope = scope_of(draft.user, now=now)
    rows = Appeal.objects.visible_to(working_scope(scope)).select_related("topic", "organization", "region")
    appeal = rows.filter(pk=draft.appeal_id).first()
    if appeal is None:
        raise AppealNotFound
    action = Action(draft.action)
    today = timezone.localdate(now)
    setting = acting.setting_for(action, appeal, scope=scope, today=today)
    form = FORMS[action]({**draft.fields, "version": draft.version}, setting=setting)
    if not form.is_valid():
        raise Refused(str(form.errors.as_json()))
    acting.perform(action, form, appeal=appeal, scope=scope, now=now)


def _stay(draft: WorkDraft) -> None:
    draft.leaves_at = draft.version = None
    draft.save(update_fields=["leaves_at", "version"])


def _give_back(draft: WorkDraft, now: datetime) -> None:
    _stay(draft)
    services.write_notice(appeal_id=draft.appeal_id, what=What.NOT_SENT, users=[draft.user_id], now=now)


@desk_roles
@require_POST
def undo(request: ScopedRequest, number: str) -> HttpResponse:
    """The button «take back»: opens the form again with the text, or says that it has left."""
    appeal = _find(request, number)
    draft = take_back(appeal=appeal, scope=request.scope)
    query = kept(request.GET).urlencode()
    tail = f"?{query}" if query else ""
    if draft is None:
        messages.info(request, gettext("Too late: it has been sent already."))
        return HttpResponseRedirect(reverse("staff_case", args=[number]) + tail)
    messages.success(request, gettext("Taken back: nothing was sent. Your text is below."))
    return HttpResponseRedirect(reverse("staff_act", args=[number, draft.action]) + tail)


@desk_roles
@require_POST
def leave(request: ScopedRequest, number: str) -> HttpResponse:
    """Asked by the page itself when the seconds are over; without scripts the portal sends on its own."""
    appeal = _find(request, number)
    send_due(now=timezone.now(), appeal=appeal)
    mine = unsent.unsent_of(appeal, request.scope)
    waiting = next((one for one in mine.values() if one.leaves_at is not None), None)
    query = kept(request.GET).urlencode()
    context = {
        "held": waiting_words(waiting, number, query, timezone.now()) if waiting else None,
        # It is a draft again: something stood in the way, and the case page says where the text is.
        "refused": waiting is None and str(request.POST.get("action", "")) in mine,
        "url": reverse("staff_case", args=[number]) + (f"?{query}" if query else ""),
    }
    return render(request, "appeals/desk/parts/held.html", context)


def _find(request: ScopedRequest, number: str) -> Appeal:
    appeal = Appeal.objects.visible_to(working_scope(request.scope)).filter(number=number).first()
    if appeal is None:
        raise Http404("No such case, or not for this reader")
    return appeal


def waiting_words(draft: WorkDraft, number: str, query: str, now: datetime) -> dict[str, Any]:
    """What the case page says of a text that is on its way."""
    tail = f"?{query}" if query else ""
    left = max(0, round((draft.leaves_at - now).total_seconds())) if draft.leaves_at else 0
    return {
        "action": draft.action,
        "at": draft.leaves_at,
        "seconds": left,
        "words": next((value for value in draft.fields.values() if value), ""),
        "undo_url": reverse("staff_undo", args=[number]) + tail,
        "leave_url": reverse("staff_leave", args=[number]) + tail,
        # A second longer than the wait, so that the page does not come too early.
        "delay": left + 1,
    }
