"""What happened to a sample appeal: a chain of actions the table of moves allows, with moments and actors."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from appeals.lifecycle import TABLE, Action, State
from appeals.terms import Role

A = Action
# The way to each state after filing and routing, for a case worked by a person.
WAYS: dict[State, tuple[tuple[Action, ...], ...]] = {
    State.REGISTERED: ((),),
    State.IN_PROGRESS: ((A.TAKE,), (A.TAKE, A.ASK_APPLICANT, A.APPLICANT_REPLIED)),
    State.AWAITING_APPLICANT: ((A.TAKE, A.ASK_APPLICANT),),
    State.AWAITING_CLINIC: ((A.TAKE, A.ASK_CLINIC),),
    State.AWAITING_EXPERTISE: ((A.TAKE, A.ORDER_EXPERTISE),),
    State.IN_REVIEW: (
        (A.TAKE, A.SUBMIT_FOR_REVIEW),
        (A.TAKE, A.ORDER_EXPERTISE, A.EXPERTISE_RECEIVED, A.SUBMIT_FOR_REVIEW),
    ),
    State.ANSWERED: (
        (A.TAKE, A.ANSWER),
        (A.TAKE, A.ASK_APPLICANT, A.APPLICANT_REPLIED, A.ANSWER),
        (A.TAKE, A.ASK_CLINIC, A.CLINIC_REPLIED, A.SUBMIT_FOR_REVIEW, A.ANSWER),
        (A.TAKE, A.ORDER_EXPERTISE, A.EXPERTISE_RECEIVED, A.ANSWER),
    ),
    State.FORWARDED: ((A.FORWARD,),),
    State.WITHDRAWN: ((A.WITHDRAW,), (A.TAKE, A.WITHDRAW)),
    State.DECLINED: ((A.TAKE, A.DECLINE),),
    State.CLOSED: (
        (A.TAKE, A.ANSWER, A.CLOSE),
        (A.TAKE, A.ORDER_EXPERTISE, A.EXPERTISE_RECEIVED, A.ANSWER, A.CLOSE),
    ),
}
ON_THE_LINE = (A.ANSWER, A.CLOSE)
HANDED_OVER = (A.TAKE, A.HAND_OVER, A.ACCEPT_HAND_OVER, A.ANSWER)
PUBLIC = frozenset(A) - {
    A.HAND_OVER, A.RETURN_HAND_OVER, A.SUBMIT_FOR_REVIEW, A.SEND_BACK, A.ASK_CLINIC, A.CLINIC_REPLIED,
    A.ORDER_EXPERTISE, A.EXPERTISE_RECEIVED, A.RESUME, A.MARK_VALIDITY, A.REROUTE,
}  # fmt: skip
_WORKERS = {1: Role.OPERATOR, 2: Role.CASE_WORKER, 3: Role.EXPERT, None: Role.FUND_OPERATOR}
_OTHERS = (Role.SYSTEM, Role.CITIZEN, Role.SUPERVISOR, Role.FUND_ADMIN, Role.CASE_WORKER)


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    action: Action
    before: State
    after: State
    role: Role


def story(
    actions: tuple[Action, ...], *, filed_at: datetime, end: datetime, level: int | None, random: Random
) -> list[Step]:
    """The steps with moments between filing and `end`; KeyError for a chain the table does not allow."""
    chain = (A.FILE, A.ROUTE, *actions)
    moments = _moments(len(chain), filed_at, end, random)
    steps, state = [], State.DRAFT
    for at, action in zip(moments, chain, strict=True):
        row = TABLE[state, action]
        steps.append(Step(at, action, state, row.to, _role(row.roles, action, level)))
        state = row.to
    return steps


def _moments(count: int, filed_at: datetime, end: datetime, random: Random) -> list[datetime]:
    routed = min(filed_at + timedelta(seconds=5), end)
    span = (end - routed).total_seconds()
    later = sorted(random.random() * span for _ in range(count - 2))
    return [filed_at, routed, *(routed + timedelta(seconds=int(seconds)) for seconds in later)]


def _role(roles: frozenset[Role], action: Action, level: int | None) -> Role:
    if action in (A.FILE, A.WITHDRAW, A.APPLICANT_REPLIED):
        return Role.CITIZEN
    if action in (A.CLOSE, A.ROUTE):
        return Role.SYSTEM
    worker = _WORKERS[level]
    return worker if worker in roles else next(role for role in _OTHERS if role in roles)
