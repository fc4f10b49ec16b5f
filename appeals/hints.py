"""Tells a worker that work waits. Only a hint: the sweeps in beat find everything that waits by themselves."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def route_soon(*, appeal_id: int) -> None:
    """Sends the hint when the caller's transaction commits. A broker that is away never fails the filing."""
    transaction.on_commit(partial(_hint, "appeals.route", appeal_id=appeal_id), robust=True)


def scan_soon() -> None:
    """The same for a file that waits for its verdict."""
    transaction.on_commit(partial(_hint, "appeals.scan_files"), robust=True)


def asked_key(key: str) -> str:
    """Where a request for a new code or a link waits in the cache."""
    return f"appeals.asked.{key}"


def new_code_soon(*, key: str) -> None:
    """Somebody asked for a new access code; `key` is where the request waits. Lost, it is asked for again."""
    transaction.on_commit(partial(_hint, "appeals.new_code", key=key), robust=True)


def draft_link_soon(*, key: str) -> None:
    """Somebody asked for a link to an unfinished appeal; `key` is where the request waits."""
    transaction.on_commit(partial(_hint, "appeals.draft_link", key=key), robust=True)


def _hint(task: str, **kwargs: int | str) -> None:
    try:
        current_app.send_task(
            task,
            kwargs=kwargs,
            queue="appeals",
            retry=False,
            ignore_result=True,
            expires=60,
        )
    except (OperationalError, OSError) as error:
        log.warning("No hint %s, the broker does not answer: %s", task, error)
