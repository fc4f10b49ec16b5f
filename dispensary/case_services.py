"""Services of observation: visits, calls, taking off, consent; and the reminders that a worker writes."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import formats, timezone, translation

from dispensary.following import CALL_AFTER, MISSED_AFTER, Step, call_again, next_step
from dispensary.models import Call, CallOutcome, ObservationCase, ObservationContact, ObservationVisit
from dispensary.models.following import ContactOutcome
from dispensary.models.observation import TakenOffReason
from dispensary.observation import next_window, rule_for
from dispensary.reference import current_observation_rules
from notifications.models import Message
from notifications.services import Recipient, draft, enqueue_many
from registry.models import Consent, ConsentText, User
from registry.models.people import ConsentPurpose, ContactChannel, InsuredPerson
from registry.phones import display_phone
from registry.scoping import Scope

EVENT = "visit_reminder"
BATCH = 500
# A window that closed longer ago is for a call alone: a message would only puzzle.
STALE = timedelta(days=90)


class NotPossible(ValueError):
    """Why the case cannot take this; the message is for the one who acts."""


def _locked(case_id: int, scope: Scope) -> ObservationCase:
    rows = ObservationCase.objects.visible_to(scope).select_for_update(of=("self",))
    case = rows.select_related("person", "region").get(pk=case_id)
    if case.taken_off_on is not None:
        raise NotPossible("Наблюдение уже закончено")
    return case


def _check_day(case: ObservationCase, day: date, now: datetime) -> None:
    if day > timezone.localdate(now, case.region.zone):
        raise NotPossible("Этот день ещё не наступил")
    if day < case.put_on:
        raise NotPossible("Это раньше постановки под наблюдение")


@transaction.atomic
def record_visit(
    *, case_id: int, visited_on: date, actor: User, scope: Scope, now: datetime
) -> ObservationCase:
    """Notes a visit and counts the next window from the last one.

    Errors: ObservationCase.DoesNotExist for what the reader cannot see; NotPossible with the reason.
    """
    case = _locked(case_id, scope)
    _check_day(case, visited_on, now)
    ObservationVisit.objects.get_or_create(
        case=case, visited_on=visited_on, defaults={"by": actor, "at": now}
    )
    _move_window(case, visited_on)
    _close_calls(case, now)
    return case


def _move_window(case: ObservationCase, visited_on: date) -> None:
    if case.last_visit_on is not None and visited_on <= case.last_visit_on:
        return
    case.last_visit_on, case.call_after = visited_on, None
    rule = rule_for(case.icd10, visited_on, current_observation_rules())
    window = next_window(rule, case.put_on, visited_on) if rule else None
    case.visit_from = window.opens if window else None
    case.visit_to = window.closes if window else None
    case.save(update_fields=["last_visit_on", "call_after", "visit_from", "visit_to"])


@transaction.atomic
def record_call(
    *,
    case_id: int,
    outcome: ContactOutcome,
    on_day: date | None,
    note: str,
    actor: User,
    scope: Scope,
    now: datetime,
) -> ObservationCase:
    """Notes what a called person said and when to call again.

    Errors: as of `record_visit`; IntegrityError for a day or a reason missing, see `ObservationContact`.
    """
    case = _locked(case_id, scope)
    today = timezone.localdate(now, case.region.zone)
    if case.visit_to is None:
        raise NotPossible("Для этого случая срок приёма не назначен")
    if outcome == ContactOutcome.VISITED and on_day is not None:
        _check_day(case, on_day, now)
    if outcome == ContactOutcome.WILL_VISIT and on_day is not None and on_day < today:
        raise NotPossible("День, когда человек придёт, уже прошёл")
    _hear(case, outcome, on_day, note, actor, now)
    _close_calls(case, now)
    return case


_HEARD = {
    CallOutcome.CAME: ContactOutcome.VISITED,
    CallOutcome.WILL_COME: ContactOutcome.WILL_VISIT,
    CallOutcome.NO_ANSWER: ContactOutcome.NO_ANSWER,
    CallOutcome.REFUSED: ContactOutcome.REFUSED,
    CallOutcome.WRONG_NUMBER: ContactOutcome.WRONG_NUMBER,
}
_GONE = {CallOutcome.MOVED: TakenOffReason.MOVED, CallOutcome.DIED: TakenOffReason.DIED}
# The list of calls keeps the reason of a refusal by its own dictionary.
_ELSEWHERE = "причина записана в списке звонков"


def hear(
    *, call: Call, outcome: CallOutcome, on_day: date | None, note: str, actor: User, now: datetime
) -> None:
    """What came of a call from the list of calls about a missed visit. The caller holds the call and the
    transaction."""
    rows = ObservationCase.objects.select_for_update(of=("self",)).select_related("region")
    case = rows.filter(calls=call, taken_off_on__isnull=True, visit_to__isnull=False).first()
    if case is None:
        return
    today = timezone.localdate(now, case.region.zone)
    if outcome in _GONE:
        _end(case, today, _GONE[outcome], actor)
        return
    heard = _HEARD.get(outcome)
    if heard is not None:
        if heard == ContactOutcome.VISITED and on_day is not None:
            on_day = min(max(on_day, case.put_on), today)
        _hear(
            case, heard, on_day, note or (_ELSEWHERE if heard == ContactOutcome.REFUSED else ""), actor, now
        )


def _hear(
    case: ObservationCase, outcome: ContactOutcome, on_day: date | None, note: str, actor: User, now: datetime
) -> None:
    window_to = case.visit_to
    if window_to is None:
        return
    ObservationContact.objects.create(
        case=case,
        window_to=window_to,
        step=Step.CALL,
        outcome=outcome,
        on_day=on_day,
        note=note,
        by=actor,
        at=now,
    )
    if outcome == ContactOutcome.VISITED and on_day is not None:
        ObservationVisit.objects.get_or_create(
            case=case, visited_on=on_day, defaults={"by": actor, "at": now}
        )
        _move_window(case, on_day)
        return
    today = timezone.localdate(now, case.region.zone)
    case.call_after = _next_call(case, outcome, on_day, window_to, today)
    case.save(update_fields=["call_after"])


def _close_calls(case: ObservationCase, now: datetime) -> None:
    """Whatever waits in the list of calls about this case is not needed any more."""
    waiting = Call.objects.filter(case=case, closed_at__isnull=True)
    waiting.update(closed_at=now, outcome=CallOutcome.NOT_NEEDED, leased_by=None, leased_until=None)


def _next_call(
    case: ObservationCase, outcome: ContactOutcome, on_day: date | None, window_to: date, today: date
) -> date:
    if outcome == ContactOutcome.WILL_VISIT and on_day is not None:
        return on_day + timedelta(days=MISSED_AFTER)
    if outcome in {ContactOutcome.NO_ANSWER, ContactOutcome.WRONG_NUMBER}:
        calls = case.contacts.filter(window_to=window_to, step=Step.CALL).count()
        return call_again(calls, today)
    # Who refused or found no booking is left alone for a month: the clinic has to act first.
    return today + timedelta(days=30)


@transaction.atomic
def take_off(
    *, case_id: int, day: date, reason: TakenOffReason, actor: User, scope: Scope, now: datetime
) -> ObservationCase:
    """Ends the observation. Errors: as of `record_visit`."""
    case = _locked(case_id, scope)
    _check_day(case, day, now)
    _end(case, day, reason, actor)
    _close_calls(case, now)
    return case


def _end(case: ObservationCase, day: date, reason: TakenOffReason, actor: User) -> None:
    case.taken_off_on, case.taken_off_reason, case.taken_off_by = day, reason, actor
    case.visit_from = case.visit_to = case.call_after = None
    case.save(
        update_fields=[
            "taken_off_on",
            "taken_off_reason",
            "taken_off_by",
            "visit_from",
            "visit_to",
            "call_after",
        ]
    )


@transaction.atomic
def record_consent(*, person: InsuredPerson, now: datetime) -> bool:
    """A consent to information support that the person gave by voice, for all channels; False if there is one.

    `person` comes from the actor's scope. Errors: ConsentText.DoesNotExist where no text is in force.
    """
    text = ConsentText.objects.filter(
        purpose=ConsentPurpose.INFORMATION_SUPPORT, language="ru", valid_from__lte=timezone.localdate(now)
    ).latest("version")
    _consent, created = Consent.objects.get_or_create(
        person=person,
        purpose=ConsentPurpose.INFORMATION_SUPPORT,
        channel="",
        withdrawn_at=None,
        defaults={"text": text, "given_at": now},
    )
    return created


def has_consent(person: InsuredPerson) -> bool:
    """Whether the person agreed to be reminded by some channel at least."""
    given = Consent.objects.filter(person=person, purpose=ConsentPurpose.INFORMATION_SUPPORT)
    return given.filter(withdrawn_at__isnull=True).exists()


# Who agreed to be called and whose visit was missed long enough ago goes to level 3, one open call a case.
_LIST_CALLS = """
INSERT INTO dispensary_call (person_id, region_id, insurer_id, level, kind, case_id, time_zone, opened_at, due_at)
SELECT c.person_id, c.region_id, c.insurer_id, 3, 'visit', c.id,
    coalesce(nullif(p.time_zone, ''), region.time_zone), %(now)s, %(now)s
FROM dispensary_observationcase c
JOIN registry_insuredperson p ON p.id = c.person_id
JOIN registry_region region ON region.code = c.region_id
WHERE c.taken_off_on IS NULL AND c.visit_to <= %(before)s AND (c.call_after IS NULL OR c.call_after <= %(today)s)
    AND p.died_on IS NULL AND p.phone <> ''
    AND NOT EXISTS (SELECT FROM dispensary_call o WHERE o.case_id = c.id AND o.closed_at IS NULL)
    AND EXISTS (
        SELECT FROM registry_consent s WHERE s.person_id = p.id AND s.purpose = 'information_support'
            AND s.withdrawn_at IS NULL AND s.channel IN ('phone', '')
    )
ORDER BY c.visit_to, c.id LIMIT %(limit)s
ON CONFLICT (case_id) WHERE closed_at IS NULL DO NOTHING
"""
_WAITING = 5_000


def list_calls(*, now: datetime) -> int:
    """Puts people whose visit was missed on the list of calls of level 3; returns how many are new."""
    today = timezone.localdate(now)
    before = today - timedelta(days=CALL_AFTER)
    with connection.cursor() as cursor:
        cursor.execute(_LIST_CALLS, {"now": now, "today": today, "before": before, "limit": _WAITING})
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
    written = ObservationContact.objects.filter(
        case=OuterRef("pk"), window_to=OuterRef("visit_to"), step=step
    )
    rows = ObservationCase.objects.filter(
        ~Exists(written), taken_off_on__isnull=True, person__died_on__isnull=True
    )
    if step is Step.REMIND:
        rows = rows.filter(visit_from__lte=today, visit_to__gte=today)
    else:
        rows = rows.filter(visit_to__lte=today - timedelta(days=MISSED_AFTER), visit_to__gt=today - STALE)
    held = rows.select_for_update(skip_locked=True, of=("self",)).select_related("person", "clinic", "region")
    batch = [case for case in held.order_by("visit_to", "pk")[:BATCH] if _is_due(case, step, now)]
    contacts = [
        ObservationContact(case=case, window_to=case.visit_to, step=step, at=now)
        for case in batch
        if case.visit_to is not None
    ]
    ObservationContact.objects.bulk_create(contacts, ignore_conflicts=True)
    enqueue_many(messages=[message for case in batch if (message := _message(case, step, now)) is not None])
    return len(batch)


def _is_due(case: ObservationCase, step: Step, now: datetime) -> bool:
    """By the pure rule and the region's own date; the query before it only finds those near."""
    today = timezone.localdate(now, case.region.zone)
    found = next_step(case.visit_from, case.visit_to, frozenset(), today)
    return found is not None and (found.step is step or (step is Step.REPEAT and found.step is Step.CALL))


def _message(case: ObservationCase, step: Step, now: datetime) -> Message | None:
    """No diagnosis, no doctor, no reason: a visit, a clinic and a phone. None where no message can reach the person."""
    person, closes = case.person, case.visit_to
    channel = message_channel(person)
    if channel is None or closes is None:
        return None
    with translation.override("ru"):
        last = formats.date_format(closes, "j E Y")
    payload = {
        "period": f"до {last}" if step is Step.REMIND else "в ближайшие дни",
        "clinic": case.clinic.short_name,
        "phone": display_phone(case.clinic.phone) if case.clinic.phone else "122",
        "link": f"{settings.PORTAL_URL}/cabinet/exams/",
    }
    if channel != ContactChannel.SMS:
        payload["clinic_address"] = case.clinic.address
    return draft(
        event=EVENT,
        channel=channel,
        recipient=Recipient.of(person),
        payload=payload,
        dedupe_key=f"visit:{case.pk}:{closes:%Y%m%d}:{step}",
        now=now,
        region=case.region,
        person=person,
    )


def message_channel(person: InsuredPerson) -> ContactChannel | None:
    """The preferred channel where it works, else what works; consent is asked for again when the message leaves."""
    works = {
        ContactChannel.SMS: person.phone.startswith("+7"),
        ContactChannel.EMAIL: bool(person.email),
        ContactChannel.POST: bool(person.address),
    }
    preferred = [channel for channel in works if channel == person.preferred_channel]
    return next((channel for channel in (*preferred, *works) if works[channel]), None)
