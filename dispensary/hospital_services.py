"""Services of control over planned hospital care: what a colleague writes down, and telling people of a breach."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from dispensary.case_services import NotPossible, message_channel
from dispensary.hospital import Judged, Stay, judge
from dispensary.models import HospitalEvent, HospitalReferral
from dispensary.models.aftercare import CancelReason, HospitalAct
from notifications.services import Recipient, draft, enqueue_many
from registry.models import User
from registry.scoping import Role, Scope

EVENT = "hospital_wait"
BATCH = 500
# Who was admitted late is told of the right to complain for so long; later it would only puzzle.
LATELY = timedelta(days=30)
WRITERS = (Role.CASE_WORKER, Role.EXPERT)


def standing_of(row: HospitalReferral, today: date) -> Judged:
    stay = Stay(
        latest=row.latest_on,
        planned_on=row.planned_on,
        admitted_on=row.admitted_on,
        cancelled_on=row.cancelled_on,
    )
    return judge(stay, today)


@transaction.atomic
def record(
    *,
    referral_id: int,
    act: HospitalAct,
    on_day: date | None,
    reason: CancelReason | None,
    note: str,
    actor: User,
    scope: Scope,
    now: datetime,
) -> HospitalReferral:
    """Writes down one step about a referral.

    Errors: HospitalReferral.DoesNotExist for what the reader cannot see or may not change; NotPossible with the
    reason.
    """
    rows = HospitalReferral.objects.visible_to(scope).filter(insurer__in=scope.organizations(*WRITERS))
    row = rows.select_for_update(of=("self",)).select_related("region").get(pk=referral_id)
    _check(row, act, on_day, reason, note, timezone.localdate(now, row.region.zone))
    if act == HospitalAct.PLANNED:
        row.planned_on = on_day
    elif act == HospitalAct.ADMITTED:
        row.admitted_on = on_day
    elif act == HospitalAct.CANCELLED:
        row.cancelled_on, row.cancel_reason = on_day, reason or ""
    elif act == HospitalAct.OFFERED:
        row.offered_at = now
    row.save(update_fields=["planned_on", "admitted_on", "cancelled_on", "cancel_reason", "offered_at"])
    HospitalEvent.objects.create(referral=row, act=act, on_day=on_day, note=note, by=actor, at=now)
    return row


_WITH_DAY = (HospitalAct.PLANNED, HospitalAct.ADMITTED, HospitalAct.CANCELLED)


def _check(
    row: HospitalReferral,
    act: HospitalAct,
    day: date | None,
    reason: CancelReason | None,
    note: str,
    today: date,
) -> None:
    ended = row.admitted_on is not None or row.cancelled_on is not None
    if ended and act in _WITH_DAY:
        raise NotPossible("Итог по этому направлению уже записан")
    if act in _WITH_DAY and day is None:
        raise NotPossible("Укажите день")
    if day is not None and day < row.referred_on:
        raise NotPossible("Это раньше дня направления")
    if act in (HospitalAct.ADMITTED, HospitalAct.CANCELLED) and day is not None and day > today:
        raise NotPossible("Этот день ещё не наступил")
    if act == HospitalAct.CANCELLED and reason is None:
        raise NotPossible("Выберите причину отмены")
    if act == HospitalAct.TALKED and not note:
        raise NotPossible("Запишите, о чём договорились")
    if act == HospitalAct.OFFERED and not standing_of(row, today).breached:
        raise NotPossible("Срок не нарушен: обжаловать нечего")


@transaction.atomic
def offer_complaints(*, now: datetime) -> int:
    """Tells people whose lawful wait was broken that they may complain; once each. Returns how many were told.

    Consent and quiet hours are asked for when the message leaves. Nothing in it says what the person waits for.
    """
    today = timezone.localdate(now)
    late = Q(latest_on__lt=today, admitted_on__isnull=True)
    late |= Q(admitted_on__gte=today - LATELY, admitted_on__gt=F("latest_on"))
    # Whoever cannot be written to is left out here: they would fill every batch for ever.
    reached = Q(person__phone__startswith="+7") | ~Q(person__email="") | ~Q(person__address="")
    rows = HospitalReferral.objects.filter(
        late,
        reached,
        latest_on__isnull=False,
        cancelled_on__isnull=True,
        offered_at__isnull=True,
        person__died_on__isnull=True,
    )
    held = rows.select_for_update(skip_locked=True, of=("self",)).select_related("person", "region")
    found = [
        row
        for row in held.order_by("latest_on", "pk")[:BATCH]
        if standing_of(row, timezone.localdate(now, row.region.zone)).breached
    ]
    drafts, told = [], []
    for row in found:
        channel = message_channel(row.person)
        if channel is not None:
            link = f"{settings.PORTAL_URL}/cabinet/exams/"
            told.append(row)
            drafts.append(
                draft(
                    event=EVENT,
                    channel=channel,
                    recipient=Recipient.of(row.person),
                    payload={"link": link},
                    dedupe_key=f"hospital:{row.pk}",
                    now=now,
                    region=row.region,
                    person=row.person,
                )
            )
    enqueue_many(messages=drafts)
    HospitalReferral.objects.filter(pk__in=[row.pk for row in told]).update(offered_at=now)
    HospitalEvent.objects.bulk_create(
        HospitalEvent(referral=row, act=HospitalAct.OFFERED, at=now) for row in told
    )
    return len(told)
