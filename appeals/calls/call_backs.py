"""People who are owed a call: taken one at a time under a lease, tried again at another hour, never forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from appeals import services
from appeals.actors import Actor
from appeals.calls import rules
from appeals.calls.places import rules_of
from appeals.errors import AppealError, AppealNotFound, InvalidInput
from appeals.lifecycle import Action
from appeals.models import Appeal, CallBack, CallBackAttempt, CallBackOutcome
from appeals.selectors import actions_for, working_scope
from registry.models import User
from registry.scoping import Role, Scope

# Nobody is called from more rows than a page shows.
PAGE = 50


class NotYours(AppealError):
    """Somebody else is calling this person at the moment."""

    code = "not_yours"

    def __init__(self) -> None:
        super().__init__(
            _("A colleague is calling this person now. Nothing was written; take the next call.")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an attempt. `answer` for a promised call that was kept; `call_at` for another time."""

    outcome: CallBackOutcome
    answer: str = ""
    note: str = ""
    call_at: datetime | None = None


def waiting(scope: Scope) -> QuerySet[CallBack]:
    """Open calls that the reader's contact centre owes."""
    return CallBack.objects.visible_to(scope).filter(closed_at__isnull=True)


def find(scope: Scope, key: UUID) -> CallBack:
    """Errors: AppealNotFound for what the reader may not see."""
    joined = ("appeal__topic", "organization", "region", "leased_by", "recording")
    rows = CallBack.objects.visible_to(scope).select_related(*joined)
    row = rows.filter(key=key).first()
    if row is None:
        raise AppealNotFound
    return row


@transaction.atomic
def take_next(*, scope: Scope, user: User, now: datetime) -> CallBack | None:
    """The reader's present call, else the one that is owed soonest and may be made now."""
    held = waiting(scope).filter(leased_by=user, leased_until__gt=now).first()
    if held is not None:
        return held
    free = waiting(scope).filter(Q(leased_until=None) | Q(leased_until__lte=now), next_at__lte=now)
    row = free.select_for_update(of=("self",), skip_locked=True).order_by("due_at", "pk").first()
    return _lease(row, user, now) if row is not None else None


@transaction.atomic
def take(*, scope: Scope, key: UUID, user: User, now: datetime) -> CallBack:
    """Takes one chosen call. Errors: AppealNotFound, NotYours."""
    return _lease(held(scope=scope, key=key, user_id=user.pk, now=now), user, now)


def _lease(row: CallBack, user: User, now: datetime) -> CallBack:
    minutes = rules_of(row.region, now).lease_minutes
    # One operator, one call: what was begun and left goes back to the list.
    CallBack.objects.filter(leased_by=user, closed_at__isnull=True).exclude(pk=row.pk).update(
        leased_by=None, leased_until=None
    )
    row.leased_by, row.leased_until = user, now + timedelta(minutes=minutes)
    row.save(update_fields=["leased_by", "leased_until"])
    return row


def held(*, scope: Scope, key: UUID, user_id: int, now: datetime) -> CallBack:
    """The open call under lock, unless a colleague has it. Errors: AppealNotFound, NotYours."""
    rows = CallBack.objects.visible_to(scope).select_for_update(of=("self",)).select_related("region")
    row = rows.filter(key=key).first()
    if row is None:
        raise AppealNotFound
    other = row.leased_by_id not in (None, user_id) and (row.leased_until or now) > now
    if other or row.closed_at is not None:
        raise NotYours
    return row


@transaction.atomic
def release(*, scope: Scope, key: UUID, user_id: int, now: datetime) -> None:
    """Gives the call back untouched, for whoever is next. Errors: AppealNotFound, NotYours."""
    _put_back(held(scope=scope, key=key, user_id=user_id, now=now), [])


@transaction.atomic
def record(*, scope: Scope, key: UUID, outcome: Outcome, user_id: int, now: datetime) -> CallBack:
    """Writes down what came of an attempt and decides what becomes of the call.

    Errors: AppealNotFound, NotYours, InvalidInput by field, and those of answering the appeal.
    """
    row = held(scope=scope, key=key, user_id=user_id, now=now)
    if outcome.outcome == CallBackOutcome.ANOTHER_TIME:
        return _another_time(row, outcome, user_id, now)
    if outcome.outcome == CallBackOutcome.NO_ANSWER:
        return _no_answer(row, outcome, user_id, now)
    if outcome.outcome == CallBackOutcome.NOT_NEEDED and not outcome.note:
        raise InvalidInput({"note": _("Write why no call is needed any more.")})
    if outcome.outcome == CallBackOutcome.ANSWERED:
        _answer(row, outcome, scope, now)
    return close_with(
        call_back=row, outcome=outcome.outcome, user_id=user_id, now=now, note=outcome.note, appeal=row.appeal
    )


def close_with(
    *,
    call_back: CallBack,
    outcome: CallBackOutcome,
    user_id: int,
    now: datetime,
    note: str = "",
    appeal: Appeal | None = None,
) -> CallBack:
    """Ends the call with its outcome; the caller holds its row and the transaction."""
    _tried(call_back, outcome, user_id, now, note)
    call_back.appeal = appeal
    call_back.closed_at, call_back.outcome = now, outcome
    _put_back(call_back, ["appeal", "closed_at", "outcome"])
    return call_back


@transaction.atomic
def try_again(*, scope: Scope, key: UUID, now: datetime) -> CallBack:
    """A head opens a call once more that ended without reaching anybody. Errors: AppealNotFound, InvalidInput."""
    heads = Scope(grants=tuple(one for one in scope.grants if one.role in (Role.SUPERVISOR, Role.FUND_ADMIN)))
    rows = CallBack.objects.visible_to(heads).select_for_update(of=("self",)).select_related("region")
    row = rows.filter(key=key).first()
    if row is None:
        raise AppealNotFound
    if row.outcome not in (CallBackOutcome.NOT_REACHED, CallBackOutcome.WRONG_NUMBER):
        raise InvalidInput({"outcome": _("Only a call that reached nobody is opened again.")})
    calling = rules_of(row.region, now)
    row.closed_at, row.outcome = None, ""
    # One attempt more than the rules ask for.
    row.attempts = max(0, calling.attempts - 1)
    row.next_at = now
    row.save(update_fields=["closed_at", "outcome", "attempts", "next_at"])
    return row


def _answer(row: CallBack, outcome: Outcome, scope: Scope, now: datetime) -> None:
    """What was promised is said: the appeal is answered with it, unless a colleague did so meanwhile."""
    appeal = row.appeal
    if appeal is None:
        raise InvalidInput({"outcome": _("Write the talk down in the form: it becomes an appeal.")})
    if Action.ANSWER not in actions_for(working_scope(scope), appeal):
        return
    if not outcome.answer:
        raise InvalidInput({"answer": _("Write what you answered.")})
    actor = Actor.of(Scope(user_id=scope.user_id, grants=scope.grants))
    services.answer(appeal_id=appeal.pk, text=outcome.answer, actor=actor, now=now)


def _another_time(row: CallBack, outcome: Outcome, user_id: int, now: datetime) -> CallBack:
    if outcome.call_at is None:
        raise InvalidInput({"call_at": _("Choose when you will call back.")})
    row.due_at, row.next_at = outcome.call_at, rules.first_ring(outcome.call_at, now)
    _tried(row, outcome.outcome, user_id, now, outcome.note, row.next_at)
    _put_back(row, ["due_at", "next_at"])
    return row


def _no_answer(row: CallBack, outcome: Outcome, user_id: int, now: datetime) -> CallBack:
    calling = rules_of(row.region, now)
    row.attempts += 1
    if row.attempts >= calling.attempts:
        row.save(update_fields=["attempts"])
        return close_with(
            call_back=row,
            outcome=CallBackOutcome.NOT_REACHED,
            user_id=user_id,
            now=now,
            note=outcome.note,
            appeal=row.appeal,
        )
    row.next_at = rules.other_time(now, zone=calling.zone, calendar=calling.calendar, hours=calling.hours)
    _tried(row, outcome.outcome, user_id, now, outcome.note, row.next_at)
    _put_back(row, ["attempts", "next_at"])
    return row


def _tried(
    row: CallBack,
    outcome: CallBackOutcome,
    user_id: int,
    now: datetime,
    note: str,
    next_at: datetime | None = None,
) -> None:
    CallBackAttempt.objects.create(
        call_back=row, outcome=outcome, note=note[:300], next_at=next_at, by_id=user_id, at=now
    )


def _put_back(row: CallBack, changed: list[str]) -> None:
    row.leased_by, row.leased_until = None, None
    row.save(update_fields=[*changed, "leased_by", "leased_until"])
