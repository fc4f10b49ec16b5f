"""What the staff and the applicant write to each other. Nothing sent or received is ever changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from appeals.actors import Actor
from appeals.errors import AppealNotFound, InvalidInput, TryLater
from appeals.filing import MAX_TEXT
from appeals.lifecycle import Action
from appeals.models import Appeal, AppealMessage, Author, Direction
from appeals.services.base import Move, begin, finish, term_end
from appeals.services.files import attach
from appeals.services.outgoing import issue_interim
from appeals.terms import Channel, Role
from appeals.typed import clean_text

# A person may add something now and then; a program that found the form may not fill the store.
REPLIES_A_DAY = 20
_DAY = timedelta(days=1)


@transaction.atomic
def ask_applicant(
    *, appeal_id: int, question: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    """Asks the applicant and waits. The lawful clock goes on, the internal target pauses."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.ASK_APPLICANT,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"question": question},
    )
    return _sent(move, question, is_question=True)


@transaction.atomic
def inform_applicant(
    *, appeal_id: int, text: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    """An interim word to the applicant; no reply is expected and nothing waits for one."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.INFORM_APPLICANT,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"text": text},
    )
    return _sent(move, text, is_question=False)


def receive_reply(
    *,
    appeal_id: int,
    reply: str,
    actor: Actor,
    now: datetime,
    channel: str = Channel.SITE,
    files: "Sequence[File[bytes]]" = (),
    key: UUID | None = None,
    expected_version: int | None = None,
) -> Appeal:
    """Takes what the applicant wrote, or records what was said or sent; it ends the wait for it and no other.

    The same `key` again, from a repeated submission, writes nothing. Errors: FileRefused, and then nothing is
    written either; TryLater for too many replies of a citizen in a day.
    """
    known = key or uuid4()
    try:
        with transaction.atomic():
            return _received(appeal_id, reply, actor, now, channel, files, known, expected_version)
    except IntegrityError:
        # Two submissions of one form at once: the other one was faster.
        before = AppealMessage.objects.filter(key=known, appeal=appeal_id).select_related("appeal").first()
        if before is None:
            raise
        return before.appeal


def _received(
    appeal_id: int,
    reply: str,
    actor: Actor,
    now: datetime,
    channel: str,
    files: "Sequence[File[bytes]]",
    key: UUID,
    expected_version: int | None,
) -> Appeal:
    before = AppealMessage.objects.filter(key=key).select_related("appeal").first()
    if before is not None:
        if before.appeal_id != appeal_id:
            raise AppealNotFound
        return before.appeal
    text = clean_text(reply)
    if len(text) > MAX_TEXT:
        raise InvalidInput({"reply": _("Too long: at most %(limit)s characters.") % {"limit": MAX_TEXT}})
    move = begin(
        appeal_id=appeal_id,
        action=Action.APPLICANT_REPLIED,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"reply": text},
    )
    if move.role is Role.CITIZEN:
        _not_too_many(move)
    message = AppealMessage.objects.create(
        key=key,
        appeal=move.appeal,
        direction=Direction.FROM_APPLICANT,
        author_kind=Author.APPLICANT,
        user_id=actor.user_id,
        channel=channel,
        text=text,
        at=now,
    )
    for upload in files:
        attach(owner=move.appeal, message=message, upload=upload, now=now, user_id=actor.user_id)
    data = {"message": message.pk, "files": len(files)}
    return finish(move, public=True, data=data)


@transaction.atomic
def mark_read(*, appeal: Appeal, direction: Direction, user_id: int | None, now: datetime) -> int:
    """Notes that the other side opened what was written; returns how many messages were new to it."""
    unread = AppealMessage.objects.filter(appeal=appeal, direction=direction, read_at__isnull=True)
    return unread.update(read_at=now, read_by_user_id=user_id)


def _sent(move: Move, text: str, *, is_question: bool) -> Appeal:
    message = AppealMessage.objects.create(
        appeal=move.appeal,
        direction=Direction.TO_APPLICANT,
        author_kind=Author.STAFF,
        user_id=move.actor.user_id,
        channel=Channel.SITE,
        is_question=is_question,
        text=text,
        at=move.now,
    )
    wait = {"wait_until": term_end("applicant_reply", move.appeal, move.now)} if is_question else {}
    written = finish(move, changes=wait, public=True, data={"message": message.pk})
    issue_interim(appeal=written, text=text, is_question=is_question, actor=move.actor, now=move.now)
    return written


def _not_too_many(move: Move) -> None:
    recent = AppealMessage.objects.filter(
        appeal=move.appeal,
        direction=Direction.FROM_APPLICANT,
        channel=Channel.SITE,
        at__gt=move.now - _DAY,
    )
    if recent.count() >= REPLIES_A_DAY:
        raise TryLater(int(_DAY.total_seconds()))
