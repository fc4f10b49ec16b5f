"""Why a form counted today differs from what was handed over: which appeals were touched since, and how."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.lifecycle import Action
from appeals.models import Appeal, AppealEvent
from omsportal.zpz import appeals_table
from registry.scoping import Scope
from representatives.models.zpz import ZpzReport

PAGE = 50
# The only steps that can move an appeal from one cell to another.
CAUSES: dict[str, Promise] = {
    Action.FILE: _("registered later with a day of the period"),
    Action.CONVERT: _("kind or topic changed"),
    Action.MARK_VALIDITY: _("complaint judged"),
    Action.ANSWER: _("complaint judged with the answer"),
    Action.EXPERTISE_RECEIVED: _("complaint judged after an expertise"),
    Action.SPLIT: _("divided into several appeals"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    words: Promise
    appeals: int


def causes(report: ZpzReport, since: datetime) -> list[Cause]:
    """How many appeals of the form had a step after it was counted, by the step. One query; numbers, no names."""
    rows = (
        AppealEvent.objects.filter(
            appeal__in=Appeal.objects.filter(appeals_table.received(report.organization, report.span)).values(
                "pk"
            ),
            at__gt=since,
            action__in=list(CAUSES),
        )
        .values_list("action")
        .annotate(appeals=Count("appeal", distinct=True))
        .order_by()
    )
    found = dict(rows)
    return [Cause(words, found[action]) for action, words in CAUSES.items() if action in found]


def touched(scope: Scope, report: ZpzReport, since: datetime) -> list[Appeal]:
    """The appeals behind the causes that this reader may see, the first of them."""
    events = AppealEvent.objects.filter(at__gt=since, action__in=list(CAUSES)).values("appeal")
    seen = Appeal.objects.visible_to(Scope(user_id=None, grants=scope.grants))
    where = appeals_table.received(report.organization, report.span)
    return list(
        seen.filter(where, pk__in=events).select_related("topic", "organization").order_by("id")[:PAGE]
    )
