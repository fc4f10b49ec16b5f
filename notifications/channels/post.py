"""Letters by post: a PDF and a sidecar for the print shop, in the private file store under `letters/`."""

import json
import logging
import re
from collections.abc import Sequence
from uuid import UUID

import typst
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.utils.formats import date_format
from django.utils.translation import override

from notifications.channels.base import CannotTell, Outcome, Outgoing, Result
from notifications.letters import Letter, render_letter
from notifications.states import State

log = logging.getLogger(__name__)

FOLDER = "letters"
# A letter whose wording names its page of verification carries it as a square code too.
_VERIFY = re.compile(r"https?://\S+?/verify/[a-z0-9]+/")
# An invitation carries the page where the person says what came of it.
_REPLY = re.compile(r"https?://\S+?/reply/[A-Za-z0-9:_-]+/")
_PARAGRAPHS = re.compile(r"\n\s*\n")


class PostSender:
    """The name of the file is our reference, so a repeat writes the same letter over itself."""

    idempotent = True
    can_tell = True
    chunk = 100

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    def send(self, batch: Sequence[Outgoing]) -> list[Result]:
        return [self._send_one(message) for message in batch]

    def status(self, reference: UUID) -> State | None:
        """Sent means: it lies there whole, ready for print. The sidecar is written last."""
        try:
            return State.SENT if self._storage.exists(f"{FOLDER}/{reference}.json") else None
        except OSError as error:
            raise CannotTell(str(error)) from error

    def _send_one(self, message: Outgoing) -> Result:
        try:
            content = render_letter(letter_of(message))
        except typst.TypstError:
            log.exception("The letter %s cannot be set", message.reference)
            return Result(Outcome.REFUSED, "layout")
        sidecar = {
            "to": f"{message.name}, {message.to}".strip(", "),
            "subject": message.subject,
            "created": message.written_at.isoformat(),
            "reference": str(message.reference),
        }
        try:
            self._replace(f"{FOLDER}/{message.reference}.pdf", content)
            self._replace(
                f"{FOLDER}/{message.reference}.json", json.dumps(sidecar, ensure_ascii=False).encode()
            )
        except OSError as error:
            log.warning("The file store does not take letters: %s", error)
            return Result(Outcome.NOT_NOW, "file_store")
        return Result(Outcome.SENT)

    def _replace(self, name: str, content: bytes) -> None:
        # A store gives a taken name a suffix; a half-written file of a killed worker would keep the name.
        self._storage.delete(name)
        self._storage.save(name, ContentFile(content))


def letter_of(message: Outgoing) -> Letter:
    with override(message.language):
        day = date_format(message.written_at, "j E Y")
    verify = _VERIFY.search(message.body)
    reply = _REPLY.search(message.body)
    return Letter(
        language=message.language,
        sender=message.sender,
        date=day,
        number=str(message.reference)[:8],
        name=message.name,
        address=message.to,
        subject=message.subject,
        paragraphs=[text.strip() for text in _PARAGRAPHS.split(message.body) if text.strip()],
        verify_url=verify[0] if verify else "",
        reply_url=reply[0] if reply else "",
    )
