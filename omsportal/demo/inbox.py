"""Reads what the sinks and the file store received: mails, SMS, letters; newest first, never more than asked for.

Everything read here is foreign: a mail may be broken or hostile. Nothing raises for a bad item; a page that
shows `Mail.html` must clean it or show it in a sandboxed frame.
"""

import heapq
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from notifications.channels.post import FOLDER as LETTERS
from omsportal.demo.places import PLACES

LAST = 50
_READ_AT_MOST = 2 * 1024 * 1024  # of one mail; attachments beyond it are not needed to show the text
_TEXT_AT_MOST = 100_000  # characters
_TAIL = 4 * 1024 * 1024  # of the file of SMS


@dataclass(frozen=True)
class Mail:
    """`recipients` are those of the SMTP envelope; empty strings stand for what the mail does not have."""

    name: str
    received_at: datetime
    sender: str
    recipients: str
    subject: str
    text: str
    html: str
    attachments: tuple[str, ...]


@dataclass(frozen=True)
class Sms:
    id: str
    reference: str
    to: str
    text: str
    sender: str
    status: str
    at: datetime


@dataclass(frozen=True)
class Letter:
    """`name` is the file's; `letter_file` turns it back into a path."""

    name: str
    to: str
    subject: str
    created_at: datetime


def mails(*, last: int = LAST, folder: Path | None = None) -> list[Mail]:
    folder = folder or PLACES.var / "sink" / "mail"
    # Names begin with the moment of arrival, so the newest are the largest.
    names = heapq.nlargest(last, (entry.name for entry in _files(folder, ".eml")))
    return [found for name in names if (found := _mail(folder / name)) is not None]


def sms(*, last: int = LAST, path: Path | None = None) -> list[Sms]:
    """One entry for each reference, in its latest state."""
    found: dict[str, Sms] = {}
    for line in reversed(_last_lines(path or PLACES.var / "sink" / "sms.jsonl")):
        message = _sms(line)
        if message is not None and message.reference not in found:
            found[message.reference] = message
            if len(found) == last:
                break
    return list(found.values())


def letters(*, last: int = LAST, folder: Path | None = None) -> list[Letter]:
    """Letters whose sidecar `<name>.json` is there: it is written last."""
    folder = folder or _letters_folder()
    newest = heapq.nlargest(
        last, ((entry.stat(follow_symlinks=False).st_mtime, entry.name) for entry in _files(folder, ".pdf"))
    )
    return [found for _, name in newest if (found := _letter(folder / name)) is not None]


def letter_file(name: str, *, folder: Path | None = None) -> Path | None:
    """The PDF called `name`, or None: a name from a web address never leads out of the folder."""
    folder = folder or _letters_folder()
    return next((Path(entry.path) for entry in _files(folder, ".pdf") if entry.name == name), None)


def _letters_folder() -> Path:
    """Where the sender of letters puts them: the private file store, which in the demo is a folder."""
    return Path(default_storage.path(LETTERS))


def _files(folder: Path, ending: str) -> Iterator[os.DirEntry[str]]:
    """Plain files only: no links, no drafts (their names begin with a dot)."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if (
                    entry.name.endswith(ending)
                    and not entry.name.startswith(".")
                    and entry.is_file(follow_symlinks=False)
                ):
                    yield entry
    except FileNotFoundError:
        return


def _mail(path: Path) -> Mail | None:
    try:
        with path.open("rb") as file:
            content = file.read(_READ_AT_MOST)
        received_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:  # removed meanwhile by a reset
        return None
    try:
        parsed = BytesParser(policy=policy.default).parsebytes(content)
    except Exception:  # the parser of a hostile mail may raise nearly anything; show that a mail came
        return Mail(
            path.name, received_at, "", "", "", content[:_TEXT_AT_MOST].decode("utf-8", "replace"), "", ()
        )
    return Mail(
        name=path.name,
        received_at=received_at,
        sender=_header(parsed, "From"),
        recipients=_header(parsed, "X-Envelope-To") or _header(parsed, "To"),
        subject=_header(parsed, "Subject"),
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
        attachments=_attachments(parsed),
    )


def _header(mail: EmailMessage, name: str) -> str:
    try:
        value = str(mail.get(name, ""))
    except Exception:  # headers are parsed when read; see above
        return ""
    return " ".join(_printable(value).split())[:1000]


def _part(mail: EmailMessage, kind: str) -> str:
    try:
        part = mail.get_body(preferencelist=(kind,))
        content = "" if part is None else part.get_content()
    except Exception:  # unknown charset, broken base64, impossible structure
        return ""
    return _printable(content)[:_TEXT_AT_MOST] if isinstance(content, str) else ""


def _attachments(mail: EmailMessage) -> tuple[str, ...]:
    try:
        names = [part.get_filename() or part.get_content_type() for part in mail.iter_attachments()]
    except Exception:  # see above
        return ()
    return tuple(_printable(name)[:200] for name in names[:50])


def _printable(text: str) -> str:
    """Lone surrogates of undecodable bytes cannot be sent to a browser."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _last_lines(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            lines = file.read().split(b"\n")
    except OSError:
        return []
    return lines[1:] if size > _TAIL else lines


def _sms(line: bytes) -> Sms | None:
    found = _json_object(line)
    at = _moment(found.get("at"))
    if at is None or not found.get("reference"):
        return None
    texts = {key: _printable(str(found.get(key, ""))) for key in ("id", "reference", "to", "text", "sender")}
    return Sms(status=str(found.get("status", "")), at=at, **texts)


def _letter(path: Path) -> Letter | None:
    try:
        sidecar = _json_object(path.with_suffix(".json").read_bytes()[:65_536])
    except OSError:
        return None
    created_at = _moment(sidecar.get("created"))
    if created_at is None:
        return None
    to, subject = (_printable(str(sidecar.get(key, "")))[:1000] for key in ("to", "subject"))
    return Letter(path.name, to, subject, created_at)


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
