"""The life of an appeal: which action leads from which state to which, who may, and what must be given.

One table and nothing beside it. A service locks the row, calls `step`, writes what it returns and appends the
event. Whose appeal it is, and at which level, is the business of scoping; the table knows roles only.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from appeals.terms import Role


class State(StrEnum):
    DRAFT = "draft"
    REGISTERED = "registered"
    IN_PROGRESS = "in_progress"
    AWAITING_APPLICANT = "awaiting_applicant"
    AWAITING_CLINIC = "awaiting_clinic"
    AWAITING_EXPERTISE = "awaiting_expertise"
    IN_REVIEW = "in_review"
    ANSWERED = "answered"
    FORWARDED = "forwarded"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    CLOSED = "closed"


class Action(StrEnum):
    FILE = "file"
    ROUTE = "route"
    REROUTE = "reroute"
    TAKE = "take"
    ASSIGN = "assign"
    HAND_OVER = "hand_over"
    ACCEPT_HAND_OVER = "accept_hand_over"
    RETURN_HAND_OVER = "return_hand_over"
    ASK_APPLICANT = "ask_applicant"
    INFORM_APPLICANT = "inform_applicant"
    APPLICANT_REPLIED = "applicant_replied"
    ASK_CLINIC = "ask_clinic"
    CLINIC_REPLIED = "clinic_replied"
    ORDER_EXPERTISE = "order_expertise"
    EXPERTISE_RECEIVED = "expertise_received"
    RESUME = "resume"
    SUBMIT_FOR_REVIEW = "submit_for_review"
    SEND_BACK = "send_back"
    ANSWER = "answer"
    FORWARD = "forward"
    WITHDRAW = "withdraw"
    DECLINE = "decline"
    EXTEND = "extend"
    REOPEN = "reopen"
    CLOSE = "close"
    CONVERT = "convert"
    MARK_VALIDITY = "mark_validity"
    CHECK_WAITING = "check_waiting"
    SPLIT = "split"
    LINK = "link"
    MARK_PAPER = "mark_paper"
    INSTRUCT = "instruct"
    REPORT_BACK = "report_back"


class Given(StrEnum):
    """What an action may demand beside the actor."""

    TEXT = "text"
    TOPIC = "topic"
    DECISION = "decision"
    ASSIGNEE = "assignee"
    LEVEL = "level"
    NOTE = "note"
    HAND_OVER = "hand_over"
    QUESTION = "question"
    REPLY = "reply"
    CLINIC = "clinic"
    EXPERTISE = "expertise"
    OUTCOME = "outcome"
    ANSWER = "answer"
    ADDRESSEE = "addressee"
    LETTER = "letter"
    STATEMENT = "statement"
    GROUND = "ground"
    DAYS = "days"
    REASON = "reason"
    KIND = "kind"
    VALIDITY = "validity"
    PARTS = "parts"
    NUMBER = "number"
    PAPER = "paper"
    DAY = "day"


class LifecycleError(Exception):
    """A refused action. `code` is stable; the text for people is made from the attributes."""

    code = "lifecycle"

    def __init__(self, state: State, action: Action, role: Role, message: str) -> None:
        super().__init__(message)
        self.state = state
        self.action = action
        self.role = role


class NotAllowed(LifecycleError):
    """The state does not know the action (`no_such_move`), or the role may not do it (`role_may_not`)."""

    def __init__(self, state: State, action: Action, role: Role, *, code: str) -> None:
        self.code = code
        self.possible = allowed(state, role)
        can = ", ".join(self.possible) or "nothing"
        super().__init__(state, action, role, f"{role} cannot {action} in state {state}; possible: {can}")


class Missing(LifecycleError):
    """The action is allowed, but something it needs was not given or is blank."""

    code = "missing"

    def __init__(self, state: State, action: Action, role: Role, missing: tuple[Given, ...]) -> None:
        self.missing = missing
        super().__init__(state, action, role, f"{action} needs: {', '.join(missing)}")


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table."""

    state: State
    action: Action
    to: State
    roles: frozenset[Role]
    needs: tuple[Given, ...]


WAITING = frozenset({State.AWAITING_APPLICANT, State.AWAITING_CLINIC, State.AWAITING_EXPERTISE})
WORKING = frozenset({State.IN_PROGRESS, State.IN_REVIEW}) | WAITING
# Open: the lawful clock runs and somebody owes an answer. The partial indexes of the queues use the same set.
OPEN = frozenset({State.REGISTERED}) | WORKING
# Decided, and open to an objection until the portal closes it.
RESTING = frozenset({State.ANSWERED, State.FORWARDED, State.DECLINED})
TERMINAL = frozenset({State.WITHDRAWN})

_SOLVERS = frozenset({Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR, Role.FUND_OPERATOR, Role.FUND_ADMIN})
_STAFF = _SOLVERS | {Role.OPERATOR}
_HEADS = frozenset({Role.SUPERVISOR, Role.FUND_ADMIN})
_AT_INSURER = frozenset({Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR})
_EXPERTS = frozenset({Role.EXPERT, Role.FUND_ADMIN})
_CITIZEN = frozenset({Role.CITIZEN})
_SYSTEM = frozenset({Role.SYSTEM})


def _same(states: Collection[State]) -> dict[State, State]:
    return {state: state for state in states}


def _rows(
    action: Action, moves: Mapping[State, State], roles: frozenset[Role], *needs: Given
) -> list[Transition]:
    return [Transition(state, action, to, roles, needs) for state, to in moves.items()]


def _intake() -> list[Transition]:
    registered, in_progress = State.REGISTERED, State.IN_PROGRESS
    queued = _same((registered, in_progress))
    back_to_queue = {registered: registered, in_progress: registered}
    return [
        *_rows(Action.FILE, {State.DRAFT: registered}, _STAFF | _CITIZEN | _SYSTEM, Given.TEXT, Given.TOPIC),
        *_rows(Action.ROUTE, _same((registered,)), _SYSTEM, Given.DECISION),
        *_rows(Action.REROUTE, back_to_queue, _SOLVERS, Given.DECISION, Given.REASON),
        *_rows(Action.TAKE, {registered: in_progress}, _STAFF),
        *_rows(
            Action.ASSIGN,
            {registered: in_progress, **_same(WORKING)},
            _HEADS | _SYSTEM,
            Given.ASSIGNEE,
        ),
        *_rows(Action.HAND_OVER, queued, _STAFF, Given.LEVEL, Given.NOTE),
        *_rows(
            Action.ACCEPT_HAND_OVER,
            {registered: in_progress, in_progress: in_progress},
            _STAFF,
            Given.HAND_OVER,
        ),
        *_rows(Action.RETURN_HAND_OVER, queued, _STAFF, Given.HAND_OVER, Given.REASON),
        # A question that turned out to hide a violation is routed anew, so it goes back to the queue.
        *_rows(
            Action.CONVERT,
            {**back_to_queue, State.ANSWERED: registered},
            _STAFF,
            Given.KIND,
            Given.TOPIC,
            Given.REASON,
        ),
    ]


def _casework() -> list[Transition]:
    in_progress = State.IN_PROGRESS
    # What was asked for may arrive after work went on without it: it is kept, and only its own wait ends.
    late = _same(OPEN)
    return [
        *_rows(Action.ASK_APPLICANT, {in_progress: State.AWAITING_APPLICANT}, _STAFF, Given.QUESTION),
        # An interim word, e.g. what has been asked of the clinic: nothing is expected in return.
        *_rows(Action.INFORM_APPLICANT, _same(WORKING), _STAFF, Given.TEXT),
        *_rows(
            Action.APPLICANT_REPLIED,
            {**late, State.AWAITING_APPLICANT: in_progress},
            _STAFF | _CITIZEN | _SYSTEM,
            Given.REPLY,
        ),
        *_rows(
            Action.ASK_CLINIC, {in_progress: State.AWAITING_CLINIC}, _SOLVERS, Given.CLINIC, Given.QUESTION
        ),
        *_rows(
            Action.CLINIC_REPLIED,
            {**late, State.AWAITING_CLINIC: in_progress},
            _SOLVERS | {Role.CLINIC_STAFF, Role.SYSTEM},
            Given.REPLY,
        ),
        *_rows(Action.ORDER_EXPERTISE, {in_progress: State.AWAITING_EXPERTISE}, _EXPERTS, Given.EXPERTISE),
        *_rows(
            Action.EXPERTISE_RECEIVED,
            {**late, State.AWAITING_EXPERTISE: in_progress},
            _EXPERTS | _SYSTEM,
            Given.OUTCOME,
        ),
        # Nobody may hold an appeal for ever by not replying.
        *_rows(Action.RESUME, dict.fromkeys(sorted(WAITING), in_progress), _STAFF | _SYSTEM, Given.REASON),
        *_rows(Action.EXTEND, _same(OPEN), _HEADS, Given.DAYS, Given.REASON),
        *_rows(
            Action.MARK_VALIDITY,
            _same((in_progress, State.IN_REVIEW, State.ANSWERED)),
            _SOLVERS,
            Given.VALIDITY,
        ),
        *_rows(Action.SPLIT, _same((State.REGISTERED, in_progress)), _STAFF, Given.PARTS, Given.REASON),
        *_rows(Action.LINK, _same(OPEN | RESTING), _STAFF, Given.NUMBER, Given.KIND),
        # Who may open a file can change whenever it is read anew, after the end too.
        *_rows(Action.MARK_PAPER, _same(OPEN | RESTING | {State.CLOSED}), _STAFF, Given.PAPER),
        # The fund's word to an insurer, and the insurer's report; the work itself goes on as it was.
        *_rows(Action.INSTRUCT, _same(OPEN | RESTING), frozenset({Role.FUND_ADMIN}), Given.TEXT, Given.DAY),
        *_rows(Action.REPORT_BACK, _same(OPEN | RESTING | {State.CLOSED}), _AT_INSURER, Given.TEXT),
        *_rows(Action.CHECK_WAITING, _same(OPEN), _STAFF, Given.OUTCOME),
    ]


def _outcome() -> list[Transition]:
    in_progress, answered = State.IN_PROGRESS, State.ANSWERED
    return [
        *_rows(Action.SUBMIT_FOR_REVIEW, {in_progress: State.IN_REVIEW}, _STAFF, Given.ANSWER),
        *_rows(Action.SEND_BACK, {State.IN_REVIEW: in_progress}, _HEADS, Given.REASON),
        # A typical question is answered while the person is on the line: straight from the register.
        *_rows(Action.ANSWER, dict.fromkeys((State.REGISTERED, in_progress), answered), _STAFF, Given.ANSWER),
        *_rows(Action.ANSWER, {State.IN_REVIEW: answered}, _HEADS, Given.ANSWER),
        *_rows(
            Action.FORWARD,
            dict.fromkeys((State.REGISTERED, in_progress), State.FORWARDED),
            _SOLVERS,
            Given.ADDRESSEE,
            Given.LETTER,
        ),
        *_rows(
            Action.WITHDRAW,
            dict.fromkeys(sorted(OPEN), State.WITHDRAWN),
            _STAFF | _CITIZEN,
            Given.STATEMENT,
        ),
        *_rows(
            Action.DECLINE,
            dict.fromkeys((State.REGISTERED, in_progress, State.IN_REVIEW), State.DECLINED),
            _HEADS,
            Given.GROUND,
            Given.REASON,
        ),
        *_rows(
            Action.CLOSE,
            dict.fromkeys((answered, State.FORWARDED, State.DECLINED), State.CLOSED),
            _STAFF | _SYSTEM,
        ),
        *_rows(Action.REOPEN, {answered: in_progress}, _STAFF | _CITIZEN, Given.REASON),
        *_rows(
            Action.REOPEN,
            dict.fromkeys((State.FORWARDED, State.DECLINED, State.CLOSED), in_progress),
            _HEADS,
            Given.REASON,
        ),
    ]


def _table() -> Mapping[tuple[State, Action], Transition]:
    table: dict[tuple[State, Action], Transition] = {}
    for row in (*_intake(), *_casework(), *_outcome()):
        key = (row.state, row.action)
        if key in table:
            raise ValueError(f"two rows for {row.action} in {row.state}")
        table[key] = row
    return MappingProxyType(table)


TABLE: Mapping[tuple[State, Action], Transition] = _table()


def step(
    state: State, action: Action, *, role: Role, given: Mapping[str, object] | None = None
) -> Transition:
    """The row that `action` takes in `state`.

    `given` maps names of `Given` to values; None and blank text count as not given.
    Raises NotAllowed when the state or the role forbids it, Missing when something needed is absent.
    """
    row = TABLE.get((state, action))
    if row is None:
        raise NotAllowed(state, action, role, code="no_such_move")
    if role not in row.roles:
        raise NotAllowed(state, action, role, code="role_may_not")
    values = given or {}
    missing = tuple(need for need in row.needs if _blank(values.get(need)))
    if missing:
        raise Missing(state, action, role, missing)
    return row


def allowed(state: State, role: Role) -> tuple[Action, ...]:
    """What the role can do in the state, in the order of `Action`."""
    return tuple(
        action for action in Action if (row := TABLE.get((state, action))) is not None and role in row.roles
    )


def replay(actions: Iterable[Action], start: State = State.DRAFT) -> State:
    """The state a chain of recorded events leads to; KeyError names the first pair not in the table."""
    state = start
    for action in actions:
        state = TABLE[state, action].to
    return state


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
