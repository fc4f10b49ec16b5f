"""The verdict on an uploaded file. It is taken under a lease, asked without a lock, and written once."""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import BinaryIO, TypeVar, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from appeals.calls.sounds import sniff_sound
from appeals.filetypes import HEAD, sniff
from appeals.models import Attachment, Recording
from registry import scanning
from registry.scanning import ScanVerdict

log = logging.getLogger(__name__)
Stored = TypeVar("Stored", Attachment, Recording)

# Longer than the scanner may stay silent, so that no second worker takes a file that is being asked about.
LEASE = timedelta(seconds=60)


def scan_next(*, now: datetime) -> ScanVerdict | None:
    """Judges the file that waits longest; None when none waits. PENDING: no verdict now, it will be tried again."""
    paper = _take(Attachment, now) or _take(Recording, now)
    if paper is None:
        return None
    verdict = _verdict(paper)
    if verdict != ScanVerdict.PENDING:
        # Only the verdict: the file may have gone from its draft to an appeal meanwhile.
        same = type(paper)._base_manager.filter(pk=paper.pk, verdict=ScanVerdict.PENDING)
        same.update(verdict=verdict)
    return verdict


@transaction.atomic
def _take(model: type[Stored], now: datetime) -> Stored | None:
    waiting = (
        model._base_manager.select_for_update(skip_locked=True)
        .filter(Q(scan_after=None) | Q(scan_after__lte=now), verdict=ScanVerdict.PENDING)
        .order_by(F("scan_after").asc(nulls_first=True), "pk")
    )
    paper = waiting.first()
    if paper is not None:
        paper.scan_after = now + LEASE
        paper.save(update_fields=["scan_after"])
    return paper


def _verdict(paper: Attachment | Recording) -> ScanVerdict:
    try:
        with paper.file.open("rb") as stored:
            if not settings.CLAMD_URL:
                return ScanVerdict.CLEAN if _is_what_came(paper, stored.read()) else ScanVerdict.REJECTED
            return scanning.scan(cast("BinaryIO", stored))
    except Exception:
        # The file is lost, or its store is away and says so in an exception of its own.
        log.exception("%s %s cannot be read", type(paper).__name__, paper.pk)
        return ScanVerdict.PENDING


def _is_what_came(paper: Attachment | Recording, content: bytes) -> bool:
    same = hashlib.sha256(content).hexdigest() == paper.sha256
    if isinstance(paper, Recording):
        return same and sniff_sound(content[:HEAD]) == paper.content_type
    kind = sniff(content[:HEAD])
    return same and kind is not None and kind.mime == paper.content_type
