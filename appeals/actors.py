"""Who acts on an appeal: a signed-in person, somebody who proved number and code, or the portal itself."""

from dataclasses import dataclass
from typing import Self

from appeals.models import Appeal
from appeals.terms import Role
from appeals.visibility import roles_on
from registry.scoping import EMPTY_SCOPE, Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """Made by `Actor.of(scope)`, `Actor.holder(appeal_id)`, `Actor.clinic(…)`, or one of the two constants below."""

    scope: Scope = EMPTY_SCOPE
    is_system: bool = False
    holds: int | None = None
    asked: int | None = None

    @classmethod
    def of(cls, scope: Scope) -> Self:
        return cls(scope=scope)

    @classmethod
    def holder(cls, appeal_id: int) -> Self:
        """Whoever showed the number and the access code of this appeal; see `selectors.opened_by_code`."""
        return cls(holds=appeal_id)

    @classmethod
    def clinic(cls, scope: Scope, appeal_id: int) -> Self:
        """Somebody at a clinic that is asked about this appeal; whoever makes it has checked the request."""
        return cls(scope=scope, asked=appeal_id)

    def reaches(self, appeal_id: int) -> bool:
        """Whether this actor comes to the appeal by another door than being able to see it."""
        return self.is_system or appeal_id in (self.holds, self.asked)

    @property
    def user_id(self) -> int | None:
        return self.scope.user_id

    def roles_on(self, appeal: Appeal) -> tuple[Role, ...]:
        if self.is_system:
            return (Role.SYSTEM,)
        if self.holds is not None:
            return (Role.CITIZEN,) if self.holds == appeal.pk else ()
        if self.asked is not None:
            return (Role.CLINIC_STAFF,) if self.asked == appeal.pk else ()
        return roles_on(self.scope, appeal)

    @property
    def filing_role(self) -> Role:
        """In which role an appeal is filed: staff register for somebody else, everybody else for themselves."""
        if self.is_system:
            return Role.SYSTEM
        staff = [role for role in Role if role.value in self.scope.roles and role in _REGISTERING]
        return staff[0] if staff else Role.CITIZEN


_REGISTERING = frozenset(
    {
        Role.OPERATOR,
        Role.CASE_WORKER,
        Role.EXPERT,
        Role.SUPERVISOR,
        Role.FUND_OPERATOR,
        Role.FUND_ADMIN,
    }
)
SYSTEM = Actor(is_system=True)
ANONYMOUS = Actor()
