"""Messages both ways: asked at the desk, answered on the tracking page, in the cabinet or by phone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from appeals import codes, services
from appeals.actors import Actor
from appeals.errors import FileRefused, InvalidInput, TryLater
from appeals.lifecycle import State
from appeals.models import AppealMessage, Attachment, Direction
from notifications.models import Message
from tests.appeals.desk import at_desk, in_state
from tests.appeals.factories import about, filed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock", "_files")]
STATUS, REPLY = "/appeals/track/status/", "/appeals/track/reply/"
PDF = b"%PDF-1.7\n"


@pytest.fixture
def _files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


def paper(name="чек.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def reader(appeal):
    """A browser that showed number and code."""
    client = Client()
    pair = {"number": appeal.number, "code": codes.code_for(appeal.submission_key)}
    assert client.post("/appeals/track/", pair).status_code == 302
    return client


def write(client, address, **data):
    return client.post(address, {"key": str(uuid4()), "reply": "Это было вчера", **data})


def test_a_question_is_read_and_answered_with_a_file_by_number_and_code(cast, now):
    appeal = in_state(State.AWAITING_APPLICANT, cast, now)
    client = reader(appeal)
    page = client.get(STATUS).content.decode()
    assert "Когда это было?" in page
    question = AppealMessage.objects.get()
    assert (question.is_question, question.read_at, question.read_by_user_id) == (True, now, None)
    assert write(client, REPLY, papers=[paper(), paper("фото.pdf")]).url == STATUS
    appeal.refresh_from_db()
    reply = AppealMessage.objects.get(direction=Direction.FROM_APPLICANT)
    assert (appeal.state, reply.text, reply.channel) == (State.IN_PROGRESS, "Это было вчера", "site")
    assert {one.name for one in reply.attachments.all()} == {"чек.pdf", "фото.pdf"}
    assert set(Attachment.objects.values_list("appeal", flat=True)) == {appeal.pk}
    assert "Это было вчера" in client.get(STATUS).content.decode()


def test_the_desk_shows_both_sides_and_who_has_not_read(cast, now):
    appeal = in_state(State.AWAITING_APPLICANT, cast, now)
    boss, other = at_desk(cast.users["supervisor"]), at_desk(cast.users["case_worker"])
    address = reverse("staff_case", args=[appeal.number])
    assert "ещё не открыл" in boss.get(address).content.decode()
    services.receive_reply(
        appeal_id=appeal.pk, reply="Третьего мая", files=[paper()], actor=Actor.holder(appeal.pk), now=now
    )
    reply = AppealMessage.objects.get(direction=Direction.FROM_APPLICANT)
    assert AppealMessage.objects.unread_by_staff().count() == 1
    # A colleague who looks in has not read it for the one who holds the case.
    assert "Третьего мая" in other.get(address).content.decode()
    reply.refresh_from_db()
    assert reply.read_at is None
    html = boss.get(address).content.decode()
    assert "Третьего мая" in html
    assert "чек.pdf" in html
    reply.refresh_from_db()
    assert (reply.read_at, reply.read_by_user_id) == (now, cast.users["supervisor"].pk)


def test_the_staff_records_what_came_by_phone_or_post(cast, now):
    appeal = in_state(State.AWAITING_APPLICANT, cast, now)
    client = at_desk(cast.users["supervisor"])
    address = reverse("staff_act", args=[appeal.number, "applicant_replied"])
    said = {"version": appeal.version, "reply": "Чек приложен", "channel": "post", "papers": [paper()]}
    assert client.post(address, {**said, "channel": ""}).status_code == 422
    refused = client.post(address, {**said, "papers": [paper("игра.exe", b"MZ123456")]})
    assert refused.status_code == 422
    assert "игра.exe" in str(refused.context["case"]["form"].errors["papers"])
    assert refused.context["case"]["form"]["reply"].value() == "Чек приложен"
    assert client.post(address, {**said, "papers": [paper()]}).status_code == 302
    reply = AppealMessage.objects.get(direction=Direction.FROM_APPLICANT)
    assert (reply.author_kind, reply.channel, reply.user_id) == (
        "applicant",
        "post",
        cast.users["supervisor"].pk,
    )
    assert reply.attachments.count() == 1


def test_a_citizen_answers_from_the_cabinet_and_strangers_find_nothing(cast, now):
    appeal = in_state(State.AWAITING_APPLICANT, cast, now)
    page, reply = reverse("own_appeal", args=[appeal.number]), reverse("own_reply", args=[appeal.number])
    for name in ("outsider", "nobody", "case_worker", "foreign_supervisor"):
        other = at_desk(cast.users[name])
        assert (other.get(page).status_code, write(other, reply).status_code) == (404, 404), name
    assert Client().get(page).status_code == 302
    client = at_desk(cast.users["citizen"])
    assert "Когда это было?" in client.get(page).content.decode()
    assert write(client, reply).url == page
    said = AppealMessage.objects.get(direction=Direction.FROM_APPLICANT)
    assert said.user_id == cast.users["citizen"].pk


def test_a_double_click_writes_one_message(cast, now):
    appeal = in_state(State.AWAITING_APPLICANT, cast, now)
    client, key = reader(appeal), str(uuid4())
    for _ in range(2):
        assert write(client, REPLY, key=key).url == STATUS
    assert AppealMessage.objects.filter(direction=Direction.FROM_APPLICANT).count() == 1


@pytest.mark.parametrize("data", [{"reply": " \u200b "}, {"papers": [("игра.exe", b"MZ123456")]}])
def test_what_cannot_be_taken_is_told_and_nothing_is_written(cast, now, data):
    appeal = in_state(State.AWAITING_APPLICANT, cast, now)
    sent = dict(data)
    if "papers" in sent:
        sent["papers"] = [paper(*one) for one in sent["papers"]]
    response = write(reader(appeal), REPLY, **sent)
    assert response.status_code == 422
    assert response.context["reply_form"].errors
    assert not AppealMessage.objects.filter(direction=Direction.FROM_APPLICANT).exists()
    assert not Attachment.objects.exists()
    appeal.refresh_from_db()
    assert appeal.state == State.AWAITING_APPLICANT


def test_a_message_that_came_too_late_is_kept_for_its_author(cast, now):
    appeal = in_state(State.AWAITING_APPLICANT, cast, now)
    client = reader(appeal)
    boss = Actor.of(cast.scope("supervisor"))
    services.withdraw(appeal_id=appeal.pk, statement="Позвонила", actor=boss, now=now)
    response = write(client, REPLY, reply="Долго писала это")
    assert response.status_code == 422
    assert response.context["reply_kept"] == "Долго писала это"
    assert "Долго писала это" in response.content.decode()


def test_replies_of_a_day_are_limited_for_citizens_alone(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    citizen, boss = Actor.holder(appeal.pk), Actor.of(cast.scope("supervisor"))
    for number in range(20):
        services.receive_reply(appeal_id=appeal.pk, reply=f"{number}", actor=citizen, now=now)
    with pytest.raises(TryLater):
        services.receive_reply(appeal_id=appeal.pk, reply="Ещё", actor=citizen, now=now)
    services.receive_reply(appeal_id=appeal.pk, reply="По телефону", channel="phone", actor=boss, now=now)
    tomorrow = now + timedelta(days=1, seconds=1)
    services.receive_reply(appeal_id=appeal.pk, reply="Завтра", actor=citizen, now=tomorrow)


def test_too_long_and_too_many_are_refused(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    citizen = Actor.holder(appeal.pk)
    with pytest.raises(InvalidInput):
        services.receive_reply(appeal_id=appeal.pk, reply="а" * 20_001, actor=citizen, now=now)
    with pytest.raises(FileRefused):
        services.receive_reply(
            appeal_id=appeal.pk, reply="Файлы", files=[paper() for _ in range(11)], actor=citizen, now=now
        )
    assert not AppealMessage.objects.exists()


def test_an_interim_word_is_sent_without_waiting(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    worker = Actor.of(cast.scope("case_worker"))
    told = services.inform_applicant(appeal_id=appeal.pk, text="Запросили документы", actor=worker, now=now)
    assert told.state == State.IN_PROGRESS
    assert Message.objects.filter(event="appeal_message").count() == 1
    assert "Запросили документы" in reader(appeal).get(STATUS).content.decode()


def test_on_paper_the_question_is_a_letter_and_elsewhere_a_message_says_it_is_there(cast, now):
    for channel, letters in (("post", 1), ("email", 0)):
        appeal = filed(
            about(
                cast,
                topic="3.1.4",
                reply_channel=channel,
                applicant_address="236000, Калининград, ул. Мира, 1",
            ),
            now,
        )
        worker = Actor.of(cast.scope("case_worker"))
        services.take(appeal_id=appeal.pk, actor=worker, now=now)
        services.ask_applicant(appeal_id=appeal.pk, question="Когда?", actor=worker, now=now)
        assert appeal.letters.filter(kind="question", body="Когда?").count() == letters
    (announced,) = Message.objects.filter(event="appeal_message")
    assert "Когда?" not in str(announced.payload)


@pytest.mark.parametrize(
    "change", [{"text": "Другое"}, {"direction": "to_applicant", "author_kind": "staff"}, {"read_at": None}]
)
def test_the_database_keeps_messages_as_they_were_written(cast, now, change):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    services.receive_reply(appeal_id=appeal.pk, reply="Было так", actor=Actor.holder(appeal.pk), now=now)
    services.mark_read(appeal=appeal, direction=Direction.FROM_APPLICANT, user_id=None, now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        AppealMessage.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        AppealMessage.objects.all().delete()
