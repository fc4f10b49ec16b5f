"""What people and robots send that nobody wants: each is answered as a careful public service would."""

import gzip
import io
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from appeals.models import Appeal, AppealDraft, Attachment
from registry.models import Region
from tests.appeals.citizen import ENP, SAID, errors, say, url, walk
from tests.factories import FundFactory, InsurerFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference(db: None) -> None:
    call_command("load_reference", verbosity=0)
    FundFactory(region__code="39")


HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"
EMOJI = "болит 🤕👩‍👧 очень"
ODD = "пере\u202eвёрнуто\u202c, не\u200bви\u2060димо, \u0000ноль"


def test_whatever_is_typed_in_any_field_is_shown_as_text_and_kept_as_text(client: Client) -> None:
    nasty = f"{HTML} {EMOJI} {ODD}"
    given = {
        "what": {"text": nasty},
        "about": {"about": "adult"},
        "clinic": {"clinic": "other", "other": nasty[:100]},
        "when": {"wish": nasty},
        "contacts": {"address": nasty[:120]},
    }
    for step in ("what", "topic", "about"):
        say(client, step, **given.get(step, {}))
    applicant = {"last_name": "О’Нил-Ёлкина", "first_name": "Анна-Мария", "ground": "guardian"}
    assert errors(client.post(url("applicant"), {**applicant, "last_name": HTML}))
    assert errors(client.post(url("applicant"), {**applicant, "last_name": EMOJI}))
    client.post(url("applicant"), {**applicant, "document": nasty[:150], "of_age": "on"})
    for step in ("person", "insurer", "clinic", "when", "files", "contacts", "proof", "consent"):
        assert say(client, step, **given.get(step, {})).status_code == 302, step
    page = client.get(url("check")).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    say(client, "check")
    appeal = Appeal.objects.get()
    kept = (appeal.text, appeal.wish, appeal.ground_document, appeal.applicant_address)
    assert all("<script>" in one for one in kept)
    assert EMOJI in appeal.text
    for one in kept:
        assert not set(one) & set("\u202e\u202c\u200b\u2060\u0000")


@pytest.mark.parametrize("name", ["last_name", "first_name", "birth_date", "enp"])
@pytest.mark.parametrize("typed", [HTML, "\u202e\u200b", "x" * 100_000, "٣٩٥٢"])
def test_a_field_of_the_policy_page_explains_itself_and_keeps_the_rest(client, name, typed) -> None:
    walk(client, until="person")
    response = say(client, "person", **{name: typed})
    if name == "enp" and typed.startswith("\u202e"):
        assert response.status_code == 302  # nothing visible was typed, and the number is optional
        return
    assert errors(response)
    assert "Петровна" in response.content.decode()
    assert len(response.content) < 400_000


def test_a_text_of_100_000_characters_comes_back_whole_with_the_figures(client: Client) -> None:
    long = "Очень долго. " * 7_700
    response = say(client, "what", text=long)
    assert "100099 знаков" in errors(response)[0].replace("\u00a0", "")
    assert long.strip() in response.content.decode()
    assert not AppealDraft.objects.exists()


def test_a_request_of_three_megabytes_is_refused_by_a_page_that_helps(client: Client) -> None:
    response = say(client, "what", text="a" * 3_000_000)
    assert response.status_code == 400
    page = response.content.decode()
    assert "кнопкой браузера" in page
    assert "103" in page


def _bombs() -> list[tuple[str, bytes]]:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("document.pdf", b"\0" * 20_000_000)
    return [
        ("справка.pdf", zipped.getvalue()),
        ("справка.zip", zipped.getvalue()),
        ("письмо.docx", zipped.getvalue()),
        ("справка.pdf", gzip.compress(b"\0" * 20_000_000)),
    ]


def test_bombs_are_not_opened_and_are_refused_in_words(client: Client) -> None:
    walk(client, until="files")
    for name, content in _bombs():
        response = client.post(url("files"), {"files": [SimpleUploadedFile(name, content)]})
        assert f"«{name}»" in errors(response)[0]
    assert not Attachment.objects.exists()


def test_a_picture_that_would_fill_the_memory_is_kept_shut_without_being_opened(client: Client) -> None:
    """A PNG of 60,000 × 60,000 says so in 60 bytes; taking it must cost no more than its bytes."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    walk(client, until="files")
    response = client.post(url("files"), {"files": [SimpleUploadedFile("фото.png", png)], "upload": "1"})
    assert response.status_code == 302
    assert Attachment.objects.get().size == len(png)


def test_numbers_of_policies_that_are_wrong_unknown_or_of_another_region(client: Client) -> None:
    walk(client, until="person")
    swapped = ENP[:4] + ENP[5] + ENP[4] + ENP[6:]
    assert "последняя цифра" in errors(say(client, "person", enp=swapped))[0].lower()
    # Nobody has this number: the company is asked, nothing is said about the register.
    assert say(client, "person").url == url("insurer")
    # Somebody insured elsewhere: their insurer is known, and the appeal goes to those who insure them.
    far = InsurerFactory(region=Region.objects.get_or_create(code="26")[0])
    FundFactory(region=far.region)
    PersonFactory(insurer=far, enp=ENP, birth_date="1985-07-12")
    assert say(client, "person").url == url("clinic")
    for step in ("clinic", "when", "files", "contacts", "proof", "consent", "check"):
        assert say(client, step).status_code == 302, step
    appeal = Appeal.objects.get()
    assert (appeal.insurer, appeal.insurance) == (far, "other_region")


def test_fields_nobody_has_are_ignored(client: Client) -> None:
    walk(client, until="person", what={"number": "39-2026-0000001-3", "state": "closed", "alarm": ""})
    draft = AppealDraft.objects.get()
    assert set(draft.data["what"]) == {"kind", "text", "alarm", "topics"}
    assert draft.data["what"]["text"] == SAID["what"]["text"]
