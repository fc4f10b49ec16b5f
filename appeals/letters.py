"""What the applicant is told about an appeal: rows of the outbox, written in the transaction that causes them.

The contents stay in the cabinet and on the tracking page; a message says that there is something to read. Who
chose letters by post gets the registered letter itself, see `services.outgoing`, and no message beside it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import formats, translation

from appeals import links
from appeals.models import Appeal, AppealFollower, ReplyChannel
from appeals.terms import Form
from notifications.events import EVENTS
from notifications.models import Channel
from notifications.services import Recipient, draft, enqueue_many


def registered(appeal: Appeal, now: datetime) -> None:
    """Not for what was said aloud: the person has just heard it."""
    if appeal.form == Form.WRITTEN:
        facts = {"due_on": _day(appeal.due_on, appeal.language), "calendar": links.calendar_link(appeal)}
        _write(appeal, "appeal_registered", now, facts)


def answered(appeal: Appeal, now: datetime) -> UUID | None:
    if appeal.form == Form.WRITTEN or appeal.reply_channel != ReplyChannel.PHONE:
        return _announce(appeal, "appeal_answered", now, {})
    return None


def extended(appeal: Appeal, now: datetime) -> UUID | None:
    """The law obliges to tell of an extension and its reason (59-FZ art. 12 part 2)."""
    facts = {"due_on": _day(appeal.due_on, appeal.language), "reason": appeal.extension_reason}
    return _announce(appeal, "appeal_extended", now, facts)


def forwarded(appeal: Appeal, now: datetime) -> UUID | None:
    """The law obliges to tell to whom the appeal was passed on (59-FZ art. 8 part 3)."""
    body = appeal.addressee.plain_title if appeal.addressee else ""
    return _announce(appeal, "appeal_forwarded", now, {"addressee": body})


def message(appeal: Appeal, now: datetime) -> UUID | None:
    """There is a question or another news to read."""
    return _announce(appeal, "appeal_message", now, {})


def channel_of(appeal: Appeal) -> str | None:
    """By what messages go; an answer by telephone is announced by SMS."""
    if appeal.reply_channel == ReplyChannel.POST:
        return Channel.POST
    if appeal.reply_channel == ReplyChannel.PHONE:
        return Channel.SMS
    if appeal.applicant_email:
        return Channel.EMAIL
    return None


def new_code(appeal: Appeal, code: str, *, by_mail: bool, now: datetime) -> None:
    """A lost code is replaced; the new one goes to the contact on record by which it was asked for."""
    _send(
        appeal,
        "access_code_new",
        Channel.EMAIL if by_mail else Channel.SMS,
        now,
        {"code": code},
        # Two requests are two codes; the version of the appeal does not change with the code.
        key=f"appeal:{appeal.pk}:access_code_new:{appeal.access_code_hash[-16:]}",
    )


def follower_allowed(follower: AppealFollower, code: str, now: datetime) -> None:
    """The relative gets a code of their own, the applicant hears that somebody else may read."""
    _to_follower(follower, "follower_allowed", now, {"code": code})
    _write(follower.appeal, "follower_added", now, {}, key=f"follower:{follower.pk}:added")


def follower_ended(follower: AppealFollower, now: datetime) -> None:
    _to_follower(follower, "follower_ended", now, {})
    _write(follower.appeal, "follower_removed", now, {}, key=f"follower:{follower.pk}:removed")


def survey(appeal: Appeal, secret: str, *, now: datetime, due_at: datetime) -> None:
    """Asks how it went, by mail or SMS; a letter by post has its own page for that."""
    channel = channel_of(appeal)
    if channel not in (Channel.EMAIL, Channel.SMS):
        return
    facts = {"link": links.survey_link(secret)}
    key = f"survey:{secret}"
    _send(appeal, "appeal_survey", channel, now, facts, key=key, due_at=due_at, campaign=survey_key(appeal))


def survey_key(appeal: Appeal) -> str:
    """By which a survey that has not left yet is taken back."""
    return f"survey:{appeal.pk}"


def _to_follower(follower: AppealFollower, event: str, now: datetime, facts: Mapping[str, str]) -> None:
    appeal = follower.appeal
    channel = Channel.EMAIL if follower.email else Channel.SMS
    recipient = Recipient(
        name=follower.name, email=follower.email, phone=follower.phone, language=appeal.language
    )
    key = f"follower:{follower.pk}:{event}"
    _send(appeal, event, channel, now, facts, key=key, recipient=recipient)


def _announce(appeal: Appeal, event: str, now: datetime, facts: Mapping[str, str]) -> UUID | None:
    """As `_write`, for what goes to paper readers as a letter of its own. Returns our reference of the message."""
    if channel_of(appeal) == Channel.POST:
        return None
    return _write(appeal, event, now, facts)


def _write(
    appeal: Appeal, event: str, now: datetime, facts: Mapping[str, str], *, key: str = ""
) -> UUID | None:
    """To the applicant by the chosen way; an appeal whose answer waits in the cabinet alone is not written about."""
    channel = channel_of(appeal)
    if channel is None:
        return None
    return _send(
        appeal, event, channel, now, facts, key=key or f"appeal:{appeal.pk}:{event}:{appeal.version}"
    )


def _send(
    appeal: Appeal,
    event: str,
    channel: str,
    now: datetime,
    facts: Mapping[str, str],
    *,
    key: str,
    recipient: Recipient | None = None,
    due_at: datetime | None = None,
    campaign: str | None = None,
) -> UUID:
    known = {"number": appeal.number, "link": f"{settings.PORTAL_URL}/appeals/track/", **facts}
    row = draft(
        event=event,
        channel=channel,
        recipient=recipient or _applicant(appeal),
        # A short channel carries fewer facts: the event says which.
        payload={name: known[name] for name in EVENTS[event].given(channel)},
        dedupe_key=key,
        now=now,
        region=appeal.region_id,
        due_at=due_at,
        campaign_key=campaign,
    )
    row.insurer_id = appeal.insurer_id
    enqueue_many(messages=[row])
    return row.provider_reference


def _applicant(appeal: Appeal) -> Recipient:
    return Recipient(
        name=_called(appeal.applicant_name),
        email=appeal.applicant_email,
        phone=appeal.applicant_phone,
        address=appeal.applicant_address,
        language=appeal.language,
    )


def _called(full_name: str) -> str:
    """First name and patronymic of a name written as documents do, last name first."""
    parts = full_name.split()
    return " ".join(parts[1:3]) if len(parts) > 1 else full_name


def _day(day: date, language: str) -> str:
    with translation.override(language):
        return formats.date_format(day, "j E Y" if language == "ru" else "j F Y")


def contact_code(contact: str, code: str, *, region: str, language: str, now: datetime) -> None:
    """A code to a contact that shall be proved; nobody is known by it yet."""
    by_mail = "@" in contact
    message = draft(
        event="contact_code",
        channel=Channel.EMAIL if by_mail else Channel.SMS,
        recipient=Recipient(
            email=contact if by_mail else "", phone="" if by_mail else contact, language=language
        ),
        payload={"code": code},
        dedupe_key=f"contact_code:{uuid4()}",
        now=now,
        region=region,
    )
    enqueue_many(messages=[message])
