"""The people of the demo: one for each role of the portal, with invented names.

They have no passwords: only the demo's own door signs them in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.models import Clinic, InsuredPerson, Organization, Region, RoleGrant, User
from registry.scoping import Role

ADULT_DAYS = 30 * 365


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`code` is the registry code of the insurer or fund; clinic staff get the first sample clinic of `region`."""

    key: str
    name: str
    title: str | Promise
    sees: str | Promise
    role: Role | None = None
    code: str = ""
    region: str = ""

    @property
    def email(self) -> str:
        return f"{self.key}@sample.invalid"


PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson(
        "citizen",
        "Образцова Мария Примеровна",
        _("Insured person"),
        _("Files an appeal, follows it, sees the insurer and the exams that are due"),
        region="39",
    ),
    DemoPerson(
        "operator",
        "Примеров Олег Тестович",
        _("Contact-centre operator, level 1"),
        _("Registers calls, answers from the knowledge base, hands over"),
        Role.OPERATOR,
        "39901",
    ),
    DemoPerson(
        "case-worker",
        "Пробная Анна Шаблоновна",
        _("Specialist, level 2"),
        _("Works the queue, helps with routing and waiting times, invites to exams"),
        Role.CASE_WORKER,
        "39901",
    ),
    DemoPerson(
        "expert",
        "Эталонов Пётр Макетович",
        _("Specialist-expert, level 3"),
        _("Written complaints about quality, expertise, dispensary observation"),
        Role.EXPERT,
        "39901",
    ),
    DemoPerson(
        "supervisor",
        "Макетова Ольга Образцовна",
        _("Supervisor at the insurer"),
        _("Balances the load, approves answers, sees trouble before the deadline"),
        Role.SUPERVISOR,
        "39901",
    ),
    DemoPerson(
        "fund-operator",
        "Шаблонов Игорь Пробович",
        _("Operator of the fund"),
        _("Appeals that the territorial fund received"),
        Role.FUND_OPERATOR,
        "39",
    ),
    DemoPerson(
        "fund-39",
        "Демонстратова Елена Тестовна",
        _("Fund administrator, Kaliningrad region"),
        _("Staffing against norms, all appeals and reports of the region"),
        Role.FUND_ADMIN,
        "39",
    ),
    DemoPerson(
        "fund-26",
        "Образцов Сергей Эталонович",
        _("Fund administrator, Stavropol territory"),
        _("Staffing against norms, all appeals and reports of the region"),
        Role.FUND_ADMIN,
        "26",
    ),
    DemoPerson(
        "fund-42",
        "Тестова Ирина Примеровна",
        _("Fund administrator, Kuzbass"),
        _("Staffing against norms, all appeals and reports of the region"),
        Role.FUND_ADMIN,
        "42",
    ),
    DemoPerson(
        "clinic",
        "Примерова Нина Макетовна",
        _("Clinic staff"),
        _("Sends name lists and results, publishes free capacity"),
        Role.CLINIC_STAFF,
        region="39",
    ),
    DemoPerson(
        "auditor",
        "Пробников Андрей Образцович",
        _("Security officer"),
        _("Who read whose data and why"),
        Role.AUDITOR,
        "39",
    ),
    DemoPerson(
        "administrator",
        "Шаблонова Вера Тестовна",
        _("Administrator"),
        _("Settings and reference data"),
        Role.ADMINISTRATOR,
    ),
)


@transaction.atomic
def create(*, now: datetime) -> str:
    """Creates whoever is missing and tells how many; running it again changes nothing.

    People whose organisation, clinic or insured person is not loaded yet are left out until the next run.
    """
    made = sum(_create_one(person, now) for person in PEOPLE)
    return f"{made} people at the door"


def _create_one(person: DemoPerson, now: datetime) -> bool:
    place, insured = _place_of(person), _insured(person, now)
    if User.objects.filter(email=person.email).exists() or place is None:
        return False
    if person.role is None and insured is None:
        return False
    user = User.objects.create_user(
        person.email,
        full_name=insured.full_name if insured else person.name,
        is_staff=person.role in {Role.ADMINISTRATOR, Role.FUND_ADMIN},
        is_superuser=person.role is Role.ADMINISTRATOR,
        person=insured,
        time_zone=_zone_of(place, insured),
    )
    if person.role is not None:
        began = timezone.localdate(now) - timedelta(days=365)
        RoleGrant.objects.create(user=user, role=person.role, valid_from=began, **place)
    return True


def _zone_of(place: dict[str, object], insured: InsuredPerson | None) -> str:
    """The zone of the region where the person sits; Moscow for whoever has no region."""
    region = insured.region if insured else place.get("region")
    return region.time_zone if isinstance(region, Region) else "Europe/Moscow"


def _place_of(person: DemoPerson) -> dict[str, object] | None:
    """The targets of the role grant, or None when they do not exist yet."""
    if person.role is Role.CLINIC_STAFF:
        clinic = Clinic.objects.filter(region=person.region, is_sample=True).order_by("mo_code").first()
        return {"clinic": clinic, "region": clinic.region} if clinic else None
    if person.code:
        organization = Organization.objects.filter(code=person.code).first()
        return {"organization": organization, "region": organization.region} if organization else None
    return {}


def _insured(person: DemoPerson, now: datetime) -> InsuredPerson | None:
    """The insured person behind a citizen: a grown-up, with a ward if there is one; the same at every seeding."""
    if person.role is not None:
        return None
    grown_up = timezone.localdate(now) - timedelta(days=ADULT_DAYS)
    people = InsuredPerson.objects.filter(
        region=person.region,
        insurer__is_sample=True,
        died_on__isnull=True,
        birth_date__lt=grown_up,
        sex="F",
        user__isnull=True,
    ).order_by("enp")
    return (
        people.filter(guardianships__valid_to__isnull=True, guardianships__isnull=False).first()
        or people.first()
    )
