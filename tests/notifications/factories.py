"""Messages for tests, and senders that do what a test tells them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifications import services
from notifications.channels.base import Outcome, Outgoing, Result
from notifications.events import EVENTS, SAMPLE
from notifications.models import Message
from notifications.services import Recipient
from notifications.states import State
from registry.models import Consent, ConsentText, InsuredPerson
from tests.factories import PersonFactory, RegionFactory

SENT = Result(Outcome.SENT)


class Clock:
    """A clock that stands still until it is told to go."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


class FakeSender:
    """Takes messages into memory; `results` are given out in order, then always `SENT`."""

    def __init__(
        self,
        *results: Result | Exception,
        idempotent: bool = True,
        chunk: int = 100,
        knows: dict[UUID, State] | None = None,
    ) -> None:
        self.results = list(results)
        self.idempotent = idempotent
        self.can_tell = knows is not None
        self.chunk = chunk
        self.knows = knows or {}
        self.taken: list[Outgoing] = []

    def send(self, batch: Sequence[Outgoing]) -> list[Result]:
        self.taken += batch
        found = []
        for _ in batch:
            result = self.results.pop(0) if self.results else SENT
            if isinstance(result, Exception):
                raise result
            found.append(result)
        return found

    def status(self, reference: UUID) -> State | None:
        return self.knows.get(reference)

    @property
    def times(self) -> Counter[UUID]:
        return Counter(message.reference for message in self.taken)


def payload_for(event: str, channel: str, **changes: str) -> dict[str, str]:
    return {name: SAMPLE[name] for name in EVENTS[event].given(channel)} | changes


def person_who_agreed(*channels: str, **attributes: Any) -> InsuredPerson:
    """A person with a consent to reminders by these channels."""
    person = PersonFactory(**attributes)
    text, _ = ConsentText.objects.get_or_create(
        purpose="information_support",
        language="ru",
        version=1,
        defaults={"text": "Согласие", "valid_from": "2025-09-01"},
    )
    for channel in channels:
        Consent.objects.create(
            person=person,
            purpose="information_support",
            channel=channel,
            text=text,
            given_at="2026-01-10T09:00:00Z",
        )
    return person


def send_later(
    now: datetime, *, event: str = "appeal_answered", channel: str = "sms", **given: Any
) -> Message:
    """Writes one message; by default an answer by SMS to somebody who is not on record."""
    person = given.pop("person", None)
    to = (
        Recipient.of(person)
        if person
        else Recipient(name="Анна", email="anna@example.org", phone="+79001234567")
    )
    to = given.pop("recipient", to)
    message = services.enqueue(
        event=event,
        channel=channel,
        recipient=to,
        payload=given.pop("payload", None) or payload_for(event, channel),
        dedupe_key=given.pop("dedupe_key", None) or f"test:{Message.objects.count()}",
        now=now,
        region=person.region if person else RegionFactory(code="39"),
        person=person,
        **given,
    )
    assert message is not None
    return message
