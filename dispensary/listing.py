"""Who is put on the list of calls, and who is taken off it again: set-based, the caller holds the campaign's row."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from dispensary.models import Campaign
from dispensary.reference import policy_on
from dispensary.sending import budget_left, commit, prices_of_messages

BATCH = 5_000

_COLUMNS = """
INSERT INTO dispensary_call
    (person_id, region_id, insurer_id, level, kind, invitation_id, time_zone, opened_at, due_at)
SELECT i.person_id, i.region_id, i.insurer_id, 2, {kind}, i.id,
    coalesce(nullif(p.time_zone, ''), region.time_zone), %(now)s, %(now)s
FROM dispensary_invitation i
JOIN registry_insuredperson p ON p.id = i.person_id
JOIN registry_region region ON region.code = i.region_id
"""
_LIST = (
    _COLUMNS.format(kind="'invitation'")
    + """
WHERE i.campaign_id = %(campaign)s AND i.state = 'listed'
    AND NOT EXISTS (SELECT FROM dispensary_call c WHERE c.invitation_id = i.id AND c.kind = 'invitation')
ORDER BY i.id LIMIT %(limit)s
ON CONFLICT (invitation_id, kind) DO NOTHING
"""
)
# A share by hash of those who know and did not come, and of those who came lately: one question each.
_SURVEY = (
    _COLUMNS.format(kind="CASE WHEN i.came_on IS NULL THEN 'absence' ELSE 'satisfaction' END")
    + """
WHERE i.campaign_id = %(campaign)s AND p.died_on IS NULL AND p.phone <> ''
    AND mod(hashint8extended(i.id, 1) & 2147483647, 100) < %(percent)s
    AND (i.round = %(rounds)s AND i.state = 'informed' AND i.came_on IS NULL AND i.informed_at < %(before)s
        OR i.round = 1 AND i.came_on BETWEEN %(lately)s AND %(today)s)
    AND EXISTS (
        SELECT FROM registry_consent c WHERE c.person_id = p.id AND c.purpose = 'information_support'
            AND c.withdrawn_at IS NULL AND c.channel IN ('phone', '')
    )
    AND NOT EXISTS (
        SELECT FROM dispensary_informing said
        WHERE said.invitation_id = i.id AND said.outcome = 'refused' AND i.came_on IS NULL
    )
    AND NOT EXISTS (SELECT FROM dispensary_surveyanswer a WHERE a.invitation_id = i.id)
ON CONFLICT (invitation_id, kind) DO NOTHING
"""
)
# A survey about a visit of long ago is of no use to anybody.
_ASKED_WITHIN = timedelta(days=14)
_TAKE_OFF = """
UPDATE dispensary_call c
SET closed_at = %(now)s, outcome = 'not_needed', leased_by_id = NULL, leased_until = NULL
FROM dispensary_invitation i
WHERE c.invitation_id = i.id AND i.campaign_id = %(campaign)s AND c.closed_at IS NULL AND {which}
"""
_NO_LONGER_LISTED = _TAKE_OFF.format(
    which="c.kind = 'invitation' AND i.state <> 'listed'"
    " AND (c.leased_until IS NULL OR c.leased_until < %(now)s)"
)


def list_calls(campaign: Campaign, *, now: datetime) -> int:
    """Puts invitations by phone on the list, as far as the budget goes; returns how many."""
    price = prices_of_messages(timezone.localdate(now, campaign.region.zone))["phone"]
    left, limit = budget_left(campaign), BATCH
    if left is not None and price:
        limit = min(limit, max(0, int(left // price)))
    added = _run(_LIST, campaign, now, limit=limit) if limit else 0
    commit(campaign, added * price if added else Decimal(0))
    return added


def list_surveys(campaign: Campaign, *, now: datetime) -> int:
    """Puts the day's share of people to be asked on the list; returns how many."""
    today = timezone.localdate(now, campaign.region.zone)
    policy = policy_on(today, campaign.region_id)
    return _run(
        _SURVEY,
        campaign,
        now,
        percent=policy.survey_percent,
        rounds=policy.rounds,
        before=now - timedelta(days=policy.repeat_after_days),
        lately=today - _ASKED_WITHIN,
        today=today,
    )


def take_off(campaign: Campaign, *, now: datetime) -> int:
    """Takes people off the list whose invitation needs no call any more; returns how many."""
    return _run(_NO_LONGER_LISTED, campaign, now)


def take_all_off(campaign: Campaign, *, now: datetime) -> int:
    """Empties the list of a closed campaign; returns how many were on it."""
    return _run(_TAKE_OFF.format(which="true"), campaign, now)


def _run(statement: str, campaign: Campaign, now: datetime, **given: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"campaign": campaign.pk, "now": now, **given})
        return int(cursor.rowcount)
