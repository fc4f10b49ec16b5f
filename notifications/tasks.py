import time
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from notifications import dispatch, sweep

# Shorter than the task's time limit; what is left is found by the next beat.
_LONGEST = timedelta(minutes=4)


@shared_task(name="notifications.dispatch")
def dispatch_due(**rest: Any) -> None:
    """Sends what is due. Started by a hint or the beat; any number at once share the work."""
    until = timezone.now() + _LONGEST
    while timezone.now() < until:
        if not dispatch.run(clock=timezone.now, until=until)[dispatch.LIMITED]:
            return
        # The provider's limit held some back for a moment: shorter than the beat, so not left to it.
        time.sleep(1)


@shared_task(name="notifications.sweep")
def sweep_outbox(**rest: Any) -> None:
    """Frees the claims of dead workers, asks about unclear messages, erases secrets."""
    sweep.run(now=timezone.now())
