"""The board's cases: what waits for approval, and what can be given to somebody else by a button or by dragging."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from appeals.desk.listing import light
from appeals.desk.presenting import short_name
from appeals.lifecycle import State
from appeals.models import Appeal
from appeals.models.appeal_rules import IS_OPEN
from appeals.selectors import working_scope
from registry.scoping import Role, Scope

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Approval:
    number: str
    url: str
    topic: str
    writer: str
    due_on: date
    answer: str
    send_url: str
    back_url: str


def approvals_of(scope: Scope) -> list[Approval]:
    """Answers that wait for this head, those due first. One query."""
    visible = Appeal.objects.visible_to(working_scope(scope)).filter(state=State.IN_REVIEW)
    rows = visible.filter(**_own(scope)).select_related("topic", "worker").order_by("due_on", "pk")[:SHOWN]
    return [
        Approval(
            number=one.number,
            url=reverse("staff_case", args=[one.number]),
            topic=one.topic.plain_title,
            writer=str(one.worker or ""),
            due_on=one.due_on,
            answer=one.answer,
            send_url=reverse("staff_act", args=[one.number, "answer"]),
            back_url=reverse("staff_act", args=[one.number, "send_back"]),
        )
        for one in rows
    ]


def _own(scope: Scope) -> dict[str, Any]:
    """Heads approve in their own organisations: the fund does not approve for an insurer."""
    return {"organization__in": [*scope.organizations(Role.SUPERVISOR), *scope.funds(Role.FUND_ADMIN)]}


def cases_of(scope: Scope, *, who: int | None) -> list[dict[str, Any]]:
    """What can be given away: cases of one representative, or those in nobody's hands; most urgent first. One query."""
    rows = Appeal.objects.visible_to(working_scope(scope)).filter(IS_OPEN, level__isnull=False, **_own(scope))
    rows = rows.filter(assignee=who) if who is not None else rows.filter(worker=None, assignee=None)
    found = light(rows.filter(routed_at__isnull=False)).order_by("due_on", "pk")[:SHOWN]
    return [
        {
            "key": f"{one.number}_{one.version}",
            "number": one.number,
            "url": reverse("staff_case", args=[one.number]),
            "topic": one.topic.plain_title,
            "person": short_name(one.concerned_name or one.applicant_name),
            "level": one.level,
            "due_on": one.due_on,
        }
        for one in found
    ]
