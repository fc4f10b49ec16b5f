"""Files shown in the browser: pictures drawn anew in a child process, PDF in the browser's own viewer."""

import io
import subprocess
import zlib
from datetime import datetime

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from appeals import preview
from appeals.codes import hash_code
from appeals.lifecycle import State
from appeals.models import Appeal, Attachment
from registry.models import AccessRecord
from tests.appeals.desk import at_desk, in_state, paper_of

pytestmark = pytest.mark.django_db


def photo(size: tuple[int, int] = (40, 20)) -> bytes:
    """Lying on its side, as a phone takes it, with the place where it was taken."""
    picture, out = Image.new("RGB", size, "red"), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (54.0, 42.0, 0.0)}
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def bomb() -> bytes:
    """A small PNG that says it is 30,000 by 30,000."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    side = (30_000).to_bytes(4)
    head = chunk(b"IHDR", side + side + bytes([8, 0, 0, 0, 0]))
    body = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def stored(
    appeal: Appeal, now: datetime, content: bytes, *, kind: str = "image/jpeg", **more: object
) -> Attachment:
    paper = paper_of(appeal, now, name="снимок.jpg", **more)
    paper.content_type = kind
    paper.file.save("снимок.jpg", ContentFile(content), save=True)
    return paper


@pytest.fixture
def case(cast, reference, clock) -> Appeal:
    return in_state(State.IN_PROGRESS, cast, clock)


def test_a_picture_is_upright_small_and_says_nothing_of_place_and_device(case, clock):
    paper = stored(case, clock, photo((4000, 2000)))
    drawn = preview.picture_of(paper)
    shown = Image.open(io.BytesIO(drawn))
    assert shown.size == (800, 1600)
    assert not shown.getexif()
    assert preview.picture_of(paper) == drawn, "kept, and not drawn twice"


@pytest.mark.parametrize(
    "content", [bomb(), b"\xff\xd8\xff\xe0 not a picture at all"], ids=["bomb", "broken"]
)
def test_a_bomb_or_a_broken_picture_draws_nothing_and_breaks_nothing(case, clock, cast, content):
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    paper = stored(case, clock, content, kind=kind)
    with pytest.raises(preview.NoPreview):
        preview.picture_of(paper)
    page = at_desk(cast.users["supervisor"]).get(f"/staff/files/{paper.key}/look/")
    assert page.status_code == 200
    assert "<img class" not in page.content.decode()


def test_a_child_that_hangs_is_left(case, clock, monkeypatch):
    def hangs(*args: object, **named: object) -> None:
        raise subprocess.TimeoutExpired("child", 15)

    monkeypatch.setattr(subprocess, "run", hangs)
    with pytest.raises(preview.NoPreview):
        preview.picture_of(stored(case, clock, photo()))


def test_looking_is_logged_a_medical_paper_asks_why_and_the_picture_opens_to_the_reader_alone(
    case, clock, cast
):
    plain, medical = stored(case, clock, photo()), stored(case, clock, photo(), medical=True)
    desk = at_desk(cast.users["supervisor"])
    listed = desk.get(f"/staff/cases/{case.number}/").content.decode()
    assert f"/staff/files/{plain.key}/look/" in listed
    page = desk.get(f"/staff/files/{plain.key}/look/")
    address = page.context["picture_url"]
    answer = desk.get(address)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert AccessRecord.objects.filter(subject="attachment", key=str(plain.key)).count() == 1
    assert at_desk(cast.users["expert"]).get(address).status_code == 404
    assert desk.get(f"/staff/files/{plain.key}/picture/").status_code == 404
    assert "Зачем" in desk.get(f"/staff/files/{medical.key}/look/").content.decode()
    opened = desk.post(f"/staff/files/{medical.key}/look/", {"reason": "Проверка жалобы"})
    assert opened.context["picture_url"]
    assert AccessRecord.objects.get(key=str(medical.key)).reason == "Проверка жалобы"
    for foreign in ("foreign_supervisor", "operator"):
        assert at_desk(cast.users[foreign]).get(f"/staff/files/{plain.key}/look/").status_code == 404


def test_a_pdf_opens_in_the_viewer_under_a_policy_that_runs_nothing(case, clock, cast):
    paper = paper_of(case, clock)
    shown = at_desk(cast.users["supervisor"]).get(f"/staff/files/{paper.key}/look/")
    assert shown.headers["Content-Type"] == "application/pdf"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert "script-src" not in shown.headers["Content-Security-Policy"]
    shown.close()


def test_an_applicant_sees_the_own_files_and_not_those_of_a_clinic_or_under_check(case, clock, cast, client):
    mine, waits = stored(case, clock, photo()), paper_of(case, clock, verdict="pending")
    sealed = paper_of(case, clock, sealed=True)
    Appeal.objects.filter(pk=case.pk).update(
        applicant_user=cast.users["citizen"], access_code_hash=hash_code("A" * 13)
    )
    client.force_login(cast.users["citizen"])
    page = client.get(f"/appeals/mine/{case.number}/").content.decode()
    assert f"/files/{mine.key}/" in page
    assert f"/files/{waits.key}/" not in page
    assert "снимок.jpg" in page
    assert (
        client.get(f"/appeals/mine/{case.number}/files/{mine.key}/look/").headers["Content-Type"]
        == "image/jpeg"
    )
    for hidden in (waits, sealed):
        assert client.get(f"/appeals/mine/{case.number}/files/{hidden.key}/look/").status_code == 404
    by_code = Client()
    by_code.post("/appeals/track/", {"number": case.number, "code": "A" * 13})
    page = by_code.get("/appeals/track/status/").content.decode()
    assert f"/appeals/track/files/{mine.key}/look/" in page
    assert "снимок.jpg" not in page
    assert by_code.get(f"/appeals/track/files/{mine.key}/look/").status_code == 200
