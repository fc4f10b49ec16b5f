"""Files of sample appeals: pictures of documents without a readable word, so that nobody's data can be in them."""

import hashlib
import io
from functools import lru_cache
from random import Random
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from appeals.filetypes import JPEG, PDF, PNG, FileType
from appeals.models import Appeal, Attachment, ScanVerdict
from appeals.models.intake import storage_name
from appeals.terms import Form

APPEALS = 60
# Name as given, kind, whether staff marked it as a medical document.
_PAPERS: tuple[tuple[str, FileType, bool], ...] = (
    ("направление.pdf", PDF, True),
    ("ответ регистратуры.jpg", JPEG, False),
    ("чек.png", PNG, False),
    ("запись на приём.jpg", JPEG, False),
)
_FORMATS = {PDF: "PDF", JPEG: "JPEG", PNG: "PNG"}


def seed(*, seed: int) -> None:
    """One or two files for each of the newest written appeals. Their keys follow from the seed, so that seeding
    once more finds the stored files and leaves no second set behind."""
    random = Random(seed)  # noqa: S311 - sample data, no secret
    rows = Appeal.objects.filter(is_sample=True, form=Form.WRITTEN).order_by("-pk")[:APPEALS]
    Attachment.objects.bulk_create(
        _paper(appeal, *random.choice(_PAPERS), random=random)
        for appeal in rows
        for _ in range(random.choice((1, 1, 2)))
    )


def _paper(appeal: Appeal, name: str, kind: FileType, medical: bool, *, random: Random) -> Attachment:
    content = _picture(kind)
    paper = Attachment(
        key=UUID(int=random.getrandbits(128), version=4),
        appeal=appeal,
        name=name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content_type=kind.mime,
        verdict=ScanVerdict.CLEAN,
        medical=medical,
        uploaded_at=appeal.registered_at,
    )
    stored = storage_name(paper, name)
    if not default_storage.exists(stored):
        default_storage.save(stored, ContentFile(content))
    paper.file.name = stored
    return paper


@lru_cache
def _picture(kind: FileType) -> bytes:
    """A sheet with a heading, grey lines in place of words and a round stamp."""
    sheet = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((60, 60, 380, 84), fill="#52637a")
    for place in range(18):
        top = 140 + place * 34
        pen.rectangle((60, top, 560 - (place * 53) % 180, top + 10), fill="#d3dce6")
    pen.ellipse((420, 730, 540, 850), outline="#0b57a4", width=5)
    content = io.BytesIO()
    sheet.save(content, _FORMATS[kind])
    return content.getvalue()
