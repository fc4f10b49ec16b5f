from typing import Any

from celery import shared_task
from django.utils import timezone

from dispensary import work


@shared_task(name="dispensary.advance")
def advance(**kwargs: Any) -> None:
    """Every half a minute: whatever campaigns need next. Lost or run twice, it does no harm."""
    work.advance_all(now=timezone.now())


@shared_task(name="dispensary.collect")
def collect(**kwargs: Any) -> None:
    """Every half a minute: what became of the messages."""
    work.collect_all(now=timezone.now())
