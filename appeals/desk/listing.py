"""One page of the queue with everything around it: parts with counts, filters, rows, the way on and back."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.forms import BoundField
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appeals.desk.filters import FREE, FilterForm, narrow
from appeals.desk.forms import topic_choices
from appeals.desk.paging import BY_ARRIVAL, BY_DUE, page_of
from appeals.desk.presenting import Row, rows_of
from appeals.desk.tabs import LABELS, Tab, bounded_counts, count_words, of_tab, tabs_for
from appeals.models import Appeal
from appeals.selectors import working_scope
from registry.scoping import Scope
from representatives.models import Representative

# What of the address belongs to the list; the rest is dropped when it is passed on.
KEPT = ("tab", "q", "kind", "topic", "urgency", "due", "who", "after", "before")
FIELDS = ("kind", "urgency", "due", "topic")
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
    tab: Tab
    tabs: list[dict[str, Any]]
    rows: list[Row]
    form: FilterForm
    here: str
    previous_url: str
    next_url: str
    count_text: str
    clear_url: str
    elsewhere_url: str
    who: str
    who_name: str
    topics: SafeString
    empty_title: Promise
    empty_text: Promise
    narrowed: int = 0
    choice_fields: list[BoundField] = field(default_factory=list)


def kept(params: QueryDict) -> QueryDict:
    """The list's own part of an address, to come back to the same place."""
    clean = QueryDict(mutable=True)
    for name in KEPT:
        if value := params.get(name, ""):
            clean[name] = value
    return clean


def listing_of(params: QueryDict, *, scope: Scope, today: date, current: str = "") -> Listing:
    """Reads the address of a list. Constant queries: visible organisations, counts, rows, topics."""
    address = kept(params)
    wanted = str(address.get("tab", ""))
    tab = Tab(wanted) if wanted in list(Tab) else Tab.MINE
    address["tab"] = tab
    form = FilterForm(address)
    given = form.given
    visible = Appeal.objects.visible_to(working_scope(scope))
    parts = {one: of_tab(one, visible, scope, today) for one in tabs_for(scope)}
    rows = narrow(of_tab(tab, visible, scope, today), given, today)
    named: dict[str, QuerySet[Appeal]] = {str(one): part for one, part in parts.items()}
    counts = bounded_counts(named | {"here": rows} if given else named)
    order = BY_ARRIVAL if tab is Tab.ALL and "due" not in given else BY_DUE
    page = page_of(_light(rows), order, after=address.get("after", ""), before=address.get("before", ""))
    narrowed = {name: value for name, value in given.items() if name in FIELDS}
    title, text = NOT_FOUND if given else EMPTY[tab]
    wider = "q" in given and tab is not Tab.ALL and Tab.ALL in parts
    return Listing(
        tab=tab,
        tabs=[_tab_link(one, counts[one], current=one is tab) for one in parts],
        rows=rows_of(page.rows, scope=scope, address=address, current=current),
        form=form,
        here=_queue(address),
        previous_url=_turned(address, before=page.before),
        next_url=_turned(address, after=page.after),
        count_text=count_words(counts.get("here", counts.get(tab, 0))),
        clear_url=f"{reverse('staff_queue')}?tab={tab}" if given else "",
        elsewhere_url=_everywhere(given["q"]) if wider else "",
        who=given.get("who", ""),
        who_name=_who_name(given.get("who", ""), scope),
        topics=topic_options(topic_choices(today)),
        empty_title=title,
        empty_text=text,
        narrowed=len(narrowed),
        choice_fields=[form[name] for name in FIELDS],
    )


def topic_options(topics: list[tuple[str, str]]) -> SafeString:
    """Options of a datalist in one piece: a template for each would cost more than the rest of the page."""
    return format_html_join("", '<option value="{} {}"></option>', topics)


def _light(rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
    people = ("topic", "assignee", "worker", "organization")
    return rows.select_related(*people).defer(*_UNUSED)


def _tab_link(tab: Tab, count: int, *, current: bool) -> dict[str, Any]:
    return {
        "url": f"{reverse('staff_queue')}?tab={tab}",
        "label": LABELS[tab],
        "count": count_words(count),
        "current": current,
    }


def _everywhere(text: str) -> str:
    """The same words in all parts of the queue: who knows a number does not know in which part it is."""
    address = QueryDict(mutable=True)
    address.update({"tab": Tab.ALL, "q": text})
    return _queue(address)


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
