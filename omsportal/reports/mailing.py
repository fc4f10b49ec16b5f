"""Reports by e-mail: asked for by the reader, sent after each whole week or month, ended with the rights."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from appeals.desk.telling import is_time
from appeals.models import ReportMail
from appeals.models.report_mails import Ending
from appeals.reports.query import Owner, Period
from appeals.reports.reading import Place, latest_run, place_of
from appeals.reports.schedule import period_due
from notifications.models import Channel
from notifications.services import Recipient, enqueue
from omsportal.reports import presenting
from omsportal.reports.asking import Asked, Asking
from omsportal.reports.indicators import BY_NAME, HEADLINE
from registry.models import User
from registry.scoping import Scope
from registry.selectors import scope_of

log = logging.getLogger(__name__)


@transaction.atomic
def ask_for_mail(*, user: User, place: Place, every: str, now: datetime) -> ReportMail:
    """A wish made twice is one wish."""
    yesterday = timezone.localdate(now, place.region.zone) - timedelta(days=1)
    mail, _ = ReportMail.objects.running().get_or_create(
        user=user,
        place=str(place.owner),
        every=every,
        defaults={"told_to": yesterday, "created_at": now},
    )
    return mail


def end_mail(*, secret: str, now: datetime, because: str = Ending.ASKED) -> bool:
    """False where it had ended before, or never was."""
    running = ReportMail.objects.running().filter(secret=secret)
    return bool(running.update(ended_at=now, ended_because=because))


def send_reports(*, now: datetime) -> int:
    """Writes what is due to the outbox; returns how many. One that fails is logged and holds up no other."""
    written = 0
    for mail in ReportMail.objects.running().select_related("user").order_by("pk").iterator(chunk_size=500):
        try:
            with transaction.atomic():
                written += _send(mail, now)
        except Exception:
            log.exception("Report %s cannot be sent", mail.pk)
    return written


def _send(mail: ReportMail, now: datetime) -> bool:
    """Rights are asked anew each time: whoever may not open the report gets no figure of it."""
    scope = scope_of(mail.user, now=now)
    owner = Owner.read(mail.place)
    place = place_of(scope, owner) if owner else None
    if place is None:
        end_mail(secret=mail.secret, now=now, because=Ending.RIGHTS)
        return False
    today = timezone.localdate(now, place.region.zone)
    period = period_due(mail.every, mail.told_to, today)
    run = latest_run()
    # The count has to have seen the whole of the last day.
    if period is None or run is None or timezone.localdate(run.at, place.region.zone) <= period.last:
        return False
    zone = ZoneInfo(mail.user.time_zone)
    if not is_time(place.region.pk, now.astimezone(zone)):
        return False
    asked = _asked(scope, place, period, now)
    with translation.override(mail.user.language), timezone.override(zone):
        _write(mail, asked, now)
    mail.told_to = period.last
    mail.save(update_fields=["told_to"])
    return True


def _asked(scope: Scope, place: Place, period: Period, now: datetime) -> Asked:
    given = QueryDict(mutable=True)
    given.update({"owner": str(place.owner), "first": str(period.first), "last": str(period.last)})
    return Asking(scope, given, now).sure()


def _write(mail: ReportMail, asked: Asked, now: datetime) -> None:
    report = presenting.report_of(asked)
    lines = []
    for one in (BY_NAME[name] for name in HEADLINE):
        then = presenting.compared(one, report)
        lines.append(f"{one.label}: {one.shown(report.sums)}" + (f" ({then})" if then else ""))
    user = mail.user
    enqueue(
        event="report_ready",
        channel=Channel.EMAIL,
        recipient=Recipient(email=user.email, language=user.language, time_zone=user.time_zone),
        payload={
            "place": asked.place.name,
            "period": presenting.period_words(asked.query.period),
            "link": f"{settings.PORTAL_URL}{asked.url()}",
            "figures": "\n".join(lines),
            "stop": f"{settings.PORTAL_URL}{reverse('report_mail_stop', args=[mail.secret])}",
        },
        dedupe_key=f"report:{mail.pk}:{asked.query.period.last.isoformat()}",
        now=now,
        region=asked.place.region,
    )
