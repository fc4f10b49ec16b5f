"""The environment the demo gives to every process of the portal, and the note others read it from."""

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from omsportal.demo.places import DemoError, Places


@dataclass(frozen=True)
class Note:
    """What a running demo tells others of its checkout: a second `up`, and `manage.py` beside it."""

    pid: int
    url: str
    port: int
    smtp_port: int
    sms_port: int


def note_path(places: Places) -> Path:
    return places.var / "run" / "demo.json"


def read_note(places: Places) -> Note | None:
    """The note of the last demo, running or not."""
    try:
        return Note(**json.loads(note_path(places).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_note(places: Places, note: Note) -> None:
    places.in_var("run")
    write_whole(note_path(places), json.dumps(asdict(note)))


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace the file in one step: a kill leaves the old text or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def kept_secret(places: Places, name: str) -> str:
    """A random secret made once and kept readable to its owner only, so that sessions survive a restart."""
    path = places.in_var() / name
    with contextlib.suppress(FileNotFoundError):
        try:
            found = path.read_text().strip()
        except PermissionError as error:
            raise DemoError(f"{path} belongs to another user; run as that user.") from error
        if found:
            return found
    made = secrets.token_urlsafe(50)
    write_whole(path, made + "\n", mode=0o600)
    return made


def portal_environment(places: Places, note: Note, *, database_url: str, redis_url: str) -> dict[str, str]:
    """Everything settings read, for the processes of a demo that listens as `note` says."""
    gateway = kept_secret(places, "sms_token")
    return {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "EMAIL_URL": f"smtp://127.0.0.1:{note.smtp_port}",
        "SMS_GATEWAY_URL": f"http://127.0.0.1:{note.sms_port}/sms",
        "SMS_GATEWAY_TOKEN": gateway,
        "SMS_RECEIPT_SECRET": kept_secret(places, "sms_receipt_secret"),
        "SMS_RECEIPT_URL": f"http://127.0.0.1:{note.port}/webhooks/sms-receipts/",
        "SECRET_KEY": kept_secret(places, "secret_key"),
        "PORT": str(note.port),
        "PORTAL_URL": note.url,
        "DJANGO_SETTINGS_MODULE": "omsportal.settings",
        "PYTHONUNBUFFERED": "1",
    }
