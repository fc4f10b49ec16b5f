"""Files: what is refused, in which words, and that the good ones stay."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from appeals import codes
from appeals.filetypes import describe, sniff
from appeals.models import Appeal, Attachment, ScanVerdict
from appeals.typed import clean_file_name, clean_text
from tests.appeals.citizen import errors, say, url, walk
from tests.factories import FundFactory

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
FILES = url("files")


@pytest.fixture
def at_files(reference_data: None, client: Client, settings, tmp_path) -> Client:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    FundFactory(region__code="39")
    walk(client, until="files")
    return client


def paper(name: str = "справка.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("справка.pdf", b"MZ\x90\x00" + b"\0" * 100, "программа"),
        ("справка.pdf", b"\x7fELF" + b"\0" * 100, "программа"),
        ("справка.pdf", b"#!/bin/sh\nrm -rf /\n%PDF-1.4", "программа"),
        ("справка.pdf", b"MZ" + PDF, "программа"),
        ("письмо.docx", b"PK\x03\x04" + b"\0" * 100, "офисной"),
        ("архив.zip", b"PK\x03\x04" + b"\0" * 100, "архив"),
        ("фото.heic", b"\0\0\0\x18ftypheic" + b"\0" * 50, "картинка"),
        ("страница.pdf", b"<html><script>alert(1)</script>", "веб-страница"),
        ("рисунок.svg", b"<svg onload=alert(1)>", "веб-страница"),
        ("справка.pdf", b"", "пустой"),
        ("справка.pdf", b"nothing known", "не PDF"),
    ],
)
def test_a_file_is_judged_by_its_content(at_files, name, content, words) -> None:
    response = at_files.post(FILES, {"files": [paper("хороший.pdf"), paper(name, content)]})
    assert response.status_code == 200
    (said,) = errors(response)
    assert words in said
    assert f"«{name}»" in said
    page = response.content.decode()
    assert "<title>Ошибка:" in page
    assert "хороший.pdf" in page
    assert [kept.name for kept in Attachment.objects.all()] == ["хороший.pdf"]


@pytest.mark.django_db
def test_a_file_of_30_mb_is_named_and_loses_nothing(at_files) -> None:
    huge = paper("снимок.pdf", PDF + b"\0" * (30 * 1024 * 1024))
    response = at_files.post(FILES, {"files": [paper("первый.pdf"), huge, paper("третий.pdf")]})
    assert response.status_code == 200
    assert errors(response) == [
        "Ошибка: «снимок.pdf» больше 10 МБ. Уменьшите фото или разделите документ на части."
    ]
    assert {kept.name for kept in Attachment.objects.all()} == {"первый.pdf", "третий.pdf"}
    assert "Два месяца" in at_files.get(url("what")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [11, 50])
def test_too_many_files_are_refused_in_words(at_files, count) -> None:
    response = at_files.post(FILES, {"files": [paper(f"{n}.pdf") for n in range(count)]})
    assert response.status_code == 200
    assert "не больше 10 файлов" in errors(response)[0]
    assert Attachment.objects.count() <= 10


@pytest.mark.django_db
def test_files_are_removed_one_by_one_and_go_along_with_the_appeal(at_files) -> None:
    given = [paper(), paper("фото.png", picture("PNG")), paper("фото.jpg", picture("JPEG"))]
    assert at_files.post(FILES, {"files": given, "upload": "1"}).url == FILES
    gone = Attachment.objects.get(name="фото.png")
    assert at_files.post(FILES, {"remove": str(gone.key)}).url == FILES
    for step in ("files", "contacts", "proof", "consent", "check"):
        assert say(at_files, step).status_code == 302
    names = Appeal.objects.get().attachments.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["справка.pdf", "фото.jpg"]


@pytest.mark.django_db
def test_a_file_says_that_it_is_being_checked_and_a_refused_one_has_to_go(at_files) -> None:
    at_files.post(FILES, {"files": [paper()], "upload": "1"})
    assert "ещё проверяется" in at_files.get(FILES).content.decode()
    Attachment.objects.update(verdict=ScanVerdict.CLEAN)
    assert "ещё проверяется" not in at_files.get(FILES).content.decode()
    Attachment.objects.update(verdict=ScanVerdict.REJECTED)
    stopped = at_files.post(FILES)
    assert "«справка.pdf» не прошёл проверку" in errors(stopped)[0]
    assert at_files.post(FILES, {"remove": str(Attachment.objects.get().key)}).url == FILES
    assert say(at_files, "files").status_code == 302


@pytest.mark.django_db
def test_whoever_follows_the_appeal_reads_how_the_files_fare_but_not_their_names(at_files) -> None:
    at_files.post(FILES, {"files": [paper("первый.pdf"), paper("второй.pdf")], "upload": "1"})
    for step in ("files", "contacts", "proof", "consent", "check"):
        say(at_files, step)
    Attachment.objects.filter(name="второй.pdf").update(verdict=ScanVerdict.REJECTED)
    appeal = Appeal.objects.get()
    code = codes.code_for(appeal.submission_key)
    page = at_files.post(
        reverse("appeal_track"), {"number": appeal.number, "code": code}, follow=True
    ).content.decode()
    assert "Файл 1, PDF" in page
    assert "ещё проверяется" in page
    assert "не прошёл проверку" in page
    assert "первый.pdf" not in page


@pytest.mark.django_db
def test_another_persons_file_cannot_be_removed(at_files) -> None:
    at_files.post(FILES, {"files": [paper()], "upload": "1"})
    other = Client()
    walk(other, until="files")
    other.post(FILES, {"remove": str(Attachment.objects.get().key)})
    other.post(FILES, {"remove": "../../etc/passwd"})
    assert Attachment.objects.count() == 1


@pytest.mark.django_db
def test_the_form_of_files_is_guarded_against_forged_requests(at_files) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = at_files.cookies
    assert strict.post(FILES, {"files": [paper()]}).status_code == 403
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("content", "ending"), [(PDF, "pdf"), (picture("PNG"), "png"), (picture("JPEG"), "jpg")]
)
def test_accepted_kinds(content, ending) -> None:
    found = sniff(content)
    assert found is not None
    assert found.ending == ending


def test_what_starts_otherwise_is_refused_whatever_it_holds() -> None:
    assert sniff(b"GIF89a" + PDF) is None
    assert describe(b"\x00\x00", "a.exe") == "program"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("C:\\Документы\\справка.pdf", "справка.pdf"),
        ("../../etc/passwd", "passwd"),
        ("сче\u202eт\u200b.pdf", "счет.pdf"),
        ("a<b>.pdf", "a_b_.pdf"),
        ("д" * 300 + ".pdf", "д" * 116 + ".pdf"),
    ],
)
def test_file_names_are_made_harmless(typed, kept) -> None:
    assert clean_file_name(typed) == kept


def test_text_loses_only_what_cannot_be_seen() -> None:
    assert clean_text("\x00 a\u200bb\u202e \r\nв\r\n\r\n\r\n\r\n\r\nг ") == "ab \nв\n\n\nг"
    family = "👩‍👧"
    assert clean_text(family) == family
