"""Receipts of the gateway and one-click refusals: doors without a sign-in."""

import json
from datetime import datetime
from itertools import permutations
from uuid import uuid4

import pytest
from django.test import Client

from notifications import queue, unsubscribe
from notifications.models import Message
from notifications.receipts import signature
from notifications.rendering import Text
from notifications.states import State
from registry.models import Consent
from tests.notifications.factories import person_who_agreed, send_later

pytestmark = pytest.mark.django_db
SECRET = "receipt-secret"


@pytest.fixture(autouse=True)
def _secret(settings) -> None:
    settings.SMS_RECEIPT_SECRET = SECRET


@pytest.fixture
def sent(now: datetime) -> Message:
    """A message that the gateway has accepted."""
    message = send_later(now)
    (claimed,) = queue.claim(now=now, channels=["sms"], limit=1)
    text = Text(None, "", "Ответ готов")
    queue.hand_over([(claimed, text.template_id, text.subject, text.body)], now=now)
    queue.settle([queue.Settled(message=claimed, state=State.SENT)], now=now)
    return message


def receipt(message: Message, status: str) -> dict[str, str]:
    return {
        "id": "1",
        "reference": str(message.provider_reference),
        "status": status,
        "at": "2026-06-02T08:05:00+00:00",
    }


def post(given: object, **headers: str) -> int:
    body = given if isinstance(given, bytes) else json.dumps(given).encode()
    headers = headers or {"X-Signature": signature(SECRET, body)}
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/webhooks/sms-receipts/", body, content_type="application/json", headers=headers)
    return answer.status_code


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_a_receipt_moves_the_message_on(sent: Message) -> None:
    assert post(receipt(sent, "delivered")) == 204
    assert state_of(sent) == State.DELIVERED
    assert sent.delivered_at == datetime.fromisoformat("2026-06-02T08:05:00+00:00")


@pytest.mark.parametrize("order", list(permutations(["accepted", "undelivered", "delivered"])))
def test_receipts_in_any_order_and_twice_end_alike(sent: Message, order) -> None:
    for status in (*order, *order):
        assert post(receipt(sent, status)) == 204
    assert state_of(sent) == State.DELIVERED
    assert (sent.failed_at, sent.error_code) == (None, "")


def test_a_list_of_receipts_is_one_call(sent: Message) -> None:
    assert post([receipt(sent, "delivered"), receipt(sent, "undelivered"), receipt(sent, "accepted")]) == 204
    assert state_of(sent) == State.DELIVERED


def test_a_failure_is_told(sent: Message) -> None:
    post(receipt(sent, "undelivered"))
    assert (state_of(sent), sent.error_code) == (State.FAILED, "undelivered")


@pytest.mark.parametrize("header", ["", "0" * 64, "привет", signature("other", b"{}")])
def test_a_receipt_without_our_signature_changes_nothing(sent: Message, header: str) -> None:
    assert post(receipt(sent, "delivered"), **{"X-Signature": header.encode().decode("latin-1")}) == 403
    assert state_of(sent) == State.SENT


def test_without_a_secret_nothing_is_believed(sent: Message, settings) -> None:
    settings.SMS_RECEIPT_SECRET = ""
    body = json.dumps(receipt(sent, "delivered")).encode()
    assert post(body, **{"X-Signature": signature("", body)}) == 403


@pytest.mark.parametrize("given", [b"{", [1], {"reference": "no uuid", "status": "delivered"}, [{}] * 1001])
def test_what_is_no_receipt_is_refused(given) -> None:
    assert post(given) == 400


def test_an_unknown_reference_or_status_is_taken_and_changes_nothing(sent: Message) -> None:
    assert post({"reference": str(uuid4()), "status": "delivered"}) == 204
    assert post(receipt(sent, "eaten by a dog")) == 204
    assert state_of(sent) == State.SENT


def test_a_receipt_before_the_result_wins_over_it(now: datetime) -> None:
    message = send_later(now)
    (claimed,) = queue.claim(now=now, channels=["sms"], limit=1)
    queue.hand_over([(claimed, None, "", "text")], now=now)
    post(receipt(message, "delivered"))
    assert queue.settle([queue.Settled(message=claimed, state=State.SENT)], now=now) == 0
    assert state_of(message) == State.DELIVERED


def test_a_forged_receipt_for_a_message_never_handed_over_changes_nothing(now: datetime) -> None:
    message = send_later(now)
    assert post(receipt(message, "delivered")) == 204
    assert state_of(message) == State.PENDING


def unsubscribe_path(person, channel: str = "email") -> str:
    return unsubscribe.link(unsubscribe.Wish(person.pk, channel)).removeprefix("http://testserver")


def active() -> set[str]:
    return set(Consent.objects.filter(withdrawn_at=None).values_list("channel", flat=True))


def test_opening_the_link_asks_and_changes_nothing() -> None:
    person = person_who_agreed("email", "sms")
    answer = Client().get(unsubscribe_path(person))
    assert answer.status_code == 200
    assert b"<form" in answer.content
    assert active() == {"email", "sms"}


def test_one_click_ends_the_consent_for_that_channel_at_once() -> None:
    person, other = person_who_agreed("email", "sms"), person_who_agreed("email")
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):  # mail programs repeat
        answer = client.post(unsubscribe_path(person), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert set(person.consents.filter(withdrawn_at=None).values_list("channel", flat=True)) == {"sms"}
    assert other.consents.filter(withdrawn_at=None).exists()


def test_a_consent_for_all_channels_ends_too() -> None:
    person = person_who_agreed("")
    Client().post(unsubscribe_path(person))
    assert not active()


def test_a_link_we_did_not_sign_is_not_found() -> None:
    person = person_who_agreed("email")
    path = unsubscribe_path(person)
    for method in (Client().get, Client().post):
        assert method(path[:-3] + "xx/").status_code == 404
    assert active() == {"email"}
