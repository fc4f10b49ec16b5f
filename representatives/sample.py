"""Sample representatives: head counts as the regions published them, people who do not exist."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from registry.identifiers import snils_for
from registry.models import Clinic, Organization, RoleGrant
from registry.reference import read_rows, yes
from registry.sample import DATA as REGISTRY_DATA
from registry.sample_people import COLUMNS, people
from registry.scoping import Role
from representatives.models import (
    Absence,
    Audience,
    Conflict,
    DirectLine,
    DutyPost,
    EmploymentType,
    Level,
    PlannedPositions,
    PostStatus,
    Representative,
    Training,
)

DATA = Path(__file__).parent / "data"
# Level by level, as the institute began: contact centres, specialists, specialist-experts.
BEGAN = {1: date(2016, 7, 1), 2: date(2017, 1, 1), 3: date(2018, 1, 1)}
POSTS_BEGAN = date(2018, 1, 15)
CAPACITY = {1: 40, 2: 25, 3: 12}
SPECIALTIES = ("терапия", "кардиология", "онкология", "хирургия", "неврология", "педиатрия")
# Names are taken from far behind the insured sample, so that nobody has a namesake by construction.
FIRST_SERIAL = 6_000_000
# Insurance numbers of the sample's staff start far behind those of the sample's insured people.
FIRST_SNILS = 910_000_000
SHIFTS = ((time(9), time(13)), (time(14), time(18)))


def seed(*, now: datetime, seed: int, **options: Any) -> list[str]:
    """Fills the registry of representatives from `sample_staffing.csv`; the same for the same seed and day."""
    today = now.date()
    organizations = {one.code: one for one in Organization.objects.filter(is_sample=True)}
    random = Random(seed)  # noqa: S311 - sample data, no secret
    staff: list[Representative] = []
    trained: list[bool] = []
    names = {code: _names(code, seed) for code in sorted({one.region_id for one in organizations.values()})}
    for row in read_rows(DATA / "sample_staffing.csv"):
        organization = organizations[row["organization"]]
        for number in range(int(row["count"])):
            employment = EmploymentType.STAFF if number < int(row["staff"]) else EmploymentType.CONTRACT
            staff.append(
                _person(row, number, organization, employment, next(names[row["region"]]), random, today)
            )
            trained.append(number < int(row["trained"]))
    for number, one in enumerate(staff):
        one.snils = snils_for(FIRST_SNILS + number)
    _seat_accounts(staff)
    Representative.objects.bulk_create(staff, batch_size=1000)
    lines = [f"{len(staff)} representatives"]
    lines.append(f"{_seed_trainings(staff, trained, random, today)} trainings")
    lines.append(f"{_seed_plans(staff)} staff plans")
    lines.append(f"{_seed_conflicts(staff, today)} conflicts of interest")
    lines.append(f"{_seed_absences(staff, random, today)} absences")
    lines.append(f"{_seed_posts(staff, now)} duty posts")
    lines.append(f"{_seed_direct_lines(organizations)} direct lines")
    return lines


def _seat_accounts(staff: list[Representative]) -> None:
    """Gives people who have a sample account and a role of some level a place on the staff of their insurer."""
    levels = {Role.OPERATOR: 1, Role.CASE_WORKER: 2, Role.EXPERT: 3}
    grants = RoleGrant.objects.filter(role__in=levels, organization__is_sample=True).select_related("user")
    for grant in grants.order_by("pk"):
        level = levels[Role(grant.role)]
        for one in staff:
            if (one.organization_id, one.level, one.user_id) == (grant.organization_id, level, None):
                one.user = grant.user
                last, first, middle, *_ = (*grant.user.full_name.split(), "", "", "")
                one.last_name, one.first_name, one.middle_name = last, first, middle
                break


def _names(region: str, seed: int) -> Iterator[tuple[str, str, str]]:
    last, first, middle = (COLUMNS.index(name) for name in ("last_name", "first_name", "middle_name"))
    born = COLUMNS.index("birth_date")
    for row in people(
        region, 10_000, seed, insurers=[(0, 1.0)], clinics=[(0, "mixed")], first_serial=FIRST_SERIAL
    ):
        if 1962 <= row[born].year <= 2002:
            yield row[last], row[first], row[middle]


def _person(
    row: dict[str, str],
    number: int,
    organization: Organization,
    employment: str,
    name: tuple[str, str, str],
    random: Random,
    today: date,
) -> Representative:
    level, serial = (
        int(row["level"]),
        f"{organization.code}{row['level']}{row['contact_centre'][:1]}{number + 1:03}",
    )
    began = BEGAN[level]
    # Everybody came before the last year, so that the sample's year of history has the published head count.
    hired_on = began + timedelta(days=random.randrange(max(1, (today - began).days - 400)))
    return Representative(
        organization=organization,
        region_id=row["region"],
        level=level,
        contact_centre=row["contact_centre"],
        employment_type=employment,
        last_name=name[0],
        first_name=name[1],
        middle_name=name[2],
        # Operators are reached by the hotline; specialists and experts publish their own contacts.
        phone=organization.phone if level > Level.FIRST else "",
        email=f"{serial}@sample.invalid" if level > Level.FIRST else "",
        specialty=random.choice(SPECIALTIES) if level == Level.THIRD else "",
        expert_register_number=f"Э-{serial}" if level == Level.THIRD else "",
        hired_on=hired_on,
        capacity=CAPACITY[level],
        is_sample=True,
    )


def _seed_trainings(staff: list[Representative], trained: list[bool], random: Random, today: date) -> int:
    """One valid certificate for each trained person; every third of the others let one expire."""
    rows = []
    for number, (one, valid) in enumerate(zip(staff, trained, strict=True)):
        if not valid and number % 3:
            continue
        passed_on = one.hired_on + timedelta(days=random.randrange(1, 30))
        valid_to = today + timedelta(days=random.randrange(20, 900)) if valid else today - timedelta(days=30)
        rows.append(
            Training(
                representative=one,
                organization=one.organization,
                certificate_number=f"СП-{one.organization.code}-{number + 1:04}",
                passed_on=passed_on,
                valid_to=valid_to,
            )
        )
    return len(Training.objects.bulk_create(rows, batch_size=1000))


def _seed_plans(staff: list[Representative]) -> int:
    """Each level is planned with about one position in twenty above the people there are."""
    PlannedPositions.objects.filter(organization__in={one.organization_id for one in staff}).delete()
    heads = Counter((one.organization_id, one.level) for one in staff)
    rows = [
        PlannedPositions(
            organization_id=organization,
            level=level,
            positions=people + people // 20,
            valid_from=BEGAN[level],
            source="придумано для образца",
        )
        for (organization, level), people in sorted(heads.items())
    ]
    return len(PlannedPositions.objects.bulk_create(rows))


def _seed_conflicts(staff: list[Representative], today: date) -> int:
    """In each region two specialists worked in a clinic before."""
    rows = []
    for region in sorted({one.region_id for one in staff}):
        clinics = Clinic.objects.filter(region=region, closed_on__isnull=True).order_by("mo_code")[:2]
        specialists = [one for one in staff if one.region_id == region and one.level > Level.FIRST]
        for one, clinic in zip(specialists[-2:], clinics, strict=False):
            rows.append(
                Conflict(
                    representative=one,
                    clinic=clinic,
                    reason="Раньше работал в этой поликлинике",
                    valid_from=max(one.hired_on, today - timedelta(days=200)),
                )
            )
    return len(Conflict.objects.bulk_create(rows))


def _seed_absences(staff: list[Representative], random: Random, today: date) -> int:
    """About one in twelve is away now, one in six will be soon."""
    rows = []
    for one in staff:
        roll = random.randrange(12)
        if roll == 0:
            rows.append(_absence(one, today - timedelta(days=random.randrange(5)), "leave"))
        elif roll < 3:
            rows.append(_absence(one, today + timedelta(days=random.randrange(6, 40)), "training"))
    return len(Absence.objects.bulk_create(rows, batch_size=1000))


def _absence(one: Representative, first_day: date, kind: str) -> Absence:
    days = 14 if kind == "leave" else 3
    return Absence(
        representative=one, first_day=first_day, last_day=first_day + timedelta(days=days - 1), kind=kind
    )


def _seed_posts(staff: list[Representative], now: datetime) -> int:
    """Specialists sit in clinics by a weekly pattern: one clinic a shift, two shifts a day, posts go round."""
    rows = []
    for region in sorted({one.region_id for one in staff}):
        specialists = [one for one in staff if one.region_id == region and one.level == Level.SECOND]
        clinics = Clinic.objects.filter(region=region, closed_on__isnull=True).order_by("mo_code")
        for number, clinic in enumerate(clinics):
            # Two posts a week in each clinic, of two people. A person's n-th post falls on another half-day each
            # time, up to ten; past that the database would refuse the clash.
            for slot in (number * 2, number * 2 + 1):
                turn, place = divmod(slot, len(specialists))
                weekday, shift = (turn + place) % 5, SHIFTS[turn // 5 % 2]
                first = slot % 2 == 0
                rows.append(_post(specialists[place], clinic, weekday, shift, first=first, signed_at=now))
    return len(DutyPost.objects.bulk_create(rows, batch_size=1000))


def _post(
    one: Representative,
    clinic: Clinic,
    weekday: int,
    shift: tuple[time, time],
    *,
    first: bool,
    signed_at: datetime,
) -> DutyPost:
    return DutyPost(
        representative=one,
        clinic=clinic,
        # Each has a room of one's own: two of them may be there at the same hours.
        room=f"каб. {100 + clinic.pk % 300}{'' if first else 'а'}",
        weekday=weekday,
        starts=shift[0],
        ends=shift[1],
        valid_from=max(one.hired_on, POSTS_BEGAN),
        status=PostStatus.PUBLISHED,
        insurer_approved_at=signed_at,
        clinic_approved_at=signed_at,
    )


def _seed_direct_lines(organizations: dict[str, Organization]) -> int:
    """A line from each clinic that has one to the region's first insurer."""
    clinics = Clinic.objects.in_bulk(field_name="mo_code")
    rows = []
    for row in read_rows(REGISTRY_DATA / "clinics.csv"):
        if not yes(row["direct_line"]):
            continue
        insurer = min(
            code for code, one in organizations.items() if one.region_id == row["region"] and not one.is_fund
        )
        rows.append(
            DirectLine(
                clinic=clinics[row["code"]],
                organization=organizations[insurer],
                phone=row["phone"],
                audience=Audience.CHILDREN if row["kind"] == "children" else Audience.ADULT,
            )
        )
    return len(DirectLine.objects.bulk_create(rows, batch_size=1000))
