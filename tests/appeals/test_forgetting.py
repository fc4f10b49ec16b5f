"""Drafts whose time is over go with their files; nothing else does."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from appeals import services
from appeals.actors import ANONYMOUS
from appeals.models import Appeal, AppealDraft, Attachment
from appeals.tasks import forget_drafts
from registry.scoping import EMPTY_SCOPE
from tests.appeals.factories import about, start_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LONG_AGO = timedelta(days=31)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }


def draft_with_file(written, name: str = "справка.pdf") -> tuple[AppealDraft, Attachment]:
    draft = start_draft(scope=EMPTY_SCOPE, now=written)
    return draft, services.attach(owner=draft, upload=ContentFile(b"%PDF-1.7\n", name=name), now=written)


def files_in(folder) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_only_expired_drafts_go_and_their_files_with_them(now, tmp_path) -> None:
    draft_with_file(now - LONG_AGO)
    draft_with_file(now - LONG_AGO)
    kept, paper = draft_with_file(now - timedelta(days=29))
    assert forget_drafts() == 2
    assert AppealDraft.objects.get() == kept
    assert Attachment.objects.get() == paper
    assert files_in(tmp_path) == 1
    assert forget_drafts() == 0


def test_what_was_filed_keeps_its_files(reference, cast, now, tmp_path) -> None:
    draft, paper = draft_with_file(now - LONG_AGO)
    services.file_appeal(filing=about(cast), actor=ANONYMOUS, now=now - LONG_AGO, draft=draft)
    assert forget_drafts() == 1
    assert Appeal.objects.get().attachments.get() == paper
    assert files_in(tmp_path) == 1


def test_a_draft_taken_up_again_meanwhile_stays(now) -> None:
    draft, _paper = draft_with_file(now - LONG_AGO)
    services.save_draft(draft=draft, step="what", data={}, user_id=None, now=now)
    assert not services.forget_draft(draft_id=draft.pk, now=now)
    assert AppealDraft.objects.filter(pk=draft.pk).exists()


def test_a_file_that_cannot_be_deleted_keeps_its_draft_for_the_next_run(now, tmp_path, monkeypatch) -> None:
    stuck, paper = draft_with_file(now - LONG_AGO)
    draft_with_file(now - LONG_AGO)
    delete = FileSystemStorage.delete

    def failing(self, name):
        if name == paper.file.name:
            raise OSError("the store is away")
        return delete(self, name)

    monkeypatch.setattr(FileSystemStorage, "delete", failing)
    assert forget_drafts() == 1
    assert AppealDraft.objects.get() == stuck
    monkeypatch.undo()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    assert forget_drafts() == 1
    assert files_in(tmp_path) == 0
