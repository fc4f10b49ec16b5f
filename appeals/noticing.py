"""Which steps of a case a colleague is told of in the portal, and whom they concern.

Pure. Whoever took the step knows of it already; the service leaves that person out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from appeals.lifecycle import Action, State
from appeals.terms import Role


class What(StrEnum):
    """Stored with the notice; the words for people are in `appeals.models.notices`."""

    ASSIGNED = "assigned"
    TAKEN_AWAY = "taken_away"
    OFFERED = "offered"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_RETURNED = "offer_returned"
    REPLIED = "replied"
    CLINIC_REPLIED = "clinic_replied"
    EXPERTISE_BACK = "expertise_back"
    WAIT_OVER = "wait_over"
    TO_APPROVE = "to_approve"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    INSTRUCTED = "instructed"
    REPORTED = "reported"
    JUDGED = "judged"
    DISPUTED = "disputed"
    NOT_SENT = "not_sent"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


class Whom(StrEnum):
    HOLDER = "holder"  # whoever has the case after the step
    FORMER = "former"  # whoever had it before and has it no longer
    LEVEL = "level"  # everybody at the level that the case is offered to
    OFFERER = "offerer"  # whoever offered it to another level
    INSTRUCTOR = "instructor"  # whoever at the fund gave the latest instruction
    HEADS = "heads"  # those who approve answers in the organisation


@dataclass(frozen=True, slots=True)
class Rule:
    what: What
    whom: Whom


_RULES: Mapping[Action, tuple[Rule, ...]] = MappingProxyType(
    {
        Action.ASSIGN: (Rule(What.ASSIGNED, Whom.HOLDER), Rule(What.TAKEN_AWAY, Whom.FORMER)),
        Action.REROUTE: (Rule(What.TAKEN_AWAY, Whom.FORMER),),
        Action.CONVERT: (Rule(What.TAKEN_AWAY, Whom.FORMER),),
        Action.HAND_OVER: (Rule(What.OFFERED, Whom.LEVEL),),
        Action.ACCEPT_HAND_OVER: (Rule(What.OFFER_ACCEPTED, Whom.OFFERER),),
        Action.RETURN_HAND_OVER: (Rule(What.OFFER_RETURNED, Whom.OFFERER),),
        Action.APPLICANT_REPLIED: (Rule(What.REPLIED, Whom.HOLDER),),
        Action.CLINIC_REPLIED: (Rule(What.CLINIC_REPLIED, Whom.HOLDER),),
        Action.EXPERTISE_RECEIVED: (Rule(What.EXPERTISE_BACK, Whom.HOLDER),),
        Action.SUBMIT_FOR_REVIEW: (Rule(What.TO_APPROVE, Whom.HEADS),),
        Action.INSTRUCT: (Rule(What.INSTRUCTED, Whom.HEADS), Rule(What.INSTRUCTED, Whom.HOLDER)),
        Action.REPORT_BACK: (Rule(What.REPORTED, Whom.INSTRUCTOR),),
        Action.SEND_BACK: (Rule(What.SENT_BACK, Whom.HOLDER),),
        Action.REOPEN: (Rule(What.REOPENED, Whom.HOLDER),),
        Action.WITHDRAW: (Rule(What.WITHDRAWN, Whom.HOLDER),),
    }
)
# What needs nobody any more once the case has gone on: an offer decided, an answer approved or sent back.
SETTLES: Mapping[Action, What] = MappingProxyType(
    {
        Action.ACCEPT_HAND_OVER: What.OFFERED,
        Action.RETURN_HAND_OVER: What.OFFERED,
        Action.SEND_BACK: What.TO_APPROVE,
        Action.ANSWER: What.TO_APPROVE,
    }
)


def rules_for(action: Action, before: State, role: Role) -> tuple[Rule, ...]:
    """Who is told what of a step that somebody in `role` took from the state `before`."""
    if action is Action.ANSWER:
        # Only an answer that somebody proposed comes as news to its writer.
        return (Rule(What.APPROVED, Whom.HOLDER),) if before is State.IN_REVIEW else ()
    if action is Action.RESUME:
        return (Rule(What.WAIT_OVER, Whom.HOLDER),) if role is Role.SYSTEM else ()
    return _RULES.get(action, ())
