"""What workers do for campaigns: small steps, each one transaction that holds the campaign's row.

A row that another worker holds is skipped, not waited for, so two machines and two beats do no harm; a worker
killed half-way leaves nothing but the step it had committed, and the next tick goes on from there.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dispensary import escalation, listing, sending, services
from dispensary.lifecycle import State
from dispensary.models import Campaign, Invitation, InvitationState

log = logging.getLogger(__name__)

# Receipts may come days late; after that the figures of a closed campaign stand.
RECEIPTS_AFTER_CLOSING = timedelta(days=7)
RECOUNT_EVERY = timedelta(seconds=30)
# Of one tick; the next one goes on. A tick must end before it is due again.
STEPS = 20
_BEFORE_START = (State.PLANNED, State.APPROVED)


def advance_all(*, now: datetime) -> int:
    """Dry runs, planning, sending and winding up of every campaign that needs it; returns the steps taken."""
    recent = Q(state=State.CLOSED, closed_at__gt=now - RECEIPTS_AFTER_CLOSING)
    uncounted = Q(state__in=_BEFORE_START, dry_run_at__isnull=True)
    waiting = uncounted | Q(state=State.RUNNING) | recent
    steps = 0
    for pk in Campaign.objects.filter(waiting).order_by("pk").values_list("pk", flat=True):
        for _ in range(STEPS):
            if not _safely(advance, pk, now):
                break
            steps += 1
    return steps


def collect_all(*, now: datetime) -> int:
    """Results of messages back into the invitations of every campaign under way; returns how many changed."""
    under_way = Q(state__in=[State.RUNNING, State.PAUSED])
    recent = Q(state=State.CLOSED, closed_at__gt=now - RECEIPTS_AFTER_CLOSING)
    # A clinic's results may come long after the end; they ask for a new count by taking the old one away.
    uncounted = Q(counted_at__isnull=True)
    rows = Campaign.objects.filter(under_way | recent | uncounted, cohort_at__isnull=False).order_by("pk")
    return sum(_safely(collect, pk, now) for pk in rows.values_list("pk", flat=True))


def _safely(work: Callable[..., int], campaign_id: int, now: datetime) -> int:
    # One campaign whose rules or data are broken must not stop the others.
    try:
        return work(campaign_id=campaign_id, now=now)
    except Exception:
        log.exception("campaign %s: %s failed", campaign_id, work.__name__)
        return 0


@transaction.atomic
def advance(*, campaign_id: int, now: datetime) -> int:
    """One step; 0 when there is nothing to do or another worker is at it."""
    campaign = _claim(campaign_id)
    if campaign is None:
        return 0
    if campaign.state in _BEFORE_START and campaign.dry_run_at is None:
        services.dry_run(campaign=campaign, now=now)
        return 1
    if campaign.state == State.RUNNING and campaign.cohort_at is None:
        services.plan(campaign=campaign, now=now)
        sending.count_outcomes(campaign, now=now)
        return 1
    if campaign.state == State.RUNNING and _another_day(campaign, now):
        escalation.follow_up(campaign, now=now)
        listing.take_off(campaign, now=now)
        listing.list_surveys(campaign, now=now)
        return 1
    if campaign.state == State.RUNNING:
        return int(sending.write_batch(campaign, now=now) + listing.list_calls(campaign, now=now) > 0)
    if campaign.state == State.CLOSED:
        return int(sending.exclude_rest(campaign) + listing.take_all_off(campaign, now=now) > 0)
    return 0


@transaction.atomic
def collect(*, campaign_id: int, now: datetime) -> int:
    campaign = _claim(campaign_id)
    if campaign is None:
        return 0
    changed = sending.collect_results(campaign, now=now)
    if changed or _stale(campaign, now):
        sending.count_outcomes(campaign, now=now)
    return changed


def _another_day(campaign: Campaign, now: datetime) -> bool:
    return campaign.followed_up_on != timezone.localdate(now, campaign.region.zone)


def _stale(campaign: Campaign, now: datetime) -> bool:
    if campaign.counted_at is None:
        return True
    if campaign.state == State.PAUSED:
        return False
    working = [InvitationState.PLANNED, InvitationState.QUEUED, InvitationState.LISTED]
    under_way = Invitation.objects.filter(campaign=campaign, state__in=working)
    return campaign.counted_at + RECOUNT_EVERY < now and under_way.exists()


def _claim(campaign_id: int) -> Campaign | None:
    rows = Campaign.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "programme", "region"
    )
    return rows.filter(pk=campaign_id).first()
