"""Why an invitation that is already in the outbox must not leave now; asked by the sender of messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection

from dispensary.lifecycle import State as CampaignState
from dispensary.models import Recommendation
from dispensary.models.campaigns import ExcludedReason
from notifications.queue import Claimed
from notifications.states import State
from notifications.verdicts import Stop, Verdict, Wait

# How long a paused campaign's messages rest before they are looked at again.
PAUSE = timedelta(minutes=10)

_FACTS = """
SELECT m.id, c.state,
    bool_or(i.came_on IS NOT NULL)
    OR p.last_exam_on BETWEEN make_date(c.year - r.interval_years + 1, 1, 1) AND make_date(c.year, 12, 31)
FROM notifications_message m
JOIN dispensary_campaign c ON m.campaign_key = 'exam:' || c.id
JOIN dispensary_programme r ON r.code = c.programme_id
JOIN dispensary_invitation i ON i.person_id = m.person_id AND i.campaign_id = c.id
JOIN registry_insuredperson p ON p.id = m.person_id
WHERE m.id = ANY(%s)
GROUP BY m.id, c.id, r.code, p.id
"""


def guard(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Verdict]:
    """A person who has come is left in peace; a paused campaign waits; a closed one sends nothing more."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [[message.id for message in messages]])
        return {pk: _verdict(state, came, now) for pk, state, came in cursor.fetchall()}


def _verdict(state: str, came: bool, now: datetime) -> Verdict:
    if state == CampaignState.CLOSED:
        return Stop(State.CANCELLED, ExcludedReason.CAMPAIGN_CLOSED.value)
    if came:
        return Stop(State.EXCLUDED, ExcludedReason.CAME_BEFORE.value)
    if state != CampaignState.RUNNING:
        return Wait(now + PAUSE, "campaign_paused")
    return None


def guard_advice(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Verdict]:
    """Whoever has done everything meanwhile, or refused, is not reminded."""
    people = [message.person_id for message in messages]
    waiting = set(Recommendation.objects.filter(person__in=people, end="").values_list("person", flat=True))
    stop = Stop(State.EXCLUDED, "advice_done")
    return {message.id: stop for message in messages if message.person_id not in waiting}
