"""Writing to the outbox."""

import time
from collections import Counter
from datetime import datetime, timedelta

import pytest
from celery import current_app
from django.db import IntegrityError, connection, transaction
from kombu.exceptions import OperationalError

from notifications import selectors, services
from notifications.events import EVENTS, SECRET_FIELDS
from notifications.models import Message, MessageTemplate
from notifications.services import Recipient
from notifications.states import State
from tests.factories import RegionFactory
from tests.notifications.factories import payload_for, person_who_agreed, send_later


@pytest.mark.django_db
def test_the_same_key_writes_one_message(now: datetime) -> None:
    first = send_later(now, dedupe_key="appeal:1:answered")
    again = services.enqueue(
        event="appeal_answered",
        channel="sms",
        recipient=Recipient(phone="+79001234567"),
        payload=payload_for("appeal_answered", "sms"),
        dedupe_key="appeal:1:answered",
        now=now,
        region="39",
    )
    assert again is None
    assert list(Message.objects.all()) == [first]


@pytest.mark.django_db
def test_many_messages_tell_how_many_were_new(now: datetime) -> None:
    RegionFactory(code="39")
    drafts = [
        services.draft(
            event="appeal_message",
            channel="email",
            recipient=Recipient(email="a@example.org"),
            payload=payload_for("appeal_message", "email"),
            dedupe_key=f"key:{number % 3}",
            now=now,
            region="39",
        )
        for number in range(5)
    ]
    assert services.enqueue_many(messages=drafts) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "payload",
    [
        {},
        {**payload_for("appeal_answered", "sms"), "diagnosis": "I10"},
        {**payload_for("appeal_answered", "sms"), "answer": "Ваш диагноз…"},
        {"number": 1, "link": "x"},
    ],
)
def test_a_payload_that_is_not_whitelisted_fails_its_writer(payload, now: datetime) -> None:
    with pytest.raises(ValueError, match="needs strings for exactly: link, number"):
        send_later(now, payload=payload or {"x": "y"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("channel", "recipient"),
    [
        ("email", Recipient(phone="+79001234567")),
        ("sms", Recipient(email="a@example.org")),
        ("sms", Recipient(phone="89001234567")),
        ("post", Recipient(email="a@example.org")),
    ],
)
def test_a_message_needs_the_address_of_its_channel(channel, recipient, now: datetime) -> None:
    RegionFactory(code="39")
    with pytest.raises(IntegrityError, match="message_has_address"), transaction.atomic():
        send_later(now, channel=channel, recipient=recipient)


@pytest.mark.django_db
def test_an_invitation_needs_a_person(now: datetime) -> None:
    with pytest.raises(IntegrityError, match="message_invites_a_person"), transaction.atomic():
        send_later(now, event="exam_invitation")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "claimed"}, "message_claim_has_lease"),
        ({"state": "sent"}, "message_left_with_text"),
        ({"state": "unknown"}, "message_left_with_text"),
        ({"state": "failed", "error_code": "x"}, "message_failed_at"),
        ({"state": "excluded"}, "message_end_has_reason"),
        ({"state": "lost"}, "message_state"),
    ],
)
def test_the_database_holds_each_state_to_its_facts(changes, constraint, now: datetime) -> None:
    message = send_later(now)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**changes)


@pytest.mark.django_db
def test_a_campaign_inserts_from_a_query_with_the_documented_columns(now: datetime) -> None:
    person = person_who_agreed("sms")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_message (dedupe_key, campaign_key, event, channel, purpose, priority,"
            " region_id, insurer_id, person_id, phone, due_at, payload)"
            " SELECT 'c1:' || id, 'c1', 'exam_invitation', 'sms', 'invitation', 90, region_id, insurer_id, id,"
            " phone, %s, '{}'::jsonb FROM registry_insuredperson ON CONFLICT (dedupe_key) DO NOTHING",
            [now],
        )
    message = Message.objects.get()
    assert (message.person, message.state, message.language) == (person, State.PENDING, "ru")
    assert message.provider_reference is not None


@pytest.mark.django_db
def test_progress_counts_each_state_of_each_campaign(now: datetime) -> None:
    for number in range(3):
        send_later(now, campaign_key="c1", dedupe_key=f"c1:{number}")
    send_later(now, campaign_key="c2")
    services.cancel_campaign(campaign_key="c2", code="closed")
    found = selectors.progress(campaign_keys=["c1", "c2", "c3"])
    assert (found["c1"][State.PENDING], found["c2"][State.CANCELLED]) == (3, 1)
    assert set(found["c3"].values()) == {0}


@pytest.mark.django_db(transaction=True)
def test_the_hint_waits_for_the_commit(now: datetime, monkeypatch) -> None:
    sent: Counter[str] = Counter()
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: sent.update([name]))
    with transaction.atomic():
        send_later(now)
        transaction.set_rollback(True)
    assert not sent
    with transaction.atomic():
        send_later(now)
        assert not sent
    assert sent == {"notifications.dispatch": 1}


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_fail_the_caller(now: datetime, monkeypatch) -> None:
    asked = []

    def refuse(*args, **kwargs) -> None:
        asked.append(args)
        raise OperationalError("Connection refused")

    monkeypatch.setattr(current_app, "send_task", refuse)
    send_later(now)
    send_later(now + timedelta(seconds=1))
    assert Message.objects.count() == 2
    assert len(asked) == 1, "after a failure the broker is left alone for a while"


def test_a_broker_that_is_down_is_given_up_at_once() -> None:
    """kombu would try again for seconds, within a page that a person waits for."""
    app = current_app._get_current_object()
    app_without_broker = type(app)("elsewhere", broker="redis://127.0.0.1:1/0", set_as_current=False)
    app_without_broker.conf.broker_transport_options = app.conf.broker_transport_options
    began = time.monotonic()
    with pytest.raises(OperationalError):
        app_without_broker.send_task("notifications.dispatch", retry=False)
    assert time.monotonic() - began < 2.5


def test_every_event_has_words_for_mail_and_sms_in_both_languages(words: None) -> None:
    known = set(MessageTemplate.objects.values_list("event", "channel", "language"))
    wanted = {
        (event, channel, language)
        for event in EVENTS
        for channel in ("email", "sms")
        for language in ("ru", "en")
    }
    assert wanted <= known
    for template in MessageTemplate.objects.all():
        template.clean()


def test_secrets_are_those_the_index_knows() -> None:
    assert {"code"} == SECRET_FIELDS, "the partial index message_secrets names the field"
