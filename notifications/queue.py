"""The outbox as a queue: every change of state here is one conditional, set-based UPDATE.

Rows are claimed with SKIP LOCKED and the claim is committed before anything leaves. `claims` is the fencing
token: a worker that was thought dead cannot write about a row that somebody else holds now.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from notifications.events import Priority
from notifications.merging import HORIZON, LINES, joinable
from notifications.models import Message
from notifications.retry import ASK_FIRST, ASK_LONGEST, MAX_ATTEMPTS
from notifications.states import State, merge, rank

LEASE = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)

Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in a worker's hands, with what the checks at send time need to know."""

    id: int
    claims: int
    attempts: int
    event: str
    channel: str
    purpose: str
    person_id: int | None
    region_id: str
    name: str
    addressee: str
    email: str
    phone: str
    address: str
    language: str
    time_zone: str
    payload: dict[str, str]
    template_id: int | None
    subject: str
    body: str
    created_at: datetime
    expires_at: datetime | None
    provider_reference: UUID
    provider: str
    died_on: date | None
    person_zone: str | None
    region_zone: str
    insurer_name: str | None
    insurer_phone: str | None

    @property
    def to(self) -> str:
        """The address of the channel."""
        return {"email": self.email, "post": self.address}.get(self.channel, self.phone)

    @property
    def zone(self) -> str:
        """The person's zone as it is today, else the one noted with the message, else the region's."""
        return self.person_zone or self.time_zone or self.region_zone


_OWN = list(Claimed.__dataclass_fields__)[:-5]
_JOINED = [
    "person__died_on",
    "person__time_zone",
    "region__time_zone",
    "insurer__short_name",
    "insurer__phone",
]

_CLAIM = """
WITH due AS (
    SELECT id FROM notifications_message
    WHERE state = 'pending' AND due_at <= %(now)s AND channel = ANY(%(channels)s)
        AND (priority < %(campaign)s OR channel <> ALL(%(held)s))
    ORDER BY priority, due_at, id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE notifications_message AS message
SET state = 'claimed', lease_until = %(lease)s, claims = claims + 1
FROM due WHERE message.id = due.id
RETURNING message.id
"""

# Rows are locked in the order of ids, as receipts do it, so that two writers never wait for each other in a ring.
_HELD = """
WITH held AS (
    SELECT id FROM notifications_message WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE
)
"""

_HAND_OVER = (
    _HELD
    + """
UPDATE notifications_message AS message
SET sending_at = %(now)s, lease_until = %(lease)s, attempts = attempts + 1, provider = %(provider)s,
    template_id = given.template_id, subject = given.subject, body = given.body
FROM held JOIN unnest(%(ids)s, %(claims)s, %(templates)s::bigint[], %(subjects)s::text[], %(bodies)s::text[])
    AS given (id, claims, template_id, subject, body) USING (id)
WHERE message.id = held.id AND message.claims = given.claims
    AND message.state = 'claimed' AND message.lease_until > %(now)s
RETURNING message.id
"""
)

_SETTLE = (
    _HELD
    + """
UPDATE notifications_message AS message
SET state = given.state, lease_until = NULL, error_code = given.code,
    due_at = coalesce(given.due_at, message.due_at), provider = coalesce(given.provider, message.provider),
    provider_id = coalesce(nullif(given.provider_id, ''), message.provider_id),
    sent_at = CASE WHEN given.state = 'sent' THEN %(now)s ELSE message.sent_at END,
    failed_at = CASE WHEN given.state = 'failed' THEN %(now)s END,
    sending_at = CASE WHEN given.state <> 'pending' THEN message.sending_at END
FROM held JOIN unnest(%(ids)s, %(claims)s, %(states)s::text[], %(codes)s::text[],
        %(due)s::timestamptz[], %(provider_ids)s::text[], %(providers)s::text[])
    AS given (id, claims, state, code, due_at, provider_id, provider) USING (id)
WHERE message.id = held.id AND message.claims = given.claims AND message.state = 'claimed'
"""
)

# A lease that ran out. Back to the queue where nothing left (it was never handed over) or where a repeat under the
# same reference reaches the person once; else the outcome is unknown.
_RELEASE = """
WITH late AS (
    SELECT id FROM notifications_message
    WHERE state = 'claimed' AND lease_until <= %(now)s
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE notifications_message AS message
SET lease_until = NULL, due_at = %(now)s, error_code = 'lease_expired',
    state = CASE
        WHEN message.sending_at IS NULL THEN 'pending'
        WHEN coalesce(nullif(message.provider, ''), message.channel) = ANY(%(idempotent)s)
            AND message.attempts < %(most)s THEN 'pending'
        ELSE 'unknown' END
FROM late WHERE message.id = late.id
"""

# Which unknown ones are asked about now; the next time is set first, so that two sweeps do not ask twice.
_ASK = """
WITH due AS (
    SELECT id FROM notifications_message
    WHERE state = 'unknown' AND due_at <= %(now)s
        AND coalesce(nullif(provider, ''), channel) = ANY(%(channels)s)
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE notifications_message AS message
SET due_at = %(now)s + least(greatest(%(now)s - message.sending_at, %(first)s), %(longest)s)
FROM due WHERE message.id = due.id
RETURNING message.id, message.claims, coalesce(nullif(message.provider, ''), message.channel),
    message.provider_reference
"""

_REPORT = """
WITH given AS (
    SELECT * FROM unnest(%(references)s::uuid[], %(states)s::text[], %(moments)s::timestamptz[], %(codes)s::text[])
        AS given (reference, state, at, code)
), held AS (
    SELECT message.id, given.* FROM notifications_message AS message
    JOIN given ON message.provider_reference = given.reference
    ORDER BY message.id FOR UPDATE OF message
)
UPDATE notifications_message AS message
SET state = held.state, lease_until = NULL, error_code = held.code,
    sent_at = coalesce(message.sent_at, message.sending_at),
    delivered_at = CASE WHEN held.state = 'delivered' THEN held.at END,
    failed_at = CASE WHEN held.state = 'failed' THEN held.at END
FROM held
WHERE message.id = held.id AND message.sending_at IS NOT NULL
    AND array_position(%(ranks)s, message.state::text) < array_position(%(ranks)s, held.state)
"""
_RANKS = sorted((str(state) for state in State), key=lambda state: rank(State(state)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The end of one claim. `due_at` only where the message waits or is to be asked about."""

    message: Claimed
    state: State
    code: str = ""
    due_at: datetime | None = None
    provider_id: str = ""
    # Where it changes: "" once it is certain that the provider has nothing, so that another one may be tried.
    provider: str | None = None


# Due soon to the people of a batch: they come along, to leave as one message.
_SIBLINGS = """
WITH due AS (
    SELECT id FROM notifications_message
    WHERE person_id = ANY(%(people)s) AND state = 'pending' AND purpose = 'invitation' AND event = ANY(%(events)s)
        AND channel = ANY(%(channels)s) AND body = '' AND due_at <= %(ahead)s AND id <> ALL(%(ids)s)
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE notifications_message AS message
SET state = 'claimed', lease_until = %(lease)s, claims = claims + 1
FROM due WHERE message.id = due.id
RETURNING message.id
"""


def claim(
    *, now: datetime, channels: Collection[str], limit: int, held: Collection[str] = ()
) -> list[Claimed]:
    """Takes up to `limit` due messages, the most urgent first, and commits that they are taken.

    On channels `held` back campaigns wait. Reminders due within days to the same people come along beyond the limit.
    """
    given: Given = {"now": now, "channels": list(channels), "limit": limit, "lease": now + LEASE}
    given |= {"held": list(held), "campaign": Priority.CAMPAIGN}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_CLAIM, given)
        ids = [row[0] for row in cursor.fetchall()]
        found = _read(ids)
        people = {message.person_id for message in found if joinable(message)}
        if people:
            given |= {"people": list(people), "events": list(LINES), "ids": ids, "ahead": now + HORIZON}
            cursor.execute(_SIBLINGS, given)
            found += _read([row[0] for row in cursor.fetchall()])
        return found


def _read(ids: Sequence[int]) -> list[Claimed]:
    if not ids:
        return []
    rows = Message.objects.filter(pk__in=ids).order_by("priority", "due_at", "id")
    return [Claimed(*row) for row in rows.values_list(*_OWN, *_JOINED)]


_CARRY = (
    _HELD
    + """
UPDATE notifications_message AS message
SET state = 'carried', lease_until = NULL, carried_by_id = given.carrier
FROM held JOIN unnest(%(ids)s, %(claims)s, %(carriers)s::bigint[]) AS given (id, claims, carrier) USING (id)
WHERE message.id = held.id AND message.claims = given.claims AND message.state = 'claimed'
RETURNING message.id
"""
)


def carry(pairs: Sequence[tuple[Claimed, Claimed]]) -> int:
    """Puts (message, carrier) pairs together: the message waits for the carrier's end. Returns how many."""
    if not pairs:
        return 0
    given: Given = {
        "ids": [message.id for message, _ in pairs],
        "claims": [message.claims for message, _ in pairs],
        "carriers": [carrier.id for _, carrier in pairs],
    }
    return _count(_CARRY, given)


_SAME_END = """
UPDATE notifications_message AS message
SET state = carrier.state, error_code = carrier.error_code, sending_at = carrier.sending_at,
    sent_at = carrier.sent_at, delivered_at = carrier.delivered_at, failed_at = carrier.failed_at,
    template_id = carrier.template_id, subject = carrier.subject, body = carrier.body
FROM notifications_message AS carrier
WHERE message.carried_by_id = carrier.id AND carrier.state IN ('sent', 'failed', 'delivered')
    AND array_position(%(ranks)s, message.state::text) < array_position(%(ranks)s, carrier.state::text)
"""
_FREE = """
UPDATE notifications_message AS message
SET state = 'pending', carried_by_id = NULL, due_at = %(now)s
FROM notifications_message AS carrier
WHERE message.carried_by_id = carrier.id AND message.state = 'carried'
    AND carrier.state IN ('cancelled', 'expired', 'excluded')
"""


def pass_on(*, now: datetime) -> int:
    """Ends carried messages as their carriers ended; those whose carrier was stopped go back to the queue."""
    waiting = " AND message.state = 'carried'"
    return _count(_SAME_END + waiting, {"ranks": _RANKS}) + _count(_FREE, {"now": now})


def hand_over(
    ready: Sequence[tuple[Claimed, int | None, str, str]], *, now: datetime, provider: str = ""
) -> set[int]:
    """Notes that (message, template, subject, body) are about to leave, and renews their lease.

    Returns the ids still held by this worker: only these may be sent.
    """
    given: Given = {
        "ids": [message.id for message, *_ in ready],
        "claims": [message.claims for message, *_ in ready],
        "templates": [template for _, template, _, _ in ready],
        "subjects": [subject for *_, subject, _ in ready],
        "bodies": [body for *_, body in ready],
    }
    return {
        row[0] for row in _run(_HAND_OVER, {**given, "now": now, "lease": now + LEASE, "provider": provider})
    }


def settle(ends: Sequence[Settled], *, now: datetime) -> int:
    """Writes how claims ended; rows whose claim was lost meanwhile stay as they are. Returns how many were written."""
    if not ends:
        return 0
    given: Given = {
        "ids": [end.message.id for end in ends],
        "claims": [end.message.claims for end in ends],
        "states": [str(end.state) for end in ends],
        "codes": [end.code for end in ends],
        "due": [end.due_at for end in ends],
        "provider_ids": [end.provider_id[:100] for end in ends],
        "providers": [end.provider for end in ends],
    }
    return _count(_SETTLE, {**given, "now": now})


def release_expired(*, now: datetime, idempotent: Collection[str], limit: int) -> int:
    """Frees what workers that died were holding. Returns how many."""
    given = {"now": now, "idempotent": list(idempotent), "most": MAX_ATTEMPTS, "limit": limit}
    return _count(_RELEASE, given)


@dataclass(frozen=True, slots=True)
class Unclear:
    id: int
    claims: int
    channel: str
    reference: UUID


def to_ask_about(*, now: datetime, channels: Collection[str], limit: int) -> list[Unclear]:
    """Messages of unknown outcome whose provider can tell and is to be asked now; `channels` names the providers."""
    given = {"now": now, "channels": list(channels), "limit": limit}
    return [Unclear(*row) for row in _run(_ASK, {**given, "first": ASK_FIRST, "longest": ASK_LONGEST})]


def never_arrived(asked: Unclear, *, now: datetime) -> bool:
    """The provider never saw the reference, so the message goes back to the queue; False if it changed meanwhile."""
    return bool(
        Message.objects.filter(pk=asked.id, claims=asked.claims, state=State.UNKNOWN).update(
            state=State.PENDING, due_at=now, sending_at=None, error_code="never_arrived", provider=""
        )
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says of a message: `state` is one of `states.RECEIPTS`."""

    reference: UUID
    state: State
    at: datetime
    code: str = ""


def apply_reports(reports: Sequence[Report]) -> int:
    """Raises messages to the reported states, never back; in any order, any number of times.

    Returns how many changed. A reference nobody handed over is passed by.
    """
    best: dict[UUID, Report] = {}
    for report in reports:
        known = best.setdefault(report.reference, report)
        if merge(known.state, report.state) != known.state:
            best[report.reference] = report
    given: Given = {
        "references": [report.reference for report in best.values()],
        "states": [str(report.state) for report in best.values()],
        "moments": [report.at for report in best.values()],
        "codes": [report.code for report in best.values()],
        "ranks": _RANKS,
    }
    if not best:
        return 0
    changed = _count(_REPORT, given)
    _count(f"{_SAME_END} AND carrier.provider_reference = ANY(%(references)s::uuid[])", given)
    return changed


def _run(sql: str, given: Given) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def _count(sql: str, given: Given) -> int:
    """How many rows a statement changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return int(cursor.rowcount)
