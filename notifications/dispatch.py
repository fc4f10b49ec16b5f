"""Sends what is due: claim a batch, judge it anew, hand it over without holding the database, write what came of it."""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection

from notifications import queue, unsubscribe
from notifications.channels import senders as all_senders
from notifications.channels.base import Outcome, Outgoing, Result, Sender
from notifications.events import EVENTS, Purpose
from notifications.models import Channel
from notifications.queue import Claimed, Settled
from notifications.rechecks import Rules, verdicts
from notifications.rendering import Text, Wordings, sender_name
from notifications.retry import ASK_FIRST, retry_after
from notifications.states import State
from notifications.templating import TemplateError
from notifications.verdicts import Stop, Wait

log = logging.getLogger(__name__)

BATCH = 500
# A provider that refused a whole chunk is left alone for this long.
_COOL_DOWN = timedelta(minutes=1)

Clock = Callable[[], datetime]
Ready = tuple[Claimed, Text]


def run(
    *,
    clock: Clock,
    until: datetime | None = None,
    senders: Mapping[str, Sender] | None = None,
    limit: int = BATCH,
) -> Counter[str]:
    """Sends batch after batch until nothing is due or `until` has come; returns how many ended in which state.

    May run in any number of workers at once. Errors: RuntimeError inside a transaction, because the claim has to
    be committed before anything leaves.
    """
    if connection.in_atomic_block:
        raise RuntimeError("Messages are sent outside of transactions")
    senders = all_senders() if senders is None else senders
    now = clock()
    today = now.astimezone(UTC).date()
    rules, wordings = Rules(today), Wordings(today)
    tally: Counter[str] = Counter()
    while until is None or now < until:
        claimed = queue.claim(now=now, channels=senders.keys(), limit=limit)
        if not claimed:
            break
        tally += _send_batch(claimed, senders, rules, wordings, clock)
        now = clock()
    return tally


def _send_batch(
    claimed: Sequence[Claimed],
    senders: Mapping[str, Sender],
    rules: Rules,
    wordings: Wordings,
    clock: Clock,
) -> Counter[str]:
    now = clock()
    ends, allowed = _judge(claimed, rules, now)
    ready: defaultdict[str, list[Ready]] = defaultdict(list)
    for message in allowed:
        try:
            ready[message.channel].append((message, wordings.text(message)))
        except TemplateError as error:
            log.error("Message %s cannot be written: %s", message.id, error)
            ends.append(Settled(message=message, state=State.FAILED, code="template"))
        except Exception:  # one message that we cannot write must not hold up all the others for ever
            log.exception("Message %s broke the writing", message.id)
            ends.append(Settled(message=message, state=State.FAILED, code="broken"))
    queue.settle(ends, now=now)
    tally = Counter(str(end.state) for end in ends)
    for channel, messages in ready.items():
        tally += _send_channel(messages, senders[channel], clock)
    return tally


def _judge(claimed: Sequence[Claimed], rules: Rules, now: datetime) -> tuple[list[Settled], list[Claimed]]:
    known = [message for message in claimed if message.event in EVENTS]
    ends = [
        Settled(message=message, state=State.FAILED, code="unknown_event")
        for message in claimed
        if message.event not in EVENTS
    ]
    found = verdicts(known, rules=rules, now=now)
    allowed = []
    for message in known:
        match found[message.id]:
            case Stop(state, code):
                ends.append(Settled(message=message, state=state, code=code))
            case Wait(until, code):
                ends.append(Settled(message=message, state=State.PENDING, code=code, due_at=until))
            case None:
                allowed.append(message)
    return ends, allowed


def _send_channel(messages: Sequence[Ready], sender: Sender, clock: Clock) -> Counter[str]:
    """Chunk by chunk; when the provider takes nothing of a chunk, the rest goes back untouched."""
    tally: Counter[str] = Counter()
    for start in range(0, len(messages), sender.chunk):
        chunk = messages[start : start + sender.chunk]
        results = _send_chunk(chunk, sender, clock)
        tally.update(str(end.state) for end in results)
        if results and all(end.state == State.PENDING for end in results):
            rest = messages[start + sender.chunk :]
            now = clock()
            queue.settle([_back(message, results[0].code, now) for message, _ in rest], now=now)
            tally[State.PENDING] += len(rest)
            break
    return tally


def _back(message: Claimed, code: str, now: datetime) -> Settled:
    return Settled(message=message, state=State.PENDING, code=code, due_at=now + _COOL_DOWN)


def _send_chunk(chunk: Sequence[Ready], sender: Sender, clock: Clock) -> list[Settled]:
    now = clock()
    held = queue.hand_over(
        [(message, text.template_id, text.subject, text.body) for message, text in chunk], now=now
    )
    ours = [(message, text) for message, text in chunk if message.id in held]
    if not ours:
        return []
    connection.close()  # a slow provider must not keep a connection of the database busy
    try:
        results = sender.send([outgoing(message, text) for message, text in ours])
    except Exception:  # whatever happened in there, some may have left
        log.exception("A sender broke")
        results = [Result(Outcome.UNKNOWN, "sender_broke")] * len(ours)
    now = clock()
    ends = [_end(message, result, now) for (message, _), result in zip(ours, results, strict=True)]
    queue.settle(ends, now=now)
    return ends


def _end(message: Claimed, result: Result, now: datetime) -> Settled:
    code = result.code
    if result.outcome is Outcome.SENT:
        return Settled(message=message, state=State.SENT, provider_id=result.provider_id)
    if result.outcome is Outcome.UNKNOWN:
        return Settled(message=message, state=State.UNKNOWN, code=code, due_at=now + ASK_FIRST)
    pause = retry_after(message.attempts + 1, message.provider_reference)
    if result.outcome is Outcome.REFUSED or pause is None:
        return Settled(message=message, state=State.FAILED, code=code or "refused")
    return Settled(message=message, state=State.PENDING, code=code, due_at=now + pause)


def outgoing(message: Claimed, text: Text) -> Outgoing:
    """What a channel needs to know, and no more."""
    addresses = {Channel.EMAIL: message.email, Channel.POST: message.address}
    invited = message.purpose == Purpose.INVITATION and message.person_id is not None
    wish = unsubscribe.Wish(message.person_id or 0, message.channel)
    return Outgoing(
        reference=message.provider_reference,
        to=addresses.get(Channel(message.channel), message.phone),
        name=message.addressee or message.name,
        sender=sender_name(message, message.language),
        subject=text.subject,
        body=text.body,
        language=message.language,
        written_at=message.created_at,
        unsubscribe=unsubscribe.link(wish) if invited and message.channel == Channel.EMAIL else "",
    )
