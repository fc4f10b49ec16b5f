"""What happens to invitations that did not work: the next channel, the next round, visits carried over.

Set-based and repeatable: whatever runs twice, here or on another machine, finds nothing left to do. The caller
holds the campaign's row and the transaction.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from dispensary.ladder import channel_sql, consents_sql
from dispensary.models import Campaign
from dispensary.planning import add_to_plan
from dispensary.reference import policy_on

# Who said "I will come on…" is left alone until that day and a week more, for the clinic's results to arrive.
GRACE = timedelta(days=7)
_STATE = "CASE WHEN {channel} = 'phone' THEN 'listed' ELSE 'planned' END"

_MOVE_ON = f"""
WITH failed AS (
    SELECT i.id, i.person_id, array_append(i.tried, i.channel) AS tried
    FROM dispensary_invitation i WHERE i.id = ANY(%(ids)s) AND i.state = 'failed' ORDER BY i.id FOR UPDATE
), next AS (
    SELECT failed.id, failed.tried, {channel_sql("failed.tried")} AS channel
    FROM failed
    JOIN registry_insuredperson p ON p.id = failed.person_id
    LEFT JOIN ({consents_sql("AND person_id IN (SELECT person_id FROM failed)")}) c ON c.person_id = p.id
    WHERE p.died_on IS NULL
)
UPDATE dispensary_invitation i
SET tried = next.tried, channel = next.channel, state = {_STATE.format(channel="next.channel")}
FROM next WHERE i.id = next.id AND next.channel <> ''
"""


def move_on(campaign: Campaign, failed: Sequence[int], *, now: datetime) -> int:
    """Gives failed invitations the next channel that is allowed and was not tried; returns how many found one.

    The others stay failed: nothing is left to try. After the campaign's last day nobody is asked any more.
    """
    if not failed or timezone.localdate(now, campaign.region.zone) > campaign.attend_by:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_ON, {"ids": list(failed)})
        return int(cursor.rowcount)


_UNCLEAR = """
UPDATE dispensary_invitation i SET state = 'failed'
FROM notifications_message m
WHERE m.campaign_key = %(key)s AND m.state = 'unknown' AND m.sending_at < %(before)s
    AND i.campaign_id = %(campaign)s AND i.person_id = m.person_id AND i.state = 'queued'
    AND m.dedupe_key = 'exam:' || i.campaign_id || ':' || i.round || ':' || i.person_id || ':' || i.channel
RETURNING i.id
"""
# A receipt that comes after the next channel was taken: the person knows, so nothing more is sent in this round.
_LATE = """
UPDATE dispensary_invitation i
SET state = 'informed', informed_at = m.delivered_at, channel = m.channel
FROM notifications_message m
WHERE i.campaign_id = %(campaign)s AND i.tried IS NOT NULL AND i.state IN ('planned', 'listed', 'failed')
    AND m.state = 'delivered' AND m.channel = ANY(i.tried)
    AND m.dedupe_key = 'exam:' || i.campaign_id || ':' || i.round || ':' || i.person_id || ':' || m.channel
"""
# Whoever sets the date of the last exam (results of clinics, a call, the register) answers for all invitations.
_CAME = """
UPDATE dispensary_invitation i SET came_on = p.last_exam_on
FROM registry_insuredperson p
WHERE i.campaign_id = %(campaign)s AND i.came_on IS NULL AND p.id = i.person_id
    AND p.last_exam_on BETWEEN %(began)s AND %(last)s
"""
_REPEAT = f"""
WITH silent AS (
    SELECT i.person_id, i.region_id, i.insurer_id, i.clinic_id, i.tried AS before,
        array_append(i.tried, i.channel) AS tried
    FROM dispensary_invitation i
    WHERE i.campaign_id = %(campaign)s AND i.round = %(round)s AND i.state = 'informed' AND i.came_on IS NULL
        AND i.informed_at < %(before)s
        AND NOT EXISTS (
            SELECT FROM dispensary_informing said WHERE said.invitation_id = i.id
                AND (said.outcome IN ('refused', 'came') OR said.on_day > %(still)s)
        )
        AND NOT EXISTS (
            SELECT FROM dispensary_invitation later
            WHERE later.person_id = i.person_id AND later.campaign_id = i.campaign_id
                AND later.round = i.round + 1
        )
), chosen AS (
    SELECT silent.*, {channel_sql("silent.tried")} AS fresh, {channel_sql("silent.before")} AS again
    FROM silent
    JOIN registry_insuredperson p ON p.id = silent.person_id
    LEFT JOIN ({consents_sql()}) c ON c.person_id = p.id
    WHERE p.died_on IS NULL
), added AS (
    INSERT INTO dispensary_invitation
        (person_id, campaign_id, round, region_id, insurer_id, clinic_id, channel, tried, state, informing_deadline)
    SELECT person_id, %(campaign)s, %(round)s + 1, region_id, insurer_id, clinic_id,
        coalesce(nullif(fresh, ''), again), CASE WHEN fresh = '' THEN before ELSE tried END,
        {_STATE.format(channel="coalesce(nullif(fresh, ''), again)")}, coalesce((
            SELECT own.inform_by FROM dispensary_plannedexam own
            WHERE own.person_id = chosen.person_id AND own.programme_id = %(programme)s AND own.year = %(year)s
                AND own.round = %(round)s + 1
        ), %(inform_by)s)
    FROM chosen WHERE fresh <> '' OR again <> ''
    ON CONFLICT (person_id, campaign_id, round) DO NOTHING
    RETURNING insurer_id, clinic_id
)
SELECT insurer_id, clinic_id, count(*) FROM added GROUP BY insurer_id, clinic_id
"""


def follow_up(campaign: Campaign, *, now: datetime) -> int:
    """The daily work of a running campaign; returns how many invitations moved or were repeated.

    Marks who came, gives unclear messages up, and repeats the invitation for those who know and did not react, on
    a channel they were not asked by before where there is one.
    """
    today = timezone.localdate(now, campaign.region.zone)
    policy = policy_on(today, campaign.region_id)
    given: dict[str, Any] = {"campaign": campaign.pk, "key": campaign.key}
    began = timezone.localdate(campaign.started_at or now, campaign.region.zone)
    with connection.cursor() as cursor:
        cursor.execute(_CAME, {**given, "began": began, "last": campaign.attend_by})
        cursor.execute(_LATE, given)
        cursor.execute(_UNCLEAR, {**given, "before": now - timedelta(days=policy.unknown_days)})
        unclear = [row[0] for row in cursor.fetchall()]
    moved = move_on(campaign, unclear, now=now)
    if today <= campaign.attend_by:
        deadline = min(today + timedelta(days=policy.repeat_after_days), campaign.attend_by)
        repeat = {**given, "before": now - timedelta(days=policy.repeat_after_days), "inform_by": deadline}
        repeat |= {"programme": campaign.programme_id, "year": campaign.year}
        for round_ in range(1, policy.rounds):
            with connection.cursor() as cursor:
                cursor.execute(_REPEAT, {**repeat, "round": round_, "still": today - GRACE})
                counts = cursor.fetchall()
            add_to_plan(campaign, round_ + 1, counts)
            moved += sum(people for _, _, people in counts)
    campaign.followed_up_on = today
    campaign.save(update_fields=["followed_up_on"])
    return moved
