"""Tasks that belong to no single app."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from omsportal.cabinet.contact import send_link_code
from omsportal.handing_over import sweep_left
from omsportal.reports.mailing import send_reports
from omsportal.what_if import incoming
from registry.models import User

UNCONFIRMED_DAYS = 2


@shared_task(name="portal.send_link_code")
def send_link_code_task(*, user_id: int, **kwargs: Any) -> None:
    """Lost or run twice it does no harm: the person asks for a new code, or gets the same one twice."""
    send_link_code(user_id=user_id, now=timezone.now())


@shared_task(name="portal.forget_unconfirmed_accounts")
def forget_unconfirmed_accounts(**kwargs: Any) -> int:
    """Removes accounts whose owner typed an e-mail and never entered the code."""
    never_used = User.objects.filter(
        last_login__isnull=True,
        joined_at__lt=timezone.now() - timedelta(days=UNCONFIRMED_DAYS),
        is_staff=False,
        is_superuser=False,
        person__isnull=True,
        grants__isnull=True,
        emailaddress__verified=False,
    )
    return never_used.delete()[0]


@shared_task(name="portal.hand_over_left")
def hand_over_left(**kwargs: Any) -> int:
    """Gives the cases of people whose last day is over to others."""
    return sweep_left(now=timezone.now())


@shared_task(name="portal.send_reports")
def send_reports_task(**kwargs: Any) -> int:
    """Sends the reports that readers asked for, each once for its period; returns how many."""
    return send_reports(now=timezone.now())


@shared_task(name="portal.count_incoming")
def count_incoming(**kwargs: Any) -> int:
    """Counts what came in during the last days anew, for «what if»."""
    return incoming.refresh(today=timezone.localdate())
