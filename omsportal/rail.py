"""The left rail of the staff's pages: what the wings offer, and of that what this reader may open."""

from datetime import datetime
from typing import Any, TypedDict

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from appeals.calls import call_backs
from appeals.desk.access import DESK
from appeals.desk.tabs import bounded_counts, count_words
from dispensary.models import Call
from dispensary.views.calls import CALLERS, WATCHERS
from registry.access import access_of
from registry.scoping import EMPTY_SCOPE, Scope


class RailItem(TypedDict):
    url: str
    label: Promise
    icon: str
    current: bool
    # Where the number beside the item is asked for.
    bell: str
    # How much work waits there, in words; empty where none does, or where nothing is counted.
    count: str
    # The key that leads there, by its place on the keyboard.
    key: str


# Name of the route, word, icon, and the addresses that belong to the same place.
PLACES: tuple[tuple[str, Promise, str, tuple[str, ...]], ...] = (
    ("staff_queue", _("Queue"), "inbox", ("/staff/queue/", "/staff/cases/", "/staff/next/")),
    ("staff_notices", _("Notices"), "bell", ("/staff/notices/",)),
    ("staff_call", _("New call"), "telephone-inbound", ("/staff/call/",)),
    ("staff_calls", _("Calls back"), "telephone-forward", ("/staff/calls/",)),
    ("staff_board", _("Board"), "kanban", ("/staff/board/",)),
    ("staff_sampling", _("Quality"), "clipboard-check", ("/staff/quality/",)),
    ("staff_supervision", _("Supervision"), "eye", ("/staff/supervision/",)),
    ("staff_letters", _("Outgoing letters"), "envelope", ("/staff/letters/",)),
    ("staff_texts", _("Ready texts"), "file-text", ("/staff/texts/", "/staff/macros/")),
    ("help-editors:list", _("Knowledge base"), "book", ("/staff/help/",)),
    ("representatives:register", _("Representatives"), "person-badge", ("/region/representatives/",)),
    (
        "representatives:posts",
        _("Duty posts"),
        "calendar-week",
        ("/region/posts/", "/region/lines/"),
    ),
    ("dashboard", _("Dashboard"), "speedometer2", ("/region/dashboard/",)),
    ("appeals_report", _("Appeals report"), "bar-chart-line", ("/region/appeals",)),
    ("representatives:staffing", _("Staffing"), "people", ("/region/staffing",)),
    ("zpz:board", _("Official forms"), "file-earmark-ruled", ("/region/forms/",)),
    ("what_if", _("What if"), "sliders", ("/region/what-if/",)),
    ("dispensary:calls", _("Exam calls"), "telephone-outbound", ("/staff/call-list/",)),
    ("dispensary:campaigns", _("Exams"), "calendar-check", ("/region/exams/",)),
    ("notifications:prints", _("Invitations to print"), "printer", ("/staff/prints/",)),
    ("message_texts", _("Messages"), "chat-square-text", ("/region/messages/",)),
    ("clinic_requests", _("Requests"), "envelope-paper", ("/clinic/requests/",)),
    ("dispensary:observation", _("Observation"), "heart-pulse", ("/staff/observation/",)),
    ("dispensary:aftercare", _("After the exam"), "clipboard-check", ("/staff/aftercare/",)),
    ("dispensary:hospital", _("Hospital"), "building", ("/staff/hospital/",)),
    ("representatives:clinic-posts", _("Representatives here"), "calendar-week", ("/clinic-posts/",)),
    ("dispensary:clinic", _("Our clinic"), "hospital", ("/clinic/",)),
    ("dispensary:clinic-files", _("Clinic files"), "file-earmark-spreadsheet", ("/clinic/files/",)),
    ("access_log", _("Access log"), "journal-text", ("/security/access/",)),
)

# One key leads from any work to any other, in whatever layout of the keyboard.
KEYS = {"staff_queue": "KeyQ", "staff_call": "KeyC", "staff_calls": "KeyB", "dispensary:calls": "KeyX"}


def rail_for(request: HttpRequest) -> list[RailItem]:
    """The items for this reader: a route that would answer 404 to the reader is left out."""
    scope: Scope = getattr(request, "scope", EMPTY_SCOPE)
    items: list[RailItem] = []
    # Of places one inside the other the innermost is the current one.
    here = max(
        (place for _, _, _, places in PLACES for place in places if request.path.startswith(place)),
        key=len,
        default="",
    )
    counts = work_waiting(scope, timezone.now()) if scope.is_staff else {}
    for name, label, icon, places in PLACES if scope.is_staff else ():
        url = reverse(name)
        access = access_of(resolve(url).func)
        if access is not None and access.admits(scope):
            bell = reverse("staff_bell") if name == "staff_notices" else ""
            waiting = counts.get(name, 0)
            items.append(
                RailItem(
                    url=url,
                    label=label,
                    icon=icon,
                    current=here in places,
                    bell=bell,
                    count=count_words(waiting) if waiting else "",
                    key=KEYS.get(name, ""),
                )
            )
    return items


def work_waiting(scope: Scope, now: datetime) -> dict[str, int]:
    """Calls that wait for this reader, by the place where they are worked. One query, bounded."""
    parts: dict[str, QuerySet[Any]] = {}
    if scope.has(*DESK):
        parts["staff_calls"] = call_backs.waiting(scope)
    if scope.has(*CALLERS, *WATCHERS):
        parts["dispensary:calls"] = Call.objects.visible_to(scope).filter(
            closed_at__isnull=True, due_at__lte=now
        )
    return bounded_counts(parts)


def rail(request: HttpRequest) -> dict[str, object]:
    """Context processor. Computed when a template first looks at it, so that other pages pay nothing."""
    return {"rail": SimpleLazyObject(lambda: rail_for(request))}
