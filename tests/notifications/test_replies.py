"""STOP by SMS: signed, idempotent, in any order."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from notifications import receipts, replies
from notifications.models import Message
from registry.models import Consent
from tests.notifications.factories import person_who_agreed, send_later

SECRET = "test-receipt-secret"


def post(content: object, secret: str = SECRET) -> int:
    body = json.dumps(content).encode()
    signature = receipts.signature(secret, body)
    return (
        Client()
        .post("/webhooks/sms-replies/", body, "application/json", headers={"X-Signature": signature})
        .status_code
    )


def active(person) -> set[str]:
    rows = Consent.objects.filter(person=person, withdrawn_at__isnull=True)
    return set(rows.values_list("channel", flat=True))


@pytest.mark.parametrize("text", ["СТОП", "стоп!", " Stop please", "«Стоп»", "Отписаться", "не писать"])
def test_stop_is_understood(now, text: str) -> None:
    (reply,) = replies.parse(json.dumps({"from": "+79000000001", "text": text}).encode(), now=now)
    assert reply.is_stop


@pytest.mark.parametrize("text", ["Спасибо", "стопа болит", "когда приём?", "", "буду, не надо стоп"])
def test_other_answers_are_left_alone(now, text: str) -> None:
    (reply,) = replies.parse(json.dumps({"from": "+79000000001", "text": text}).encode(), now=now)
    assert not reply.is_stop


@pytest.mark.django_db
def test_stop_ends_reminders_by_sms_alone_and_twice_is_once(now) -> None:
    person = person_who_agreed("sms", "email")
    send_later(now, event="exam_invitation", person=person)
    answer = {"from": person.phone, "text": "СТОП", "at": now.isoformat()}
    assert post(answer) == post([answer, answer]) == 204
    assert active(person) == {"email"}


@pytest.mark.django_db
def test_a_late_copy_does_not_end_a_newer_consent(now) -> None:
    person = person_who_agreed("sms")
    send_later(now, event="exam_invitation", person=person)
    answer = {"from": person.phone, "text": "СТОП", "at": now.isoformat()}
    post(answer)
    old = Consent.objects.get()
    Consent.objects.create(
        person=person,
        purpose="information_support",
        channel="sms",
        text=old.text,
        given_at=now + timedelta(days=1),
    )
    assert post(answer) == 204
    assert active(person) == {"sms"}


@pytest.mark.django_db
def test_a_stranger_cannot_stop_anybody(now) -> None:
    person = person_who_agreed("sms")
    send_later(now, event="exam_invitation", person=person)
    assert post({"from": person.phone, "text": "СТОП"}, secret="guess") == 403
    assert post({"from": "me", "text": "СТОП"}) == 400
    assert post("СТОП") == 400
    assert post({"from": "+79999999999", "text": "СТОП"}) == 204
    assert active(person) == {"sms"}
    assert Message.objects.count() == 1
