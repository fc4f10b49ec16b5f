"""The parts of the queue: which appeals belong to each, and how many there are without ever counting all."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.lifecycle import WAITING
from appeals.models import Appeal, HandOver, HandOverState
from appeals.models.appeal_rules import IS_OPEN
from registry.models import Organization
from registry.models.parties import OrganizationKind
from registry.scoping import Role, Scope

# A count past this reads "1,000+".
MANY = 1000


class Tab(StrEnum):
    MINE = "mine"
    LEVEL = "level"
    OFFERED = "offered"
    OVERDUE = "overdue"
    WAITING = "waiting"
    OPEN = "open"
    ALL = "all"


LABELS: Mapping[Tab, Promise] = {
    Tab.MINE: _("Mine"),
    Tab.LEVEL: _("My level"),
    Tab.OFFERED: _("Offered to me"),
    Tab.OVERDUE: _("Overdue"),
    Tab.WAITING: _("Waiting"),
    Tab.OPEN: _("All open"),
    Tab.ALL: pgettext_lazy("cases", "All"),
}
_LEVELS = {Role.OPERATOR: 1, Role.CASE_WORKER: 2, Role.EXPERT: 3}


def tabs_for(scope: Scope) -> list[Tab]:
    """The parts that can hold anything for this reader; a head of staff works on no level."""
    missing = set()
    if not scope.has(*_LEVELS, Role.SUPERVISOR):
        missing.add(Tab.OFFERED)
    if not scope.has(*_LEVELS, Role.FUND_OPERATOR, Role.FUND_ADMIN):
        missing.add(Tab.LEVEL)
    return [tab for tab in Tab if tab not in missing]


def of_tab(tab: Tab, visible: QuerySet[Appeal], scope: Scope, today: date) -> QuerySet[Appeal]:
    """The appeals of a part of the queue; `visible` is already scoped. All of them but the last are open."""
    if tab is Tab.ALL:
        return visible
    rows = visible.filter(IS_OPEN)
    match tab:
        case Tab.MINE:
            return rows.filter(worker=scope.user_id)
        case Tab.OVERDUE:
            return rows.filter(due_on__lt=today)
        case Tab.WAITING:
            return rows.filter(state__in=sorted(WAITING))
        case Tab.OFFERED:
            return rows.filter(_offered(scope))
        case Tab.LEVEL:
            return rows.filter(_own_level(scope))
        case Tab.OPEN:
            return rows


def _own_level(scope: Scope) -> Q:
    """The level the reader works on, in the own organisations; at a fund, what the fund itself works."""
    found = Q(pk__in=[])
    for role, level in _LEVELS.items():
        found |= Q(organization__in=scope.organizations(role), level=level)
    regions = scope.regions(Role.FUND_OPERATOR, Role.FUND_ADMIN)
    if regions:
        funds = Organization.objects.filter(kind=OrganizationKind.FUND, region__in=regions)
        found |= Q(organization__in=funds.values("pk"))
    return found


def _offered(scope: Scope) -> Q:
    heads = scope.organizations(Role.SUPERVISOR)
    found = Q(Exists(_open_offers())) & Q(organization__in=heads)
    for role, level in _LEVELS.items():
        found |= Q(Exists(_open_offers().filter(to_level=level)), organization__in=scope.organizations(role))
    return found


def _open_offers() -> QuerySet[HandOver]:
    return HandOver.objects.filter(appeal=OuterRef("pk"), state=HandOverState.OFFERED)


def bounded_counts(parts: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each part has, up to MANY + 1: one query that never reads more than it has to say."""
    columns: list[tuple[str, str]] = []
    values: list[Any] = []
    empty: dict[str, int] = {}
    for name, rows in parts.items():
        limited = rows.order_by().values("pk")[: MANY + 1]
        try:
            sql, params = limited.query.sql_with_params()
        except EmptyResultSet:
            empty[name] = 0
            continue
        columns.append((name, f"(SELECT count(*) FROM ({sql}) AS part)"))
        values.extend(params)
    if not columns:
        return empty
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(column for _name, column in columns), values)
        found = cursor.fetchone()
    return empty | dict(zip((name for name, _column in columns), found, strict=True))


def count_words(count: int) -> str:
    return f"{MANY // 1000}\N{NO-BREAK SPACE}000+" if count > MANY else str(count)
