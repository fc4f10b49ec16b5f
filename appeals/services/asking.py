"""Reminders to those who owe a reply or an act: once before it is due, once when it is overdue."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q, QuerySet

from appeals.asked import clinic_readers
from appeals.deadlines import local_day
from appeals.lifecycle import OPEN
from appeals.models import Appeal, ClinicRequest, Expertise
from appeals.policy import calendar_from, terms
from appeals.reminders import Reader, staff_message
from notifications.models import Message
from notifications.services import enqueue_many
from registry.models import Region, User

log = logging.getLogger(__name__)
LIMIT = 500
BEFORE, AFTER = 1, 2


class Asked(Protocol):
    """A request or an expertise: what both have that is needed here."""

    pk: int
    due_on: date
    reminded: int
    appeal: Appeal


def remind_asked(*, now: datetime) -> int:
    """Reminds clinics of requests, and whoever has the case of expertises; returns how many were reminded of.

    Safe to run twice and on two machines: a row is taken under lock and moves on in the same transaction. A region
    whose calendar is missing does not hold up the others.
    """
    done = 0
    for region in Region.objects.order_by("pk"):
        try:
            done += _region(region, now)
        except Exception:
            log.exception("Nobody is reminded in region %s", region.pk)
    return done


@transaction.atomic
def _region(region: Region, now: datetime) -> int:
    today = local_day(now, region.zone)
    ahead = terms().at("asked_reminder", today).value
    warn = calendar_from(region.pk, today).add_working(today, ahead)
    requests = list(
        _due(ClinicRequest.objects.unanswered(), region, today, warn).select_related("appeal", "clinic")
    )
    expertises = list(_due(Expertise.objects.filter(received_at=None), region, today, warn))
    clinics = clinic_readers([one.clinic_id for one in requests], now)
    people = _people([*(one.appeal for one in requests), *(one.appeal for one in expertises)], expertises)
    lists: defaultdict[tuple[str, Reader], list[Asked]] = defaultdict(list)
    for request in requests:
        late = request.due_on < today
        for reader in clinics.get(request.clinic_id, []):
            lists["clinic_overdue" if late else "clinic_due", reader].append(request)
        # Whoever has the case decides what to do without the reply.
        if late and (holder := people.get(request.appeal.worker_id or 0)):
            lists["reply_overdue", holder].append(request)
    for act in expertises:
        event = "expertise_overdue" if act.due_on < today else "expertise_due"
        owners = {act.appeal.worker_id, act.ordered_by_user_id} - {None}
        for reader in filter(None, (people.get(pk or 0) for pk in sorted(owners, key=str))):
            lists[event, reader].append(act)
    _moved(ClinicRequest.objects.all(), requests, today)
    _moved(Expertise.objects.all(), expertises, today)
    enqueue_many(messages=_messages(lists, region, now))
    return len(requests) + len(expertises)


def _due(rows: QuerySet[Any], region: Region, today: date, warn: date) -> QuerySet[Any]:
    """Those waiting longest first; the partial indexes hold what is unanswered alone."""
    steps = Q(reminded__lt=BEFORE, due_on__lte=warn) | Q(reminded__lt=AFTER, due_on__lt=today)
    return (
        rows.select_for_update(of=("self",), skip_locked=True)
        .filter(steps, due_on__lte=warn, appeal__region=region, appeal__state__in=sorted(OPEN))
        .select_related("appeal")
        .order_by("due_on", "pk")[:LIMIT]
    )


def _people(appeals: Iterable[Appeal], expertises: Iterable[Expertise]) -> dict[int, Reader]:
    known = [*(one.worker_id for one in appeals), *(one.ordered_by_user_id for one in expertises)]
    wanted = {pk for pk in known if pk is not None}
    active = User.objects.filter(pk__in=wanted, is_active=True).exclude(email="")
    return {row[0]: Reader(*row) for row in active.values_list("pk", "email", "full_name", "language")}


def _moved(rows: QuerySet[Any], reminded: Sequence[Asked], today: date) -> None:
    """What came to notice only when it was overdue needs no reminder before."""
    late = [one.pk for one in reminded if one.due_on < today]
    soon = [one.pk for one in reminded if one.due_on >= today]
    if late:
        rows.filter(pk__in=late).update(reminded=AFTER)
    if soon:
        rows.filter(pk__in=soon).update(reminded=BEFORE)


def _messages(
    lists: dict[tuple[str, Reader], list[Asked]], region: Region, now: datetime
) -> Iterator[Message]:
    pages = {"clinic_due": "clinic_requests", "clinic_overdue": "clinic_requests"}
    for (event, reader), asked in lists.items():
        yield staff_message(
            event,
            reader,
            lines=[(one.appeal.number, one.due_on) for one in asked],
            # Each row is told of once in a step, so the first makes the key unique.
            key=f"{type(asked[0]).__name__}:{asked[0].pk}",
            region=region.pk,
            now=now,
            page=pages.get(event, "staff_queue"),
        )
