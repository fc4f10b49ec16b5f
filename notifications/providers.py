"""Which provider of a channel takes the next messages, and how many: limits, rest after failures, back-pressure.

All of it lives in rows of PostgreSQL that are updated under their lock, so any number of workers together keep within
a limit, and one worker's bad experience spares the others.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from notifications.events import Priority
from notifications.models import Provider

# A provider that took nothing of a chunk rests for so long, doubled each time up to the longest.
COOL_DOWN = timedelta(seconds=settings.OUTBOX_REST_SECONDS)
# So many failures in a row, or one of a chunk of so many messages, and the provider rests.
FAILURES = 3
FAILURES_AT_ONCE = 10
LONGEST_REST = timedelta(minutes=15)
# A message that takes longer on average makes campaigns wait a little: answers to people are not to stand behind them.
SLOW_SECONDS = 0.5
SLOW_PAUSE = timedelta(minutes=1)
# So many answers and reminders waiting on one channel, and campaigns are not begun on it.
LONG_QUEUE = 2_000


def channel_of(name: str) -> str:
    """A second provider of a channel is called after it: `sms-2` is another way to send an SMS."""
    return name.partition("-")[0]


def ensure(names: Iterable[str]) -> None:
    """Makes the rows of providers that are used for the first time."""
    known = set(Provider.objects.values_list("name", flat=True))
    missing = [Provider(name=name) for name in names if name not in known]
    if missing:
        Provider.objects.bulk_create(missing, ignore_conflicts=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the providers stand at one moment, by name."""

    resting: dict[str, datetime]
    pressed: frozenset[str]


_STANDING = """
SELECT name, open_until, slow_until > %(now)s
    OR per_second IS NOT NULL AND refilled_at IS NOT NULL
        AND tokens + per_second * extract(epoch FROM %(now)s - refilled_at) < 1
FROM notifications_provider
"""


def standing(*, now: datetime) -> Standing:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"now": now})
        rows = cursor.fetchall()
    resting = {name: until for name, until, _ in rows if until is not None and until > now}
    return Standing(resting, frozenset(name for name, _, pressed in rows if pressed))


def held_channels(names: Collection[str], found: Standing, *, now: datetime) -> frozenset[str]:
    """Channels on which campaigns wait: no provider that answers quickly is free, or many answers wait already."""
    channels = {channel_of(name) for name in names}
    free = {channel_of(name) for name in names if name not in found.resting and name not in found.pressed}
    return frozenset(channels - free | _crowded(channels & free, now))


_CROWDED = """
SELECT named.channel FROM unnest(%(channels)s::text[]) AS named (channel)
WHERE (
    SELECT count(*) FROM (
        SELECT FROM notifications_message m
        WHERE m.state = 'pending' AND m.priority < %(campaign)s AND m.due_at <= %(now)s AND m.channel = named.channel
        LIMIT %(most)s
    ) waiting
) >= %(most)s
"""


def _crowded(channels: Collection[str], now: datetime) -> frozenset[str]:
    given: dict[str, Any] = {
        "channels": list(channels),
        "campaign": Priority.CAMPAIGN,
        "now": now,
        "most": LONG_QUEUE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CROWDED, given)
        return frozenset(channel for (channel,) in cursor.fetchall())


def choose(channel: str, names: Iterable[str], *, now: datetime) -> str | None:
    """The first provider of the channel that does not rest; None while all of them do."""
    resting = standing(now=now).resting
    return next((name for name in names if channel_of(name) == channel and name not in resting), None)


def wakes_at(channel: str, names: Iterable[str], *, now: datetime) -> datetime:
    """When the first of the channel's providers may be tried again."""
    resting = standing(now=now).resting
    moments = [resting[name] for name in names if channel_of(name) == channel and name in resting]
    return min(moments, default=now + COOL_DOWN)


_TAKE = """
WITH held AS (
    SELECT name, per_second, CASE
        WHEN refilled_at IS NULL THEN burst
        ELSE least(burst, tokens + per_second * greatest(extract(epoch FROM %(now)s - refilled_at), 0))
    END AS full_now
    FROM notifications_provider WHERE name = %(name)s AND per_second IS NOT NULL FOR UPDATE
)
UPDATE notifications_provider p
SET tokens = held.full_now - least(floor(held.full_now), %(wanted)s),
    refilled_at = greatest(p.refilled_at, %(now)s)
FROM held WHERE p.name = held.name
RETURNING least(floor(held.full_now), %(wanted)s)::int, held.per_second
"""


def take(name: str, wanted: int, *, now: datetime) -> tuple[int, timedelta]:
    """How many of `wanted` messages may leave by the provider now, and how far apart the others are to come.

    A provider without a limit, or one nobody has heard of, takes all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"name": name, "wanted": wanted, "now": now})
        row = cursor.fetchone()
    if row is None:
        return wanted, timedelta()
    granted, per_second = row
    return int(granted), timedelta(seconds=1 / per_second)


_REPORT = """
UPDATE notifications_provider SET
    failures = CASE WHEN %(dead)s THEN greatest(failures + 1, %(weight)s) ELSE 0 END,
    open_until = CASE WHEN %(dead)s AND greatest(failures + 1, %(weight)s) >= %(most)s
        THEN %(now)s + least(
            %(first)s * power(2, least(greatest(failures + 1, %(weight)s) - %(most)s, 10)), %(longest)s
        ) END,
    slow_until = CASE WHEN %(slow)s THEN %(now)s + %(pause)s ELSE slow_until END
WHERE name = %(name)s AND (%(dead)s OR %(slow)s OR failures > 0)
    -- Chunks that were under way when the rest began tell nothing new: one outage is one failure.
    AND NOT (%(dead)s AND open_until IS NOT NULL AND open_until > %(now)s)
"""


def report(name: str, *, messages: int, dead: bool, seconds: float, now: datetime) -> None:
    """Notes how a chunk fared: `dead` where the provider took nothing of it. Writes only what changes something."""
    given: dict[str, Any] = {
        "name": name,
        "dead": dead,
        "weight": FAILURES if messages >= FAILURES_AT_ONCE else 1,
        "most": FAILURES,
        "slow": seconds > SLOW_SECONDS * max(messages, 1),
        "now": now,
        "first": COOL_DOWN,
        "longest": LONGEST_REST,
        "pause": SLOW_PAUSE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REPORT, given)
