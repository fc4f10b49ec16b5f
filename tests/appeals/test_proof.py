"""Who writes is proved where the rules ask for it; similar open appeals are shown to those alone who proved it."""

import pytest
from django.test import Client

from appeals.models import Appeal, AppealDraft, ProofRule
from notifications.models import Message
from registry.models import Organization
from tests.appeals.citizen import SAID, say, url, walk
from tests.factories import FundFactory, InsurerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def insurer(reference_data: None, db: None) -> Organization:
    FundFactory(region__code="39")
    return InsurerFactory(region__code="39")


def at_proof(client: Client, insurer: Organization, **other) -> None:
    walk(client, until="proof", insurer={"insurer": str(insurer.pk)}, **other)


def code() -> str:
    return Message.objects.filter(event="contact_code").latest("pk").payload["code"]


def test_a_complaint_to_an_insurer_needs_a_code_to_the_contact(client, insurer) -> None:
    at_proof(client, insurer)
    assert client.get(url("consent")).url == url("proof")
    client.post(url("proof"), {"send": "1"})
    assert Message.objects.get(event="contact_code").email == SAID["contacts"]["email"]
    wrong = client.post(url("proof"), {"code": "000000" if code() != "000000" else "111111"})
    assert wrong.status_code == 422
    assert client.post(url("proof"), {"code": f" {code()[:3]} {code()[3:]} "}).url == url("consent")
    say(client, "consent")
    say(client, "check")
    event = Appeal.objects.get().events.get(action="file")
    assert event.data["proof"] == "code"


def test_by_phone_the_code_goes_by_sms(client, insurer) -> None:
    at_proof(client, insurer, contacts={"reply_channel": "phone", "email": ""})
    client.post(url("proof"), {"send": "1"})
    assert Message.objects.get(event="contact_code").channel == "sms"


def test_a_code_is_guessed_five_times_and_no_more(client, insurer) -> None:
    at_proof(client, insurer)
    client.post(url("proof"), {"send": "1"})
    right = code()
    for n in range(5):
        client.post(url("proof"), {"code": f"{(int(right) + n + 1) % 1_000_000:06}"})
    assert client.post(url("proof"), {"code": right}).status_code == 422
    assert client.get(url("consent")).url == url("proof")


def test_codes_are_not_sent_without_end(client, insurer) -> None:
    at_proof(client, insurer)
    answers = [client.post(url("proof"), {"send": "1"}).status_code for _again in range(6)]
    assert answers[-1] == 429
    assert Message.objects.filter(event="contact_code").count() == 5


def test_another_contact_needs_another_proof(client, insurer) -> None:
    at_proof(client, insurer)
    say(client, "proof")
    say(client, "contacts", email="other@example.org", phone="")
    assert client.get(url("consent")).url == url("proof")


def test_a_code_for_one_contact_does_not_prove_the_next(client, insurer) -> None:
    at_proof(client, insurer)
    client.post(url("proof"), {"send": "1"})
    say(client, "contacts", email="other@example.org")
    assert client.post(url("proof"), {"code": code()}).status_code == 422


def test_a_complaint_to_the_fund_needs_signing_in(client, insurer) -> None:
    walk(client, until="proof")
    page = client.get(url("proof")).content.decode()
    assert "/accounts/login/?next=/appeals/new/proof/" in page
    assert client.post(url("proof"), {"send": "1"}).status_code == 200
    assert not Message.objects.filter(event="contact_code").exists()
    client.force_login(UserFactory())
    assert client.get(url("proof")).url == url("consent")


def test_a_code_is_not_enough_once_the_fund_is_to_judge(client, insurer) -> None:
    at_proof(client, insurer)
    client.post(url("proof"), {"send": "1"})
    client.post(url("proof"), {"code": code()})
    say(client, "insurer", insurer="unknown")
    assert client.get(url("consent")).url == url("proof")
    assert "proof" not in AppealDraft.objects.get().data


def test_a_question_needs_no_proof(client, insurer) -> None:
    kind = {"kind": "consultation"}
    walk(client, until="consent", what=kind, topic={"topic": "4.3"})
    assert client.get(url("consent")).status_code == 200


def test_rules_are_data(client, insurer) -> None:
    ProofRule.objects.all().delete()
    at_proof(client, insurer)
    assert client.get(url("consent")).status_code == 200


def test_only_whoever_proved_the_contact_sees_a_similar_open_appeal(client, insurer) -> None:
    at_proof(client, insurer)
    for step in ("proof", "consent", "check"):
        say(client, step)
    first = Appeal.objects.get()
    again = Client()
    at_proof(again, insurer)
    say(again, "proof")
    say(again, "consent")
    page = again.get(url("check")).content.decode()
    assert first.number in page
    assert "уже есть открытое обращение" in page
    ProofRule.objects.all().delete()
    stranger = Client()
    walk(stranger, insurer={"insurer": str(insurer.pk)})
    assert first.number not in stranger.get(url("check")).content.decode()


def test_the_pages_are_cheap(client, insurer, django_assert_max_num_queries) -> None:
    at_proof(client, insurer)
    with django_assert_max_num_queries(8):
        client.get(url("proof"))
    say(client, "proof")
    say(client, "consent")
    with django_assert_max_num_queries(10):
        client.get(url("check"))
