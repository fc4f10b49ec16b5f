"""The door to a draft: a signed cookie that outlives the session, or the account it belongs to.

Nothing of a draft stands in an address, so a link sent to somebody else opens nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac

from appeals import codes
from appeals.citizen.proving import settled
from appeals.citizen.steps import Answers, answered
from appeals.models import Appeal, AppealDraft
from appeals.services.drafts import KEPT, save_draft
from registry.models import User

DRAFT_COOKIE = "appeal_draft"
SENT_COOKIE = "appeal_sent"
DRAFT_KEPT = KEPT
SENT_KEPT = timedelta(hours=24)
_PATH = "/appeals/"
_SENT = ("appeal__received_by", "appeal__region", "appeal__topic")


@dataclass(frozen=True, slots=True)
class Door:
    """What the cookies and the account of a request open."""

    draft: AppealDraft | None
    sent: AppealDraft | None


def door(request: HttpRequest, *, now: datetime, lock: bool = False) -> Door:
    """The draft being written and the one sent last, as far as this browser or account may see them."""
    keys = {name: key for name in (DRAFT_COOKIE, SENT_COOKIE) if (key := _key(request, name)) is not None}
    rows = AppealDraft.objects.select_for_update(of=("self",)) if lock else AppealDraft.objects.all()
    found: dict[UUID | None, AppealDraft] = {}
    if keys:
        found = {row.key: row for row in rows.filter(key__in=keys.values()).select_related(*_SENT)}
    current = _usable(found.get(keys.get(DRAFT_COOKIE)), request, now)
    sent = _usable(found.get(keys.get(SENT_COOKIE)), request, now)
    if current is None and sent is None and isinstance(request.user, User):
        # The browser lost its cookie, or this is another device.
        own = rows.filter(user=request.user, appeal__isnull=True, expires_at__gt=now)
        current = own.order_by("-updated_at").first()
    if current is not None and current.appeal_id is not None:
        return Door(None, current)
    return Door(current, sent if sent is not None and sent.appeal_id is not None else None)


def keep(
    draft: AppealDraft, step: str, given: Mapping[str, Any] | None, *, request: HttpRequest, now: datetime
) -> None:
    """Saves the answers of one page in the draft of this browser or account; None where none were given yet."""
    user_id = request.user.pk if isinstance(request.user, User) else None
    data = (
        draft.data if given is None else settled(answered(draft.data, step, given), timezone.localdate(now))
    )
    save_draft(draft=draft, step=step, data=data, user_id=user_id, now=now)


def remember(response: HttpResponseBase, draft: AppealDraft) -> None:
    _set(response, DRAFT_COOKIE, draft.key, DRAFT_KEPT)


def remember_sent(response: HttpResponseBase, draft: AppealDraft) -> None:
    """From now on this browser has a sent appeal instead of a draft."""
    response.delete_cookie(DRAFT_COOKIE, path=_PATH)
    _set(response, SENT_COOKIE, draft.key, SENT_KEPT)


def seal(answers: Answers) -> str:
    """A mark of exactly these answers: what is sent must be what the last page showed."""
    return salted_hmac("appeals.citizen.seal", repr(sorted(answers.items()))).hexdigest()


def _set(response: HttpResponseBase, name: str, key: UUID, age: timedelta) -> None:
    response.set_signed_cookie(
        name,
        key.hex,
        salt=name,
        max_age=int(age.total_seconds()),
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _key(request: HttpRequest, cookie: str) -> UUID | None:
    age = DRAFT_KEPT if cookie == DRAFT_COOKIE else SENT_KEPT
    value = request.get_signed_cookie(cookie, default=None, salt=cookie, max_age=int(age.total_seconds()))
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def _usable(draft: AppealDraft | None, request: HttpRequest, now: datetime) -> AppealDraft | None:
    """A draft of an account opens for it, and for the same browser after its session ended; for nobody else."""
    if draft is None or draft.expires_at <= now:
        return None
    if draft.user_id is not None and isinstance(request.user, User) and request.user.pk != draft.user_id:
        return None
    return draft


def shown_code(draft: AppealDraft, appeal: Appeal) -> str:
    """The code again, as long as this browser may see it; empty when it was replaced meanwhile."""
    code = codes.code_for(draft.key)
    return code if codes.matches(code, appeal.access_code_hash) else ""
