"""How the list of calls stands, for its callers and their supervisor. Scoped reads, a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from dispensary.models import Call, CallAttempt, CallOutcome
from registry.models import User
from registry.scoping import Scope

# A count past this reads "1,000+": nobody needs the rest, and counting it would read every row.
MOST = 1000
WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """People on the list at one level: `now` may be called by their turn, `later` after a pause."""

    level: int
    now: int
    later: int
    oldest: datetime | None


def waiting(scope: Scope, *, now: datetime) -> list[Waiting]:
    """By level; counts stop at 1,001."""
    found = []
    for level in (2, 3):
        rows = Call.objects.visible_to(scope).filter(level=level, closed_at__isnull=True)
        due = rows.filter(due_at__lte=now)
        ready, later = capped(due), capped(rows.filter(due_at__gt=now))
        if ready or later:
            oldest = due.order_by("due_at", "id").values_list("due_at", flat=True).first()
            found.append(Waiting(level=level, now=ready, later=later, oldest=oldest))
    return found


def capped(rows: QuerySet[Call]) -> int:
    return len(rows.order_by().values_list("pk", flat=True)[: MOST + 1])


_REACHED = Q(outcome__in=[CallOutcome.WILL_COME, CallOutcome.CAME, CallOutcome.REFUSED, CallOutcome.ANSWERED])


def done_by(user: User, *, now: datetime) -> dict[str, int]:
    """What one caller did today: `attempts` and how many of them `reached` somebody."""
    rows = CallAttempt.objects.filter(by=user, at__gte=_midnight(now))
    return rows.aggregate(attempts=Count("pk"), reached=Count("pk", filter=_REACHED))


def callers(scope: Scope, *, now: datetime) -> list[dict[str, object]]:
    """Each colleague who called this week, with today's figures, the most active first."""
    today = Q(at__gte=_midnight(now))
    rows = CallAttempt.objects.visible_to(scope).filter(at__gte=now - WEEK)
    sums = rows.values("by", "by__full_name").annotate(
        today=Count("pk", filter=today),
        reached_today=Count("pk", filter=today & _REACHED),
        week=Count("pk"),
        reached_week=Count("pk", filter=_REACHED),
    )
    holding = set(
        Call.objects.visible_to(scope)
        .filter(closed_at__isnull=True, leased_until__gt=now)
        .values_list("leased_by", flat=True)
    )
    return [{**row, "calling": row["by"] in holding} for row in sums.order_by("-week", "by__full_name")]


def ends_of_the_week(scope: Scope, *, now: datetime) -> list[tuple[str, int]]:
    """How the attempts of the week ended, in the order of the dictionary."""
    rows = CallAttempt.objects.visible_to(scope).filter(at__gte=now - WEEK)
    sums = dict(rows.values_list("outcome").annotate(Count("pk")).order_by())
    return [(str(outcome.label), sums[outcome]) for outcome in CallOutcome if outcome in sums]


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
