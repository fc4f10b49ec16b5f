"""Voice messages arrive: from a telephone exchange that holds a key, each of them once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.files import File
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from appeals import hints
from appeals.calls import rules
from appeals.calls.places import rules_of
from appeals.calls.sounds import HEAD, MAX_BYTES, sniff_sound
from appeals.errors import FileRefused, InvalidInput, KeyReused
from appeals.models import CallBack, CallBackKind, Recording, VoiceKey
from registry.models import Organization
from registry.phones import InvalidPhone, normalise_phone

# Clocks of exchanges run ahead a little; a message older than this is a fault of the exchange, not of the night.
AHEAD, OLDEST = timedelta(minutes=5), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Received:
    recording: Recording
    repeated: bool


def new_key(*, organization: Organization, name: str, valid_from: date, valid_to: date | None) -> str:
    """Makes a key and returns it; it is never to be seen again."""
    key = secrets.token_urlsafe(32)
    VoiceKey.objects.create(
        organization=organization, name=name, digest=digest_of(key), valid_from=valid_from, valid_to=valid_to
    )
    return key


def digest_of(key: str) -> str:
    """A plain digest is enough: the key is 256 random bits, not a word somebody chose."""
    return hashlib.sha256(key.encode()).hexdigest()


def office_of_key(key: str, *, now: datetime) -> Organization | None:
    """Whose exchange holds this key; None for a wrong, ended or revoked one."""
    keys = VoiceKey.objects.in_force(now.date()).select_related("organization__region")
    found = keys.filter(digest=digest_of(key)).first()
    return found.organization if found else None


@transaction.atomic
def receive(
    *,
    office: Organization,
    upload: "File[bytes]",
    phone: str,
    received_at: datetime,
    seconds: int | None,
    source_key: UUID,
    now: datetime,
) -> Received:
    """Keeps a message and puts its caller on the list. Errors: InvalidInput, FileRefused, KeyReused, RulesMissing."""
    sha256, kind = _judged(upload)
    with connection.cursor() as cursor:
        # Two deliveries of one message at a moment: the second waits and then finds the first.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [(source_key.int & (2**63 - 1)) - 2**62])
    before = Recording.objects.filter(organization=office, source_key=source_key).first()
    if before is not None:
        if before.sha256 != sha256:
            raise KeyReused
        return Received(before, repeated=True)
    owed = _owed(office, phone, received_at, now)
    recording = Recording(
        call_back=owed,
        organization=office,
        source_key=source_key,
        size=upload.size,
        sha256=sha256,
        content_type=kind,
        seconds=seconds,
        uploaded_at=now,
    )
    upload.seek(0)
    recording.file.save("sound", upload, save=False)
    recording.save(force_insert=True)
    hints.scan_soon()
    return Received(recording, repeated=False)


def _owed(office: Organization, phone: str, received_at: datetime, now: datetime) -> CallBack:
    if not now - OLDEST <= received_at <= now + AHEAD:
        raise InvalidInput(
            {"received_at": _("Give the moment of the message: not later than now, at most 30 days ago.")}
        )
    received_at = min(received_at, now)
    calling = rules_of(office.region, now)
    due = rules.voice_due(received_at, zone=calling.zone, calendar=calling.calendar, hours=calling.hours)
    return CallBack.objects.create(
        kind=CallBackKind.VOICE,
        region=office.region,
        organization=office,
        phone=_number(phone),
        opened_at=received_at,
        due_at=due.at,
        next_at=max(now, due.since),
    )


def _number(phone: str) -> str:
    if not phone.strip():
        return ""
    try:
        return normalise_phone(phone)
    except InvalidPhone as error:
        raise InvalidInput({"phone": str(error)}) from error


def _judged(upload: "File[bytes]") -> tuple[str, str]:
    if not upload.size:
        raise FileRefused(_("The recording is empty."), code="empty")
    if upload.size > MAX_BYTES:
        raise FileRefused(_("The recording is larger than 10 MB."), code="too_large")
    upload.seek(0)
    kind = sniff_sound(upload.read(HEAD))
    if kind is None:
        raise FileRefused(_("This is no recording: send WAV, MP3 or Ogg."), code="type_not_allowed")
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest(), kind
