"""Reads of appeals. Everything is scoped; the only door without a scope asks for number and code."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from appeals.errors import AppealNotFound
from appeals.lifecycle import Action, State, allowed
from appeals.models import (
    Appeal,
    AppealDraft,
    AppealEvent,
    AppealLetter,
    AppealLink,
    AppealMessage,
    AppealQuerySet,
    Attachment,
    ClinicRequest,
    Expertise,
    HandOver,
    LadderStep,
)
from appeals.overrides import Reroute
from appeals.terms import Kind, Role
from appeals.visibility import may, roles_on, sees_internal
from registry.scoping import Scope
from representatives.models import Representative

# So many rows of a list that is read in one piece.
MANY = 1000
REPEATED_WITHIN = timedelta(days=30)
JOINED = (
    "topic",
    "organization",
    "received_by",
    "insurer",
    "region",
    "clinic",
    "assignee",
    "worker",
    "addressee",
    "applicant",
    "concerned_person__insurer",
    "concerned_person__clinic",
)
TALK = frozenset({Action.ASK_APPLICANT, Action.INFORM_APPLICANT, Action.APPLICANT_REPLIED})


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
    links: list[AppealLink]
    repeats: list[Appeal]
    letters: list[AppealLetter]
    reminders: list[LadderStep]


def working_scope(scope: Scope) -> Scope:
    """The scope at work: without the reader's own household, which belongs in the cabinet, not in a queue."""
    return Scope(user_id=None, own_people=frozenset(), grants=scope.grants)


def representative_of(scope: Scope) -> Representative | None:
    """The reader's own record as a representative, where there is one."""
    if scope.user_id is None:
        return None
    return Representative.objects.filter(user=scope.user_id).first()


@dataclass(frozen=True, slots=True)
class Drawers:
    """Which drawers of a case hold anything at all: asked with the case, so that the empty ones stay shut."""

    papers: bool
    links: bool
    earlier: bool
    steps: bool
    letters: bool


def _found(scope: Scope, number: str) -> tuple[Appeal, Drawers]:
    """The case and its drawers in one query. Errors: AppealNotFound."""
    mine = {"appeal": OuterRef("pk")}
    links = AppealLink.objects.filter(Q(**mine) | Q(earlier=OuterRef("pk")))
    earlier = Appeal.objects.visible_to(scope).filter(
        ~Q(pk=OuterRef("pk")),
        concerned_person=OuterRef("concerned_person"),
        registered_at__gt=OuterRef("registered_at") - REPEATED_WITHIN,
    )
    joined = Appeal.objects.visible_to(scope).select_related(*JOINED)
    appeal = (
        joined.filter(number=number)
        .annotate(
            has_papers=Exists(Attachment.objects.filter(**mine)),
            has_links=Exists(links),
            has_earlier=Exists(earlier),
            has_steps=Exists(LadderStep.objects.filter(**mine)),
            has_letters=Exists(AppealLetter.objects.filter(**mine)),
        )
        .first()
    )
    if appeal is None:
        raise AppealNotFound
    return appeal, Drawers(*(vars(appeal)[f"has_{one.name}"] for one in fields(Drawers)))


def case(scope: Scope, number: str) -> CaseView:
    """One case with everything this reader may see of it. Errors: AppealNotFound."""
    appeal, holds = _found(scope, number)
    roles = roles_on(scope, appeal)
    # Seen without acting, as an operator sees what was handed over: still as staff.
    staff = sees_internal(roles) or not roles
    events = list(_of(AppealEvent.objects, scope, appeal))
    if not staff:
        for event in events:
            event.note = ""
    papers = _of(Attachment.objects, scope, appeal) if holds.papers else ()
    # The story says which drawers are empty: those need not be opened.
    seen = {Action(event.action) for event in events}
    offers: Iterable[HandOver] = ()
    if staff and Action.HAND_OVER in seen:
        offers = _of(HandOver.objects, scope, appeal)
    said: Iterable[AppealMessage] = ()
    if seen & TALK:
        said = _of(AppealMessage.objects, scope, appeal)
    asked: Iterable[ClinicRequest] = ()
    if staff and Action.ASK_CLINIC in seen:
        asked = _of(ClinicRequest.objects, scope, appeal).select_related("clinic")
    checks: Iterable[Expertise] = ()
    if staff and Action.ORDER_EXPERTISE in seen:
        sealed = _of(Expertise.objects, scope, appeal).select_related("clinic")
        checks = sealed.prefetch_related("violations")
    sent: Iterable[AppealLetter] = ()
    if staff and holds.letters:
        sent = _of(AppealLetter.objects, scope, appeal).select_related("batch", "message")
    links = _links(appeal) if staff and holds.links else []
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
        letters=list(sent),
        links=links,
        repeats=_repeats(scope, appeal, links) if staff and holds.earlier else [],
        reminders=list(_of(LadderStep.objects, scope, appeal)) if holds.steps else [],
    )


def _of(rows: Any, scope: Scope, appeal: Appeal) -> Any:
    """What belongs to the appeal and may be read, the oldest first."""
    return rows.visible_to(scope).filter(appeal=appeal).order_by("pk")


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


def _links(appeal: Appeal) -> list[AppealLink]:
    """The links of an appeal, whichever side it is on."""
    sides = [
        f"{side}__{name}"
        for side in ("appeal", "earlier")
        for name in ("topic", "organization", "received_by")
    ]
    rows = AppealLink.objects.filter(Q(appeal=appeal) | Q(earlier=appeal))
    return list(rows.select_related(*sides).order_by("pk"))


def _repeats(scope: Scope, appeal: Appeal, links: Iterable[AppealLink]) -> list[Appeal]:
    """Earlier appeals of the same person about the same clinic and topic within 30 days, not linked yet."""
    if appeal.concerned_person_id is None or not appeal.is_open:
        return []
    known = {pk for link in links for pk in (link.appeal_id, link.earlier_id)} | {appeal.pk}
    rows = Appeal.objects.visible_to(scope).filter(
        concerned_person=appeal.concerned_person_id,
        clinic=appeal.clinic_id,
        topic__code=appeal.topic.code,
        registered_at__gt=appeal.registered_at - REPEATED_WITHIN,
        registered_at__lte=appeal.registered_at,
    )
    return list(rows.exclude(pk__in=known).only("number").order_by("-registered_at")[:5])


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
    can.discard(Action.REPORT_BACK if appeal.control_on is None else Action.INSTRUCT)
    if appeal.offered_level is None:
        can -= {Action.ACCEPT_HAND_OVER, Action.RETURN_HAND_OVER}
    if appeal.routed_at is None:
        can -= {Action.TAKE, Action.ASSIGN}
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
