"""Services of recommendations after an exam: writing them down, reminders, calls, and what came of them.

A person with several recommendations gets one message and one call about all of them.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from dispensary.aftercare import CALL_AFTER, MISSED_AFTER, REMIND_BEFORE, next_step
from dispensary.case_services import NotPossible, message_channel
from dispensary.following import Step, call_again
from dispensary.models import (
    Call,
    CallOutcome,
    Recommendation,
    RecommendationContact,
    RecommendationEnd,
    RecommendationKind,
)
from dispensary.models.following import ContactOutcome
from notifications.models import Message
from notifications.services import Recipient, draft, enqueue_many
from registry.models import InsuredPerson, User
from registry.models.people import ContactChannel
from registry.phones import display_phone
from registry.scoping import Role, Scope

EVENT = "advice_reminder"
BATCH = 500
# A recommendation overdue for longer is for a call alone: a message would only puzzle.
STALE = timedelta(days=60)
# Who refused a call or could not book is left alone for so long.
PAUSE = timedelta(days=30)


@transaction.atomic
def add(
    *,
    person_id: int,
    kind: RecommendationKind,
    what: str,
    given_on: date,
    due_on: date,
    actor: User,
    scope: Scope,
    now: datetime,
) -> Recommendation:
    """Writes down what level 3 heard from a clinic or the person.

    Errors: InsuredPerson.DoesNotExist for whom the reader does not follow; NotPossible with the reason.
    """
    people = InsuredPerson.objects.visible_to(scope).filter(insurer__in=scope.organizations(Role.EXPERT))
    person = people.select_related("region").get(pk=person_id)
    if person.clinic_id is None or person.insurer_id is None:
        raise NotPossible("Человек не прикреплён к медицинской организации")
    if given_on > timezone.localdate(now, person.region.zone):
        raise NotPossible("Этот день ещё не наступил")
    if due_on < given_on:
        raise NotPossible("Срок раньше дня рекомендации")
    row, created = Recommendation.objects.get_or_create(
        person=person,
        kind=kind,
        what=what,
        given_on=given_on,
        defaults={
            "region_id": person.region_id,
            "insurer_id": person.insurer_id,
            "clinic_id": person.clinic_id,
            "due_on": due_on,
            "stated_at": now,
        },
    )
    if not created:
        raise NotPossible("Такая рекомендация уже записана")
    return row


@transaction.atomic
def close(
    *,
    recommendation_id: int,
    end: RecommendationEnd,
    day: date,
    note: str,
    actor: User,
    scope: Scope,
    now: datetime,
) -> Recommendation:
    """Ends a recommendation: by staff, or by the person who says that it is done.

    Errors: Recommendation.DoesNotExist for what the reader cannot see; NotPossible with the reason.
    """
    rows = Recommendation.objects.visible_to(scope).select_for_update(of=("self",)).select_related("region")
    row = rows.get(pk=recommendation_id)
    if row.end:
        raise NotPossible("Итог уже записан")
    if day > timezone.localdate(now, row.region.zone):
        raise NotPossible("Этот день ещё не наступил")
    if day < row.given_on:
        raise NotPossible("Это раньше дня рекомендации")
    if end == RecommendationEnd.REFUSED and not note:
        raise NotPossible("Запишите причину отказа словами человека")
    _end(row, end, day, note, actor)
    _close_needless(row.person_id, now)
    return row


def _end(row: Recommendation, end: RecommendationEnd, day: date, note: str, actor: User) -> None:
    row.end, row.ended_on, row.end_note, row.ended_by = end, max(day, row.given_on), note, actor
    row.call_after = None
    row.save(update_fields=["end", "ended_on", "end_note", "ended_by", "call_after"])


def _close_needless(person_id: int, now: datetime) -> None:
    """A waiting call with nothing left to ask about is taken off the list."""
    if overdue_of(person_id, timezone.localdate(now)).exists():
        return
    waiting = Call.objects.filter(person=person_id, recommendation__isnull=False, closed_at__isnull=True)
    waiting.update(closed_at=now, outcome=CallOutcome.NOT_NEEDED, leased_by=None, leased_until=None)


def overdue_of(person_id: int, today: date) -> QuerySet[Recommendation]:
    """What a call to the person is about, the most overdue first."""
    rows = Recommendation.objects.filter(person=person_id, end="", due_on__lte=today)
    return rows.order_by("due_on", "pk")


@transaction.atomic
def record_call(
    *,
    recommendation_id: int,
    outcome: ContactOutcome,
    on_day: date | None,
    note: str,
    actor: User,
    scope: Scope,
    now: datetime,
) -> Recommendation:
    """What a called person said of one recommendation. Errors: as of `close`."""
    rows = Recommendation.objects.visible_to(scope).select_for_update(of=("self",)).select_related("region")
    row = rows.get(pk=recommendation_id)
    if row.end:
        raise NotPossible("Итог уже записан")
    today = timezone.localdate(now, row.region.zone)
    if outcome == ContactOutcome.VISITED and on_day is not None and not row.given_on <= on_day <= today:
        raise NotPossible("День выполнения — от дня рекомендации до сегодняшнего")
    if outcome == ContactOutcome.WILL_VISIT and on_day is not None and on_day < today:
        raise NotPossible("День, к которому человек обещает, уже прошёл")
    _hear(row, outcome, on_day, note, actor, now)
    _close_needless(row.person_id, now)
    return row


_HEARD = {
    CallOutcome.CAME: ContactOutcome.VISITED,
    CallOutcome.WILL_COME: ContactOutcome.WILL_VISIT,
    CallOutcome.NO_ANSWER: ContactOutcome.NO_ANSWER,
    CallOutcome.REFUSED: ContactOutcome.REFUSED,
    CallOutcome.WRONG_NUMBER: ContactOutcome.WRONG_NUMBER,
}
_GONE = {CallOutcome.MOVED: RecommendationEnd.MOVED, CallOutcome.DIED: RecommendationEnd.DIED}
_ELSEWHERE = "причина записана в списке звонков"


def hear(
    *, call: Call, outcome: CallOutcome, on_day: date | None, note: str, actor: User, now: datetime
) -> None:
    """What came of a call from the list: it answers for every overdue recommendation of the person.

    The caller holds the call and the transaction.
    """
    today = timezone.localdate(now, call.region.zone)
    gone = _GONE.get(outcome)
    rows = Recommendation.objects.filter(person=call.person_id, end="").select_related("region")
    for row in rows.select_for_update(of=("self",)).order_by("pk"):
        if gone is not None:
            _end(row, gone, today, note, actor)
        elif row.due_on <= today and outcome in _HEARD:
            _hear(row, _HEARD[outcome], on_day, note, actor, now)


def _hear(
    row: Recommendation, outcome: ContactOutcome, on_day: date | None, note: str, actor: User, now: datetime
) -> None:
    RecommendationContact.objects.create(
        recommendation=row, step=Step.CALL, outcome=outcome, on_day=on_day, note=note, by=actor, at=now
    )
    today = timezone.localdate(now, row.region.zone)
    if outcome == ContactOutcome.VISITED:
        _end(row, RecommendationEnd.DONE, min(on_day or today, today), note, actor)
    elif outcome == ContactOutcome.REFUSED:
        _end(row, RecommendationEnd.REFUSED, today, note or _ELSEWHERE, actor)
    else:
        row.call_after = _next_call(row, outcome, on_day, today)
        row.save(update_fields=["call_after"])


def _next_call(row: Recommendation, outcome: ContactOutcome, on_day: date | None, today: date) -> date:
    if outcome == ContactOutcome.WILL_VISIT:
        return (on_day or today) + timedelta(days=MISSED_AFTER)
    if outcome == ContactOutcome.NO_BOOKING:
        return today + PAUSE
    return call_again(row.contacts.filter(step=Step.CALL).count(), today)


# Who agreed to be called and let a recommendation pass long enough ago: one open call a person, level 3.
_LIST_CALLS = """
INSERT INTO dispensary_call
    (person_id, region_id, insurer_id, level, kind, recommendation_id, time_zone, opened_at, due_at)
SELECT DISTINCT ON (r.person_id) r.person_id, r.region_id, r.insurer_id, 3, 'advice', r.id,
    coalesce(nullif(p.time_zone, ''), region.time_zone), %(now)s, %(now)s
FROM dispensary_recommendation r
JOIN registry_insuredperson p ON p.id = r.person_id
JOIN registry_region region ON region.code = r.region_id
WHERE r."end" = '' AND r.due_on <= %(before)s AND (r.call_after IS NULL OR r.call_after <= %(today)s)
    AND p.died_on IS NULL AND p.phone <> ''
    AND NOT EXISTS (
        SELECT FROM dispensary_call o WHERE o.person_id = p.id AND o.kind = 'advice' AND o.closed_at IS NULL
    )
    AND EXISTS (
        SELECT FROM registry_consent s WHERE s.person_id = p.id AND s.purpose = 'information_support'
            AND s.withdrawn_at IS NULL AND s.channel IN ('phone', '')
    )
ORDER BY r.person_id, r.due_on, r.id LIMIT %(limit)s
ON CONFLICT (person_id) WHERE closed_at IS NULL AND kind = 'advice' DO NOTHING
"""
_WAITING = 5_000


def list_calls(*, now: datetime) -> int:
    """Puts people with overdue recommendations on the list of calls of level 3; returns how many are new."""
    today = timezone.localdate(now)
    given: dict[str, Any] = {
        "now": now,
        "today": today,
        "before": today - timedelta(days=CALL_AFTER),
        "limit": _WAITING,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LIST_CALLS, given)
        return int(cursor.rowcount)


def remind_all(*, now: datetime, limit: int = 20) -> int:
    """Writes the reminders that are due, a batch a transaction; returns how many. Run twice it writes none twice."""
    total = 0
    for step in (Step.REMIND, Step.REPEAT):
        for _ in range(limit):
            found = _remind_batch(step, now)
            total += found
            if found < BATCH:
                break
    return total


@transaction.atomic
def _remind_batch(step: Step, now: datetime) -> int:
    today = timezone.localdate(now)
    written = RecommendationContact.objects.filter(recommendation=OuterRef("pk"), step=step)
    rows = Recommendation.objects.filter(~Exists(written), end="", person__died_on__isnull=True)
    if step is Step.REMIND:
        rows = rows.filter(given_on__lte=today, due_on__range=(today, today + timedelta(days=REMIND_BEFORE)))
    else:
        late = (today - STALE, today - timedelta(days=MISSED_AFTER))
        rows = rows.filter(due_on__range=late)
    held = rows.select_for_update(skip_locked=True, of=("self",)).select_related("person", "clinic", "region")
    batch = [row for row in held.order_by("due_on", "pk")[:BATCH] if _is_due(row, step, now)]
    contacts = [RecommendationContact(recommendation=row, step=step, at=now) for row in batch]
    RecommendationContact.objects.bulk_create(contacts, ignore_conflicts=True)
    enqueue_many(messages=_messages(batch, step, now))
    return len(batch)


def _is_due(row: Recommendation, step: Step, now: datetime) -> bool:
    """By the pure rule and the region's own date; the query before it only finds those near."""
    found = next_step(row.given_on, row.due_on, frozenset(), timezone.localdate(now, row.region.zone))
    return found is not None and (found.step is step or (step is Step.REPEAT and found.step is Step.CALL))


def _messages(batch: list[Recommendation], step: Step, now: datetime) -> list[Message]:
    """One a person, whatever the number of recommendations: it names none of them."""
    people: defaultdict[int, list[Recommendation]] = defaultdict(list)
    for row in batch:
        people[row.person_id].append(row)
    drafts = (_message(rows[0], step, now) for rows in people.values())
    return [message for message in drafts if message is not None]


def _message(row: Recommendation, step: Step, now: datetime) -> Message | None:
    channel = message_channel(row.person)
    if channel is None:
        return None
    payload = {
        "clinic": row.clinic.short_name,
        "phone": display_phone(row.clinic.phone) if row.clinic.phone else "122",
        "link": f"{settings.PORTAL_URL}/cabinet/exams/",
    }
    if channel != ContactChannel.SMS:
        payload["clinic_address"] = row.clinic.address
    return draft(
        event=EVENT,
        channel=channel,
        recipient=Recipient.of(row.person),
        payload=payload,
        dedupe_key=f"advice:{row.pk}:{step}",
        now=now,
        region=row.region,
        person=row.person,
    )
