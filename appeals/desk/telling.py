"""Mails about saved views: each working morning, and when there are more cases than somebody said.

Rights are asked anew each time: a view tells its owner what the owner may see today, and stops with the rights.
"""

import logging
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from appeals.desk import searches
from appeals.desk.filters import read
from appeals.desk.tabs import bounded_counts, count_words
from appeals.models import QueueSearch
from appeals.models.appeal_rules import IS_OPEN
from notifications.models import Channel
from notifications.services import Recipient, enqueue
from registry.selectors import scope_of, work_calendar
from registry.workdays import CalendarMissing

log = logging.getLogger(__name__)
# In the owner's own zone; before it nobody reads mail, and after the last nobody acts on it.
FROM, UNTIL = time(8), time(18)


def tell_of_views(*, now: datetime) -> int:
    """Writes what is due to the outbox; returns how many. One view that fails is logged and holds up no other."""
    written = 0
    wanted = Q(digest=True) | Q(alert_over__isnull=False)
    for view in QueueSearch.objects.filter(wanted).select_related("owner").order_by("pk").iterator():
        try:
            written += _tell(view, now)
        except Exception:
            log.exception("View %s cannot be told of", view.pk)
    return written


def _tell(view: QueueSearch, now: datetime) -> bool:
    owner = view.owner
    zone = ZoneInfo(owner.time_zone)
    here = now.astimezone(zone)
    scope = scope_of(owner, now=now)
    regions = {grant.region for grant in scope.grants if grant.region}
    if not regions or not is_time(min(regions), here):
        return False
    with timezone.override(zone):
        query = read(view.address, view)
        rows = query.rows(scope, here.date())
        counts = bounded_counts({"all": rows, "late": rows.filter(IS_OPEN, due_on__lt=here.date())})
    alert = view.alert_over is not None and counts["all"] > view.alert_over
    if not (view.digest or alert):
        return False
    return (
        enqueue(
            event="staff_view",
            channel=Channel.EMAIL,
            recipient=Recipient(email=owner.email, language=owner.language, time_zone=owner.time_zone),
            payload={
                "count": count_words(counts["all"]),
                "overdue": count_words(counts["late"]),
                "view": view.name,
                "link": f"{settings.PORTAL_URL}{searches.address_of(view)}",
            },
            # One mail a day, whichever of the two reasons comes first.
            dedupe_key=f"view:{view.pk}:{here.date().isoformat()}",
            now=now,
            region=min(regions),
        )
        is not None
    )


def is_time(region: str, here: datetime) -> bool:
    """Whether somebody at work there reads mail at this moment of the own zone."""
    return FROM <= here.time() < UNTIL and _is_working(region, here)


def _is_working(region: str, here: datetime) -> bool:
    try:
        return work_calendar(region, [here.year]).is_working(here.date())
    except CalendarMissing:
        return here.weekday() < 5
