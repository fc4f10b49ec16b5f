"""Writing to the outbox, and taking back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Greatest

from notifications import hints
from notifications.events import EVENTS, Purpose
from notifications.models import Channel, Message, State
from registry.models import Consent, ConsentText, InsuredPerson, Region
from registry.models.people import ConsentPurpose

BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Where a message goes, as known now: `name` is the first name and patronymic of the greeting, `addressee` the
    full name on a letter, `phone` in E.164."""

    name: str = ""
    addressee: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    language: str = "ru"
    time_zone: str = ""

    @classmethod
    def of(cls, person: InsuredPerson) -> "Recipient":
        return cls(
            name=" ".join(part for part in (person.first_name, person.middle_name) if part),
            addressee=person.full_name,
            email=person.email,
            phone=person.phone,
            address=person.address,
            language=person.language,
            time_zone=person.time_zone,
        )


def draft(
    *,
    event: str,
    channel: str,
    recipient: Recipient,
    payload: Mapping[str, str],
    dedupe_key: str,
    now: datetime,
    region: Region | str,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    purpose: Purpose | None = None,
    priority: int | None = None,
    person: InsuredPerson | None = None,
    campaign_key: str | None = None,
) -> Message:
    """An unsaved message; purpose and priority are the event's own unless given.

    Errors: KeyError for an unknown event; ValueError where the payload is not exactly `EVENTS[event].given(channel)`
    with strings for values. What cannot be sent must fail the one who writes it, not the worker at night.
    """
    rules = EVENTS[event]
    wanted = rules.given(channel)
    if payload.keys() != wanted or not all(isinstance(value, str) for value in payload.values()):
        raise ValueError(f"{event} by {channel} needs strings for exactly: {', '.join(sorted(wanted))}")
    return Message(
        dedupe_key=dedupe_key,
        campaign_key=campaign_key,
        event=event,
        channel=channel,
        purpose=purpose or rules.purpose,
        priority=rules.priority if priority is None else priority,
        person=person,
        insurer_id=person.insurer_id if person else None,
        region_id=region if isinstance(region, str) else region.pk,
        name=recipient.name,
        addressee=recipient.addressee,
        email=recipient.email,
        phone=recipient.phone,
        address=recipient.address,
        language=recipient.language,
        time_zone=recipient.time_zone,
        payload=dict(payload),
        created_at=now,
        due_at=due_at or now,
        expires_at=expires_at,
        provider_reference=uuid4(),
    )


def enqueue(
    *,
    event: str,
    channel: str,
    recipient: Recipient,
    payload: Mapping[str, str],
    dedupe_key: str,
    now: datetime,
    region: Region | str,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    purpose: Purpose | None = None,
    priority: int | None = None,
    person: InsuredPerson | None = None,
    campaign_key: str | None = None,
) -> Message | None:
    """Writes one message in the caller's transaction; None where the key is known already.

    Errors: those of `draft`; IntegrityError where the recipient has no address for the channel.
    """
    message = draft(
        event=event,
        channel=channel,
        recipient=recipient,
        payload=payload,
        dedupe_key=dedupe_key,
        now=now,
        region=region,
        due_at=due_at,
        expires_at=expires_at,
        purpose=purpose,
        priority=priority,
        person=person,
        campaign_key=campaign_key,
    )
    if not enqueue_many(messages=[message]):
        return None
    return Message.objects.get(provider_reference=message.provider_reference)


def enqueue_many(*, messages: Iterable[Message]) -> int:
    """Writes drafts in batches and one hint for all; returns how many were new.

    A whole campaign does not come this way: it inserts from a query, see `Message`.
    """
    rest, written = iter(messages), 0
    with transaction.atomic():
        while batch := list(islice(rest, BATCH)):
            Message.objects.bulk_create(batch, ignore_conflicts=True)
            # Rows that lost the conflict are not there under our reference.
            written += Message.objects.filter(
                provider_reference__in=[message.provider_reference for message in batch]
            ).count()
        if written:
            hints.dispatch_soon()
    return written


def cancel_campaign(*, campaign_key: str, code: str) -> int:
    """Cancels what has not been claimed yet; `code` says why. Returns how many."""
    return Message.objects.filter(campaign_key=campaign_key, state=State.PENDING).update(
        state=State.CANCELLED, error_code=code
    )


def cancel_to(*, event: str, contact: str, code: str) -> int:
    """Cancels what of one event waits for one e-mail or phone, whatever it is about. Returns how many."""
    to = Q(email__iexact=contact) if "@" in contact else Q(phone=contact)
    # By priority, as the index of waiting messages begins with it: a campaign of millions is passed over.
    rows = Message.objects.filter(to, state=State.PENDING, priority=EVENTS[event].priority, event=event)
    return rows.update(state=State.CANCELLED, error_code=code)


def cancel_person(*, person_id: int, code: str) -> int:
    """Cancels invitations to one person that no worker has claimed yet; `code` says why. Returns how many."""
    return Message.objects.filter(person=person_id, purpose=Purpose.INVITATION, state=State.PENDING).update(
        state=State.CANCELLED, error_code=code
    )


def note_call(*, person: InsuredPerson, event: str, dedupe_key: str, words: str, now: datetime) -> None:
    """Notes a conversation by phone as a contact that took place, so that the monthly cap counts it too.

    Errors: KeyError for an unknown event. A key known already changes nothing.
    """
    rules = EVENTS[event]
    Message.objects.bulk_create(
        [
            Message(
                dedupe_key=dedupe_key,
                event=event,
                channel=Channel.PHONE,
                purpose=rules.purpose,
                priority=rules.priority,
                person=person,
                insurer_id=person.insurer_id,
                region_id=person.region_id,
                phone=person.phone,
                language=person.language,
                payload={},
                body=words,
                state=State.DELIVERED,
                attempts=1,
                provider_reference=uuid4(),
                **dict.fromkeys(("created_at", "due_at", "sending_at", "sent_at", "delivered_at"), now),
            )
        ],
        ignore_conflicts=True,
    )


def withdraw_all(*, person_id: int, now: datetime) -> int:
    """Ends every consent to reminders: the person asked not to be disturbed any more. Returns how many ended."""
    cancel_person(person_id=person_id, code="no_consent")
    return Consent.objects.filter(
        person=person_id, purpose=ConsentPurpose.INFORMATION_SUPPORT, withdrawn_at__isnull=True
    ).update(withdrawn_at=Greatest(now, "given_at"))


def stop_by_sms(*, phone: str, at: datetime) -> int:
    """A person answered STOP: consents to SMS given before that moment end; returns how many ended.

    The same answer twice, or one that comes late after a new consent, changes nothing. Everybody whom a reminder
    reached at this number is meant: a family that shares a phone is left in peace as a whole.
    """
    people = Message.objects.filter(channel=Channel.SMS, purpose=Purpose.INVITATION, phone=phone).values(
        "person"
    )
    return Consent.objects.filter(
        Q(channel=Channel.SMS) | Q(channel=""),
        person__in=people,
        purpose=ConsentPurpose.INFORMATION_SUPPORT,
        withdrawn_at__isnull=True,
        given_at__lte=at,
    ).update(withdrawn_at=at)


def withdraw_consent(*, person_id: int, channel: str, now: datetime) -> int:
    """Ends the consent to reminders by this channel at once; what is still in the outbox will not be sent.

    A consent given for all channels together ends as a whole: silence is the safe reading of a refusal.
    """
    return Consent.objects.filter(
        Q(channel=channel) | Q(channel=""),
        person=person_id,
        purpose=ConsentPurpose.INFORMATION_SUPPORT,
        withdrawn_at__isnull=True,
    ).update(withdrawn_at=Greatest(now, "given_at"))


def end_consent(*, consent_id: int, person_id: int, now: datetime) -> bool:
    """Ends one consent of this person at once, whatever it is for; False where there is none in force."""
    mine = Consent.objects.filter(pk=consent_id, person=person_id, withdrawn_at__isnull=True)
    return bool(mine.update(withdrawn_at=Greatest(now, "given_at")))


@transaction.atomic
def give_consent(
    *, person_id: int, channel: str, text: ConsentText, address: str | None, now: datetime
) -> None:
    """Keeps the consent to reminders by a channel: which text, when, from where. Once, however often it is said."""
    Consent.objects.bulk_create(
        [
            Consent(
                person_id=person_id,
                purpose=text.purpose,
                channel=channel,
                text=text,
                given_at=now,
                address=address,
            )
        ],
        ignore_conflicts=True,
    )
