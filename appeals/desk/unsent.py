"""Texts typed and not sent yet: kept for each person, case and action, until sent or thrown away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from appeals.desk.access import desk_roles
from appeals.desk.fields import LONGEST
from appeals.desk.forms import FORMS
from appeals.lifecycle import Action
from appeals.models import Appeal, WorkDraft
from appeals.models.desk import LEAVING
from appeals.selectors import working_scope
from registry.middleware import ScopedRequest
from registry.scoping import Scope


def unsent_of(appeal: Appeal, scope: Scope) -> dict[str, WorkDraft]:
    """What the reader has typed in this case, by action. One query."""
    rows = WorkDraft.objects.filter(appeal=appeal, user=scope.user_id).order_by("-updated_at")
    return {row.action: row for row in rows}


@transaction.atomic
def keep(*, appeal: Appeal, action: Action, typed: Mapping[str, str], scope: Scope, now: datetime) -> None:
    """Keeps what was typed; nothing but spaces throws it away."""
    mine: Any = {"appeal": appeal, "user_id": scope.user_id, "action": action}
    if WorkDraft.objects.filter(LEAVING, **mine).exists():
        # Another page of the same person still types: what was sent is sent as it was.
        return
    if any(value.strip() for value in typed.values()):
        WorkDraft.objects.update_or_create(**mine, defaults={"fields": dict(typed), "updated_at": now})
    else:
        WorkDraft.objects.filter(**mine).delete()


def forget(*, appeal_id: int, action: Action, scope: Scope) -> None:
    WorkDraft.objects.filter(appeal=appeal_id, user=scope.user_id, action=action).delete()


def typed_in(action: Action, data: Mapping[str, Any]) -> dict[str, str]:
    """The fields of an action's form out of what was posted; the version is not typed."""
    names = [name for name in FORMS[action].base_fields if name != "version"]
    return {name: str(data.get(name, ""))[:LONGEST] for name in names}


@desk_roles
@require_POST
def keep_view(request: ScopedRequest, number: str, action: str) -> HttpResponse:
    """Called every few seconds while somebody types. Answers nothing: the page needs no news of it."""
    if action not in FORMS:
        raise Http404("No such action")
    appeal = Appeal.objects.visible_to(working_scope(request.scope)).filter(number=number).first()
    if appeal is None:
        raise Http404("No such case, or not for this reader")
    wanted = Action(action)
    typed = {} if "discard" in request.POST else typed_in(wanted, request.POST)
    keep(appeal=appeal, action=wanted, typed=typed, scope=request.scope, now=timezone.now())
    return HttpResponse(status=204)
