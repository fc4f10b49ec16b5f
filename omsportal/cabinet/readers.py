"""Who has read my data: the access log in plain words, for the person it is about."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registry.access import signed_in
from registry.middleware import ScopedRequest
from registry.models import AccessRecord, InsuredPerson, RoleGrant, User
from registry.models.dated import valid_on

PAGE = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: by whom, of what, why."""

    record: AccessRecord
    who: str
    where: str
    whose: str


@signed_in
@never_cache
@require_safe
def readers(request: ScopedRequest) -> HttpResponseBase:
    """Of the own data and the wards', newest first, a page at a time."""
    own = request.scope.own_people
    rows = AccessRecord.objects.about(own).order_by("-id")
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:18]))
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    context: dict[str, Any] = {
        "readings": _told(request, page),
        "next_url": f"{reverse('cabinet_readers')}?before={page[-1].pk}" if len(found) > PAGE else "",
        "several": len(own) > 1,
        "heading": _("Who has read my data"),
        "back_url": reverse("cabinet"),
    }
    return render(request, "cabinet/readers.html", context)


def _told(request: ScopedRequest, page: list[AccessRecord]) -> list[Reading]:
    users = User.objects.in_bulk({row.user_id for row in page})
    grants = RoleGrant.objects.filter(user__in=users).filter(valid_on(timezone.localdate()))
    where: dict[int, str] = {}
    for grant in grants.select_related("organization", "clinic", "region"):
        place = grant.organization or grant.clinic or grant.region
        where.setdefault(grant.user_id, place.name if place else "")
    people = InsuredPerson.objects.visible_to(request.scope).in_bulk(request.scope.own_people)
    return [
        Reading(
            record=row,
            who=str(users[row.user_id]) if row.user_id in users else _("an account that no longer exists"),
            where=where.get(row.user_id, ""),
            whose=people[row.person_id].first_name if row.person_id in people else "",
        )
        for row in page
    ]
