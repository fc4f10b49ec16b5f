"""The nightly proof: the plan against the rows, for every clinic of every campaign."""

from datetime import date, datetime, timedelta

from django.db.models import Count, Sum
from django.utils import timezone

from dispensary.coverage import OutcomeRow, discrepancies, tally, total
from dispensary.models import Campaign, Invitation, PlanCount, Round, SumProof
from dispensary.selectors import OUTCOME_OF_STATE
from registry.models import Region

# A campaign is counted until so long after its last day: receipts and results still come in.
_AFTER = timedelta(days=60)
_SHOWN = 20


def prove_all(*, now: datetime) -> int:
    """Counts the day that ended in each region, once; returns how many regions were counted."""
    return sum(prove(region=region, now=now) for region in Region.objects.all())


def prove(*, region: Region, now: datetime) -> bool:
    """Counts one region's last day unless it is done already."""
    day = timezone.localdate(now, region.zone) - timedelta(days=1)
    if SumProof.objects.filter(region=region, day=day).exists():
        return False
    found = _count(region, day, now)
    if found is None:
        return False
    return bool(SumProof.objects.bulk_create([found], ignore_conflicts=True))


def _count(region: Region, day: date, now: datetime) -> SumProof | None:
    campaigns = Campaign.objects.filter(region=region, cohort_at__isnull=False, attend_by__gte=day - _AFTER)
    keys = list(campaigns.values_list("pk", flat=True))
    if not keys:
        return None
    by = ("campaign", "clinic")
    plan = PlanCount.objects.filter(campaign__in=keys, round=Round.PRIMARY)
    planned = {
        _group(campaign, clinic): people
        for campaign, clinic, people in plan.values_list(*by).annotate(Sum("people")).order_by()
    }
    rows = Invitation.objects.filter(campaign__in=keys, round=Round.PRIMARY)
    counted = rows.values_list(*by, "state").annotate(Count("pk"), Count("came_on")).order_by()
    groups = tally(
        planned,
        (
            OutcomeRow(
                group=_group(campaign, clinic), outcome=OUTCOME_OF_STATE[state], people=people, came=came
            )
            for campaign, clinic, state, people, came in counted
        ),
    )
    sums = total(groups.values())
    return SumProof(
        region=region,
        day=day,
        planned=sums.planned,
        informed=sums.informed,
        excluded=sums.excluded,
        failed=sums.failed,
        pending=sums.pending,
        came=sums.came,
        problems=[problem.text[:300] for problem in discrepancies(groups)][:_SHOWN],
        counted_at=now,
    )


def _group(campaign: int, clinic: int | None) -> str:
    return f"кампания {campaign}, медицинская организация {clinic or '—'}"
