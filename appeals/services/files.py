"""Files of a draft or an appeal: judged by content, stored under a name of our own before anything else."""

import hashlib
import zipfile
from datetime import datetime

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.errors import FileRefused
from appeals.filing import clean_text
from appeals.models import Appeal, AppealDraft, Attachment

MAX_BYTES = 20 * 1024 * 1024
MAX_FILES = 10
# What doctors and citizens send. Office files are archives inside, so they are told apart by their parts.
ALLOWED = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/heic": "HEIC",
    "image/tiff": "TIFF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/rtf": "RTF",
    "text/plain": "TXT",
}


@transaction.atomic
def attach(
    *,
    owner: AppealDraft | Appeal,
    upload: "File[bytes]",
    now: datetime,
    user_id: int | None = None,
    medical: bool = False,
    sealed: bool = False,
) -> Attachment:
    """Stores an uploaded file and its record. Errors: FileRefused with a line for the person."""
    name = clean_text(upload.name or "")[-200:] or "file"
    size = upload.size or 0
    if owner.attachments.count() >= MAX_FILES:
        raise FileRefused(_("No more than %(limit)s files.") % {"limit": MAX_FILES}, code="too_many")
    if size > MAX_BYTES:
        limit = MAX_BYTES // 1024 // 1024
        too_large = _("The file %(name)s is larger than %(limit)s MB.") % {"name": name, "limit": limit}
        raise FileRefused(too_large, code="too_large")
    if size == 0:
        raise FileRefused(_("The file %(name)s is empty.") % {"name": name}, code="empty")
    kind = content_type(upload)
    if kind not in ALLOWED:
        allowed = ", ".join(dict.fromkeys(ALLOWED.values()))
        text = _("The file %(name)s is of a kind that is not accepted. Accepted: %(allowed)s.")
        raise FileRefused(text % {"name": name, "allowed": allowed}, code="type_not_allowed")
    paper = Attachment(
        name=name,
        size=size,
        sha256=_sha256(upload),
        content_type=kind,
        medical=medical,
        sealed=sealed,
        uploaded_at=now,
        uploaded_by_user_id=user_id,
    )
    if isinstance(owner, AppealDraft):
        paper.draft = owner
    else:
        paper.appeal = owner
    upload.seek(0)
    paper.file.save(name, upload, save=False)
    paper.save(force_insert=True)
    return paper


@transaction.atomic
def detach(*, draft: AppealDraft, key: str) -> None:
    """Takes a file back out of a draft; the stored bytes go when the transaction has committed."""
    for paper in draft.attachments.select_for_update().filter(key=key):
        stored = paper.file
        paper.delete()
        transaction.on_commit(lambda file=stored: file.storage.delete(file.name), robust=True)  # type: ignore[misc]


_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
)
_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "content.xml": "application/vnd.oasis.opendocument.text",
}
_UNKNOWN = "application/octet-stream"


def content_type(upload: "File[bytes]") -> str:
    """By content, never by name; `text/plain` only for what reads as text."""
    upload.seek(0)
    head = upload.read(4096)
    upload.seek(0)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "image/heic"
    if head.startswith(b"PK\x03\x04"):
        return _archive_type(upload)
    return "text/plain" if _reads_as_text(head) else _UNKNOWN


def _archive_type(upload: "File[bytes]") -> str:
    # Only the list of parts is read: nothing is unpacked, so a bomb stays folded.
    try:
        with zipfile.ZipFile(upload) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError):
        return _UNKNOWN
    finally:
        upload.seek(0)
    return next((kind for part, kind in _PARTS.items() if part in names), _UNKNOWN)


def _reads_as_text(head: bytes) -> bool:
    if b"\x00" in head or head.startswith((b"MZ", b"#!")):
        return False
    for encoding in ("utf-8", "cp1251"):
        try:
            # The piece may end inside a letter of several bytes.
            text = head[:-3].decode(encoding) if len(head) == 4096 else head.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(char.isprintable() or char in "\t\r\n\f\ufeff" for char in text)
    return False


def _sha256(upload: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
