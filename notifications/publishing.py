"""New wordings of messages: a draft by one person, published by another, dated, never changed afterwards."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from notifications.models import MessageTemplate, TemplateDraft
from registry.models import User

# Versions written here begin beyond those that come with the portal: an update of it must not write over them.
FIRST_OWN = 1001


class NotPossible(ValueError):
    """Why a draft cannot be published; the words are for the one who acts."""


def as_template(
    *, event: str, channel: str, language: str, subject: str, body: str, valid_from: date
) -> MessageTemplate:
    """The wording as it would be in force. Errors: ValidationError, by field, for what could not be sent."""
    template = MessageTemplate(
        event=event,
        channel=channel,
        language=language,
        subject=subject,
        body=body,
        valid_from=valid_from,
        version=FIRST_OWN,
        confirmed=True,
    )
    template.clean_fields(exclude=["written_by", "published_by", "published_at"])
    template.clean()
    return template


@transaction.atomic
def save_draft(
    *,
    event: str,
    channel: str,
    language: str,
    subject: str,
    body: str,
    valid_from: date,
    actor: User,
    now: datetime,
) -> TemplateDraft:
    """Keeps the draft, in place of an earlier one of the same message. Errors: as of `as_template`."""
    as_template(
        event=event, channel=channel, language=language, subject=subject, body=body, valid_from=valid_from
    )
    draft, _ = TemplateDraft.objects.update_or_create(
        event=event,
        channel=channel,
        language=language,
        defaults={
            "subject": subject,
            "body": body,
            "valid_from": valid_from,
            "written_by": actor,
            "written_at": now,
        },
    )
    return draft


@transaction.atomic
def publish(*, draft_id: int, seen: datetime, actor: User, now: datetime) -> MessageTemplate:
    """Puts a colleague's draft into force from its day, or from today where that has passed.

    `seen`: when the words that the publisher read were written. Errors: NotPossible for one's own draft, and where it
    was changed or dropped meanwhile; as of `as_template`.
    """
    draft = TemplateDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None or draft.written_at != seen:
        raise NotPossible("Черновик изменился, пока вы его читали: прочитайте ещё раз")
    if draft.written_by_id == actor.pk:
        raise NotPossible("Публикует не автор: попросите коллегу прочитать и опубликовать")
    template = as_template(
        event=draft.event,
        channel=draft.channel,
        language=draft.language,
        subject=draft.subject,
        body=draft.body,
        valid_from=max(draft.valid_from, timezone.localdate(now)),
    )
    same = MessageTemplate.objects.filter(event=draft.event, channel=draft.channel, language=draft.language)
    newest = same.aggregate(newest=Max("version"))["newest"] or 0
    template.version = max(newest + 1, FIRST_OWN)
    template.source = "опубликовано на портале"
    template.written_by, template.published_by, template.published_at = draft.written_by, actor, now
    template.save()
    draft.delete()
    return template


def drop(*, draft_id: int) -> bool:
    """Throws a draft away; False where there was none."""
    return bool(TemplateDraft.objects.filter(pk=draft_id).delete()[0])
