"""The page that answers: which rules of routing do people put right by hand?"""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from appeals import selectors
from appeals.desk.access import heads_only
from appeals.overrides import Overridden, most_overridden
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import Organization
from registry.subjects import Subject

PERIODS = (30, 90, 365)


@heads_only
@require_safe
def overrides(request: ScopedRequest) -> HttpResponse:
    """Rules and the cases in which people decided otherwise, over the last days of a chosen period."""
    now = timezone.now()
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in PERIODS else PERIODS[1]
    found = selectors.reroutes(request.scope, since=now - timedelta(days=days))
    rules = most_overridden(found.rows)
    _log(request, now, len(found.rows))
    offices = {pk for rule in rules for pk in rule.offices}
    names = dict(Organization.objects.filter(pk__in=offices).values_list("pk", "short_name"))
    most = max((rule.count for rule in rules), default=1)
    context = {
        "rules": [_row(rule, names, most) for rule in rules],
        "total": len(found.rows),
        "cut": found.more,
        "days": days,
        "periods": [{"label": period(one), "url": f"?days={one}", "current": one == days} for one in PERIODS],
    }
    return render(request, "appeals/desk/overrides.html", context)


def period(days: int) -> str:
    """A length of time for a list of them to choose from."""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def _row(rule: Overridden, names: dict[int, str], most: int) -> dict[str, Any]:
    return {
        "text": rule.text,
        "code": rule.code,
        "count": rule.count,
        "most": most,
        "instead": _instead(rule, names),
        "cases": [
            {"number": one.number, "url": reverse("staff_case", args=[one.number]), "reason": one.reason}
            for one in rule.newest
        ],
    }


def _instead(rule: Overridden, names: dict[int, str]) -> str:
    """What people chose instead, the most frequent choice first."""
    parts = [
        gettext("level %(level)s") % {"level": level} if level else gettext("no level")
        for level, _ in rule.levels.most_common(2)
    ]
    parts += [names.get(office, "") for office, _ in rule.offices.most_common(2)]
    return ", ".join(part for part in parts if part)


def _log(request: ScopedRequest, now: datetime, rows: int) -> None:
    """Reasons written by hand may tell of people, so the reading is logged."""
    record_read(
        scope=request.scope,
        subject=Subject.REROUTES,
        rows=rows,
        page=request.path,
        now=now,
        request_id=request.request_id,
    )
