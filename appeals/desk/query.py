"""What a reader wants to see of the queue. One object for the page, the API, the count, bulk work and the sheet.

Everything in it but `words` may stand in an address. Words may hold a name or a policy number: they live in a
`QueueSearch`, whose key stands in the address instead.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from appeals.desk.paging import BY_ARRIVAL, BY_DUE, BY_URGENCY, Order
from appeals.desk.search import matching
from appeals.desk.tabs import Tab, of_tab
from appeals.models import Appeal, Validity
from appeals.models.appeal_rules import IS_OPEN
from appeals.selectors import working_scope
from registry.models import Clinic
from registry.scoping import Scope

FREE = "free"
SORTS: Mapping[str, Order] = {"due": BY_DUE, "received": BY_ARRIVAL, "urgency": BY_URGENCY}
# Fields compared as they are.
_EXACT = ("kind", "channel", "urgency", "state", "level")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Valid values or empty ones, as `FilterForm` and the API's serializer give them."""

    tab: Tab = Tab.MINE
    kind: str = ""
    topic: str = ""
    clinic: str = ""
    channel: str = ""
    urgency: str = ""
    due: str = ""
    due_from: date | None = None
    due_to: date | None = None
    state: str = ""
    level: str = ""
    who: str = ""
    office: str = ""
    validity: str = ""
    control: str = ""
    answered_from: date | None = None
    sort: str = ""
    words: str = ""

    @property
    def filters(self) -> dict[str, str]:
        """The plain filters that narrow the list, as they stand in an address."""
        return {name: str(value) for name, value in self._given() if name not in ("tab", "words", "sort")}

    @property
    def address(self) -> dict[str, str]:
        """Everything that may stand in an address."""
        return {name: str(value) for name, value in self._given() if name != "words"}

    def _given(self) -> Iterator[tuple[str, Any]]:
        for one in fields(self):
            value = getattr(self, one.name)
            if value not in ("", None):
                yield one.name, value

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.filters)

    @property
    def order(self) -> Order:
        if self.sort in SORTS:
            return SORTS[self.sort]
        # The register tells what came last; whatever is open, what is due first.
        return (
            BY_ARRIVAL if self.tab is Tab.ALL and not (self.due or self.due_from or self.due_to) else BY_DUE
        )

    def rows(self, scope: Scope, today: date) -> QuerySet[Appeal]:
        """The visible appeals it asks for, unordered. `today` is the reader's day."""
        visible = Appeal.objects.visible_to(working_scope(scope))
        return self.narrow(of_tab(self.tab, visible, scope, today), today)

    def narrow(self, rows: QuerySet[Appeal], today: date) -> QuerySet[Appeal]:
        exact = {name: getattr(self, name) for name in _EXACT if getattr(self, name)}
        rows = rows.filter(**exact)
        if self.topic:
            rows = rows.filter(Q(topic__code=self.topic) | Q(topic__code__startswith=f"{self.topic}."))
        if self.clinic:
            rows = rows.filter(clinic__in=_clinics(self.clinic))
        if self.due:
            rows = rows.filter(IS_OPEN, _due(self.due, today))
        if self.due_from:
            rows = rows.filter(due_on__gte=self.due_from)
        if self.due_to:
            rows = rows.filter(due_on__lte=self.due_to)
        if self.who:
            rows = (
                rows.filter(worker=None, assignee=None)
                if self.who == FREE
                else rows.filter(assignee=int(self.who))
            )
        rows = self._supervised(rows, today)
        if self.words:
            rows = rows.filter(matching(self.words))
        return rows

    def _supervised(self, rows: QuerySet[Appeal], today: date) -> QuerySet[Appeal]:
        """What the fund looks at: an insurer's cases, how complaints were judged, instructions."""
        if self.office:
            rows = rows.filter(organization=int(self.office))
        if self.validity:
            rows = rows.filter(validity__in=PROVED if self.validity == "proved" else [self.validity])
        if self.control:
            rows = (
                rows.filter(control_on__lt=today)
                if self.control == "late"
                else rows.filter(control_on__isnull=False)
            )
        if self.answered_from:
            start = timezone.make_aware(datetime.combine(self.answered_from, time()))
            rows = rows.filter(answered_at__gte=start)
        return rows


PROVED = (Validity.JUSTIFIED.value, Validity.REPEATED.value)


def _clinics(typed: str) -> list[int]:
    """By the registry code, with or without the name behind it, else by a part of the name."""
    code = typed.split()[0]
    by_code = Clinic.objects.filter(mo_code=code)
    rows = by_code if code.isdigit() else Clinic.objects.filter(name__icontains=typed)
    return list(rows.values_list("pk", flat=True)[:200])


def _due(window: str, today: date) -> Q:
    if window == "late":
        return Q(due_on__lt=today)
    if window == "0":
        return Q(due_on=today)
    return Q(due_on__range=(today, today + timedelta(days=int(window))))
