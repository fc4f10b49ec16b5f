"""Sends what is due: claim a batch, judge it anew, hand it over without holding the database, write what came of it."""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

from django.db import connection

from notifications import providers, queue, unsubscribe
from notifications.channels import senders as all_senders
from notifications.channels.base import Outcome, Outgoing, Result, Sender
from notifications.events import EVENTS, Purpose
from notifications.merging import bundles
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
# Counted beside the states: how many went back because the provider wants no more a second.
LIMITED = "rate_limit"

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
    channels = {providers.channel_of(name) for name in senders}
    providers.ensure(senders)
    tally: Counter[str] = Counter()
    while until is None or now < until:
        held = providers.held_channels(senders, providers.standing(now=now), now=now)
        claimed = queue.claim(now=now, channels=channels, limit=limit, held=held)
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
    joined, allowed = _join(allowed, wordings)
    ready: defaultdict[tuple[str, str], list[Ready]] = defaultdict(list)
    for message in allowed:
        try:
            text = joined.get(message.id) or wordings.text(message)
            ready[message.channel, message.provider].append((message, text))
        except TemplateError as error:
            log.error("Message %s cannot be written: %s", message.id, error)
            ends.append(Settled(message=message, state=State.FAILED, code="template"))
        except Exception:  # one message that we cannot write must not hold up all the others for ever
            log.exception("Message %s broke the writing", message.id)
            ends.append(Settled(message=message, state=State.FAILED, code="broken"))
    queue.settle(ends, now=now)
    tally = Counter(str(end.state) for end in ends)
    for (channel, bound), messages in ready.items():
        tally += _send_channel(messages, channel, bound, senders, clock)
    return tally


def _join(messages: Sequence[Claimed], wordings: Wordings) -> tuple[dict[int, Text], list[Claimed]]:
    """Puts several reminders to one person into one: the texts of the carriers, and the messages that leave."""
    texts: dict[int, Text] = {}
    pairs: list[tuple[Claimed, Claimed]] = []
    for bundle in bundles(messages):
        try:
            texts[bundle.carrier.id] = wordings.together((bundle.carrier, *bundle.carried))
        except TemplateError as error:
            # Too long together, or without a wording for it: each leaves by itself.
            log.info("Messages to one person stay apart: %s", error)
            continue
        pairs += [(message, bundle.carrier) for message in bundle.carried]
    queue.carry(pairs)
    carried = {message.id for message, _ in pairs}
    return texts, [message for message in messages if message.id not in carried]


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


def _send_channel(
    messages: Sequence[Ready], channel: str, bound: str, senders: Mapping[str, Sender], clock: Clock
) -> Counter[str]:
    """Chunk by chunk, by the first provider that does not rest; `bound` names the one that may have them already.

    What no provider takes now goes back untouched.
    """
    tally: Counter[str] = Counter()
    names = [bound] if bound else [name for name in senders if providers.channel_of(name) == channel]
    left = list(messages)
    while left:
        now = clock()
        name = providers.choose(channel, names, now=now)
        if name is None or name not in senders:
            return tally + _back(left, "provider_rests", providers.wakes_at(channel, names, now=now), now)
        chunk = left[: senders[name].chunk]
        granted, apart = providers.take(name, len(chunk), now=now)
        if granted:
            ends, answers = _send_chunk(chunk[:granted], name, senders[name], clock)
            tally.update(str(end.state) for end in ends)
            left = left[granted:]
            if answers and all(end.state == State.PENDING for end in ends) and len(names) == 1:
                return tally + _back(left, ends[0].code, now + providers.COOL_DOWN, now)
        if granted < len(chunk):
            return tally + _back(left, LIMITED, now + apart, now, apart)
    return tally


def _back(
    messages: Sequence[Ready], code: str, due_at: datetime, now: datetime, apart: timedelta = timedelta()
) -> Counter[str]:
    """To the queue again, as far apart as the provider wants them."""
    ends = [
        Settled(message=message, state=State.PENDING, code=code, due_at=due_at + place * apart)
        for place, (message, _) in enumerate(messages)
    ]
    queue.settle(ends, now=now)
    tally = Counter({str(State.PENDING): len(ends)} if ends else {})
    return tally + Counter({LIMITED: len(ends)}) if code == LIMITED else tally


def _send_chunk(
    chunk: Sequence[Ready], name: str, sender: Sender, clock: Clock
) -> tuple[list[Settled], bool]:
    """The ends of one chunk; the provider's standing is noted. The second is False where nothing was ours to send."""
    now = clock()
    held = queue.hand_over(
        [(message, text.template_id, text.subject, text.body) for message, text in chunk],
        now=now,
        provider=name,
    )
    ours = [(message, text) for message, text in chunk if message.id in held]
    if not ours:
        return [], False
    connection.close()  # a slow provider must not keep a connection of the database busy
    began = monotonic()
    try:
        results = sender.send([outgoing(message, text) for message, text in ours])
    except Exception:  # whatever happened in there, some may have left
        log.exception("A sender broke")
        results = [Result(Outcome.UNKNOWN, "sender_broke")] * len(ours)
    seconds, now = monotonic() - began, clock()
    ends = [_end(message, result, now) for (message, _), result in zip(ours, results, strict=True)]
    queue.settle(ends, now=now)
    dead = all(result.outcome in (Outcome.NOT_NOW, Outcome.UNKNOWN) for result in results)
    providers.report(name, messages=len(ours), dead=dead, seconds=seconds, now=now)
    return ends, True


def _end(message: Claimed, result: Result, now: datetime) -> Settled:
    code = result.code
    if result.outcome is Outcome.SENT:
        return Settled(message=message, state=State.SENT, provider_id=result.provider_id)
    if result.outcome is Outcome.UNKNOWN:
        return Settled(message=message, state=State.UNKNOWN, code=code, due_at=now + ASK_FIRST)
    pause = retry_after(message.attempts + 1, message.provider_reference)
    if result.outcome is Outcome.REFUSED or pause is None:
        return Settled(message=message, state=State.FAILED, code=code or "refused")
    # Certain that nothing left: another provider may be tried, unless an earlier attempt here was uncertain.
    free = "" if not message.provider else None
    return Settled(message=message, state=State.PENDING, code=code, due_at=now + pause, provider=free)


def outgoing(message: Claimed, text: Text) -> Outgoing:
    """What a channel needs to know, and no more."""
    invited = message.purpose == Purpose.INVITATION and message.person_id is not None
    wish = unsubscribe.Wish(message.person_id or 0, message.channel)
    return Outgoing(
        reference=message.provider_reference,
        to=message.to,
        name=message.addressee or message.name,
        sender=sender_name(message, message.language),
        subject=text.subject,
        body=text.body,
        language=message.language,
        written_at=message.created_at,
        unsubscribe=unsubscribe.link(wish) if invited and message.channel == Channel.EMAIL else "",
    )
