"""Repairs what was left behind: claims of dead workers, unclear outcomes, secrets that have been sent."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import connection
from django.db.models import F, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT

from notifications import queue
from notifications.channels import senders as all_senders
from notifications.channels.base import CannotTell, Sender
from notifications.events import SECRET_FIELDS
from notifications.models import Message, State
from notifications.queue import Report
from notifications.states import State as Reported

log = logging.getLogger(__name__)

LIMIT = 1000
ASK_LIMIT = 200
MASK = "••••••"


def run(*, now: datetime, senders: Mapping[str, Sender] | None = None) -> Counter[str]:
    """One round; running twice at once does no harm. Returns how many of each were mended."""
    senders = all_senders() if senders is None else senders
    idempotent = [name for name, sender in senders.items() if sender.idempotent]
    return Counter(
        released=queue.release_expired(now=now, idempotent=idempotent, limit=LIMIT),
        cleared=reconcile(now=now, senders=senders),
        carried=queue.pass_on(now=now),
        erased=erase_secrets(),
    )


def reconcile(*, now: datetime, senders: Mapping[str, Sender]) -> int:
    """Asks providers about messages of unknown outcome; returns how many became clear.

    A provider that does not know the reference proves that nothing left: the message is sent anew. A channel that
    cannot tell keeps its unclear messages as they are, for people to see.
    """
    able = [name for name, sender in senders.items() if sender.can_tell]
    asked = queue.to_ask_about(now=now, channels=able, limit=ASK_LIMIT)
    if asked and not connection.in_atomic_block:
        connection.close()
    answers: list[tuple[queue.Unclear, Reported | None]] = []
    for unclear in asked:
        try:
            answers.append((unclear, senders[unclear.channel].status(unclear.reference)))
        except CannotTell as error:
            log.warning("No word about message %s: %s", unclear.id, error)
    reports = [
        Report(unclear.reference, state, now, "undelivered" if state == Reported.FAILED else "")
        for unclear, state in answers
        if state is not None
    ]
    anew = [queue.never_arrived(unclear, now=now) for unclear, state in answers if state is None]
    return queue.apply_reports(reports) + sum(anew)


def erase_secrets() -> int:
    """Takes access codes out of messages that will not be sent again; only their hash may stay in the portal."""
    done = 0
    for name in SECRET_FIELDS:
        ended = Message.objects.filter(payload__has_key=name).exclude(
            state__in=[State.PENDING, State.CLAIMED, State.UNKNOWN]
        )
        without: Combinable = Func(F("payload"), Value(name), template="(%(expressions)s)", arg_joiner=" - ")
        masked = Func(F("body"), KT(f"payload__{name}"), Value(MASK), function="replace")
        done += ended.update(body=masked, payload=without)
    return done
