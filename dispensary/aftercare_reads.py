"""Scoped reads of recommendations and referrals: the lists of staff, the story of one, and the citizen's own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from dispensary.aftercare import CALL_AFTER, next_step
from dispensary.following import Step
from dispensary.hospital import Judged
from dispensary.hospital_services import standing_of
from dispensary.models import HospitalReferral, Recommendation
from dispensary.waits import Limit, limit
from registry.scoping import Role, Scope

PAGE = 50
ADVICE_LISTS = ("call", "overdue", "due")
HOSPITAL_LISTS = ("overdue", "waiting", "unknown", "ended")
Key = tuple[date, int]
# A citizen sees what ended for so long.
LATELY = timedelta(days=365)


def advice_rows(
    scope: Scope, *, chosen: str, after: Key | None, now: datetime
) -> tuple[list[Recommendation], str]:
    """One page of open recommendations by their last day, and the key of the next page."""
    today = timezone.localdate(now)
    rows = Recommendation.objects.visible_to(scope).filter(
        insurer__in=scope.organizations(Role.EXPERT), end=""
    )
    called = Q(call_after__isnull=True) | Q(call_after__lte=today)
    rows = {
        "call": rows.filter(called, due_on__lte=today - timedelta(days=CALL_AFTER)),
        "overdue": rows.filter(due_on__lt=today),
        "due": rows.filter(due_on__gte=today),
    }[chosen]
    if after is not None:
        rows = rows.filter(Q(due_on__gt=after[0]) | Q(due_on=after[0], pk__gt=after[1]))
    found = list(rows.select_related("person", "clinic").order_by("due_on", "pk")[: PAGE + 1])
    page = found[:PAGE]
    return page, f"{page[-1].due_on}_{page[-1].pk}" if len(found) > PAGE else ""


def advice_story(row: Recommendation, scope: Scope, *, now: datetime) -> dict[str, Any]:
    """The next step and why, what was done, and what else the person was told to do."""
    today = timezone.localdate(now, row.region.zone)
    contacts = list(row.contacts.select_related("by")[:PAGE])
    done = {Step(contact.step) for contact in contacts} - {Step.CALL}
    others = Recommendation.objects.visible_to(scope).filter(person=row.person_id, end="").exclude(pk=row.pk)
    return {
        "today": today,
        "contacts": contacts,
        "next_step": None if row.end else next_step(row.given_on, row.due_on, done, today),
        "others": others.order_by("due_on", "pk")[:10],
    }


@dataclass(frozen=True, slots=True)
class Referral:
    """A referral with how it stands, and the norm where the page tells it."""

    row: HospitalReferral
    judged: Judged
    limit: Limit | None = None


def referrals(scope: Scope, *, chosen: str, after: Key | None, now: datetime) -> tuple[list[Referral], str]:
    """One page of referrals: the open ones by their last lawful day, those without a norm, or the ended ones newest
    first."""
    today = timezone.localdate(now)
    rows = HospitalReferral.objects.visible_to(scope).select_related("person", "hospital")
    waiting = Q(admitted_on__isnull=True, cancelled_on__isnull=True)
    if chosen == "ended":
        ended = rows.filter(Q(admitted_on__isnull=False) | Q(cancelled_on__isnull=False)).order_by("-pk")
        rows = ended if after is None else ended.filter(pk__lt=after[1])
    elif chosen == "unknown":
        open_ = rows.filter(waiting, latest_on__isnull=True).order_by("pk")
        rows = open_ if after is None else open_.filter(pk__gt=after[1])
    else:
        which = Q(latest_on__lt=today) if chosen == "overdue" else Q(latest_on__gte=today)
        rows = rows.filter(waiting, which).order_by("latest_on", "pk")
        if after is not None:
            rows = rows.filter(Q(latest_on__gt=after[0]) | Q(latest_on=after[0], pk__gt=after[1]))
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    last = page[-1] if len(found) > PAGE else None
    key = f"{last.latest_on or today}_{last.pk}" if last else ""
    return [Referral(row, standing_of(row, today)) for row in page], key


def referral_of(row: HospitalReferral, *, now: datetime) -> Referral:
    today = timezone.localdate(now, row.region.zone)
    return Referral(row, standing_of(row, today), limit(row.referred_on, row.suspicion, row.region_id))


def advice_of(scope: Scope) -> list[Recommendation]:
    """The reader's own and the wards' recommendations that wait to be done, the first due first."""
    rows = Recommendation.objects.visible_to(scope).filter(person__in=scope.own_people, end="")
    return list(rows.select_related("clinic").order_by("due_on", "pk")[:PAGE])


def referrals_of(scope: Scope, *, now: datetime) -> list[Referral]:
    """The reader's own and the wards' referrals: open ones, and those of the last year that were late."""
    today = timezone.localdate(now)
    rows = HospitalReferral.objects.visible_to(scope).filter(
        person__in=scope.own_people, cancelled_on__isnull=True, referred_on__gte=today - LATELY
    )
    found = [
        referral_of(row, now=now)
        for row in rows.select_related("hospital", "region").order_by("-referred_on", "-pk")[:10]
    ]
    return [one for one in found if one.row.admitted_on is None or one.judged.breached]
