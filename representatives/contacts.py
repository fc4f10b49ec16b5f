"""Whom to call: insurers of a region, the people of an organisation, and whether somebody answers now."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from registry.models import InsuredPerson, Organization, Region
from registry.models.parties import OrganizationKind
from registry.scoping import Scope
from registry.selectors import work_calendar
from registry.workdays import CalendarMissing
from representatives.models import Absence, Level, Representative

MOST_PEOPLE = 60


@dataclass(frozen=True, slots=True)
class Person:
    """A specialist or an expert as published; without an own phone the hotline leads to them."""

    name: str
    level: int
    phone: str
    email: str
    specialty: str
    is_away: bool


@dataclass(frozen=True, slots=True)
class OfRegion:
    insurers: list[Organization]
    fund: Organization | None


def of_region(region: Region) -> OfRegion:
    """Whoever insures people of the region, and its fund, which helps everybody there."""
    rows = list(Organization.objects.filter(region=region).select_related("region").order_by("short_name"))
    insures = [one for one in rows if one.kind == OrganizationKind.INSURER or one.acts_as_insurer]
    return OfRegion(insures, next((one for one in rows if one.is_fund), None))


def people_of(organization: Organization, on: date) -> list[Person]:
    """Published representatives of the second and third level, at most sixty; operators answer the hotline."""
    absences = Absence.objects.filter(
        representative__organization=organization, first_day__lte=on, last_day__gte=on
    )
    away = set(absences.values_list("representative", flat=True))
    rows = (
        Representative.objects.working_on(on)
        .filter(organization=organization, level__in=(Level.SECOND, Level.THIRD))
        .order_by("level", "sort_key", "pk")[:MOST_PEOPLE]
    )
    return [
        Person(
            name=one.full_name,
            level=one.level,
            phone=one.phone or organization.phone,
            email=one.email,
            specialty=one.specialty,
            is_away=one.pk in away,
        )
        for one in rows
    ]


def answers_now(organization: Organization, now: datetime) -> bool | None:
    """Whether operators take calls at this moment; None where their hours are not known."""
    if organization.round_the_clock:
        return True
    if organization.opens_at is None or organization.closes_at is None:
        return None
    local = now.astimezone(organization.region.zone)
    if not organization.opens_at <= local.time() < organization.closes_at:
        return False
    try:
        return work_calendar(organization.region_id, {local.year}).is_working(local.date())
    except CalendarMissing:
        return local.weekday() < 5


def own_people(scope: Scope) -> list[InsuredPerson]:
    """The signed-in reader and the wards, with insurer and clinic; nobody for anybody else."""
    if not scope.own_people:
        return []
    rows = InsuredPerson.objects.visible_to(scope).filter(Q(pk__in=scope.own_people))
    return list(rows.select_related("insurer__region", "clinic").order_by("sort_key", "pk")[:20])
