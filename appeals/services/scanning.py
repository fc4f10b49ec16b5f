"""The verdict on an uploaded file. It is taken under a lease, asked without a lock, and written once."""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import BinaryIO, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from appeals.filetypes import HEAD, sniff
from appeals.models import Attachment
from registry import scanning
from registry.scanning import ScanVerdict

log = logging.getLogger(__name__)

# Longer than the scanner may stay silent, so that no second worker takes a file that is being asked about.
LEASE = timedelta(seconds=60)


def scan_next(*, now: datetime) -> ScanVerdict | None:
    """Judges the file that waits longest; None when none waits. PENDING: no verdict now, it will be tried again."""
    paper = _take(now)
    if paper is None:
        return None
    verdict = _verdict(paper)
    if verdict != ScanVerdict.PENDING:
        # Only the verdict: the file may have gone from its draft to an appeal meanwhile.
        Attachment.objects.filter(pk=paper.pk, verdict=ScanVerdict.PENDING).update(verdict=verdict)
    return verdict


@transaction.atomic
def _take(now: datetime) -> Attachment | None:
    waiting = (
        Attachment.objects.select_for_update(skip_locked=True)
        .filter(Q(scan_after=None) | Q(scan_after__lte=now), verdict=ScanVerdict.PENDING)
        .order_by(F("scan_after").asc(nulls_first=True), "pk")
    )
    paper = waiting.first()
    if paper is not None:
        paper.scan_after = now + LEASE
        paper.save(update_fields=["scan_after"])
    return paper


def _verdict(paper: Attachment) -> ScanVerdict:
    try:
        with paper.file.open("rb") as stored:
            if not settings.CLAMD_URL:
                return ScanVerdict.CLEAN if _is_what_came(paper, stored.read()) else ScanVerdict.REJECTED
            return scanning.scan(cast("BinaryIO", stored))
    except Exception:
        # The file is lost, or its store is away and says so in an exception of its own.
        log.exception("Attachment %s cannot be read", paper.pk)
        return ScanVerdict.PENDING


def _is_what_came(paper: Attachment, content: bytes) -> bool:
    kind = sniff(content[:HEAD])
    same = hashlib.sha256(content).hexdigest() == paper.sha256
    return same and kind is not None and kind.mime == paper.content_type
