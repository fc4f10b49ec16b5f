"""Letters: the PDF of an answer, and the page that verifies a letter and takes what its reader thinks."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from pypdf import PdfReader

from appeals import services
from appeals.actors import Actor
from appeals.codes import hash_code
from appeals.lifecycle import State
from appeals.models import Appeal, AppealLetter
from appeals.services import issue_answer_letter
from tests.appeals.desk import in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(cast, reference, clock) -> Appeal:
    return in_state(State.ANSWERED, cast, clock)


@pytest.fixture
def letter(answered) -> AppealLetter:
    return AppealLetter.objects.get()


def address(letter: AppealLetter) -> str:
    return f"/verify/{letter.secret}/"


def holder(appeal: Appeal) -> Client:
    client = Client()
    Appeal.objects.filter(pk=appeal.pk).update(access_code_hash=hash_code("A" * 13))
    client.post("/appeals/track/", {"number": appeal.number, "code": "A" * 13})
    return client


def test_an_answer_becomes_one_letter_however_often_it_is_asked_for(answered, letter, clock):
    assert letter.number == f"{letter.organization.code}/2026/1"
    assert letter.body == answered.answer
    assert issue_answer_letter(appeal=answered, now=clock) == letter


def test_the_pdf_is_tagged_and_carries_number_text_and_the_address(answered, letter):
    client = holder(answered)
    response = client.get("/appeals/track/letter/")
    assert b"/Lang(ru)" in response.content
    assert b"/StructTreeRoot" in response.content
    text = PdfReader(io.BytesIO(response.content)).pages[0].extract_text()
    assert letter.number in text
    assert letter.secret in text.replace("\n", "")
    assert Client().get("/appeals/track/letter/").status_code == 302


def test_the_page_says_genuine_and_names_nobody(answered, letter):
    page = Client().get(address(letter)).content.decode()
    assert letter.number in page
    assert letter.sender in page
    for hidden in (answered.applicant_name.split()[0], answered.answer, answered.text):
        assert hidden not in page


def test_a_letter_of_nobody_is_said_to_be_none_of_ours(db):
    response = Client().get(f"/verify/{'a' * 26}/")
    assert response.status_code == 404
    assert "не отправляли" in response.content.decode()


def test_reading_is_noted_once(letter, clock, monkeypatch):
    reader = Client()
    reader.post(address(letter), {"outcome": "read"})
    letter.refresh_from_db()
    first = letter.read_at
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock + timedelta(days=3))
    reader.post(address(letter), {"outcome": "read"})
    letter.refresh_from_db()
    assert first == letter.read_at == clock


def test_disagreeing_opens_the_appeal_again_with_the_reason(answered, letter):
    reader = Client()
    assert reader.post(address(letter), {"outcome": "dispute", "reason": " "}).status_code == 422
    page = reader.post(address(letter), {"outcome": "dispute", "reason": "Не записали"}).content.decode()
    answered.refresh_from_db()
    letter.refresh_from_db()
    assert answered.state == State.IN_PROGRESS
    assert answered.events.last().public_text == "Не записали"
    assert letter.disputed_at
    assert answered.number in page


def test_an_old_letter_does_not_undo_a_newer_answer(answered, letter, cast, clock):
    services.reopen(appeal_id=answered.pk, reason="?", actor=Actor.of(cast.scope("citizen")), now=clock)
    later = clock + timedelta(days=1)
    services.answer(
        appeal_id=answered.pk, text="Новый ответ", actor=Actor.of(cast.scope("supervisor")), now=later
    )
    page = Client().post(address(letter), {"outcome": "dispute", "reason": "Нет"}).content.decode()
    answered.refresh_from_db()
    assert answered.state == State.ANSWERED
    assert "новое обращение" in page
    assert AppealLetter.objects.count() == 2


def test_after_thirty_days_the_reader_is_shown_the_way_on(answered, letter, clock, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock + timedelta(days=40))
    page = Client().post(address(letter), {"outcome": "dispute", "reason": "Нет"}).content.decode()
    answered.refresh_from_db()
    assert answered.state == State.ANSWERED
    assert "/appeals/new/" in page


def test_verifying_is_cheap(letter, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        Client().get(address(letter))
