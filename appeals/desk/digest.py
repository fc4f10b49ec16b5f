"""The morning mail: what came since the last one and was not read in the portal.

On working days of the reader's region and in the hours of the reader's zone; numbers and events only, because what a
case is about is read in the portal, where reading is logged. Rights are asked anew each time.
"""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from appeals.desk.telling import is_time
from appeals.models import Notice, NoticeSetting
from notifications.models import Channel
from notifications.services import Recipient, enqueue
from registry.models import User
from registry.selectors import scope_of

log = logging.getLogger(__name__)
LISTED = 30  # more lines nobody reads; the portal shows them all


def tell_of_notices(*, now: datetime) -> int:
    """Writes the mails that are due to the outbox; returns how many. One that fails holds up no other."""
    untold = Notice.objects.unseen().filter(told_at__isnull=True).order_by().values("user").distinct()
    refused = NoticeSetting.objects.filter(digest=False).values("user")
    people = User.objects.filter(pk__in=untold, is_active=True).exclude(pk__in=refused).exclude(email="")
    written = 0
    for person in people.order_by("pk").iterator():
        try:
            written += _tell(person, now)
        except Exception:
            log.exception("Notices of user %s cannot be told of", person.pk)
    return written


def _tell(person: User, now: datetime) -> bool:
    scope = scope_of(person, now=now)
    regions = {grant.region for grant in scope.grants if grant.region}
    here = now.astimezone(ZoneInfo(person.time_zone))
    if not regions or not is_time(min(regions), here):
        return False
    rows = Notice.objects.visible_to(scope).unseen().filter(told_at__isnull=True).select_related("appeal")
    found = list(rows.order_by("-pk")[: 10 * LISTED])
    if not found:
        return False
    with translation.override(person.language):
        lines = [f"{one.appeal.number}: {one.get_what_display()}" for one in found[:LISTED]]
        if len(found) > LISTED:
            lines.append(gettext("and %(count)s more") % {"count": len(found) - LISTED})
    message = enqueue(
        event="staff_notices",
        channel=Channel.EMAIL,
        recipient=Recipient(email=person.email, language=person.language, time_zone=person.time_zone),
        payload={
            "count": str(len(found)),
            "cases": "\n".join(lines),
            "link": f"{settings.PORTAL_URL}{reverse('staff_notices')}",
        },
        # One mail a day, however often the task comes round.
        dedupe_key=f"notices:{person.pk}:{here.date().isoformat()}",
        now=now,
        region=min(regions),
    )
    if message is not None:
        Notice.objects.filter(pk__in=[one.pk for one in found]).update(told_at=now)
    return message is not None
