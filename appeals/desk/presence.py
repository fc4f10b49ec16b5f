"""Who else has the case open, and whether the case changed while it was being read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from appeals import services
from appeals.desk import presenting
from appeals.desk.access import desk_roles
from appeals.lifecycle import Action
from appeals.models import Appeal, AppealEvent, Presence
from appeals.selectors import working_scope
from appeals.words import ACTIONS
from registry.middleware import ScopedRequest
from registry.scoping import Scope

# A page says every 15 seconds that it is open; two missed words, and nobody is there any more.
FRESH = timedelta(seconds=40)
FORGET = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Other:
    name: str
    doing: str


def be_here(*, appeal: Appeal, action: str, scope: Scope, now: datetime) -> None:
    """Says that the reader has the case open. One statement, so two pages of one person do no harm."""
    assert scope.user_id is not None  # noqa: S101 - whoever reaches the desk is signed in
    Presence.objects.bulk_create(
        [Presence(appeal=appeal, user_id=scope.user_id, action=action, seen_at=now)],
        update_conflicts=True,
        unique_fields=["appeal", "user"],
        update_fields=["action", "seen_at"],
    )


def others(appeal: Appeal, scope: Scope, now: datetime) -> list[Other]:
    """Colleagues with the same case open. One query."""
    rows = Presence.objects.filter(appeal=appeal, seen_at__gt=now - FRESH).exclude(user=scope.user_id)
    return [
        Other(str(row.user), str(ACTIONS[Action(row.action)]) if row.action in list(Action) else "")
        for row in rows.select_related("user").order_by("pk")
    ]


def forget_presences(*, now: datetime) -> int:
    gone: int = Presence.objects.filter(seen_at__lt=now - FORGET).delete()[0]
    return gone


@desk_roles
@require_POST
def presence(request: ScopedRequest, number: str) -> HttpResponse:
    """The strip above an open case: asked for by the page itself every few seconds."""
    appeal = Appeal.objects.visible_to(working_scope(request.scope)).filter(number=number).first()
    if appeal is None:
        raise Http404("The case left this reader's sight")
    now = timezone.now()
    action = str(request.POST.get("action", ""))
    services.read_notices(scope=request.scope, appeal=appeal, now=now)
    be_here(appeal=appeal, action=action if action in list(Action) else "", scope=request.scope, now=now)
    changed = str(request.POST.get("version", "")) not in ("", str(appeal.version))
    context = {
        "others": others(appeal, request.scope, now),
        "news": _news(appeal) if changed else None,
        "case_url": request.POST.get("here", "") if _is_local(request.POST.get("here", "")) else "",
    }
    return render(request, "appeals/desk/parts/presence.html", context)


def _is_local(address: str) -> bool:
    return address.startswith("/staff/cases/")


def _news(appeal: Appeal) -> Sequence[presenting.Told]:
    last = AppealEvent.objects.filter(appeal=appeal).order_by("-pk")[:1]
    return presenting.story_of(list(last), reader=None)
