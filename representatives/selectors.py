"""Reads of the representatives' app. The staffing report is counted here and nowhere else: page, API and export
show the same object."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32

from django.db.models import Count, F, Prefetch, Q, QuerySet

from registry.models import InsuredCount, InsuredPerson, Organization
from registry.models.dated import valid_on
from registry.scoping import Role, Scope
from representatives import assignment
from representatives.models import (
    Absence,
    Conflict,
    DutyPost,
    EmploymentType,
    Level,
    PlannedPositions,
    Representative,
    StaffingNorm,
    Training,
)
from representatives.models.people import trained_on
from representatives.staffing import (
    LEVELS,
    Counts,
    Line,
    Norm,
    OrganizationStaffing,
    StaffingReport,
    region_staffing,
    total,
    vacancies,
)

PAGE = 100
Cells = Mapping[int, Mapping[int, Mapping[str, Counts]]]


def seen_organizations(scope: Scope) -> QuerySet[Organization]:
    """Organisations whose staffing the reader may see: the own one, or all of the fund's region."""
    return Organization.objects.filter(
        Q(pk__in=scope.organizations(Role.SUPERVISOR)) | Q(region__in=scope.regions(Role.FUND_ADMIN))
    )


def staffing(scope: Scope, on: date) -> StaffingReport:
    """The staffing report at the end of a day, of all regions the reader sees. Six queries at any size."""
    organizations = list(
        seen_organizations(scope).select_related("region").order_by("region", F("kind").desc(), "short_name")
    )
    cells, insured = headcounts(scope, on), insured_on([one.pk for one in organizations], on)
    whole = scope.regions(Role.FUND_ADMIN)
    by_region: dict[str, list[Organization]] = defaultdict(list)
    for one in organizations:
        by_region[one.region_id].append(one)
    norms = norms_on(on, by_region)
    plans = plans_on([one.pk for one in organizations], on)
    regions = []
    for code, members in by_region.items():
        rows = tuple(
            _organization_staffing(one, cells.get(one.pk, {}), insured.get(one.pk), norms[code], plans)
            for one in members
            # A fund without representatives of its own has nothing to say here.
            if not one.is_fund or one.pk in cells or one.pk in insured
        )
        name = members[0].region.name
        regions.append(
            region_staffing(code, name, whole=code in whole, organizations=rows, norms=norms[code])
        )
    return StaffingReport(on, tuple(regions))


def headcounts(scope: Scope, on: date) -> Cells:
    """Heads by organisation, level and contact centre."""
    rows = (
        Representative.objects.visible_to(scope)
        .working_on(on)
        .annotate(is_trained=trained_on(on))
        .values_list("organization_id", "level", "contact_centre", "employment_type", "is_trained")
        .annotate(people=Count("pk"))
        .order_by()
    )
    cells: dict[int, dict[int, dict[str, Counts]]] = defaultdict(lambda: defaultdict(dict))
    for organization, level, centre, employment, trained, people in rows:
        staff = people if employment == EmploymentType.STAFF else 0
        counts = Counts(people, people if trained else 0, staff, people - staff)
        cells[organization][level][centre] = cells[organization][level].get(centre, Counts()) + counts
    return cells


def insured_on(organizations: list[int], on: date) -> dict[int, int]:
    """The official number of insured of each organisation on a day; the newest statement in force wins."""
    rows = InsuredCount.objects.filter(valid_on(on), organization__in=organizations).order_by("valid_from")
    return dict(rows.values_list("organization_id", "insured"))


def plans_on(organizations: list[int], on: date) -> dict[tuple[int, int], int]:
    """Planned positions in force by organisation and level."""
    rows = PlannedPositions.objects.filter(valid_on(on), organization__in=organizations)
    return {(row.organization_id, row.level): row.positions for row in rows}


def month_ends(on: date, months: int = 12) -> list[date]:
    """The last days of the months before `on`, and `on` itself as the last."""
    days = []
    first = on.replace(day=1)
    for _ in range(months):
        days.append(first - timedelta(days=1))
        first = (first - timedelta(days=1)).replace(day=1)
    return [*reversed(days), on]


def staffing_trend(scope: Scope, region: str, days: list[date]) -> dict[int, list[int]]:
    """People of each level at the end of each of the days. One query."""
    rows = (
        Representative.objects.visible_to(scope)
        .filter(Q(left_on__isnull=True) | Q(left_on__gte=days[0]), region=region, hired_on__lte=days[-1])
        .values_list("level", "hired_on", "left_on")
    )
    heads = {level: [0] * len(days) for level in LEVELS}
    for level, hired_on, left_on in rows:
        for place, day in enumerate(days):
            heads[level][place] += hired_on <= day and (left_on is None or left_on >= day)
    return heads


def norms_on(on: date, regions: Mapping[str, object]) -> dict[str, dict[int, Norm]]:
    """The norms of each region by level: the region's own where it has one, else the country's."""
    rows = list(
        StaffingNorm.objects.filter(valid_on(on)).filter(Q(region__isnull=True) | Q(region__in=list(regions)))
    )
    found: dict[str, dict[int, Norm]] = {region: {} for region in regions}
    for row in sorted(rows, key=lambda row: row.region_id or ""):
        for region in [row.region_id] if row.region_id else regions:
            found[region][row.level] = Norm(
                row.level, row.insured_per_representative, row.source, row.confirmed
            )
    return found


def _organization_staffing(
    one: Organization,
    levels: Mapping[int, Mapping[str, Counts]],
    insured: int | None,
    norms: Mapping[int, Norm],
    plans: Mapping[tuple[int, int], int],
) -> OrganizationStaffing:
    lines = []
    for level in LEVELS:
        centres = levels.get(level, {})
        named = {centre: counts for centre, counts in centres.items() if centre}
        counts, planned = total(centres.values()), plans.get((one.pk, level))
        free = vacancies(planned, counts.people)
        lines.append(Line(level, counts, insured, norms.get(level), named, planned=planned, vacant=free))
    return OrganizationStaffing(one.pk, one.code, one.short_name, one.is_fund, insured, tuple(lines))


def people_page(
    scope: Scope, *, on: date, region: str, filters: Mapping[str, Any], trained: str = "", after: str = ""
) -> tuple[list[Representative], str]:
    """The people behind a number of the report, by name, a page at a time.

    `filters` are conditions on Representative, `trained` is yes, no or empty; `after` is the number of the last
    person of the page before, because a name has no place in an address. Returns the people, each with
    `valid_trainings`, and the number for the next page.
    """
    people = Representative.objects.visible_to(scope).working_on(on).filter(region=region, **filters)
    if trained:
        people = people.filter(trained_on(on) if trained == "yes" else ~trained_on(on))
    last = (
        Representative.objects.visible_to(scope).filter(pk=int(after)).first() if after.isdecimal() else None
    )
    if last is not None:
        people = people.filter(Q(sort_key__gt=last.sort_key) | Q(sort_key=last.sort_key, pk__gt=last.pk))
    rows = list(people.select_related("organization").order_by("sort_key", "pk")[: PAGE + 1])
    page = rows[:PAGE]
    attach_valid_trainings(page, on)
    return page, str(page[-1].pk) if len(rows) > PAGE else ""


def attach_valid_trainings(people: list[Representative], on: date) -> None:
    """Gives each person `valid_trainings`, the certificates in force on the day, oldest first. One query."""
    by_root: dict[int, list[Training]] = defaultdict(list)
    roots = {one.root_id_or_own for one in people}
    for training in Training.objects.filter(representative__in=roots).valid(on).order_by("pk"):
        by_root[training.representative_id].append(training)
    for one in people:
        one.valid_trainings = by_root[one.root_id_or_own]  # type: ignore[attr-defined]


def candidates(
    organization_id: int,
    level: int,
    now: datetime,
    *,
    open_loads: Mapping[int, int],
    last_assigned: Mapping[int, datetime],
) -> list[assignment.Candidate]:
    """Everybody of an organisation and level who works there today, as `assignment.choose` wants them.

    `now` is in the zone of the region. Open cases and the last assignment belong to the app that has cases, so it
    passes them in by the representative's id. Not scoped: a machine chooses, nobody reads the names.
    """
    today = now.date()
    people = (
        Representative.objects.filter(organization=organization_id, level=level)
        .working_on(today)
        .select_related("organization")
        .prefetch_related(Prefetch("absences", Absence.objects.filter(last_day__gte=today)))
        .prefetch_related(Prefetch("conflicts", Conflict.objects.in_force(today)))
        .order_by("pk")
    )
    trained = set(people.filter(trained_on(today)).values_list("pk", flat=True))
    return [
        _candidate(one, one.pk in trained, open_loads.get(one.pk, 0), last_assigned.get(one.pk))
        for one in people
    ]


def _candidate(
    one: Representative, trained: bool, open_cases: int, last: datetime | None
) -> assignment.Candidate:
    conflicts = list(one.conflicts.all())
    opens = one.works_from or one.organization.opens_at
    closes = one.works_until or one.organization.closes_at
    return assignment.Candidate(
        id=one.pk,
        level=one.level,
        trained=trained,
        capacity=one.capacity,
        open_cases=open_cases,
        last_assigned_at=last,
        absences=tuple((absence.first_day, absence.last_day) for absence in one.absences.all()),
        hours=(opens, closes) if opens and closes else None,
        conflict_clinics=frozenset(row.clinic_id for row in conflicts if row.clinic_id is not None),
        conflict_people=frozenset(row.person_id for row in conflicts if row.person_id is not None),
    )


def representative_of(person: InsuredPerson, *, on: date) -> Representative | None:
    """The specialist (level 2) of the person's insurer: whoever sits in the person's clinic, else one of those with
    published contacts, the same one as long as that one works there. None where nobody is published."""
    specialists = Representative.objects.filter(
        organization=person.insurer_id, level=Level.SECOND
    ).working_on(on)
    post = (
        DutyPost.objects.published(on)
        .filter(clinic=person.clinic_id, representative__in=specialists)
        .order_by("representative", "pk")
        .select_related("representative")
        .first()
    )
    if post is not None:
        return post.representative
    published = specialists.exclude(phone="", email="").order_by("pk")
    # The highest hash wins, so that others who come or go do not change a person's representative.
    return max(published, key=lambda one: crc32(f"{person.pk}:{one.pk}".encode()), default=None)
