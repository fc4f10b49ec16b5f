"""One page of the queue with everything around it: parts with counts, filters, rows, the way on and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.forms import BoundField
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appeals.desk import searches
from appeals.desk.access import HEADS
from appeals.desk.filters import FilterForm, kept, read
from appeals.desk.paging import page_of
from appeals.desk.presenting import Row, rows_of
from appeals.desk.query import FREE, Query
from appeals.desk.tabs import LABELS, Tab, bounded_counts, count_words, of_tab, tabs_for
from appeals.models import Appeal, QueueSearch
from appeals.selectors import working_scope
from registry.models import Organization
from registry.scoping import Scope
from representatives.models import Representative

FIELDS = (
    "kind", "urgency", "due", "topic", "clinic", "channel", "state", "level", "due_from", "due_to",
    "validity", "control", "answered_from", "sort",
)  # fmt: skip
EMPTY: dict[Tab, tuple[Promise, Promise]] = {
    Tab.MINE: (_("Nothing in your hands"), _("Take the next case: the most urgent one comes first.")),
    Tab.LEVEL: (_("Nothing waits at your level"), _("New cases appear here as soon as they are routed.")),
    Tab.OFFERED: (_("Nobody offers you a case"), _("What colleagues hand over to your level appears here.")),
    Tab.OVERDUE: (_("Nothing is overdue"), _("All open cases are within the lawful term.")),
    Tab.WAITING: (_("Nothing waits for an answer from outside"), _("No case waits for anybody's reply.")),
    Tab.OPEN: (_("Nothing is open"), _("New cases appear here as soon as they are registered.")),
    Tab.ALL: (_("There are no cases yet"), _("Cases appear here as soon as they are registered.")),
}
NOT_FOUND = (_("Nothing fits the filters"), _("Widen the filters or look in another part of the queue."))
_UNUSED = ("text", "wish", "answer", "routing_reasons", "extension_reason", "access_code_hash")


@dataclass(frozen=True, slots=True)
class Listing:
    query: Query
    search: QueueSearch | None
    search_lost: bool
    views: list[dict[str, Any]]
    tab: Tab
    tabs: list[dict[str, Any]]
    rows: list[Row]
    form: FilterForm
    here: str
    here_query: str
    address: dict[str, str]
    may_export: bool
    previous_url: str
    next_url: str
    count_text: str
    clear_url: str
    elsewhere_url: str
    who: str
    who_name: str
    office: str
    office_name: str
    empty_title: Promise
    empty_text: Promise
    narrowed: int = 0
    choice_fields: list[BoundField] = field(default_factory=list)


def listing_of(
    params: Mapping[str, Any], *, scope: Scope, today: date, now: datetime, current: str = ""
) -> Listing:
    """Reads the address of a list. Constant queries: visible organisations, views, found words, counts, rows."""
    address = kept(params)
    views, search = searches.views_and_search(scope, address.get("search", ""), now)
    lost = bool(address.get("search")) and search is None
    if lost:
        address.pop("search")
    query = read(address, search)
    tab = query.tab
    address["tab"] = tab
    visible = Appeal.objects.visible_to(working_scope(scope))
    parts = {one: of_tab(one, visible, scope, today) for one in tabs_for(scope)}
    rows = query.narrow(of_tab(tab, visible, scope, today), today)
    named: dict[str, QuerySet[Appeal]] = {str(one): part for one, part in parts.items()}
    counts = bounded_counts(named | {"here": rows} if query.is_narrow else named)
    page = page_of(light(rows), query.order, after=address.get("after", ""), before=address.get("before", ""))
    form = FilterForm(address)
    title, text = NOT_FOUND if query.is_narrow else EMPTY[tab]
    wider = bool(query.words) and tab is not Tab.ALL and Tab.ALL in parts
    return Listing(
        query=query,
        search=search,
        search_lost=lost,
        views=[_view_link(view, scope, search) for view in views],
        tab=tab,
        tabs=[_tab_link(one, counts[one], current=one is tab) for one in parts],
        rows=rows_of(page.rows, scope=scope, address=address, current=current),
        form=form,
        here=_queue(address),
        here_query=address.urlencode(),
        address={name: str(value) for name, value in address.items()},
        may_export=scope.has(*HEADS),
        previous_url=_turned(address, before=page.before),
        next_url=_turned(address, after=page.after),
        count_text=count_words(counts.get("here", counts.get(tab, 0))),
        clear_url=f"{reverse('staff_queue')}?tab={tab}" if query.is_narrow else "",
        elsewhere_url=_everywhere(address) if wider else "",
        who=query.who,
        who_name=_who_name(query.who, scope),
        office=query.office,
        office_name=_office_name(query.office),
        empty_title=title,
        empty_text=text,
        narrowed=len([name for name in query.filters if name in FIELDS]) + bool(query.sort),
        choice_fields=[form[name] for name in FIELDS],
    )


def topic_options(topics: list[tuple[str, str]]) -> SafeString:
    """Options of a datalist in one piece: a template for each would cost more than the rest of the page."""
    return format_html_join("", '<option value="{} {}"></option>', topics)


def light(rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
    people = ("topic", "assignee", "worker", "organization")
    return rows.select_related(*people).defer(*_UNUSED)


def _tab_link(tab: Tab, count: int, *, current: bool) -> dict[str, Any]:
    return {
        "url": f"{reverse('staff_queue')}?tab={tab}",
        "label": LABELS[tab],
        "count": count_words(count),
        "current": current,
    }


def _view_link(view: QueueSearch, scope: Scope, search: QueueSearch | None) -> dict[str, Any]:
    return {
        "url": searches.address_of(view),
        "name": view.name,
        "shared": view.shared,
        "own": view.owner_id == scope.user_id,
        "current": search is not None and search.pk == view.pk,
    }


def _everywhere(address: QueryDict) -> str:
    """The same words in all parts of the queue: who knows a number does not know in which part it is."""
    wide = QueryDict(mutable=True)
    wide.update({"tab": str(Tab.ALL), "search": str(address["search"])})
    return _queue(wide)


def _turned(address: QueryDict, *, before: str = "", after: str = "") -> str:
    if not (before or after):
        return ""
    turned = address.copy()
    turned.pop("after", None)
    turned.pop("before", None)
    turned["before" if before else "after"] = before or after
    return _queue(turned)


def _queue(address: QueryDict) -> str:
    return f"{reverse('staff_queue')}?{address.urlencode()}"


def _who_name(who: str, scope: Scope) -> str:
    if who == FREE:
        return str(_("nobody yet"))
    if not who:
        return ""
    found = Representative.objects.visible_to(scope).filter(pk=int(who)).first()
    return found.full_name if found else "—"


def _office_name(office: str) -> str:
    """Organisations are no secret; whose cases one sees is decided elsewhere."""
    if not office:
        return ""
    return Organization.objects.filter(pk=int(office)).values_list("short_name", flat=True).first() or "—"
