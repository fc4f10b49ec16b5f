"""Reads of the registry that other apps share."""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from registry.models import CalendarDay, LegalRepresentative, User
from registry.models.dated import valid_on
from registry.models.parties import OrganizationKind
from registry.scoping import EMPTY_SCOPE, REGION_ROLES, Grant, Role, Scope
from registry.workdays import WorkCalendar

# As text, because every request asks it and building it anew took longer than asking. What is in force is said as in
# `RoleGrantQuerySet.in_force`. The region's fund comes along, so that no page has to look it up again.
_GRANTS = """
SELECT role, region_id, organization_id, clinic_id,
       (SELECT id FROM registry_organization WHERE kind = %(fund)s AND region_id = held.region_id LIMIT 1)
FROM registry_rolegrant AS held
WHERE user_id = %(user)s AND revoked_at IS NULL
  AND valid_from <= %(today)s AND (valid_to IS NULL OR valid_to >= %(today)s)
"""


def scope_of(user: User | AnonymousUser, *, now: datetime) -> Scope:
    """The scope of a signed-in user at a moment: grants in force, the own record, the wards' records.

    Grants are read anew for each request, so that a revoked one stops at once.
    Errors: ValueError for a role the code does not know.
    """
    if not isinstance(user, User) or not user.is_active:
        return EMPTY_SCOPE
    today = timezone.localdate(now)
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS, {"user": user.pk, "today": today, "fund": OrganizationKind.FUND})
        rows = cursor.fetchall()
    grants = tuple(
        Grant(Role(role), region, organization, clinic, fund if role in REGION_ROLES else None)
        for role, region, organization, clinic, fund in rows
    )
    return Scope(user_id=user.pk, own_people=_own_people(user, today), grants=grants)


def is_employee(user: User, *, now: datetime) -> bool:
    """Whether this account belongs to staff: it has a role in force or may open the administration."""
    return user.is_staff or user.is_superuser or scope_of(user, now=now).is_staff


def _own_people(user: User, today: date) -> frozenset[int]:
    if user.person_id is None:
        return frozenset()
    wards = LegalRepresentative.objects.filter(valid_on(today), representative=user.person_id)
    return frozenset({user.person_id, *wards.values_list("ward", flat=True)})


def work_calendar(region_code: str, years: Iterable[int]) -> WorkCalendar:
    """The production calendar of a region: the country's rows, overridden by the region's own.

    Errors: a year without rows raises CalendarMissing when a day of it is asked.
    """
    known = CalendarDay.objects.filter(day__year__in=list(years))
    rows = known.filter(Q(region__isnull=True) | Q(region=region_code))
    # The country's rows come first, so that the region's own replace them.
    ordered = rows.order_by(F("region").asc(nulls_first=True))
    return WorkCalendar(dict(ordered.values_list("day", "is_working")))
