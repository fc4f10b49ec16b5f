"""What a person has typed so far, kept in the database from the first page."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from appeals.models import AppealDraft
from registry.scoping import Scope

KEPT = timedelta(days=30)


def start_draft(*, scope: Scope, now: datetime, data: Mapping[str, object] | None = None) -> AppealDraft:
    """A new draft, of the account where somebody is signed in. Its key is a secret of the person."""
    return AppealDraft.objects.create(
        user_id=scope.user_id, data=dict(data or {}), created_at=now, updated_at=now, expires_at=now + KEPT
    )


def save_draft(*, draft: AppealDraft, step: str, answers: Mapping[str, object], now: datetime) -> AppealDraft:
    """Adds a page's answers; a filed draft is not touched any more."""
    if draft.appeal_id is not None:
        return draft
    draft.data = {**draft.data, **answers}
    draft.step, draft.updated_at, draft.expires_at = step, now, now + KEPT
    draft.save(update_fields=["data", "step", "updated_at", "expires_at"])
    return draft


@transaction.atomic
def forget_draft(*, draft_id: int, now: datetime) -> bool:
    """Deletes an expired draft with its files; False when it is gone, in use again, or in another worker's hands.

    The bytes go before the rows: when the store fails, the rows stay and tell the next run what is left.
    """
    expired = AppealDraft.objects.select_for_update(skip_locked=True).filter(pk=draft_id, expires_at__lte=now)
    draft = expired.first()
    if draft is None:
        return False
    for paper in draft.attachments.all():
        paper.file.delete(save=False)
    draft.delete()
    return True
