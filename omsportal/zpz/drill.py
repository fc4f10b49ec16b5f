"""The rows behind one cell of a form.

Of table 1 they are the very appeals that were counted, as they stood then; of table 10 the invitations as they stand
now, because these are not kept from count to count.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from appeals.models import Appeal, AppealTopic
from appeals.models.appeal_rules import Validity
from appeals.models.reports import AppealFactQuerySet
from appeals.reports.reading import latest_run
from appeals.terms import Form, Kind
from appeals.words import FORMS, KINDS
from dispensary.models import Invitation
from omsportal.zpz import appeals_table, informing_table
from registry.scoping import Scope
from representatives.models.zpz import ZpzReport, ZpzVersion
from representatives.zpz.layout import TABLES, Filled

PAGE = 50


@dataclass(frozen=True, slots=True)
class Behind:
    """`now` is the cell counted anew, `seen` how many rows of the cell the reader may see."""

    rows: list[Any]
    next_key: int | None
    now: int
    seen: int


def behind(scope: Scope, version: ZpzVersion, filled: Filled, *, row: str, column: str, after: int) -> Behind:
    """One page of the rows behind a cell. Errors: Http404 for a cell that has no rows."""
    line, report = filled.line(row), version.report
    if line is None or all(known.key != column for known in TABLES[report.table].columns):
        raise Http404("No such cell")
    if report.table == "1":
        return _appeals(scope, version, filled, row, column, after)
    if report.table == "10":
        return _invitations(scope, report, line.row.measure, column, after)
    raise Http404("The people of table 9 have a page of their own")


def facts_behind(report: ZpzReport, filled: Filled, row: str, column: str, run: int) -> AppealFactQuerySet:
    known = frozenset(line.row.code for line in filled.lines)
    cell = appeals_table.behind(row, column, known)
    return appeals_table.received(report.organization, report.span, run).filter(cell)


def _appeals(scope: Scope, version: ZpzVersion, filled: Filled, row: str, column: str, after: int) -> Behind:
    latest = latest_run()
    now = facts_behind(version.report, filled, row, column, latest.pk if latest else 0).count()
    facts = facts_behind(version.report, filled, row, column, version.run or 0).visible_to(scope)
    found: QuerySet[Any] = facts.select_related("appeal", "organization").order_by("id")
    page = _page(found, after, now=now, seen=facts.count())
    dress(scope, page.rows)
    return page


def dress(scope: Scope, facts: list[Any]) -> None:
    """Gives each fact its words, and whether the reader may open the case."""
    titles = dict(AppealTopic.objects.filter(code__in={f.topic for f in facts}).values_list("code", "title"))
    readable = Appeal.objects.visible_to(Scope(user_id=None, grants=scope.grants))
    seen = set(readable.filter(pk__in=[f.appeal_id for f in facts]).values_list("pk", flat=True))
    for fact in facts:
        fact.title, fact.opens = titles.get(fact.topic, fact.topic), fact.appeal_id in seen
        judged = Validity(fact.validity).label if fact.validity else ""
        words = (KINDS[Kind(fact.kind)], FORMS[Form(fact.form)], judged)
        fact.words = ", ".join(str(word) for word in words if word)


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
