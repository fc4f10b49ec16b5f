"""Sample talks of the last weeks, promised calls, and voice messages with a sound that can be played."""

import io
import math
import uuid
import wave
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from django.core.files.base import ContentFile

from appeals.calls import rules
from appeals.calls.places import rules_of
from appeals.lifecycle import State
from appeals.models import Appeal, CallBack, CallBackKind, CallResult, PhoneCall, Recording
from appeals.terms import Channel, Kind
from registry.models import Organization, RoleGrant, User
from registry.scoping import Role

TALKS = 120
PROMISED = 3
# Hours before now at which messages were left, and the number that was shown.
LEFT = ((9, "+79000000031"), (11, "+79000000032"), (13, ""))


def seed(*, now: datetime, random: Random) -> str:
    """For each contact centre that somebody of the demo sits in."""
    seats = RoleGrant.objects.filter(role=Role.OPERATOR).select_related("organization__region", "user")
    talks = owed = 0
    for seat in seats.order_by("pk"):
        if seat.organization is not None:
            talks += _talks(seat.organization, seat.user, now, random)
            owed += _promises(seat.organization, seat.user, now) + _messages(seat.organization, now)
    return f"{talks} talks on the phone, {owed} calls owed"


def _talks(office: Organization, operator: User, now: datetime, random: Random) -> int:
    told = Appeal.objects.filter(organization=office, channel=Channel.PHONE, kind=Kind.CONSULTATION)
    answered = told.filter(answered_at__isnull=False).order_by("-registered_at")[:TALKS]
    rows = [
        PhoneCall(
            key=appeal.submission_key,
            appeal=appeal,
            region_id=office.region_id,
            organization=office,
            operator=operator,
            result=CallResult.ANSWERED,
            started_at=appeal.registered_at - timedelta(seconds=int(random.lognormvariate(4.6, 0.5))),
            ended_at=appeal.registered_at,
        )
        for appeal in answered
    ]
    return len(PhoneCall.objects.bulk_create(rows))


def _promises(office: Organization, operator: User, now: datetime) -> int:
    calling = rules_of(office.region, now)
    found = rules.promises(now, zone=calling.zone, calendar=calling.calendar, hours=calling.hours)
    moments = [now - timedelta(minutes=40), *found.values()]
    waiting = Appeal.objects.filter(organization=office, level=1, state=State.IN_PROGRESS).exclude(
        applicant_phone=""
    )
    rows = [
        CallBack(
            kind=CallBackKind.PROMISE,
            region_id=office.region_id,
            organization=office,
            appeal=appeal,
            phone=appeal.applicant_phone,
            note="Обещали уточнить и перезвонить.",
            opened_at=max(appeal.registered_at, now - timedelta(hours=3)),
            opened_by=operator,
            due_at=moment,
            next_at=moment - rules.SOON,
        )
        for appeal, moment in zip(waiting.order_by("-registered_at")[:PROMISED], moments, strict=False)
    ]
    return len(CallBack.objects.bulk_create(rows))


def _messages(office: Organization, now: datetime) -> int:
    calling = rules_of(office.region, now)
    content = _tone()
    for hours, phone in LEFT:
        left = now - timedelta(hours=hours)
        due = rules.voice_due(left, zone=calling.zone, calendar=calling.calendar, hours=calling.hours)
        owed = CallBack.objects.create(
            kind=CallBackKind.VOICE,
            region_id=office.region_id,
            organization=office,
            phone=phone,
            opened_at=left,
            due_at=due.at,
            next_at=min(due.since, now),
        )
        recording = Recording(
            call_back=owed,
            organization=office,
            source_key=uuid.uuid5(uuid.NAMESPACE_OID, f"{office.code}:{hours}"),
            size=len(content),
            sha256=sha256(content).hexdigest(),
            content_type="audio/wav",
            seconds=2,
            verdict="clean",
            uploaded_at=left,
        )
        recording.file.save("sound", ContentFile(content), save=False)
        recording.save(force_insert=True)
    return len(LEFT)


def _tone() -> bytes:
    """Two seconds of a telephone's tone: a recording that nobody had to speak."""
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(1)
        made.setframerate(8000)
        wave_of_425_hz = (128 + int(60 * math.sin(2 * math.pi * 425 * step / 8000)) for step in range(16_000))
        made.writeframes(bytes(wave_of_425_hz))
    return out.getvalue()
