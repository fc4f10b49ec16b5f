"""Files of a draft or an appeal: the one place that decides what is taken, whichever page or person it comes from."""

import hashlib
from datetime import datetime

from django.core.files import File
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals import hints
from appeals.actors import Actor
from appeals.errors import AppealNotFound, FileRefused, InvalidInput
from appeals.filetypes import HEAD, MAX_BYTES, MAX_FILES, FileType, describe, sniff
from appeals.lifecycle import Action
from appeals.models import Appeal, AppealDraft, AppealMessage, Attachment, ClinicRequest, Expertise
from appeals.services.base import begin, finish
from appeals.typed import clean_file_name
from appeals.visibility import sees_sealed

# Each says what to do next; the kinds are those of `filetypes.describe`.
_NOT_ACCEPTED: dict[str, str | Promise] = {
    "program": _("“%(name)s” is a program, not a document. Attach a PDF, or a photo in JPG or PNG."),
    "office": _("“%(name)s” was made in an office program. Save it as PDF and attach that."),
    "photo": _(
        "“%(name)s” is a picture of a kind we cannot open. Save it as JPG, or take a screenshot of it."
    ),
    "archive": _("“%(name)s” is an archive. Attach the documents themselves, one by one."),
    "media": _("“%(name)s” is a recording. Describe in words what is on it; we will ask for it if needed."),
    "web_page": _("“%(name)s” is a web page, not a document. Save it as PDF and attach that."),
    "unknown": _("“%(name)s” is neither a PDF nor a photo in JPG or PNG. Save it as PDF and attach that."),
}


@transaction.atomic
def attach(
    *,
    owner: AppealDraft | Appeal,
    upload: "File[bytes]",
    now: datetime,
    user_id: int | None = None,
    message: AppealMessage | None = None,
    clinic_request: ClinicRequest | None = None,
    expertise: Expertise | None = None,
    medical: bool = False,
    sealed: bool = False,
) -> Attachment:
    """Stores an uploaded file and its record, to be checked by a worker before anybody opens it.

    The limit counts for a draft or an appeal as it was filed, and for each thing that came later.
    Errors: FileRefused with a line for the person.
    """
    name = clean_file_name(upload.name or "") or "file"
    kind = _judged(upload, name)
    # Two uploads at one moment must not both be the tenth.
    type(owner)._base_manager.select_for_update().only("pk").get(pk=owner.pk)
    came_with = message or clinic_request or expertise or owner
    if came_with.attachments.count() >= MAX_FILES:
        raise too_many()
    paper = Attachment(
        name=name,
        size=upload.size,
        sha256=_sha256(upload),
        content_type=kind.mime,
        medical=medical,
        sealed=sealed,
        uploaded_at=now,
        uploaded_by_user_id=user_id,
    )
    paper.message, paper.clinic_request, paper.expertise = message, clinic_request, expertise
    if isinstance(owner, AppealDraft):
        paper.draft = owner
    else:
        paper.appeal = owner
    upload.seek(0)
    paper.file.save(name, upload, save=False)
    paper.save(force_insert=True)
    hints.scan_soon()
    return paper


@transaction.atomic
def mark_paper(
    *,
    appeal_id: int,
    paper_id: int,
    medical: bool,
    sealed: bool,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Attachment:
    """Says who may open a file: everybody who works the case, level 3 and heads, or level 3 alone.

    Only a file the actor may open now, and only level 3 and the fund seal or open one. Errors: AppealNotFound,
    InvalidInput.
    """
    paper = Attachment.objects.visible_to(actor.scope).filter(pk=paper_id, appeal=appeal_id).first()
    if paper is None:
        raise AppealNotFound
    move = begin(
        appeal_id=appeal_id,
        action=Action.MARK_PAPER,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"paper": paper},
    )
    opens = (paper.medical and not medical) or (paper.sealed and not sealed)
    if (opens or (sealed and not paper.sealed)) and not sees_sealed((move.role,)):
        raise InvalidInput({"secrecy": _("Only level 3 and the fund seal a file or open it to others.")})
    if paper.expertise_id is not None and not sealed:
        raise InvalidInput({"secrecy": _("The act of an expertise stays sealed.")})
    data = {"paper": str(paper.key), "medical": [paper.medical, medical], "sealed": [paper.sealed, sealed]}
    paper.medical, paper.sealed = medical, sealed
    paper.save(update_fields=["medical", "sealed"])
    finish(move, data=data)
    return paper


@transaction.atomic
def detach(*, draft: AppealDraft, key: str) -> None:
    """Takes a file back out of a draft; the stored bytes go when the transaction has committed."""
    for paper in draft.attachments.select_for_update().filter(key=key):
        stored = paper.file
        paper.delete()
        transaction.on_commit(lambda file=stored: file.storage.delete(file.name), robust=True)  # type: ignore[misc]


def too_large(name: str) -> FileRefused:
    """Also for a page that stopped reading the file before it was whole."""
    text = _(
        "“%(name)s” is larger than %(limit)s MB. Make the photo smaller, or split the document into parts."
    )
    return FileRefused(text % {"name": name, "limit": MAX_BYTES // 1024 // 1024}, code="too_large")


def too_many() -> FileRefused:
    text = _("No more than %(limit)s files can be attached. Remove some, or send the rest later.")
    return FileRefused(text % {"limit": MAX_FILES}, code="too_many")


def rejected(name: str) -> FileRefused:
    """For a file that the scanner refused after it had been taken."""
    text = _("The file %(name)s was rejected. Remove it.")
    return FileRefused(text % {"name": name}, code="infected")


def _judged(upload: "File[bytes]", name: str) -> FileType:
    if not upload.size:
        raise FileRefused(_("“%(name)s” is empty. Choose the file again.") % {"name": name}, code="empty")
    if upload.size > MAX_BYTES:
        raise too_large(name)
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    kind = sniff(head)
    if kind is None:
        raise FileRefused(_NOT_ACCEPTED[describe(head, name)] % {"name": name}, code="type_not_allowed")
    return kind


def _sha256(upload: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
