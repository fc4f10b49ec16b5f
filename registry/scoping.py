"""Who sees what. A `Scope` is computed from a user's role grants and passed explicitly.

Every model of personal data has a query set with `visible_to(scope)`; the same predicate serves lists, counts,
single objects, search and exports. An empty scope sees nothing; an unknown role raises.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q


class Role(StrEnum):
    OPERATOR = "operator"
    CASE_WORKER = "case_worker"
    EXPERT = "expert"
    SUPERVISOR = "supervisor"
    FUND_OPERATOR = "fund_operator"
    FUND_ADMIN = "fund_admin"
    CLINIC_STAFF = "clinic_staff"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


# Roles that work for an organisation, for a region's fund, for a clinic.
ORGANIZATION_ROLES = frozenset({Role.OPERATOR, Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR})
REGION_ROLES = frozenset({Role.FUND_OPERATOR, Role.FUND_ADMIN, Role.AUDITOR})
STAFF_ROLES = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Grant:
    """`fund` is the fund of the region, for roles that work for it."""

    role: Role
    region: str | None = None
    organization: int | None = None
    clinic: int | None = None
    fund: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What one reader may see. `own_people` holds the reader's own record and the wards' ones."""

    user_id: int | None = None
    own_people: frozenset[int] = frozenset()
    grants: tuple[Grant, ...] = ()
    roles: frozenset[Role] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", frozenset(grant.role for grant in self.grants))

    @property
    def is_staff(self) -> bool:
        return bool(self.grants)

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def organizations(self, *roles: Role) -> frozenset[int]:
        """Organisations in which the reader has one of these roles."""
        return frozenset(
            g.organization for g in self.grants if g.role in roles and g.organization is not None
        )

    def regions(self, *roles: Role) -> frozenset[str]:
        """Regions in which the reader has one of these roles."""
        return frozenset(g.region for g in self.grants if g.role in roles and g.region is not None)

    def funds(self, *roles: Role) -> frozenset[int]:
        """Funds of the regions in which the reader has one of these roles."""
        return frozenset(g.fund for g in self.grants if g.role in roles and g.fund is not None)

    def clinics(self, *roles: Role) -> frozenset[int]:
        return frozenset(g.clinic for g in self.grants if g.role in roles and g.clinic is not None)


EMPTY_SCOPE = Scope()
M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """Base of query sets of personal data. Subclasses say who sees a row."""

    def visible_to(self, scope: Scope) -> Self:
        raise NotImplementedError(f"{type(self).__name__} does not say who sees its rows")

    def any_of(self, *conditions: Q | None) -> Self:
        """Rows that meet one of the conditions; none where no condition applies to this reader."""
        given = [condition for condition in conditions if condition is not None]
        if not given:
            return self.none()
        combined = given[0]
        for condition in given[1:]:
            combined |= condition
        return self.filter(combined)
