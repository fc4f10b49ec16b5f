"""What a person has typed so far, kept in the database from the first page."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from appeals.models import AppealDraft

KEPT = timedelta(days=30)


def save_draft(
    *, draft: AppealDraft, step: str, data: Mapping[str, object], user_id: int | None, now: datetime
) -> None:
    """Keeps what was typed; the first save creates the row, a signed-in writer makes the draft the account's own."""
    draft.data, draft.step = dict(data), step
    draft.updated_at, draft.expires_at = now, now + KEPT
    draft.user_id = draft.user_id or user_id
    if draft._state.adding:
        draft.created_at = now
        draft.save(force_insert=True)
    else:
        draft.save(update_fields=["data", "step", "updated_at", "expires_at", "user"])


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
