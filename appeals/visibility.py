"""Who sees which appeals and which parts of them, and in which role somebody acts on one.

Everything that depends on a reader is decided here: rows by `readers`, acting roles by `roles_on`, fields and
papers by the small predicates below.
"""

from typing import TYPE_CHECKING

from django.db.models import Q

from appeals.levels import takes
from appeals.lifecycle import Action
from appeals.terms import Role
from registry.scoping import Role as Granted
from registry.scoping import Scope

if TYPE_CHECKING:
    from appeals.models import Appeal


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
    funds = scope.funds(Granted.FUND_OPERATOR, Granted.FUND_ADMIN)
    return [
        where(organization__in=first, level=1) if first else None,
        where(organization__in=first, passed_by_first_level=True) if first else None,
        where(organization__in=first, offered_level=1) if first else None,
        # A matter outside OMS has no level; somebody has to forward it within seven days.
        where(organization__in=second)
        & (where(level__lte=2) | where(level__isnull=True) | where(offered_level=2))
        if second
        else None,
        where(organization__in=third) if third else None,
        # The rules could not place it: the head of whoever received it sees that it waits.
        where(received_by__in=heads, state="registered", routed_at__isnull=True, routing_attempts__gt=0)
        if heads
        else None,
        # The fund judges a complaint about the insurer; the insurer's head gets a copy to read.
        where(insurer__in=heads, copy_to_supervisor=True) if heads else None,
        where(region__in=operators, received_by__in=funds) if operators else None,
        where(region__in=admins) if admins else None,
        # Another region's fund passed it on to ours.
        where(organization__in=funds) if funds else None,
    ]


def roles_on(scope: Scope, appeal: "Appeal") -> tuple[Role, ...]:
    """The roles in which this person may act on this appeal, the strongest first.

    Narrower than seeing: an operator still sees what was handed over, and a supervisor reads the copy of a
    complaint about the own insurer, but neither may act on it any more.
    """
    roles = [role for role, holds in _holds(scope, appeal).items() if holds]
    return tuple(roles)


def _holds(scope: Scope, appeal: "Appeal") -> dict[Role, bool]:
    office = appeal.organization

    def works_in(role: Granted) -> bool:
        return office is not None and office.pk in scope.organizations(role)

    def at_the_fund(role: Granted) -> bool:
        place = office or appeal.received_by
        return place.is_fund and place.region_id in scope.regions(role)

    return {
        Role.FUND_ADMIN: at_the_fund(Granted.FUND_ADMIN)
        or appeal.region_id in scope.regions(Granted.FUND_ADMIN),
        Role.SUPERVISOR: works_in(Granted.SUPERVISOR) or _stuck_at(scope, appeal),
        Role.EXPERT: works_in(Granted.EXPERT),
        Role.CASE_WORKER: works_in(Granted.CASE_WORKER)
        and (appeal.level in (None, 1, 2) or appeal.offered_level == 2),
        Role.FUND_OPERATOR: at_the_fund(Granted.FUND_OPERATOR),
        Role.OPERATOR: works_in(Granted.OPERATOR) and 1 in (appeal.level, appeal.offered_level),
        Role.CITIZEN: is_own(scope, appeal),
    }


def _stuck_at(scope: Scope, appeal: "Appeal") -> bool:
    """Nobody works it because the rules could not place it: the receiving insurer's supervisor may."""
    return appeal.routing_attempts > 0 and appeal.received_by_id in scope.organizations(Granted.SUPERVISOR)


# What the fund's administrator may do to an appeal that an insurer works: put it elsewhere, open it again.
_OVER_AN_INSURER = frozenset({Action.REROUTE, Action.REOPEN, Action.INSTRUCT})
_DECISIONS = frozenset({Action.ACCEPT_HAND_OVER, Action.RETURN_HAND_OVER})
_HIGHEST = {Role.OPERATOR: 1, Role.CASE_WORKER: 2}


def may(role: Role, action: Action, appeal: "Appeal") -> bool:
    """What the table of moves cannot know: whose appeal it is."""
    if role is Role.FUND_ADMIN and appeal.organization is not None and not appeal.organization.is_fund:
        return action in _OVER_AN_INSURER
    if action is Action.INSTRUCT:
        # The fund instructs insurers, not itself.
        return False
    if action in _DECISIONS:
        # Without an offer the service says that it is gone.
        return appeal.offered_level is None or takes(role, appeal.offered_level)
    # What is only offered is decided upon first and worked afterwards.
    return role not in _HIGHEST or (appeal.level or 0) <= _HIGHEST[role]


def is_own(scope: Scope, appeal: "Appeal") -> bool:
    """Whether a citizen reads an appeal of the own household."""
    if appeal.applicant_user_id is not None and appeal.applicant_user_id == scope.user_id:
        return True
    people = {appeal.applicant_id, appeal.concerned_person_id} - {None}
    return not people.isdisjoint(scope.own_people)


def sees_internal(roles: tuple[Role, ...]) -> bool:
    """Internal notes, routing to people, events not marked public: for staff only."""
    return any(role is not Role.CITIZEN for role in roles)


def sees_sealed(roles: tuple[Role, ...]) -> bool:
    """An expert opinion and what belongs to it: level 3, and the fund that supervises."""
    return Role.EXPERT in roles or Role.FUND_ADMIN in roles
