"""Tells a worker that there is something to do. Only a hint: the beat finds it within half a minute."""

from celery import current_app
from django.db import transaction


def advance_soon() -> None:
    """Sends the hint when the caller's transaction commits; a broker that is down never fails the caller."""
    transaction.on_commit(lambda: _hint("dispensary.advance"), robust=True)


def read_files_soon() -> None:
    """The same for a clinic's file that has just come."""
    transaction.on_commit(lambda: _hint("dispensary.read_files"), robust=True)


def _hint(task: str) -> None:
    current_app.send_task(task, queue="campaigns", retry=False, ignore_result=True, expires=60)
