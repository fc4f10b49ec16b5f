"""Who sees which appeals and which parts of them, and in which role somebody acts on one.

Everything that depends on a reader is decided here: rows by `readers`, acting roles by `roles_on`, fields and
papers by the small predicates below.
"""

from typing import Protocol

from django.db.models import Q

from appeals.terms import Role
from registry.models import Organization
from registry.models.parties import OrganizationKind
from registry.scoping import Role as Granted
from registry.scoping import Scope


class Placed(Protocol):
    """What of an appeal decides who may act on it."""

    region_id: str
    organization_id: int | None
    level: int | None
    applicant_id: int | None
    applicant_user_id: int | None
    concerned_person_id: int | None


def readers(scope: Scope, prefix: str = "") -> list[Q | None]:
    """Conditions of which one is enough to see an appeal; with a prefix, rows that hang on it."""
    return [*citizens(scope, prefix), *_staff(scope, prefix)]


def citizens(scope: Scope, prefix: str = "") -> list[Q | None]:
    """As applicant, as the person concerned, as a parent or guardian of either."""

    def where(**lookups: object) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in lookups.items()})

    own = scope.own_people
    return [
        where(applicant_user=scope.user_id) if scope.user_id is not None else None,
        where(applicant__in=own) if own else None,
        where(concerned_person__in=own) if own else None,
    ]


def _staff(scope: Scope, prefix: str) -> list[Q | None]:
    def where(**lookups: object) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in lookups.items()})

    first = scope.organizations(Granted.OPERATOR)
    second = scope.organizations(Granted.CASE_WORKER)
    third = scope.organizations(Granted.EXPERT, Granted.SUPERVISOR)
    heads = scope.organizations(Granted.SUPERVISOR)
    operators, admins = scope.regions(Granted.FUND_OPERATOR), scope.regions(Granted.FUND_ADMIN)
    funds = _funds(operators | admins) if operators or admins else None
    return [
        where(organization__in=first, level=1) if first else None,
        where(organization__in=first, passed_by_first_level=True) if first else None,
        # A matter outside OMS has no level; somebody has to forward it within seven days.
        where(organization__in=second) & (where(level__lte=2) | where(level__isnull=True))
        if second
        else None,
        where(organization__in=third) if third else None,
        # The fund judges a complaint about the insurer; the insurer's head gets a copy to read.
        where(insurer__in=heads, copy_to_supervisor=True) if heads else None,
        where(region__in=operators, received_by__in=funds) if operators else None,
        where(region__in=admins) if admins else None,
        # Another region's fund passed it on to ours.
        where(organization__in=funds) if funds is not None else None,
    ]


def _funds(regions: frozenset[str]) -> frozenset[int]:
    rows = Organization.objects.filter(kind=OrganizationKind.FUND, region__in=regions)
    return frozenset(rows.values_list("pk", flat=True))


def roles_on(scope: Scope, appeal: Placed) -> tuple[Role, ...]:
    """The roles in which this person may act on this appeal, the strongest first.

    Narrower than seeing: an operator still sees what was handed over, and a supervisor reads the copy of a
    complaint about the own insurer, but neither may act on it any more.
    """
    roles = [role for role, holds in _holds(scope, appeal).items() if holds]
    return tuple(roles)


def _holds(scope: Scope, appeal: Placed) -> dict[Role, bool]:
    def works_in(role: Granted) -> bool:
        return appeal.organization_id is not None and appeal.organization_id in scope.organizations(role)

    def covers(role: Granted) -> bool:
        return appeal.region_id in scope.regions(role) or (
            appeal.organization_id is not None and appeal.organization_id in scope.organizations(role)
        )

    return {
        Role.FUND_ADMIN: covers(Granted.FUND_ADMIN),
        Role.SUPERVISOR: works_in(Granted.SUPERVISOR),
        Role.EXPERT: works_in(Granted.EXPERT),
        Role.CASE_WORKER: works_in(Granted.CASE_WORKER) and appeal.level in (None, 1, 2),
        Role.FUND_OPERATOR: covers(Granted.FUND_OPERATOR),
        Role.OPERATOR: works_in(Granted.OPERATOR) and appeal.level == 1,
        Role.CITIZEN: is_own(scope, appeal),
    }


def is_own(scope: Scope, appeal: Placed) -> bool:
    """Whether a citizen reads an appeal of the own household."""
    if appeal.applicant_user_id is not None and appeal.applicant_user_id == scope.user_id:
        return True
    people = {appeal.applicant_id, appeal.concerned_person_id} - {None}
    return not people.isdisjoint(scope.own_people)


def sees_internal(roles: tuple[Role, ...]) -> bool:
    """Internal notes, routing to people, events not marked public: for staff only."""
    return any(role is not Role.CITIZEN for role in roles)


def sees_medical(roles: tuple[Role, ...]) -> bool:
    """Medical documents: not for level 1; the citizen's own papers stay readable to the citizen."""
    return any(role not in (Role.OPERATOR, Role.FUND_OPERATOR) for role in roles)


def sees_sealed(roles: tuple[Role, ...]) -> bool:
    """An expert opinion and what belongs to it: level 3, and the fund that supervises."""
    return Role.EXPERT in roles or Role.FUND_ADMIN in roles
