"""Tells a worker that a campaign has something to do. Only a hint: the beat finds it within half a minute."""

from celery import current_app
from django.db import transaction


def advance_soon() -> None:
    """Sends the hint when the caller's transaction commits; a broker that is down never fails the caller."""
    transaction.on_commit(_hint, robust=True)


def _hint() -> None:
    current_app.send_task(
        "dispensary.advance", queue="campaigns", retry=False, ignore_result=True, expires=60
    )
