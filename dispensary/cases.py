"""Scoped reads of observation for level 3: the lists, and the story of one case."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from dispensary.following import CALL_AFTER, Step, next_step
from dispensary.models import ObservationCase
from dispensary.observation import ObservationError, explain_schedule
from dispensary.reference import current_observation_rules
from registry.scoping import Role, Scope

PAGE = 50
LISTS = ("call", "missed", "open", "later")
Key = tuple[date, int]


def parse_key(text: str) -> Key | None:
    day, _dash, pk = text.partition("_")
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError:
        return None


def cases(
    scope: Scope, *, chosen: str, after: Key | None, now: datetime
) -> tuple[list[ObservationCase], str]:
    """One page of open cases by the last day of their window, and the key of the next page.

    The order is that of the partial index of open cases, insurer by insurer.
    """
    today = timezone.localdate(now)
    rows = ObservationCase.objects.visible_to(scope).filter(
        insurer__in=scope.organizations(Role.EXPERT), taken_off_on__isnull=True, visit_to__isnull=False
    )
    called = Q(call_after__isnull=True) | Q(call_after__lte=today)
    rows = {
        "call": rows.filter(called, visit_to__lte=today - timedelta(days=CALL_AFTER)),
        "missed": rows.filter(visit_to__lt=today),
        "open": rows.filter(visit_to__gte=today, visit_from__lte=today),
        "later": rows.filter(visit_from__gt=today),
    }[chosen]
    if after is not None:
        rows = rows.filter(Q(visit_to__gt=after[0]) | Q(visit_to=after[0], pk__gt=after[1]))
    found = list(rows.select_related("person", "clinic").order_by("visit_to", "pk")[: PAGE + 1])
    page = found[:PAGE]
    last = page[-1] if len(found) > PAGE else None
    return page, f"{last.visit_to}_{last.pk}" if last else ""


def story(case: ObservationCase, *, now: datetime) -> dict[str, Any]:
    """What the page of a case tells: the rule and its source, the next step and why, visits and contacts."""
    today = timezone.localdate(now, case.region.zone)
    contacts = list(case.contacts.select_related("by")[:PAGE])
    done = {Step(contact.step) for contact in contacts if contact.window_to == case.visit_to}
    try:
        rule = explain_schedule(case.icd10, case.put_on, current_observation_rules())["rule"]
    except ObservationError:
        rule = None
    return {
        "rule": rule,
        "next_step": next_step(case.visit_from, case.visit_to, done - {Step.CALL}, today),
        "contacts": contacts,
        "visits": list(case.visits.select_related("by")[:PAGE]),
        "today": today,
    }
