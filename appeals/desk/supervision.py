"""The fund's page: how do the insurers of the region treat appeals? Each number leads to its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from appeals.desk.overrides import period
from appeals.desk.query import PROVED
from appeals.models import Appeal
from appeals.models.appeal_rules import IS_OPEN
from appeals.selectors import working_scope
from appeals.terms import Kind
from registry.access import roles
from registry.middleware import ScopedRequest
from registry.models import Organization
from registry.models.parties import OrganizationKind
from registry.scoping import Role, Scope

PERIODS = (30, 90, 365)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and where its rows are; nothing to open where it is nought."""

    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    open: Cell
    overdue: Cell
    soon: Cell
    answered: Cell
    justified: Cell
    share: str
    instructed: Cell
    instructed_late: Cell


def lines_of(scope: Scope, *, today: date, since: datetime) -> list[Line]:
    """The insurers of the reader's regions, those with most overdue first. Three queries, all by index."""
    offices = Organization.objects.filter(
        region__in=scope.regions(Role.FUND_ADMIN), kind=OrganizationKind.INSURER
    )
    names = dict(offices.order_by("short_name", "pk").values_list("pk", "short_name"))
    visible = Appeal.objects.visible_to(working_scope(scope)).filter(organization__in=list(names)).order_by()
    running = _by_office(
        visible.filter(IS_OPEN)
        .values("organization")
        .annotate(
            open=Count("pk"),
            overdue=Count("pk", filter=Q(due_on__lt=today)),
            soon=Count("pk", filter=Q(due_on__range=(today, today + timedelta(days=3)))),
        )
    )
    judged = _by_office(
        visible.filter(kind=Kind.COMPLAINT, answered_at__gte=since)
        .values("organization")
        .annotate(answered=Count("pk"), justified=Count("pk", filter=Q(validity__in=PROVED)))
    )
    told = _by_office(
        visible.filter(control_on__isnull=False)
        .values("organization")
        .annotate(instructed=Count("pk"), instructed_late=Count("pk", filter=Q(control_on__lt=today)))
    )
    found = [
        _line(pk, name, {**running.get(pk, {}), **judged.get(pk, {}), **told.get(pk, {})}, since.date())
        for pk, name in names.items()
    ]
    return sorted(found, key=lambda line: (-line.overdue.count, -line.instructed_late.count))


def _by_office(rows: Any) -> dict[int, dict[str, int]]:
    return {row["organization"]: {k: v for k, v in row.items() if k != "organization"} for row in rows}


def _line(office: int, name: str, counts: Mapping[str, int], since: date) -> Line:
    def cell(what: str, **address: str) -> Cell:
        query = urlencode({"tab": "open", "office": str(office), **address})
        return Cell(counts.get(what, 0), f"{reverse('staff_queue')}?{query}")

    complaints = {"tab": "all", "kind": "complaint", "answered_from": since.isoformat()}
    answered, justified = counts.get("answered", 0), counts.get("justified", 0)
    return Line(
        name=name,
        open=cell("open"),
        overdue=cell("overdue", tab="overdue"),
        soon=cell("soon", due="3"),
        answered=cell("answered", **complaints),
        justified=cell("justified", **complaints, validity="proved"),
        share=f"{round(100 * justified / answered)}\N{NO-BREAK SPACE}%" if answered else "–",
        instructed=cell("instructed", tab="all", control="any"),
        instructed_late=cell("instructed_late", tab="all", control="late"),
    )


@roles(Role.FUND_ADMIN)
@require_safe
def supervision(request: ScopedRequest) -> HttpResponse:
    today = timezone.localdate()
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and len(asked) < 4 and int(asked) in PERIODS else PERIODS[1]
    since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
    context = {
        "lines": lines_of(request.scope, today=today, since=since),
        "periods": [
            {
                "label": period(one),
                "url": f"?days={one}",
                "current": one == days,
            }
            for one in PERIODS
        ],
        "since": since.date(),
    }
    return render(request, "appeals/desk/supervision.html", context)
