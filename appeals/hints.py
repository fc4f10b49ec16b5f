"""Tells a worker that an appeal waits. Only a hint: the sweep in beat finds every waiting appeal by itself."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def route_soon(*, appeal_id: int) -> None:
    """Sends the hint when the caller's transaction commits. A broker that is away never fails the filing."""
    transaction.on_commit(partial(_hint, appeal_id), robust=True)


def _hint(appeal_id: int) -> None:
    try:
        current_app.send_task(
            "appeals.route",
            kwargs={"appeal_id": appeal_id},
            queue="appeals",
            retry=False,
            ignore_result=True,
            expires=60,
        )
    except (OperationalError, OSError) as error:
        log.warning("No hint for the router of appeals, the broker does not answer: %s", error)
