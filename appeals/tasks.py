"""Background work of appeals. Each task may be lost or run twice; the sweeps find what was lost."""

import logging
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from appeals import services
from appeals.actors import SYSTEM
from appeals.desk import searches, telling
from appeals.desk.digest import tell_of_notices as write_digests
from appeals.desk.held import send_due
from appeals.desk.presence import forget_presences
from appeals.errors import AppealError
from appeals.hints import asked_key
from appeals.knowledge.counts import write_views
from appeals.knowledge.publishing import turn_pages
from appeals.lifecycle import RESTING, WAITING
from appeals.mails import send_draft_link
from appeals.models import Appeal, AppealDraft, AppealQuerySet
from appeals.reports.counting import count_appeals
from registry.scanning import ScanVerdict, can_judge

# Kept in the story of the case, so in the language of the register.
WAITED = "Срок ожидания вышел, ответа нет"
log = logging.getLogger(__name__)

SWEEP = 200
CLIMB = 1_000  # appeals of one transaction of the ladder: their rows are locked meanwhile
FORGET = 5_000  # drafts of one run; what is left waits for the next
GIVE_UP = 2  # files without a verdict, after which the scanner is left alone until the next sweep


@shared_task(name="appeals.route")
def route(*, appeal_id: int, **_: Any) -> None:
    """Routes one appeal soon after it was filed."""
    services.route_or_put_off(appeal_id=appeal_id, now=timezone.now())


@shared_task(name="appeals.route_waiting")
def route_waiting(**_: Any) -> int:
    """Routes what no hint reached, those never tried first; returns how many.

    One appeal that cannot be routed is put off, each time for longer, and does not hold up the others.
    """
    now = timezone.now()
    waiting = Appeal.objects.unrouted().to_try(now).values_list("pk", flat=True)[:SWEEP]
    return sum(services.route_or_put_off(appeal_id=pk, now=now) for pk in list(waiting))


@shared_task(name="appeals.escalate")
def escalate(**_: Any) -> int:
    """Steps open appeals through the ladder of reminders, those waiting longest first; returns how many steps."""
    now = timezone.now()
    taken = 0
    while steps := services.climb(now=now, limit=CLIMB):
        taken += steps
    return taken


@shared_task(name="appeals.scan_files")
def scan_files(**_: Any) -> int:
    """Gives waiting files their verdict, those never tried first; returns how many got one."""
    judged = silent = 0
    while can_judge() and judged < SWEEP and silent < GIVE_UP:
        verdict = services.scan_next(now=timezone.now())
        if verdict is None:
            break
        judged, silent = (judged, silent + 1) if verdict == ScanVerdict.PENDING else (judged + 1, silent)
    return judged


@shared_task(name="appeals.forget_drafts")
def forget_drafts(**_: Any) -> int:
    """Deletes drafts whose time is over, with their files; returns how many. One that fails holds up no other."""
    now = timezone.now()
    gone = 0
    expired = AppealDraft.objects.filter(expires_at__lte=now).order_by("expires_at")
    for pk in list(expired.values_list("pk", flat=True)[:FORGET]):
        try:
            gone += services.forget_draft(draft_id=pk, now=now)
        except Exception:
            log.exception("Draft %s cannot be deleted", pk)
    return gone


@shared_task(name="appeals.forget_searches")
def forget_searches(**_: Any) -> int:
    """Deletes searches that were kept for a day only, old notices, and who had which case open; returns how many
    searches."""
    now = timezone.now()
    forget_presences(now=now)
    services.forget_notices(now=now)
    return searches.forget_searches(now=now)


@shared_task(name="appeals.tell_of_views")
def tell_of_views(**_: Any) -> int:
    """Writes the mails of saved views that are due; returns how many. A repeated run writes none twice."""
    return telling.tell_of_views(now=timezone.now())


@shared_task(name="appeals.tell_of_notices")
def tell_of_notices(**_: Any) -> int:
    """Writes the morning mails of unread notices; returns how many. A repeated run writes none twice."""
    return write_digests(now=timezone.now())


@shared_task(name="appeals.draw_sample")
def draw_sample(**_: Any) -> int:
    """Draws cases whose answers are looked at again; returns how many. Repeated, it draws none twice."""
    return services.draw_sample(now=timezone.now())


@shared_task(name="appeals.send_held")
def send_held(**_: Any) -> int:
    """Sends what waited for its writer to change their mind; returns how many left."""
    return send_due(now=timezone.now())


@shared_task(name="appeals.new_code")
def new_code(*, key: str, **_: Any) -> None:
    """Sends a new access code where number and contact belong together. A request is taken once."""
    asked = cache.get(asked_key(key))
    if asked and cache.delete(asked_key(key)):
        services.replace_access_code(**asked, now=timezone.now())


@shared_task(name="appeals.turn_answers")
def turn_answers(**_: Any) -> int:
    """Makes current the answers published for a day that has come, and writes down how often answers were read."""
    now = timezone.now()
    write_views(now=now)
    return turn_pages(now=now)


@shared_task(name="appeals.draft_link")
def draft_link(*, key: str, **_: Any) -> None:
    """Sends the link to an unfinished appeal. Lost, it is asked for again."""
    asked = cache.get(asked_key(key))
    if asked and cache.delete(asked_key(key)):
        send_draft_link(**asked)


@shared_task(name="appeals.end_waits")
def end_waits(**_: Any) -> int:
    """Gives cases back to their desks whose wait is over in vain, those waiting longest first; returns how many."""
    now = timezone.now()
    # No region of the country is behind UTC: a day that is over there is over everywhere.
    over = Appeal.objects.filter(state__in=sorted(WAITING), wait_until__lt=now.date()).order_by("wait_until")
    return _each(over, lambda pk: services.resume(appeal_id=pk, reason=WAITED, actor=SYSTEM, now=now))


@shared_task(name="appeals.remind_asked")
def remind_asked(**_: Any) -> int:
    """Reminds clinics and experts of what they owe, before the day and after it; returns of how many rows."""
    return services.remind_asked(now=timezone.now())


@shared_task(name="appeals.close_rested")
def close_rested(**_: Any) -> int:
    """Closes what was answered, forwarded or declined and not objected to in time; returns how many."""
    now = timezone.now()
    over = Appeal.objects.filter(state__in=sorted(RESTING), close_at__lte=now).order_by("close_at")
    return _each(over, lambda pk: services.close(appeal_id=pk, actor=SYSTEM, now=now))


@shared_task(name="appeals.count")
def count(**_: Any) -> int:
    """Counts for the reports what was written since the last count; returns how many facts changed."""
    return count_appeals(now=timezone.now()).changed


def _each(rows: AppealQuerySet, job: Callable[[int], object]) -> int:
    """Does the job for each, one transaction a row; one that fails, or that a colleague was faster with, holds up
    no other."""
    done = 0
    for pk in list(rows.values_list("pk", flat=True)[:FORGET]):
        try:
            job(pk)
        except AppealError:
            continue
        except Exception:
            log.exception("Appeal %s stays as it is", pk)
        else:
            done += 1
    return done
