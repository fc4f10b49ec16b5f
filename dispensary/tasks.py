from typing import Any

from celery import shared_task
from django.utils import timezone

from dispensary import aftercare_services, case_services, coverage_counting, hospital_services, proof, work
from dispensary.files import keeping
from dispensary.files import work as files


@shared_task(name="dispensary.advance")
def advance(**kwargs: Any) -> None:
    """Every half a minute: whatever campaigns need next. Lost or run twice, it does no harm."""
    work.advance_all(now=timezone.now())


@shared_task(name="dispensary.collect")
def collect(**kwargs: Any) -> None:
    """Every half a minute: what became of the messages, and every ten minutes the figures of the coverage report."""
    now = timezone.now()
    work.collect_all(now=now)
    coverage_counting.count_all(now=now)


@shared_task(name="dispensary.prove")
def prove(**kwargs: Any) -> None:
    """Every hour: the count of the day that ended in a region, unless it is there already."""
    proof.prove_all(now=timezone.now())


@shared_task(name="dispensary.read_files")
def read_files(**kwargs: Any) -> None:
    """Every half a minute, and at once when a file comes: clinic files that wait, or that a dead worker held."""
    files.work_all(now=timezone.now())


@shared_task(name="dispensary.forget_files")
def forget_files(**kwargs: Any) -> None:
    """Every hour: originals of clinic files whose term is over."""
    keeping.forget_originals(now=timezone.now())


@shared_task(name="dispensary.remind_visits")
def remind_visits(**kwargs: Any) -> None:
    """Every hour: reminders of visits of observation that are due or were missed. A visit has one of each sort."""
    now = timezone.now()
    case_services.remind_all(now=now)
    case_services.list_calls(now=now)


@shared_task(name="dispensary.follow_advice")
def follow_advice(**kwargs: Any) -> None:
    """Every hour: reminders and calls about recommendations, and word to those who wait for hospital too long."""
    now = timezone.now()
    aftercare_services.remind_all(now=now)
    aftercare_services.list_calls(now=now)
    hospital_services.offer_complaints(now=now)
