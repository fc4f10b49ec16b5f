"""What a region offers to sample appeals: its people, its offices and their staff, its rules; looked up once."""

from dataclasses import dataclass, field
from datetime import date

from appeals.deadlines import Deadlines
from appeals.numbering import format_number
from appeals.routing import Decision, Policy
from appeals.terms import Kind
from registry.models import Clinic, InsuredPerson, Organization, Region, User
from registry.models.parties import OrganizationKind
from representatives.models import Representative

PEOPLE = 20_000
YEAR = 365


@dataclass(frozen=True, slots=True)
class Person:
    pk: int
    name: str
    birth_date: date
    enp: str
    email: str
    phone: str
    address: str
    insurer_id: int
    clinic_id: int | None
    user_id: int | None


@dataclass(slots=True)
class Place:
    """A region with everything a sample appeal there needs, looked up once."""

    region: Region
    people: list[Person]
    accounts: list[Person]
    # People insured where somebody of the staff has a sample account: their appeals land on a desk one can open.
    served: list[Person]
    fund: Organization
    staff: dict[tuple[int, int | None], list[tuple[int, int | None]]]
    clinics: list[int]
    policy: Policy
    dates: dict[date, Deadlines] = field(default_factory=dict)
    targets: dict[tuple[date, Kind, int | None], date | None] = field(default_factory=dict)
    decisions: dict[tuple[object, ...], Decision] = field(default_factory=dict)
    running: dict[int, int] = field(default_factory=dict)
    asked: int = 0  # consultations and complaints made so far

    def next_number(self, year: int) -> str:
        self.running[year] = self.running.get(year, 0) + 1
        return format_number(self.region.pk, year, self.running[year])


def place_of(region: Region, policy: Policy) -> Place:
    staff: dict[tuple[int, int | None], list[tuple[int, int | None]]] = {}
    for one in Representative.objects.filter(region=region, left_on__isnull=True).order_by("pk"):
        staff.setdefault((one.organization_id, one.level), []).append((one.pk, one.user_id))
    people = _people(region)
    fund = Organization.objects.get(kind=OrganizationKind.FUND, region=region)
    clinics = list(Clinic.objects.filter(region=region).order_by("pk").values_list("pk", flat=True))
    accounts = [person for person in people if person.user_id is not None]
    desks = {office for (office, _), team in staff.items() if any(user for _, user in team)}
    served = [person for person in people if person.insurer_id in desks]
    return Place(region, people, accounts, served, fund, staff, clinics, policy)


def _people(region: Region) -> list[Person]:
    """A spread of the region's living people, and everybody who has an account."""
    accounts = dict(User.objects.filter(person__region=region).values_list("person", "pk"))
    rows = InsuredPerson.objects.filter(region=region, died_on__isnull=True).order_by("enp")
    step = max(1, rows.count() // PEOPLE)
    return [
        Person(
            one.pk, one.full_name, one.birth_date, one.enp, one.email, one.phone, one.address,
            one.insurer_id, one.clinic_id, accounts.get(one.pk),
        )
        for place, one in enumerate(rows.iterator(chunk_size=2000))
        if place % step == 0 or one.pk in accounts
    ]  # fmt: skip
