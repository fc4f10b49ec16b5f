"""The list stays true while it is being looked at: rows that changed are drawn anew where they stand."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from appeals.desk import searches
from appeals.desk.access import desk_roles
from appeals.desk.bulk import chosen_in
from appeals.desk.filters import kept, read
from appeals.desk.listing import light
from appeals.desk.paging import PAGE, page_of
from appeals.desk.presenting import rows_of
from appeals.models import Appeal
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.subjects import Subject


@desk_roles
@require_POST
def changes(request: ScopedRequest) -> HttpResponse:
    """What became of the rows on a page: changed ones as they are now, gone ones marked, new ones counted.

    The page says which rows it shows and in which version; nothing moves under the reader's hand.
    """
    now, today = timezone.now(), timezone.localdate()
    shown = {one.number: one.version for one in chosen_in(request.POST.getlist("shown")[: 4 * PAGE])}
    address = kept(request.POST)
    search = searches.found(request.scope, str(address.get("search", "")), now)
    query = read(address, search)
    page = page_of(
        light(query.rows(request.scope, today)),
        query.order,
        after=address.get("after", ""),
        before=address.get("before", ""),
    )
    there = {one.number: one for one in page.rows}
    elsewhere = _elsewhere(request, query, set(shown) - set(there))
    known = there | elsewhere
    changed = [one for number, one in known.items() if shown.get(number, one.version) != one.version]
    context: dict[str, Any] = {
        "rows": rows_of(
            changed, scope=request.scope, address=address, current=str(request.POST.get("current", ""))
        ),
        "gone": [number for number in shown if number not in known],
        "new": len([number for number in there if number not in shown]),
        "url": f"{reverse('staff_queue')}?{address.urlencode()}",
        "today": today,
    }
    if changed:
        record_read(
            scope=request.scope,
            subject=Subject.APPEAL_QUEUE,
            rows=len(changed),
            page=request.path,
            now=now,
            request_id=request.request_id,
        )
    return render(request, "appeals/desk/parts/changes.html", context)


def _elsewhere(request: ScopedRequest, query: Any, numbers: set[str]) -> dict[str, Appeal]:
    """Rows pushed off the page by others, which still belong to the list."""
    if not numbers:
        return {}
    rows = light(query.rows(request.scope, timezone.localdate())).filter(number__in=numbers)
    return {one.number: one for one in rows}
