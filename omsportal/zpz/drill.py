"""The rows behind one cell of a form, as the data stand now and as far as the reader sees them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from appeals.models import Appeal
from dispensary.models import Invitation
from omsportal.zpz import appeals_table, informing_table
from registry.scoping import Scope
from representatives.models.zpz import ZpzReport
from representatives.zpz.layout import TABLES, Filled

PAGE = 50


@dataclass(frozen=True, slots=True)
class Behind:
    """`now` is the cell counted anew, `seen` how many of these the reader may see."""

    rows: list[Any]
    next_key: int | None
    now: int
    seen: int


def behind(scope: Scope, report: ZpzReport, filled: Filled, *, row: str, column: str, after: int) -> Behind:
    """One page of the rows behind a cell. Errors: Http404 for a cell that has no rows."""
    line = filled.line(row)
    if line is None or all(known.key != column for known in TABLES[report.table].columns):
        raise Http404("No such cell")
    if report.table == "1":
        return _appeals(scope, report, filled, row, column, after)
    if report.table == "10":
        return _invitations(scope, report, line.row.measure, column, after)
    raise Http404("The people of table 9 have a page of their own")


def cell_of_appeals(report: ZpzReport, filled: Filled, row: str, column: str) -> Q:
    known = frozenset(line.row.code for line in filled.lines)
    where = appeals_table.received(report.organization, report.span)
    return where & appeals_table.behind(row, column, known)


def _appeals(scope: Scope, report: ZpzReport, filled: Filled, row: str, column: str, after: int) -> Behind:
    where = cell_of_appeals(report, filled, row, column)
    seen = Appeal.objects.visible_to(Scope(user_id=None, grants=scope.grants)).filter(where)
    rows: QuerySet[Any] = seen.select_related("topic", "organization").order_by("id")
    return _page(rows, after, now=Appeal.objects.filter(where).count(), seen=seen.count())


def _invitations(scope: Scope, report: ZpzReport, measure: str, column: str, after: int) -> Behind:
    conditions = informing_table.conditions(report.organization, report.span)
    if measure not in conditions or column == "observation":
        raise Http404("No such cell")
    where = conditions[measure]
    if column != "total":
        where &= Q(campaign__programme__in=informing_table.PROGRAMMES[column])
    seen = Invitation.objects.visible_to(Scope(user_id=None, grants=scope.grants)).filter(where)
    rows: QuerySet[Any] = seen.select_related("person", "campaign__programme", "clinic").order_by("id")
    return _page(rows, after, now=Invitation.objects.filter(where).count(), seen=seen.count())


def _page(rows: QuerySet[Any], after: int, *, now: int, seen: int) -> Behind:
    found = list(rows.filter(id__gt=after)[: PAGE + 1])
    page = found[:PAGE]
    return Behind(page, page[-1].pk if len(found) > PAGE else None, now, seen)
