"""Pictures as they are shown: drawn anew by a child process, kept beside the original."""

import logging
import subprocess
import sys
from pathlib import Path

from django.core.files.base import ContentFile

from appeals.models import Attachment

log = logging.getLogger(__name__)

_CHILD = Path(__file__).parent / "preview_child.py"
SECONDS = 15
PICTURES = frozenset({"image/jpeg", "image/png"})
DOCUMENT = "application/pdf"


class NoPreview(Exception):
    """The file is no picture, or none that can be drawn; it can still be downloaded."""


def can_show(paper: Attachment) -> bool:
    return paper.content_type in PICTURES or paper.content_type == DOCUMENT


def picture_of(paper: Attachment) -> bytes:
    """A JPEG without anything but the picture, at most 1600 px long. Drawn once, then kept.

    The caller has shown that the reader may see it and that the scanner found it clean. Errors: NoPreview.
    """
    if paper.content_type not in PICTURES:
        raise NoPreview
    storage, name = paper.file.storage, f"previews/{paper.key.hex[:2]}/{paper.key.hex}.jpg"
    try:
        with storage.open(name) as kept:
            return bytes(kept.read())
    except FileNotFoundError:
        pass
    try:
        with paper.file.open("rb") as stored:
            original = stored.read()
    except FileNotFoundError as error:
        raise NoPreview from error
    drawn = _drawn(original)
    # Two readers at once draw the same picture: the second one's copy is not needed.
    if not storage.exists(name):
        storage.save(name, ContentFile(drawn))
    return drawn


def _drawn(original: bytes) -> bytes:
    try:
        # Isolated, with an empty environment: the child knows no password and no address.
        done = subprocess.run(  # noqa: S603 - our own interpreter and script; the upload goes in on stdin
            [sys.executable, "-I", str(_CHILD)],
            input=original,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("A preview was not drawn: %s", type(error).__name__)
        raise NoPreview from error
    if done.returncode != 0 or not done.stdout.startswith(b"\xff\xd8\xff"):
        log.warning("A preview was not drawn: the child ended with %s", done.returncode)
        raise NoPreview
    return done.stdout
