"""Reads of appeals. Everything is scoped; the only door without a scope asks for number and code."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from appeals.errors import AppealNotFound
from appeals.lifecycle import WAITING, Action, State, allowed
from appeals.models import (
    Appeal,
    AppealDraft,
    AppealEvent,
    AppealMessage,
    AppealQuerySet,
    Attachment,
    ClinicRequest,
    Expertise,
    HandOver,
    HandOverState,
    LadderStep,
)
from appeals.numbering import BadNumber, parse_number
from appeals.overrides import Reroute
from appeals.terms import Kind, Role
from appeals.visibility import may, roles_on, sees_internal
from registry.scoping import Scope
from representatives.models import Representative

PAGE = 25
MANY = 1000
TALK = frozenset({Action.ASK_APPLICANT, Action.INFORM_APPLICANT, Action.APPLICANT_REPLIED})
VIEWS = ("mine", "level", "offered", "overdue", "waiting", "unassigned", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilters:
    """`view` is one of VIEWS; `overdue` needs `today` in the reader's region; `q` is a number, ENP or phone."""

    view: str = "all"
    level: int | None = None
    kind: str = ""
    topic: str = ""
    channel: str = ""
    urgency: str = ""
    clinic_id: int | None = None
    due_from: date | None = None
    due_to: date | None = None
    q: str = ""
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; the cursors are empty at the ends."""

    rows: list[Appeal]
    next_cursor: str
    previous_cursor: str


@dataclass(frozen=True, slots=True)
class Count:
    """A count that never scans: past 1,000 it says so."""

    value: int
    more: bool

    def __str__(self) -> str:
        return f"{MANY:,}+" if self.more else str(self.value)


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as one reader may see it. For a citizen events are the public ones and hand-overs are left out."""

    appeal: Appeal
    roles: tuple[Role, ...]
    actions: tuple[Action, ...]
    events: list[AppealEvent]
    attachments: list[Attachment]
    hand_overs: list[HandOver]
    messages: list[AppealMessage]
    requests: list[ClinicRequest]
    expertises: list[Expertise]


def working_scope(scope: Scope) -> Scope:
    """The scope at work: without the reader's own household, which belongs in the cabinet, not in a queue."""
    return Scope(user_id=None, own_people=frozenset(), grants=scope.grants)


def queue(scope: Scope, filters: QueueFilters, *, cursor: str = "", size: int = PAGE) -> Page:
    """Open appeals by due day, oldest first. A cursor that makes no sense gives the first page."""
    rows = _filtered(scope, filters)
    place = _read_cursor(cursor)
    back = place is not None and place[0] == "p"
    if place is not None:
        _direction, due_on, pk = place
        if back:
            rows = rows.filter(Q(due_on__lt=due_on) | Q(due_on=due_on, pk__lt=pk), due_on__lte=due_on)
        else:
            rows = rows.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=pk), due_on__gte=due_on)
    order = ("-due_on", "-pk") if back else ("due_on", "pk")
    joined = rows.select_related("topic", "organization", "assignee", "clinic", "region")
    # The long texts are not on the list and would be most of its bytes.
    found = list(joined.defer("wish", "answer", "routing_reasons").order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    if not found:
        return Page([], "", "")
    forward, backward = (True, more) if back else (more, place is not None)
    return Page(
        found,
        _cursor("n", found[-1]) if forward else "",
        _cursor("p", found[0]) if backward else "",
    )


def queue_count(scope: Scope, filters: QueueFilters) -> Count:
    return bounded_count(_filtered(scope, filters))


def bounded_count(rows: QuerySet[Any]) -> Count:
    found = rows.order_by()[: MANY + 1].count()
    return Count(min(found, MANY), more=found > MANY)


def _filtered(scope: Scope, filters: QueueFilters) -> AppealQuerySet:
    rows = _view(Appeal.objects.visible_to(working_scope(scope)).open(), scope, filters)
    exact = {
        "level": filters.level,
        "kind": filters.kind,
        "topic__code": filters.topic,
        "channel": filters.channel,
        "urgency": filters.urgency,
        "clinic": filters.clinic_id,
        "due_on__gte": filters.due_from,
        "due_on__lte": filters.due_to,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    return _searched(rows, filters.q.strip()) if filters.q.strip() else rows


def _view(rows: AppealQuerySet, scope: Scope, filters: QueueFilters) -> AppealQuerySet:
    me = representative_of(scope) if filters.view in ("level", "offered") else None
    if filters.view == "mine":
        return rows.filter(worker=scope.user_id)
    if filters.view == "level":
        return rows.filter(organization=me.organization_id, level=me.level) if me else rows
    if filters.view == "offered":
        offers = HandOver.objects.filter(appeal=OuterRef("pk"), state=HandOverState.OFFERED)
        return rows.filter(Exists(offers.filter(to_level=me.level) if me else offers))
    if filters.view == "overdue":
        if filters.today is None:
            raise ValueError("the view of overdue cases needs the day")
        return rows.filter(due_on__lt=filters.today)
    if filters.view == "waiting":
        return rows.filter(state__in=sorted(WAITING))
    if filters.view == "unassigned":
        return rows.filter(state=State.REGISTERED, routed_at__isnull=False)
    return rows


def _searched(rows: AppealQuerySet, typed: str) -> AppealQuerySet:
    try:
        return rows.filter(number=str(parse_number(typed)))
    except BadNumber:
        pass
    digits = "".join(char for char in typed if char.isdigit())
    if len(digits) == 16:
        return rows.filter(Q(concerned_enp=digits) | Q(concerned_person__enp=digits))
    if len(digits) in (10, 11):
        return rows.filter(applicant_phone=f"+7{digits[-10:]}")
    return rows.none()


def _cursor(direction: str, row: Appeal) -> str:
    return f"{direction}.{row.due_on.isoformat()}.{row.pk}"


def _read_cursor(text: str) -> tuple[str, date, int] | None:
    parts = text.split(".")
    if len(parts) != 3 or parts[0] not in ("n", "p") or not parts[2].isdecimal():
        return None
    try:
        return parts[0], date.fromisoformat(parts[1]), int(parts[2])
    except ValueError:
        return None


def representative_of(scope: Scope) -> Representative | None:
    """The reader's own record as a representative, where there is one."""
    if scope.user_id is None:
        return None
    return Representative.objects.filter(user=scope.user_id).first()


def case(scope: Scope, number: str) -> CaseView:
    """One case with everything this reader may see of it. Errors: AppealNotFound."""
    joined = Appeal.objects.visible_to(scope).select_related(
        "topic",
        "organization",
        "received_by",
        "insurer",
        "region",
        "clinic",
        "assignee",
        "addressee",
        "applicant",
        "concerned_person__insurer",
        "concerned_person__clinic",
    )
    appeal = joined.filter(number=number).first()
    if appeal is None:
        raise AppealNotFound
    roles = roles_on(scope, appeal)
    # Seen without acting, as an operator sees what was handed over: still as staff.
    staff = sees_internal(roles) or not roles
    events = list(AppealEvent.objects.visible_to(scope).filter(appeal=appeal).order_by("pk"))
    if not staff:
        for event in events:
            event.note = ""
    papers = Attachment.objects.visible_to(scope).filter(appeal=appeal).order_by("pk")
    # The story says which drawers are empty: those need not be opened.
    seen = {Action(event.action) for event in events}
    offers: Iterable[HandOver] = ()
    if staff and Action.HAND_OVER in seen:
        offers = HandOver.objects.visible_to(scope).filter(appeal=appeal).order_by("pk")
    said: Iterable[AppealMessage] = ()
    if seen & TALK:
        said = AppealMessage.objects.visible_to(scope).filter(appeal=appeal).order_by("pk")
    asked: Iterable[ClinicRequest] = ()
    if staff and Action.ASK_CLINIC in seen:
        rows = ClinicRequest.objects.visible_to(scope).filter(appeal=appeal).select_related("clinic")
        asked = rows.order_by("pk")
    checks: Iterable[Expertise] = ()
    if staff and Action.ORDER_EXPERTISE in seen:
        sealed = Expertise.objects.visible_to(scope).filter(appeal=appeal).select_related("clinic")
        checks = sealed.prefetch_related("violations").order_by("pk")
    return CaseView(
        appeal=appeal,
        roles=roles,
        actions=possible(roles, appeal),
        events=events,
        attachments=list(papers),
        hand_overs=list(offers),
        messages=list(said),
        requests=list(asked),
        expertises=list(checks),
    )


@dataclass(frozen=True, slots=True)
class Reroutes:
    """Routings by hand, newest first; `more`: there are older ones in the period that were left out."""

    rows: list[Reroute]
    more: bool


def reroutes(scope: Scope, *, since: datetime, limit: int = MANY) -> Reroutes:
    """What people routed by hand since a moment, as far as the reader sees the appeals."""
    events = AppealEvent.objects.visible_to(working_scope(scope)).filter(action=Action.REROUTE, at__gte=since)
    columns = ("appeal__number", "at", "note", "data")
    rows = [Reroute(*row) for row in events.order_by("-at", "-pk").values_list(*columns)[: limit + 1]]
    return Reroutes(rows[:limit], more=len(rows) > limit)


def ladder_of(scope: Scope, appeal: Appeal) -> list[LadderStep]:
    """The reminders given about a case, oldest first; for staff only."""
    return list(LadderStep.objects.visible_to(scope).filter(appeal=appeal).order_by("at", "pk"))


def actions_for(scope: Scope, appeal: Appeal) -> tuple[Action, ...]:
    """What this person can do with the appeal now, in the order of `Action`."""
    return possible(roles_on(scope, appeal), appeal)


def possible(roles: Iterable[Role], appeal: Appeal) -> tuple[Action, ...]:
    state = State(appeal.state)
    can = {action for role in roles for action in allowed(state, role) if may(role, action, appeal)}
    if appeal.kind != Kind.COMPLAINT:
        can.discard(Action.MARK_VALIDITY)
    if appeal.level is None or appeal.offered_level is not None:
        can.discard(Action.HAND_OVER)
    if appeal.offered_level is None:
        can -= {Action.ACCEPT_HAND_OVER, Action.RETURN_HAND_OVER}
    if appeal.extended_on is not None:
        can.discard(Action.EXTEND)
    return tuple(action for action in Action if action in can)


def draft_by_key(key: UUID | str, *, scope: Scope, now: datetime) -> AppealDraft | None:
    """The draft behind a secret link. One of an account opens only for that account, one too old for nobody."""
    try:
        wanted = key if isinstance(key, UUID) else UUID(key)
    except ValueError:
        return None
    draft = AppealDraft.objects.filter(key=wanted, expires_at__gt=now).first()
    if draft is None or draft.user_id not in (None, scope.user_id):
        return None
    return draft


def own_appeals(scope: Scope) -> AppealQuerySet:
    """The cabinet: appeals of the signed-in citizen and the wards, newest first."""
    citizen = Scope(user_id=scope.user_id, own_people=scope.own_people)
    return (
        Appeal.objects.visible_to(citizen).select_related("topic", "organization").order_by("-registered_at")
    )


# The state in words a citizen needs; `where` says who has it now.
def public_state(appeal: Appeal) -> Any:
    return _PUBLIC.get(State(appeal.state), _PUBLIC[State.IN_PROGRESS])


_PUBLIC = {
    State.REGISTERED: _("Registered, waiting to be taken"),
    State.IN_PROGRESS: _("Being worked on"),
    State.AWAITING_APPLICANT: _("We are waiting for your reply"),
    State.ANSWERED: _("Answered"),
    State.FORWARDED: _("Passed on to the competent body"),
    State.WITHDRAWN: _("Withdrawn by you"),
    State.DECLINED: _("Left without an answer"),
    State.CLOSED: _("Closed"),
}
