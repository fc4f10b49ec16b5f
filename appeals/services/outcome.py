"""How an appeal ends, and begins again: answer, approval, forwarding, refusal, withdrawal, closing, reopening."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actors import Actor
from appeals.deadlines import local_day
from appeals.errors import InvalidInput, TooLate
from appeals.lifecycle import Action
from appeals.models import Appeal, DeclineGround, Validity
from appeals.policy import terms
from appeals.services.answer_letters import send_answer
from appeals.services.base import begin, finish
from appeals.services.outgoing import issue_decline, issue_forwarding
from appeals.services.routing import body_in_force, clock_restarted
from appeals.services.survey import invite_survey, recall_survey
from appeals.terms import Kind, Role
from registry.models.dated import valid_on


@transaction.atomic
def submit_for_review(
    *, appeal_id: int, answer: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    """Proposes an answer for approval; the applicant does not see it yet."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.SUBMIT_FOR_REVIEW,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"answer": answer},
    )
    return finish(move, changes={"answer": answer}, data={"answer": answer})


@transaction.atomic
def send_back(
    *, appeal_id: int, reason: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    move = begin(
        appeal_id=appeal_id,
        action=Action.SEND_BACK,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"reason": reason},
    )
    return finish(move, note=reason)


@transaction.atomic
def answer(
    *,
    appeal_id: int,
    text: str,
    actor: Actor,
    now: datetime,
    validity: str = "",
    expected_version: int | None = None,
) -> Appeal:
    """Answers the applicant, or approves the proposed answer. The text is kept in the event as it was given."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.ANSWER,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"answer": text},
    )
    appeal = move.appeal
    if validity and (appeal.kind != Kind.COMPLAINT or validity not in Validity.values):
        raise InvalidInput({"validity": _("Only a complaint is judged: justified or unjustified.")})
    changes: dict[str, object] = {
        "answer": text,
        "answered_at": now,
        "validity": validity or appeal.validity,
        **_rests(appeal, now),
    }
    done = finish(move, changes=changes, public_text=text, data={"validity": changes["validity"]})
    send_answer(appeal=done, actor=actor, now=now)
    invite_survey(appeal=done, now=now)
    return done


@transaction.atomic
def forward(
    *,
    appeal_id: int,
    addressee: str,
    letter: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Appeal:
    """Sends the appeal on to the competent body with a letter; the applicant is told to whom."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.FORWARD,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"addressee": addressee, "letter": letter},
    )
    body = body_in_force(addressee, move.appeal, now)
    changes: dict[str, object] = {"addressee": body, "forwarded_at": now, **_rests(move.appeal, now)}
    done = finish(move, changes=changes, public=True, note=letter, data={"addressee": addressee})
    issue_forwarding(appeal=done, body=body, text=letter, actor=actor, now=now)
    return done


@transaction.atomic
def decline(
    *,
    appeal_id: int,
    ground: str,
    reason: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Appeal:
    """Leaves the appeal without an answer on one of the law's grounds in force; the applicant is told why."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.DECLINE,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"ground": ground, "reason": reason},
    )
    today = local_day(now, move.appeal.region.zone)
    lawful = DeclineGround.objects.filter(valid_on(today), code=ground).first()
    if lawful is None:
        raise InvalidInput({"ground": _("Choose one of the lawful grounds.")})
    done = finish(move, changes={"decline_ground": ground, **_rests(move.appeal, now)}, public_text=reason)
    issue_decline(appeal=done, ground=lawful, reason=reason, actor=actor, now=now)
    return done


@transaction.atomic
def withdraw(
    *, appeal_id: int, statement: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    """The applicant takes the appeal back, in the words given."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.WITHDRAW,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"statement": statement},
    )
    return finish(move, changes={"closed_at": now, **_ended()}, public_text=statement)


@transaction.atomic
def close(*, appeal_id: int, actor: Actor, now: datetime, expected_version: int | None = None) -> Appeal:
    move = begin(
        appeal_id=appeal_id, action=Action.CLOSE, actor=actor, now=now, expected_version=expected_version
    )
    return finish(move, changes={"closed_at": now}, public=True)


@transaction.atomic
def reopen(
    *, appeal_id: int, reason: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> Appeal:
    """Opens the appeal again with a new lawful term. A citizen may do so for a time after the answer only."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.REOPEN,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"reason": reason},
    )
    appeal = move.appeal
    if move.role is Role.CITIZEN and appeal.answered_at is not None:
        term = terms().at("reopen", local_day(now, appeal.region.zone), kind=Kind(appeal.kind))
        if now > appeal.answered_at + timedelta(days=term.value):
            raise TooLate(
                _("The time to object to the answer is over. File a new appeal."), code="reopen_term"
            )
    changes = {
        **clock_restarted(appeal, now),
        "taken_at": appeal.taken_at or now,
        "routed_at": appeal.routed_at or now,
        "decline_ground": "",
    }
    recall_survey(appeal=appeal)
    return finish(move, changes=changes, public_text=reason, data={"answer": appeal.answer})


def _ended() -> dict[str, object]:
    """Nobody is reminded of a case that has ended."""
    return {"next_step_at": None}


def _rests(appeal: Appeal, now: datetime) -> dict[str, object]:
    """What is decided can be objected to for a time, and closes by itself after it."""
    term = terms().at("reopen", local_day(now, appeal.region.zone), kind=Kind(appeal.kind))
    return {**_ended(), "close_at": now + timedelta(days=term.value)}
