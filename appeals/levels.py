"""Which roles take a case at which level: pure. An expert works every level, the fund its own cases."""

from appeals.terms import Role

_TAKES = {
    1: frozenset({Role.OPERATOR, Role.CASE_WORKER, Role.EXPERT}),
    2: frozenset({Role.CASE_WORKER, Role.EXPERT}),
    3: frozenset({Role.EXPERT}),
}
_ANY_LEVEL = frozenset({Role.SUPERVISOR, Role.FUND_OPERATOR, Role.FUND_ADMIN})


def takes(role: Role, level: int) -> bool:
    """Whether the role may take a case that is offered to the level."""
    return role in _TAKES[level] or role in _ANY_LEVEL
