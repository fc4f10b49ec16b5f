"""From invitations to the outbox and back, set-based.

A message's key names the campaign, the round, the person and the channel: however often and wherever this runs,
one invitation becomes one message.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.utils import formats, timezone, translation

from dispensary import escalation
from dispensary.coverage import Outcome, outcome_of_message
from dispensary.models import Campaign, CampaignState, InvitationState
from dispensary.models.campaigns import ExcludedReason
from dispensary.progress import Pace
from dispensary.reference import prices
from notifications import hints
from notifications.events import Priority, Purpose
from notifications.models import MessageTemplate
from notifications.segments import count_segments
from notifications.states import FINAL, State
from registry.models.dated import valid_on

EVENT = "exam_invitation"
REPEATED = "exam_reminder"
BATCH = 5_000
# What one campaign may have waiting in the outbox. More would only stand there: answers to appeals go first
# anyway, and what has not been written yet needs no taking back when a campaign is paused.
WINDOW = 20_000

KEY = "'exam:' || i.campaign_id || ':' || i.round || ':' || i.person_id || ':' || i.channel"
# 8 4012 00-00-00 as people dial it; a foreign or short number stays as it is.
PHONE = (
    "regexp_replace(coalesce(nullif(clinic.phone, ''), insurer.phone),"
    r" '^\+7(\d{3})(\d{3})(\d{2})(\d{2})$', '8 \1 \2-\3-\4')"
)

# Free places count for so long ahead, and whoever was invited in that time and has not come still needs one.
WAVE = timedelta(days=28)
# What each clinic that stated its places can still take: places ahead, less people invited to them already.
_ROOM = """
room AS (
    SELECT stated.clinic_id, stated.places - coalesce(taken.people, 0) AS places
    FROM (
        SELECT clinic_id, sum(places) AS places FROM dispensary_cliniccapacity
        WHERE programme_id = %(programme)s AND day BETWEEN %(today)s AND %(ahead)s GROUP BY clinic_id
    ) stated
    LEFT JOIN (
        SELECT clinic_id, count(*) AS people FROM dispensary_invitation
        WHERE campaign_id = %(campaign)s AND came_on IS NULL
            AND (state = 'queued' OR state = 'informed' AND informed_at > %(behind)s)
        GROUP BY clinic_id
    ) taken USING (clinic_id)
)
"""
_PRICE = "CASE channel {} ELSE 0 END"
# The last look before a message is written; the outbox looks again when it leaves.
_TURN = f"""
head AS (
    SELECT i.* FROM dispensary_invitation i
    WHERE i.campaign_id = %(campaign)s AND i.state = 'planned'
        AND NOT EXISTS (SELECT FROM room WHERE room.clinic_id = i.clinic_id AND room.places <= 0)
    ORDER BY i.id LIMIT %(batch)s FOR UPDATE OF i
), waiting AS (
    SELECT h.*, row_number() OVER (PARTITION BY h.clinic_id ORDER BY h.id) AS place,
        {_PRICE.format("WHEN 'sms' THEN %(sms)s WHEN 'email' THEN %(email)s WHEN 'post' THEN %(post)s")} AS price
    FROM head h
), priced AS (
    SELECT w.*, sum(w.price) OVER (ORDER BY w.id) AS spent
    FROM waiting w LEFT JOIN room USING (clinic_id)
    WHERE room.places IS NULL OR w.place <= room.places
), turn AS (
    SELECT i.id, i.price,
        CASE
            WHEN p.died_on IS NOT NULL THEN '{ExcludedReason.DIED}'
            WHEN i.came_on IS NOT NULL OR p.last_exam_on BETWEEN %(passed_from)s AND %(passed_to)s
                THEN '{ExcludedReason.CAME_BEFORE}'
            WHEN i.channel = 'email' AND p.email = ''
                OR i.channel = 'post' AND p.address = ''
                OR i.channel = 'sms' AND p.phone !~ '^\\+[0-9]{{8,15}}$' THEN '{ExcludedReason.NO_CONTACT}'
            ELSE ''
        END AS obstacle
    FROM priced i JOIN registry_insuredperson p ON p.id = i.person_id
    WHERE %(left)s::numeric IS NULL OR i.spent <= %(left)s
)
"""
_WRITE = f"""
WITH {_ROOM}, {_TURN}, written AS (
    INSERT INTO notifications_message (
        dedupe_key, campaign_key, event, channel, purpose, priority, person_id, region_id, insurer_id,
        name, addressee, email, phone, address, language, time_zone, due_at, expires_at, payload
    )
    SELECT {KEY}, %(key)s, CASE i.round WHEN 1 THEN '{EVENT}' ELSE '{REPEATED}' END, i.channel,
        '{Purpose.INVITATION}', CASE i.round WHEN 1 THEN {Priority.CAMPAIGN} ELSE {Priority.REMINDER} END,
        p.id, i.region_id, i.insurer_id, trim(p.first_name || ' ' || p.middle_name),
        CASE i.channel WHEN 'post' THEN trim(concat_ws(' ', p.last_name, p.first_name, p.middle_name)) ELSE '' END,
        CASE i.channel WHEN 'email' THEN p.email ELSE '' END, CASE i.channel WHEN 'sms' THEN p.phone ELSE '' END,
        CASE i.channel WHEN 'post' THEN p.address ELSE '' END, p.language, p.time_zone, %(now)s,
        (%(attend_by)s::date + 1)::timestamp AT TIME ZONE region.time_zone,
        jsonb_build_object(
            'exam', %(exam)s::text, 'period', %(period)s::text, 'clinic', clinic.short_name, 'phone', {PHONE},
            'link', %(link)s::text
        ) || CASE
            WHEN i.channel IN ('email', 'post') THEN jsonb_build_object('clinic_address', clinic.address)
            ELSE '{{}}'::jsonb
        END
    FROM turn
    JOIN dispensary_invitation i USING (id)
    JOIN registry_insuredperson p ON p.id = i.person_id
    JOIN registry_clinic clinic ON clinic.id = i.clinic_id
    JOIN registry_organization insurer ON insurer.id = i.insurer_id
    JOIN registry_region region ON region.code = i.region_id
    WHERE turn.obstacle = ''
    ON CONFLICT (dedupe_key) DO NOTHING
), moved AS (
    UPDATE dispensary_invitation i
    SET state = CASE turn.obstacle WHEN '' THEN 'queued' ELSE 'excluded' END,
        excluded_reason = turn.obstacle
    FROM turn WHERE i.id = turn.id
    RETURNING turn.price, turn.obstacle
)
SELECT count(*), coalesce(sum(price) FILTER (WHERE obstacle = ''), 0) FROM moved
"""


def write_batch(campaign: Campaign, *, now: datetime) -> int:
    """Moves the next invitations into the outbox, as far as there is room; returns how many were taken.

    Room is a matter of the outbox, of the clinics that stated their free places, and of the budget. The caller
    holds the campaign's row and the transaction.
    """
    room = WINDOW - _waiting(campaign)
    if room <= 0:
        return 0
    first = campaign.year - campaign.programme.interval_years + 1
    today = timezone.localdate(now, campaign.region.zone)
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "campaign": campaign.pk,
                "key": campaign.key,
                "programme": campaign.programme_id,
                "today": today,
                "ahead": today + WAVE,
                "behind": now - WAVE,
                "batch": min(BATCH, room),
                "passed_from": f"{first}-01-01",
                "passed_to": f"{campaign.year}-12-31",
                "now": now,
                "attend_by": campaign.attend_by,
                "exam": campaign.programme.invitation_to,
                "period": _period(campaign),
                "link": f"{settings.PORTAL_URL}/exams/",
                "left": budget_left(campaign),
                **prices_of_messages(today),
            },
        )
        taken, spent = cursor.fetchone()
    if taken:
        commit(campaign, spent)
        hints.dispatch_soon()
    return int(taken)


def budget_left(campaign: Campaign) -> Decimal | None:
    """Roubles that may still be committed; None where the campaign has no limit."""
    return None if campaign.budget is None else campaign.budget - campaign.committed


def commit(campaign: Campaign, roubles: Decimal) -> None:
    """Counts money as spent when a contact is arranged, not when the bill comes: a cap must hold beforehand."""
    if roubles:
        campaign.committed += roubles
        campaign.save(update_fields=["committed"])


def prices_of_messages(day: date) -> dict[str, Decimal]:
    """Roubles for one person by each channel; what nobody priced costs nothing."""
    tariffs = prices(day)
    found = {channel: tariffs.get(channel, Decimal(0)) for channel in ("sms", "email", "post", "phone")}
    return found | {"sms": found["sms"] * sms_parts(day)}


def sms_parts(on: date) -> int:
    """Parts that the invitation by SMS takes with values of real length; 0 where there is no template."""
    templates = MessageTemplate.objects.filter(valid_on(on), event=EVENT, channel="sms", language="ru")
    newest = templates.order_by("-version").first()
    return count_segments(newest.preview()).count if newest else 0


def _period(campaign: Campaign) -> str:
    # The templates are Russian text with this phrase inside; the day is written the Russian way for everybody.
    with translation.override("ru"):
        return f"до {formats.date_format(campaign.attend_by, 'j E Y')}"


def _waiting(campaign: Campaign) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM notifications_message"
            " WHERE campaign_key = %s AND state = 'pending' LIMIT %s) m",
            [campaign.key, WINDOW],
        )
        return int(cursor.fetchone()[0])


_OUTCOME_STATE = {
    Outcome.INFORMED: InvitationState.INFORMED,
    Outcome.FAILED: InvitationState.FAILED,
    Outcome.EXCLUDED: InvitationState.EXCLUDED,
    Outcome.PENDING: InvitationState.QUEUED,
}
_STATE = " ".join(
    f"WHEN '{state}' THEN '{_OUTCOME_STATE[outcome_of_message(state)].value}'" for state in State
)
_ENDED = ", ".join(f"'{state}'" for state in sorted({*FINAL, State.SENT}))
_REASONS = ", ".join(f"'{reason}'" for reason in ExcludedReason.values)
_SET = f"""
UPDATE dispensary_invitation i
SET state = outcome.state,
    informed_at = CASE outcome.state WHEN 'informed' THEN coalesce(m.delivered_at, m.sent_at) END,
    excluded_reason = CASE
        WHEN outcome.state <> 'excluded' THEN ''
        WHEN m.error_code IN ({_REASONS}) THEN m.error_code
        ELSE '{ExcludedReason.NOT_ALLOWED}'
    END
FROM notifications_message m CROSS JOIN LATERAL (SELECT CASE m.state {_STATE} END AS state) outcome
WHERE i.campaign_id = %(campaign)s AND outcome.state <> i.state
"""
# Each starts from its few rows: what is being sent, what failed here, what failed there.
_COLLECT = (
    f"{_SET} AND i.state = 'queued' AND m.dedupe_key = {KEY} AND m.state IN ({_ENDED})",
    # A receipt may come late: the person did get it, or the provider took its word back.
    f"{_SET} AND i.state = 'failed' AND m.dedupe_key = {KEY} AND m.state = 'delivered'",
    f"{_SET} AND i.state = 'informed' AND m.campaign_key = %(key)s AND m.state = 'failed'"
    f" AND i.person_id = m.person_id AND m.dedupe_key = {KEY}",
)


def collect_results(campaign: Campaign, *, now: datetime) -> int:
    """Carries what became of the messages back into the invitations; returns how many changed.

    Whom a message did not reach goes on to the next channel at once.
    """
    changed: list[tuple[int, str]] = []
    with connection.cursor() as cursor:
        for statement in _COLLECT:
            cursor.execute(
                f"{statement} RETURNING i.id, i.state", {"campaign": campaign.pk, "key": campaign.key}
            )
            changed += cursor.fetchall()
    if campaign.state != CampaignState.CLOSED:
        failed = [pk for pk, state in changed if state == InvitationState.FAILED]
        escalation.move_on(campaign, failed, now=now)
    return len(changed)


def exclude_rest(campaign: Campaign, *, limit: int = BATCH) -> int:
    """After a campaign was closed: whoever was not invited yet is excluded, with that as the reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE dispensary_invitation
            SET state = 'excluded', excluded_reason = '{ExcludedReason.CAMPAIGN_CLOSED}'
            WHERE id IN (
                SELECT id FROM dispensary_invitation
                WHERE campaign_id = %s AND state IN ('planned', 'listed') LIMIT %s
            )
            """,
            [campaign.pk, limit],
        )
        excluded: int = cursor.rowcount
    return excluded


_COUNT = """
INSERT INTO dispensary_outcomecount
    (campaign_id, insurer_id, clinic_id, round, state, channel, excluded_reason, people, came)
SELECT campaign_id, insurer_id, clinic_id, round, state, channel, excluded_reason, count(*), count(came_on)
FROM dispensary_invitation WHERE campaign_id = %s
GROUP BY campaign_id, insurer_id, clinic_id, round, state, channel, excluded_reason
"""
_SETTLED = """
SELECT coalesce(sum(people), 0) FROM dispensary_outcomecount
WHERE campaign_id = %s AND round = 1 AND state IN ('informed', 'failed', 'excluded')
"""


def count_outcomes(campaign: Campaign, *, now: datetime) -> None:
    """Counts the invitations anew for the pages; readers see the old figures until the caller commits."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dispensary_outcomecount WHERE campaign_id = %s", [campaign.pk])
        cursor.execute(_COUNT, [campaign.pk])
        cursor.execute(_SETTLED, [campaign.pk])
        settled = int(cursor.fetchone()[0])
    if campaign.counted_at is not None:
        newer = Pace(per_hour=campaign.pace).after(
            settled=settled - campaign.settled, span=now - campaign.counted_at
        )
        campaign.pace = newer.per_hour
    campaign.counted_at, campaign.settled = now, settled
    campaign.save(update_fields=["counted_at", "settled", "pace"])
