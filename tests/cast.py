"""The people of the tests. Each has a name, a role and a place; the outsiders belong to another region."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from registry.models import Clinic, InsuredPerson, Organization, User
from registry.scoping import Role, Scope
from registry.selectors import scope_of
from tests.factories import (
    ClinicFactory,
    FundFactory,
    InsurerFactory,
    PersonFactory,
    RegionFactory,
    UserFactory,
    grant,
)


@dataclass(frozen=True, slots=True)
class Cast:
    insurer: Organization
    second_insurer: Organization
    fund: Organization
    clinic: Clinic
    foreign_insurer: Organization
    foreign_fund: Organization
    maria: InsuredPerson  # insured in region 39 by `insurer`
    boris: InsuredPerson  # insured in region 39 by `second_insurer`
    outsider: InsuredPerson  # insured in region 26
    users: dict[str, User]

    def scope(self, name: str) -> Scope:
        """The scope of one of the users: citizen, outsider, a role's name, or foreign_<role>."""
        return scope_of(self.users[name], now=datetime.now(UTC))


def make_cast() -> Cast:
    home, away = RegionFactory(code="39"), RegionFactory(code="26")
    insurer, second = InsurerFactory(region=home), InsurerFactory(region=home)
    fund, foreign_fund = FundFactory(region=home), FundFactory(region=away)
    foreign_insurer = InsurerFactory(region=away)
    clinic, foreign_clinic = ClinicFactory(region=home), ClinicFactory(region=away)
    maria = PersonFactory(insurer=insurer, clinic=clinic)
    boris = PersonFactory(insurer=second, clinic=clinic, last_name="Борисов", first_name="Борис", sex="M")
    outsider = PersonFactory(insurer=foreign_insurer, clinic=foreign_clinic, last_name="Чужова")
    users = {
        "citizen": UserFactory(person=maria, full_name="Мария Ёлкина"),
        "outsider": UserFactory(person=outsider, full_name="Анна Чужова"),
        "nobody": UserFactory(full_name="Новый Пользователь"),
    }
    places: dict[str, tuple[Organization, Organization, Clinic]] = {
        "": (insurer, fund, clinic),
        "foreign_": (foreign_insurer, foreign_fund, foreign_clinic),
    }
    for prefix, (company, regional_fund, office) in places.items():
        for role in Role:
            user = UserFactory(full_name=f"{prefix}{role}", is_staff=role is Role.ADMINISTRATOR)
            grant(user, role, **target_of(role, company, regional_fund, office))
            users[f"{prefix}{role}"] = user
    return Cast(insurer, second, fund, clinic, foreign_insurer, foreign_fund, maria, boris, outsider, users)


def target_of(role: Role, company: Organization, fund: Organization, office: Clinic) -> dict[str, Any]:
    if role in {Role.OPERATOR, Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR}:
        return {"organization": company, "region": company.region}
    if role in {Role.FUND_OPERATOR, Role.FUND_ADMIN, Role.AUDITOR}:
        return {"organization": fund, "region": fund.region}
    if role is Role.CLINIC_STAFF:
        return {"clinic": office, "region": office.region}
    return {}
