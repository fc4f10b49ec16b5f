"""What the service takes, whoever brings it: the pages only repeat its words."""

import pytest
from django.core.files.base import ContentFile

from appeals import services
from appeals.errors import FileRefused
from appeals.filetypes import MAX_BYTES, MAX_FILES
from registry.scoping import EMPTY_SCOPE
from tests.appeals.factories import start_draft

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }


@pytest.fixture
def draft(now):
    return start_draft(scope=EMPTY_SCOPE, now=now)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("отчёт.pdf", b"MZ\x90\x00 program", "type_not_allowed"),
        ("пусто.pdf", b"", "empty"),
        ("страница.html", b"\x00\x01\x02", "type_not_allowed"),
        ("письмо.txt", b"plain words", "type_not_allowed"),
        ("письмо.rtf", b"{\\rtf1 words}", "type_not_allowed"),
        ("снимок.tiff", b"II*\x00" + b"\0" * 20, "type_not_allowed"),
        ("большой.pdf", PDF + b"\0" * (MAX_BYTES - len(PDF) + 1), "too_large"),
    ],
)
def test_what_is_refused(draft, now, name, content, code, tmp_path) -> None:
    with pytest.raises(FileRefused) as refused:
        services.attach(owner=draft, upload=ContentFile(content, name=name), now=now)
    assert refused.value.code == code
    assert name in str(refused.value)
    assert not draft.attachments.exists()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (PDF + b"\0" * (MAX_BYTES - len(PDF)), "application/pdf"),
    ],
)
def test_what_is_taken_is_kept_under_its_real_kind(draft, now, content, kind) -> None:
    kept = services.attach(owner=draft, upload=ContentFile(content, name="C:\\бумаги\\a.exe"), now=now)
    assert (kept.content_type, kept.size, kept.name) == (kind, len(content), "a.exe")
    assert kept.file.open("rb").read() == content
    kept.file.close()


def test_the_eleventh_file_is_refused(draft, now) -> None:
    for number in range(MAX_FILES):
        services.attach(owner=draft, upload=ContentFile(PDF, name=f"{number}.pdf"), now=now)
    with pytest.raises(FileRefused) as refused:
        services.attach(owner=draft, upload=ContentFile(PDF, name="11.pdf"), now=now)
    assert refused.value.code == "too_many"
    assert draft.attachments.count() == MAX_FILES
