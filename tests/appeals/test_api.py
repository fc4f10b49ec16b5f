"""The API: what programs send and get, and what they must not."""

import uuid

import pytest
from django.test import Client

from appeals.models import Appeal
from tests.appeals.factories import filed, question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

BODY = {
    "region": "39",
    "kind": "complaint",
    "topic": "3.1.5.3",
    "text": "Записаться к кардиологу не могу уже месяц.",
    "applicant_name": "Иванова Мария Петровна",
    "applicant_email": "maria@example.org",
    "reply_channel": "email",
}


@pytest.fixture
def today_is_covered(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def post(path: str, body: object, **headers: str):
    return Client().post(path, body, content_type="application/json", headers=headers)


def test_filing_and_following(cast, today_is_covered):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = post("/api/v1/appeals/", BODY, **key)
    again = post("/api/v1/appeals/", BODY, **key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert Appeal.objects.get().channel == "api"
    pair = {"number": first.json()["number"], "code": first.json()["access_code"]}
    status = post("/api/v1/appeals/status/", pair)
    assert status.status_code == 200
    assert status.json()["state"] == "registered"
    assert "Иванова" not in status.content.decode()
    wrong = post("/api/v1/appeals/status/", {**pair, "code": "7KQ2-M9XD-4TZB6"})
    unknown = post("/api/v1/appeals/status/", {**pair, "number": "39-2026-0000099-2"})
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.json() == unknown.json()


def test_a_key_is_needed_and_not_reused(cast, today_is_covered):
    assert post("/api/v1/appeals/", BODY).status_code == 400
    key = {"Idempotency-Key": str(uuid.uuid4())}
    post("/api/v1/appeals/", BODY, **key)
    other = post("/api/v1/appeals/", {**BODY, "text": "Другое"}, **key)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"kind": "gossip"}, "kind"), ({"topic": "99"}, "topic"), ({"applicant_email": ""}, "applicant_email")],
)
def test_wrong_fields_are_named(cast, today_is_covered, change, field):
    answer = post("/api/v1/appeals/", {**BODY, **change}, **{"Idempotency-Key": str(uuid.uuid4())})
    assert answer.status_code == 400
    assert list(answer.json()["problems"]) == [field]


def test_the_queue_is_for_staff_and_scoped(cast, now):
    appeal = filed(question(cast), now)
    client = Client()
    assert client.get("/api/v1/queue/").status_code == 403
    for name, seen in (("operator", [appeal.number]), ("foreign_operator", []), ("fund_operator", [])):
        client.force_login(cast.users[name])
        answer = client.get("/api/v1/queue/", {"view": "all"})
        assert [row["number"] for row in answer.json()["rows"]] == seen
    client.force_login(cast.users["citizen"])
    assert client.get("/api/v1/queue/").status_code == 403
    client.force_login(cast.users["operator"])
    assert client.get("/api/v1/queue/", {"view": "everything"}).status_code == 400
