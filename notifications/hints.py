"""Tells a worker that something is due. Only a hint: the beat finds every due row by itself within seconds."""

import logging
import time

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

# While the broker is down nobody waits for it again and again: a hint missed costs seconds, a page held costs a reader.
_PAUSE_SECONDS = 10
_state = {"quiet_until": 0.0}


def dispatch_soon() -> None:
    """Sends the hint when the caller's transaction commits, at once where there is none. Never fails the caller."""
    transaction.on_commit(_hint, robust=True)


def _hint() -> None:
    if time.monotonic() < _state["quiet_until"]:
        return
    try:
        current_app.send_task(
            "notifications.dispatch", queue="messages", retry=False, ignore_result=True, expires=60
        )
    except (OperationalError, OSError) as error:
        _state["quiet_until"] = time.monotonic() + _PAUSE_SECONDS
        log.warning("No hint for the sender of messages, the broker does not answer: %s", error)
