"""Sending an appeal to the organisation and level that are competent for it."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals import reminders, routing
from appeals.actors import SYSTEM, Actor
from appeals.deadlines import deadlines, local_day, target_on
from appeals.errors import AppealNotFound, InvalidInput
from appeals.escalation import end_of_day, next_step_at
from appeals.facts import Facts
from appeals.lifecycle import Action, State
from appeals.models import Appeal, AppealTopic, Body, LadderStep, Validity
from appeals.policy import policy_for
from appeals.routing import Decision, Policy
from appeals.services.base import begin, finish, lock, permit
from appeals.terms import (
    Channel,
    Form,
    Insurance,
    Kind,
    Organisation,
    Reason,
    ReceivedBy,
    Suspicion,
    Urgency,
)
from registry.models import Organization
from registry.models.dated import valid_on
from registry.models.parties import OrganizationKind

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
TELL_AFTER = 3  # a short trouble, such as a calendar being replaced, ends before

_FUND_ELSEWHERE = Reason(
    "fund_elsewhere", "Фонд того региона не подключён к порталу: передайте обращение официальным письмом"
)


@transaction.atomic
def route_appeal(*, appeal_id: int, now: datetime, kept_on_the_line: bool = False, note: str = "") -> Appeal:
    """Routes a registered appeal by the rules; one that is routed already, or gone on, is left as it is.

    Nobody is picked: the case goes to the queue of its level. `kept_on_the_line`: see `Facts`.
    `note` goes with a case that leaves the contact centre that received it. Errors: BadFacts for a topic that is
    no longer valid, CalendarMissing, TermMissing.
    """
    appeal = lock(appeal_id, SYSTEM)
    if appeal.routed_at is not None or appeal.state != State.REGISTERED:
        return appeal
    return _route(appeal, now, kept_on_the_line=kept_on_the_line, note=note)


@transaction.atomic
def route_waiting(*, ids: Collection[int], now: datetime) -> list[int]:
    """Routes those of the appeals that still wait and that no other worker holds; returns their ids."""
    rows = Appeal.objects.unrouted().select_for_update(of=("self",), skip_locked=True).filter(pk__in=ids)
    waiting = rows.select_related("organization", "received_by", "region", "topic").order_by("pk")
    return [_route(appeal, now).pk for appeal in waiting]


def route_or_put_off(*, appeal_id: int, now: datetime) -> bool:
    """Routes one waiting appeal; where the rules cannot, puts it off, so that it holds up no other.

    True when it was routed now. What went wrong is kept with the appeal, and after `TELL_AFTER` attempts those
    who can route it by hand are told.
    """
    try:
        return bool(route_waiting(ids=[appeal_id], now=now))
    except Exception as error:  # whatever it is, the appeal must come up again and be seen
        log.exception("Appeal %s cannot be routed", appeal_id)
        _put_off(appeal_id, error, now)
        return False


@transaction.atomic
def _put_off(appeal_id: int, error: Exception, now: datetime) -> None:
    waiting = Appeal.objects.unrouted().select_for_update(of=("self",)).filter(pk=appeal_id)
    appeal = waiting.first()
    if appeal is None:
        return
    appeal.routing_attempts += 1
    appeal.route_after = now + min(FIRST_PAUSE * 2 ** (appeal.routing_attempts - 1), LONGEST_PAUSE)
    appeal.routing_error = (str(error) or type(error).__name__)[:300]
    appeal.save(update_fields=["routing_attempts", "route_after", "routing_error"])
    if appeal.routing_attempts == TELL_AFTER:
        reminders.unrouted(appeal, now)


@transaction.atomic
def convert(
    *,
    appeal_id: int,
    kind: Kind,
    topic: str,
    reason: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Appeal:
    """Changes kind and topic, e.g. a consultation that hides a violation into a complaint, and routes anew.

    The lawful clock goes on; for an appeal answered already it begins again.
    """
    move = begin(
        appeal_id=appeal_id,
        action=Action.CONVERT,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"kind": kind, "topic": topic, "reason": reason},
    )
    appeal = move.appeal
    row = AppealTopic.objects.filter(valid_on(local_day(now, appeal.region.zone)), code=topic).first()
    if row is None or not row.selectable:
        raise InvalidInput({"topic": _("Choose a topic from the list.")})
    data = {"kind": [appeal.kind, kind.value], "topic": [appeal.topic.code, topic]}
    restart = clock_restarted(appeal, now) if appeal.state == State.ANSWERED else {}
    changes = {
        **_back_to_queue(),
        **restart,
        "organization": None,
        "level": None,
        "routed_at": None,
        "addressee": None,
        "kind": kind.value,
        "topic": row,
        "validity": Validity.PENDING.value if kind is Kind.COMPLAINT else "",
    }
    return _route(finish(move, changes=changes, public=True, note=reason, data=data), now)


@transaction.atomic
def reroute(
    *,
    appeal_id: int,
    organization_id: int,
    level: int | None,
    reason: str,
    actor: Actor,
    now: datetime,
    urgency: Urgency | None = None,
    addressee: str | None = None,
    expected_version: int | None = None,
) -> Appeal:
    """Puts the appeal elsewhere by hand; what the rules had decided stays in the event beside it."""
    target = Organization.objects.filter(pk=organization_id).first()
    move = begin(
        appeal_id=appeal_id,
        action=Action.REROUTE,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"decision": target, "reason": reason},
    )
    appeal = move.appeal
    if level not in (None, 1, 2, 3):
        raise InvalidInput({"level": _("A level is 1, 2 or 3.")})
    changes: dict[str, object] = {
        **_back_to_queue(),
        "organization": target,
        "level": level,
        "urgency": (urgency or Urgency(appeal.urgency)).value,
        "addressee": body_in_force(addressee, appeal, now) if addressee else None,
        **_routed(now),
    }
    data = {
        "from": {"organization": appeal.organization_id, "level": appeal.level, "urgency": appeal.urgency},
        "to": {"organization": organization_id, "level": level, "urgency": changes["urgency"]},
        "overridden": appeal.routing_reasons,
    }
    changes["routing_reasons"] = [{"code": "by_hand", "text": reason}, *_automatic(appeal.routing_reasons)]
    return finish(move, changes=changes, note=reason, data=data)


def clock_restarted(appeal: Appeal, now: datetime) -> dict[str, object]:
    """A new lawful term from now on: the matter is open again. Its reminders begin anew as well."""
    policy = policy_for(appeal.region, local_day(now, appeal.region.zone))
    dates = deadlines(Kind(appeal.kind), now, policy.zone, policy.calendar, policy.terms)
    due_at = end_of_day(dates.due_on, policy.zone)
    LadderStep.objects.filter(appeal=appeal).delete()
    return {
        "clock_from": now,
        "due_on": dates.due_on,
        "due_at": due_at,
        "warn_on": dates.warn_on,
        "extended_on": None,
        "extension_reason": "",
        "answered_at": None,
        "forwarded_at": None,
        "closed_at": None,
        "next_step_at": next_step_at(now, due_at, ()),
    }


def body_in_force(code: str, appeal: Appeal, now: datetime) -> Body:
    """Raises InvalidInput for a code that no body has today."""
    body = Body.objects.filter(valid_on(local_day(now, appeal.region.zone)), code=code).first()
    if body is None:
        raise InvalidInput({"addressee": _("There is no such body.")})
    return body


def _route(appeal: Appeal, now: datetime, *, kept_on_the_line: bool = False, note: str = "") -> Appeal:
    policy = policy_for(appeal.region, local_day(appeal.registered_at, appeal.region.zone))
    facts = replace(facts_of(appeal), kept_on_the_line=kept_on_the_line)
    decision = routing.route(facts, policy)
    move = permit(appeal, action=Action.ROUTE, actor=SYSTEM, now=now, given={"decision": decision})
    office, more = _office(decision, appeal)
    dates = deadlines(Kind(appeal.kind), appeal.clock_from, policy.zone, policy.calendar, policy.terms)
    decision = replace(decision, dates=dates, forward_by=dates.forward_by if decision.forward_by else None)
    reasons = [reason.as_json() for reason in (*decision.reasons, *more, *dates.reasons)]
    changes: dict[str, object] = {
        "organization": office,
        "level": decision.level,
        "addressee": body_in_force(decision.addressee, appeal, now) if decision.addressee else None,
        "urgency": decision.urgency.value,
        "forward_by": decision.forward_by,
        "target_on": _target(appeal, decision, policy, now),
        "copy_to_supervisor": decision.copy_to_supervisor,
        "routing_reasons": reasons,
        **_routed(now),
    }
    data = {"organization": office.pk, **decision.as_json()}
    leaves = office.pk != appeal.received_by_id or decision.level != 1
    return finish(move, changes=changes, public=True, note=note if leaves else "", data=data)


def facts_of(appeal: Appeal) -> Facts:
    """What the rules look at."""
    return Facts(
        kind=Kind(appeal.kind),
        form=Form(appeal.form),
        topic=appeal.topic.code,
        received_by=ReceivedBy.FUND if appeal.received_by.is_fund else ReceivedBy.INSURER,
        # The topic was chosen, and the calendar asked, on the day of registration.
        received_at=appeal.registered_at,
        region=appeal.region_id,
        insurance=Insurance(appeal.insurance),
        channel=Channel(appeal.channel),
        about_insurer=appeal.about_insurer,
        suspicion=Suspicion(appeal.suspicion) if appeal.suspicion else None,
        life_threat=appeal.life_threat,
    )


def _office(decision: Decision, appeal: Appeal) -> tuple[Organization, tuple[Reason, ...]]:
    """The row behind the decision's word."""
    if decision.organisation is Organisation.INSURER and not appeal.received_by.is_fund:
        return appeal.received_by, ()
    if decision.organisation in (Organisation.INSURER, Organisation.OTHER_INSURER):
        if appeal.insurer is None:
            raise AppealNotFound
        return appeal.insurer, ()
    funds = Organization.objects.filter(kind=OrganizationKind.FUND)
    if decision.organisation is Organisation.OTHER_FUND and appeal.insurer is not None:
        other = funds.filter(region=appeal.insurer.region_id).first()
        if other is not None:
            return other, ()
    own = funds.get(region=appeal.received_by.region_id)
    return own, (_FUND_ELSEWHERE,) if decision.organisation is Organisation.OTHER_FUND else ()


def _target(appeal: Appeal, decision: Decision, policy: Policy, now: datetime) -> object:
    return target_on(
        local_day(now, policy.zone),
        kind=Kind(appeal.kind),
        level=decision.level,
        calendar=policy.calendar,
        terms=policy.terms,
    )


def _routed(now: datetime) -> dict[str, object]:
    return {"routed_at": now, "routing_attempts": 0, "route_after": None, "routing_error": ""}


def _back_to_queue() -> dict[str, object]:
    return {"assignee": None, "worker": None}


def _automatic(reasons: list[Mapping[str, str]]) -> list[Mapping[str, str]]:
    return [reason for reason in reasons if reason["code"] != "by_hand"]
