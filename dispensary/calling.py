"""The list of calls: who gets which person. Each service is one transaction; outcomes are in `outcomes`.

A person is leased to one caller for some minutes. The lease is taken by one conditional update that skips rows
somebody else is just taking, so two callers never get the same person, and a caller who went home costs no more
than those minutes.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from dispensary import aftercare_services, escalation
from dispensary.models import (
    Call,
    CallKind,
    CallOutcome,
    Campaign,
    Invitation,
    InvitationState,
)
from dispensary.models.calls import LEVEL_OF_ROLE, CallQuerySet
from dispensary.models.campaigns import ExcludedReason
from dispensary.reference import policy_on
from notifications.rechecks import Rules, free_again_at
from registry.models import Consent, User
from registry.models.people import ConsentPurpose, ContactChannel
from registry.scoping import Scope

# People at the head of the list who turned out to need no call; more in a row would be a fault of the list.
_LOOKS = 50


class NotYours(RuntimeError):
    """The person is not kept for this caller: the minutes are over, or it is somebody else's call."""


_TAKE = """
UPDATE dispensary_call SET leased_by_id = %(me)s, leased_until = %(until)s
WHERE id = (
    SELECT c.id FROM dispensary_call c
    LEFT JOIN dispensary_invitation i ON i.id = c.invitation_id
    LEFT JOIN dispensary_campaign campaign ON campaign.id = i.campaign_id
    WHERE c.closed_at IS NULL AND c.insurer_id = ANY(%(insurers)s) AND c.level = %(level)s
        AND c.due_at <= %(now)s AND (c.leased_until IS NULL OR c.leased_until <= %(now)s)
        AND c.time_zone = ANY(%(zones)s) AND (i.id IS NULL OR campaign.state = 'running')
    ORDER BY c.due_at, c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED
)
RETURNING id
"""
# A region has one zone or a few; the open calls of an insurer are read once to find them.
_ZONES = """
SELECT DISTINCT time_zone, region_id FROM dispensary_call
WHERE closed_at IS NULL AND insurer_id = ANY(%s) AND level = %s
"""


def my_levels(scope: Scope) -> dict[int, frozenset[int]]:
    """The insurers at which the reader calls, by level."""
    found = {level: scope.organizations(role) for role, level in LEVEL_OF_ROLE.items()}
    return {level: insurers for level, insurers in found.items() if insurers}


def current(*, actor: User, now: datetime) -> Call | None:
    """The person kept for this caller at the moment."""
    return _detailed().filter(leased_by=actor, leased_until__gt=now, closed_at__isnull=True).first()


@transaction.atomic
def take_next(*, actor: User, scope: Scope, now: datetime) -> Call | None:
    """The caller's present person, else the next one who may be disturbed now; None when there is nobody."""
    held = current(actor=actor, now=now)
    if held is not None:
        return held
    # A lease that ran out is given up before another is taken: one caller, one person.
    Call.objects.filter(leased_by=actor, closed_at__isnull=True).update(leased_by=None, leased_until=None)
    for level, insurers in my_levels(scope).items():
        for _ in range(_LOOKS):
            taken = _take(actor, level, insurers, now)
            if taken is None:
                break
            if _still_needed(taken, now):
                return taken
    return None


def wakes_at(*, scope: Scope, now: datetime) -> datetime | None:
    """When the first of the people on the reader's list may be called, if that is later than now; else None."""
    rules, moments = Rules(now.date()), []
    for level, insurers in my_levels(scope).items():
        with connection.cursor() as cursor:
            cursor.execute(_ZONES, [list(insurers), level])
            moments += [rules.within_hours(now, zone, region) for zone, region in cursor.fetchall()]
    return min(moments, default=now) if min(moments, default=now) > now else None


def _take(actor: User, level: int, insurers: frozenset[int], now: datetime) -> Call | None:
    rules = Rules(now.date())
    with connection.cursor() as cursor:
        cursor.execute(_ZONES, [list(insurers), level])
        places = cursor.fetchall()
        awake = [zone for zone, region in places if rules.within_hours(now, zone, region) <= now]
        until = now + timedelta(minutes=_lease_minutes(places, now))
        cursor.execute(
            _TAKE,
            {
                "me": actor.pk,
                "until": until,
                "insurers": list(insurers),
                "level": level,
                "now": now,
                "zones": awake,
            },
        )
        row = cursor.fetchone()
    return _detailed().get(pk=row[0]) if row else None


def _lease_minutes(places: list[tuple[str, str]], now: datetime) -> int:
    return policy_on(now.date(), places[0][1]).lease_minutes if places else 0


def _detailed() -> CallQuerySet:
    return Call.objects.select_related(
        "person__clinic",
        "region",
        "insurer",
        "invitation__campaign__programme",
        "invitation__clinic",
        "case__clinic",
        "recommendation__clinic",
    )


def _still_needed(call: Call, now: datetime) -> bool:
    """Looks again before a person is disturbed; whoever needs no call is closed, or put off."""
    person, invitation = call.person, call.invitation
    asked = call.kind in (CallKind.ABSENCE, CallKind.SATISFACTION)
    needed = person.died_on is None and bool(person.phone) and _consented(person.pk)
    if invitation is not None and not asked:
        needed = needed and invitation.state == InvitationState.LISTED and invitation.came_on is None
    if call.kind == CallKind.ADVICE:
        today = timezone.localdate(now, call.region.zone)
        needed = needed and aftercare_services.overdue_of(person.pk, today).exists()
    if call.kind == CallKind.ABSENCE and invitation is not None:
        needed = needed and invitation.came_on is None
    if not needed:
        close(call, CallOutcome.NOT_NEEDED, now)
        if invitation is not None and not asked:
            _give_up(invitation, now)
        return False
    free_at = free_again_at(person.pk, call.region_id, rules=Rules(now.date()), now=now)
    if free_at > now:
        put_back(call, due_at=free_at)
        return False
    return True


def _consented(person_id: int) -> bool:
    return Consent.objects.filter(
        Q(channel=ContactChannel.PHONE) | Q(channel=""),
        person=person_id,
        purpose=ConsentPurpose.INFORMATION_SUPPORT,
        withdrawn_at__isnull=True,
    ).exists()


def _give_up(invitation: Invitation, now: datetime) -> None:
    """The call is impossible: out of the campaign with the reason, or on to the next channel."""
    person = invitation.person
    if invitation.state != InvitationState.LISTED:
        return
    if person.died_on is not None:
        exclude(invitation, ExcludedReason.DIED)
    elif invitation.came_on is not None:
        exclude(invitation, ExcludedReason.CAME_BEFORE)
    else:
        fail(invitation, now)


def exclude(invitation: Invitation, reason: ExcludedReason) -> None:
    invitation.state, invitation.excluded_reason = InvitationState.EXCLUDED, reason
    invitation.informed_at = None
    invitation.save(update_fields=["state", "excluded_reason", "informed_at"])


def fail(invitation: Invitation, now: datetime) -> None:
    invitation.state = InvitationState.FAILED
    invitation.save(update_fields=["state"])
    campaign = Campaign.objects.select_related("region").get(pk=invitation.campaign_id)
    escalation.move_on(campaign, [invitation.pk], now=now)
    invitation.refresh_from_db()


@transaction.atomic
def release(*, call_id: int, actor: User, scope: Scope) -> None:
    """Gives the person back untouched, for whoever is next. Errors: NotYours."""
    put_back(held(call_id, actor, scope), due_at=None)


def put_back(call: Call, *, due_at: datetime | None) -> None:
    call.leased_by, call.leased_until = None, None
    call.due_at = due_at or call.due_at
    call.save(update_fields=["leased_by", "leased_until", "due_at"])


def held(call_id: int, actor: User, scope: Scope) -> Call:
    """The call under lock, if it is kept for this caller. A lease that ran out counts while nobody else took it."""
    rows = _detailed().visible_to(scope).select_for_update(of=("self",))
    call = rows.filter(pk=call_id).first()
    if call is None or call.leased_by_id != actor.pk or call.closed_at is not None:
        raise NotYours(call_id)
    return call


def close(call: Call, outcome: CallOutcome, now: datetime) -> None:
    call.closed_at, call.outcome = now, outcome
    call.leased_by, call.leased_until = None, None
    call.save(update_fields=["closed_at", "outcome", "leased_by", "leased_until"])
