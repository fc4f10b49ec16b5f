"""Voice messages of the night: they arrive once, are heard by the right people, and none is left without a call."""

import io
import wave
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from appeals.calls.sounds import byte_range, sniff_sound
from appeals.models import Appeal, CallBack, PhoneCall, Recording, VoiceKey
from appeals.tasks import scan_files
from registry.models import AccessRecord
from tests.appeals.desk import at_desk
from tests.appeals.test_calls import CALLS, later, maria, typed  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]
DOOR = "/api/v1/voice-messages/"
# The night before the tests' Tuesday morning, two o'clock in Kaliningrad.
LEFT = datetime(2026, 6, 2, 0, 0, tzinfo=UTC)


def sound(seconds: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(1)
        made.setframerate(8000)
        made.writeframes(bytes([128]) * 8000 * seconds)
    return out.getvalue()


@pytest.fixture
def key(cast, capsys, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    call_command("voice_key", cast.insurer.code)
    return capsys.readouterr().out.strip()


def send(key, *, content=None, request_key=None, **changes):
    data = {
        "file": SimpleUploadedFile("../../msg.wav", sound() if content is None else content),
        "phone": "8 900 000-00-01",
        "received_at": LEFT.isoformat(),
        "seconds": "1",
        **changes,
    }
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(request_key or uuid4())}
    return Client(enforce_csrf_checks=True).post(DOOR, data, headers=headers)


def test_a_message_comes_in_once_and_is_due_on_the_working_day(cast, key, now):
    again = uuid4()
    first = send(key, request_key=again)
    assert first.status_code == 201, first.content
    second = send(key, request_key=again)
    assert (second.status_code, second.json()["repeated"]) == (200, True)
    assert send(key, request_key=again, content=sound(2)).status_code == 409
    owed = CallBack.objects.get()
    assert (owed.organization, owed.kind, owed.phone) == (cast.insurer, "voice", "+79000000001")
    # Left before the working day began: to be called on that very day, from now on.
    assert (owed.due_at, owed.next_at) == (datetime(2026, 6, 2, 18, 0, tzinfo=UTC), now)
    assert "msg" not in owed.recording.file.name
    # The key itself is nowhere.
    assert VoiceKey.objects.get().digest != key


def test_the_door_opens_to_a_valid_key_alone(cast, key, now):
    for wrong in ("", "x", key[:-1]):
        assert send(wrong).status_code == 401
    VoiceKey.objects.update(valid_from="2020-01-01", valid_to="2020-12-31")
    assert send(key).status_code == 401
    VoiceKey.objects.update(valid_to=None, revoked_at=now)
    assert send(key).status_code == 401
    # A session of somebody of the staff is no key either.
    assert at_desk(cast.users["operator"]).post(DOOR, {}).status_code == 401
    assert not CallBack.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"content": b""}, "invalid"),
        ({"content": b"MZ not a sound"}, "type_not_allowed"),
        ({"phone": "12"}, "invalid"),
        ({"received_at": "2026-06-03T00:00:00Z"}, "invalid"),
        ({"received_at": "2026-01-01T00:00:00Z"}, "invalid"),
        ({"received_at": "yesterday"}, "invalid"),
    ],
)
def test_what_cannot_be_used_is_refused_and_leaves_nothing(cast, key, changes, code):
    response = send(key, **changes)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert not CallBack.objects.exists()
    assert not Recording.objects.exists()


def test_a_recording_is_heard_after_the_check_and_each_listening_is_logged(cast, key):
    send(key)
    owed = CallBack.objects.get()
    address = reverse("staff_call_sound", args=[owed.key])
    client = at_desk(cast.users["operator"])
    assert client.get(address).status_code == 404
    assert "проверяется" in client.get(reverse("staff_call_back", args=[owed.key])).content.decode()
    scan_files()
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "audio/wav")
    assert response.content == sound()
    assert response["Cache-Control"] == "private, no-store"
    part = client.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-199/{len(sound())}")
    assert part.content == sound()[100:200]
    assert AccessRecord.objects.filter(subject="voice_message", page=address).count() == 1
    assert at_desk(cast.users["foreign_operator"]).get(address).status_code == 404
    page = client.get(reverse("staff_call_back", args=[owed.key]))
    assert "media-src 'self'" in page["Content-Security-Policy"]


def test_a_recording_that_was_changed_in_the_store_is_not_played(cast, key):
    send(key)
    found = Recording.objects.get()
    with default_storage.open(found.file.name, "wb") as stored:
        stored.write(sound(2))
    scan_files()
    found.refresh_from_db()
    assert found.verdict == "rejected"


def test_no_question_stays_without_an_answer(cast, key, maria, now):  # noqa: F811
    send(key)
    client = at_desk(cast.users["operator"])
    owed = CallBack.objects.get()
    client.post(reverse("staff_calls_next"))
    page = client.get(reverse("staff_call_voice", args=[owed.key])).content.decode()
    # Whoever left it is found by the number of the recording.
    assert maria.full_name in page
    talk = reverse("staff_call_voice", args=[owed.key])
    assert client.post(talk, typed(client, who="+79000000001"))["Location"] == CALLS
    appeal = Appeal.objects.get()
    assert (appeal.channel, appeal.state, appeal.received_at) == ("voice_message", "answered", LEFT)
    owed.refresh_from_db()
    assert (owed.outcome, owed.appeal, owed.closed_at) == ("answered", appeal, now)
    assert PhoneCall.objects.get().call_back == owed
    assert "Ни одного вопроса без ответа" in client.get(CALLS).content.decode()
    assert client.get(talk).status_code == 404


def test_a_recording_is_answered_in_the_form_alone_and_tried_again_otherwise(cast, key, later, now):  # noqa: F811
    send(key, phone="")
    client = at_desk(cast.users["operator"])
    owed = CallBack.objects.get()
    address = reverse("staff_call_back", args=[owed.key])
    assert client.post(address, {"outcome": "answered"}).status_code == 422
    client.post(address, {"outcome": "no_answer"})
    owed.refresh_from_db()
    assert (owed.closed_at, owed.attempts) == (None, 1)
    assert owed.next_at - now >= timedelta(hours=2)
    client.post(address, {"outcome": "not_needed", "note": "Молчание в трубке"})
    owed.refresh_from_db()
    assert owed.outcome == "not_needed"


@given(st.binary(max_size=64))
def test_sniffing_takes_any_bytes(head):
    assert sniff_sound(head) in {None, "audio/wav", "audio/ogg", "audio/mpeg"}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-", (0, 9)),
        ("bytes=3-5", (3, 5)),
        ("bytes=3-500", (3, 9)),
        ("bytes=-5", None),
        ("bytes=10-", None),
        ("bytes=1-2,4-5", None),
        ("lines=1-2", None),
        ("", None),
    ],
)
def test_a_player_asks_for_a_part(header, found):
    assert byte_range(header, 10) == found
