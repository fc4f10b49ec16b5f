"""Asks ClamAV's daemon about a file. Only its plain words count: whatever else happens, the file is not judged yet."""

import logging
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from clamav_client.clamd import ClamdNetworkSocket

log = logging.getLogger(__name__)

TIMEOUT = 20  # seconds that the daemon may stay silent; a file of 10 MB takes it one or two
_CLEAN = {"stream": ("OK", None)}


class ScanVerdict(models.TextChoices):
    PENDING = "pending", _("being checked")
    CLEAN = "clean", _("clean")
    REJECTED = "rejected", _("rejected")


def can_judge() -> bool:
    """Whether anything may be said about files here: a scanner, or the place's leave to do without one."""
    return bool(settings.CLAMD_URL) or settings.FILES_WITHOUT_SCANNER == "publish"


def scan(stored: BinaryIO) -> ScanVerdict:
    """CLEAN only on the daemon's explicit OK, REJECTED on its FOUND; everything else is PENDING, to be tried again."""
    try:
        # Here, so that a place without a scanner runs without the package as well.
        from clamav_client.clamd import ClamdError
    except ImportError:
        log.error("CLAMD_URL is set, but the package clamav-client is not installed")
        return ScanVerdict.PENDING
    try:
        answer = _daemon().instream(stored)
    # ValueError: bytes that are no text.
    except (ClamdError, OSError, ValueError) as error:
        log.warning("The scanner of files gave no verdict: %s: %s", type(error).__name__, error)
        return ScanVerdict.PENDING
    if answer == _CLEAN:
        return ScanVerdict.CLEAN
    status, signature = answer.get("stream", ("", None))
    if status == "FOUND" and signature:
        log.warning("The scanner of files found %s", signature)
        return ScanVerdict.REJECTED
    log.warning("The scanner of files gave no verdict: %r", answer)
    return ScanVerdict.PENDING


def _daemon() -> "ClamdNetworkSocket":
    from clamav_client.clamd import ClamdNetworkSocket, ClamdUnixSocket

    address = urlsplit(settings.CLAMD_URL)
    if address.scheme == "unix":
        return ClamdUnixSocket(path=address.path, timeout=TIMEOUT)
    return ClamdNetworkSocket(host=address.hostname or "", port=address.port or 3310, timeout=TIMEOUT)
