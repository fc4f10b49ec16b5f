"""The supervisor's view: people, their open cases, what is due today and overdue, who is absent."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from appeals.models import Appeal
from appeals.models.appeal_rules import IS_OPEN
from appeals.selectors import working_scope
from registry.names import short_name
from registry.scoping import Scope
from representatives.models import Absence, Representative


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    level: int
    capacity: int
    open: int
    due_today: int
    overdue: int
    absent: str
    pk: int
    url: str
    today_url: str
    overdue_url: str

    @property
    def stands_out(self) -> bool:
        """Has cases or is away: the others, often dozens, are folded away."""
        return bool(self.open or self.absent)

    @property
    def meter_max(self) -> int:
        """The bar of a load above the norm is full, not broken."""
        return max(self.capacity, self.open, 1)


def people_for(scope: Scope, organization: int, level: int, today: date) -> QuerySet[Representative]:
    """Who of an organisation and level may be given a case: least loaded first, the absent last. One query."""
    absent = Absence.objects.filter(representative=OuterRef("pk"), first_day__lte=today, last_day__gte=today)
    load = (
        Appeal.objects.filter(IS_OPEN, assignee=OuterRef("pk"))
        .order_by()
        .values("assignee")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return (
        Representative.objects.visible_to(scope)
        .working_on(today)
        .filter(organization=organization, level=level)
        .annotate(open_cases=Coalesce(Subquery(load), 0), is_absent=Exists(absent))
        .order_by("is_absent", "open_cases", "sort_key", "pk")
    )


def board_of(scope: Scope, today: date) -> list[Person]:
    """Everybody the reader is responsible for. Three queries whatever the number of people and cases."""
    people = list(
        Representative.objects.visible_to(scope).working_on(today).order_by("level", "sort_key", "pk")
    )
    cases: dict[int, dict[str, Any]] = {
        row["assignee"]: dict(row)
        for row in Appeal.objects.visible_to(working_scope(scope))
        .filter(IS_OPEN, assignee__isnull=False)
        .order_by()
        .values("assignee")
        .annotate(
            open=Count("pk"),
            due_today=Count("pk", filter=Q(due_on=today)),
            overdue=Count("pk", filter=Q(due_on__lt=today)),
        )
    }
    absent = dict(
        Absence.objects.visible_to(scope)
        .filter(first_day__lte=today, last_day__gte=today)
        .values_list("representative", F("last_day"))
    )
    return [_person(one, cases.get(one.pk, {}), absent.get(one.pk)) for one in people]


def _person(one: Representative, cases: dict[str, Any], absent_until: date | None) -> Person:
    queue = f"{reverse('staff_queue')}?tab=open&who={one.pk}"
    until = date_format(absent_until, "j E") if absent_until else ""
    return Person(
        name=short_name(one.last_name, one.first_name, one.middle_name),
        level=one.level,
        capacity=one.capacity,
        open=cases.get("open", 0),
        due_today=cases.get("due_today", 0),
        overdue=cases.get("overdue", 0),
        absent=gettext("absent until %(day)s") % {"day": until} if until else "",
        pk=one.pk,
        url=queue,
        today_url=f"{queue}&due=0",
        overdue_url=f"{queue}&due=late",
    )


def figures_of(scope: Scope, today: date) -> list[dict[str, Any]]:
    """The board's first line: open, free, due today, overdue; each leads to its rows. One query."""
    mine = Appeal.objects.visible_to(working_scope(scope)).filter(IS_OPEN)
    found = mine.aggregate(
        open=Count("pk"),
        free=Count("pk", filter=Q(worker=None, assignee=None)),
        today=Count("pk", filter=Q(due_on=today)),
        overdue=Count("pk", filter=Q(due_on__lt=today)),
    )
    queue = reverse("staff_queue")
    return [
        {
            "label": gettext("Open cases"),
            "value": found["open"],
            "url": f"{queue}?tab=open",
            "definition": gettext("Registered and not yet answered, forwarded, declined or withdrawn."),
        },
        {
            "label": gettext("In nobody's hands"),
            "value": found["free"],
            "url": f"{queue}?tab=open&who=free",
            "definition": gettext("Open cases that nobody has taken and nobody was given."),
        },
        {
            "label": gettext("Due today"),
            "value": found["today"],
            "url": f"{queue}?tab=open&due=0",
            "definition": gettext("Open cases whose lawful term ends today."),
        },
        {
            "label": gettext("Overdue"),
            "value": found["overdue"],
            "url": f"{queue}?tab=overdue",
            "definition": gettext("Open cases whose lawful term ended before today."),
        },
    ]
