"""The roll-up that the coverage report reads: people of a campaign by insurer, clinic, age, channel and month.

Counted by a worker in one pass over a campaign's invitations; a page never does that. People are counted in their
first round: who was reached by a repeated invitation was not reached by the first.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from dispensary.models import Campaign

# The lowest age of each group, as age is reached in the campaign's year: 18–39 is examined every third year,
# 40–64 yearly, and from 65 the set of tests is another one.
AGE_GROUPS = (0, 18, 40, 65)
# A region takes seconds to count, so it is not counted with every receipt.
EVERY = timedelta(minutes=10)

_AGE = "(c.year - extract(year FROM p.birth_date))"
_AGE_GROUP = (
    "CASE "
    + " ".join(f"WHEN {_AGE} >= {first} THEN {first}" for first in reversed(AGE_GROUPS))
    + " ELSE 0 END"
)
_COUNT = f"""
INSERT INTO dispensary_coveragecount
    (campaign_id, insurer_id, clinic_id, age_group, channel, month,
     planned, informed, excluded, failed, pending, came, attended, invited_came, left_out, left_out_came)
SELECT i.campaign_id, i.insurer_id, i.clinic_id, {_AGE_GROUP}, i.channel,
    date_trunc('month', i.informing_deadline)::date,
    count(*),
    count(*) FILTER (WHERE i.state = 'informed'),
    count(*) FILTER (WHERE i.state = 'excluded'),
    count(*) FILTER (WHERE i.state = 'failed'),
    count(*) FILTER (WHERE i.state IN ('planned', 'queued', 'listed')),
    count(i.came_on) FILTER (WHERE i.state = 'informed'),
    count(i.came_on),
    count(i.came_on) FILTER (WHERE i.state <> 'excluded'),
    count(*) FILTER (WHERE i.excluded_reason = 'hold_out'),
    count(i.came_on) FILTER (WHERE i.excluded_reason = 'hold_out')
FROM dispensary_invitation i
JOIN dispensary_campaign c ON c.id = i.campaign_id
JOIN registry_insuredperson p ON p.id = i.person_id
WHERE i.campaign_id = %(campaign)s AND i.round = 1
GROUP BY 1, 2, 3, 4, 5, 6
"""


def count_all(*, now: datetime) -> int:
    """Counts every campaign whose outcomes were counted since; returns how many."""
    older = Q(covered_at__lt=F("counted_at")) & Q(covered_at__lt=now - EVERY)
    stale = Campaign.objects.filter(Q(covered_at__isnull=True) | older, counted_at__isnull=False)
    return sum(_count_one(key, now) for key in stale.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _count_one(campaign_id: int, now: datetime) -> int:
    """Skips a campaign that another worker holds; the next tick comes soon."""
    rows = Campaign.objects.select_for_update(skip_locked=True, of=("self",))
    campaign = rows.filter(pk=campaign_id).first()
    if campaign is None:
        return 0
    count(campaign, now=now)
    return 1


def count(campaign: Campaign, *, now: datetime) -> None:
    """Anew and whole; readers see the old figures until the caller commits. Needs a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dispensary_coveragecount WHERE campaign_id = %s", [campaign.pk])
        cursor.execute(_COUNT, {"campaign": campaign.pk})
    campaign.covered_at = now
    campaign.save(update_fields=["covered_at"])
