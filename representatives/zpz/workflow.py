"""Who does what with a form between the insurer and the fund: one table of states and actions. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Action(StrEnum):
    COUNT = "count"
    ENTER = "enter"
    CHECK = "check"
    SUBMIT = "submit"
    RECALL = "recall"
    APPROVE = "approve"
    ACCEPT = "accept"
    RETURN = "return"
    CORRECT = "correct"


class Side(StrEnum):
    """The filer is whoever the form is about; the fund receives the forms of its region's insurers."""

    FILER = "filer"
    FUND = "fund"


REFUSALS: dict[str, str] = {
    "not_now": "Сейчас это действие невозможно: форма в состоянии «{status}».",
    "not_yours": "Это действие делает другая сторона.",
    "own_form": "Свою форму фонд утверждает сам, никому не направляя.",
    "has_errors": "Сначала исправьте ошибки, найденные при проверке.",
    "needs_reason": "Напишите причину: её прочитает другая сторона.",
}
STATUS_WORDS: dict[Status, str] = {
    Status.DRAFT: "черновик",
    Status.CHECKED: "проверена",
    Status.SUBMITTED: "направлена",
    Status.ACCEPTED: "принята",
    Status.RETURNED: "возвращена",
}


@dataclass(frozen=True, slots=True)
class Step:
    side: Side
    target: Status
    needs_reason: bool = False
    # True: only for the fund's own form; False: only for an insurer's; None: for both.
    own: bool | None = None


_EDITABLE = (Status.DRAFT, Status.CHECKED, Status.RETURNED)
_STEPS: dict[tuple[Status, Action], Step] = {
    **{(status, Action.COUNT): Step(Side.FILER, Status.DRAFT) for status in _EDITABLE},
    **{(status, Action.ENTER): Step(Side.FILER, Status.DRAFT) for status in _EDITABLE},
    (Status.DRAFT, Action.CHECK): Step(Side.FILER, Status.CHECKED),
    (Status.CHECKED, Action.SUBMIT): Step(Side.FILER, Status.SUBMITTED, own=False),
    (Status.CHECKED, Action.APPROVE): Step(Side.FILER, Status.ACCEPTED, own=True),
    (Status.SUBMITTED, Action.RECALL): Step(Side.FILER, Status.DRAFT, needs_reason=True),
    (Status.SUBMITTED, Action.ACCEPT): Step(Side.FUND, Status.ACCEPTED),
    (Status.SUBMITTED, Action.RETURN): Step(Side.FUND, Status.RETURNED, needs_reason=True),
    (Status.ACCEPTED, Action.CORRECT): Step(Side.FILER, Status.DRAFT, needs_reason=True),
}


class Refusal(Exception):
    """An action that is not allowed now; `code` and `text` say why."""

    def __init__(self, code: str, status: Status) -> None:
        self.code = code
        self.text = REFUSALS[code].format(status=STATUS_WORDS[status])
        super().__init__(self.text)


def after(
    status: Status, action: Action, *, sides: frozenset[Side], own: bool, reason: str = "", errors: int = 0
) -> Status:
    """The state after an action. `own`: the form is the fund's. Errors: Refusal."""
    step = _STEPS.get((status, action))
    if step is None:
        raise Refusal("not_now", status)
    if step.own is not None and step.own is not own:
        raise Refusal("own_form", status)
    if step.side not in sides:
        raise Refusal("not_yours", status)
    if step.needs_reason and not reason.strip():
        raise Refusal("needs_reason", status)
    if action is Action.CHECK and errors:
        raise Refusal("has_errors", status)
    return step.target


def offered(status: Status, *, sides: frozenset[Side], own: bool) -> tuple[Action, ...]:
    """What a reader on these sides may do now, in the order of the life of a form."""
    return tuple(
        action
        for action in Action
        if (step := _STEPS.get((status, action)))
        and step.side in sides
        and (step.own is None or step.own is own)
    )


def needs_reason(status: Status, action: Action) -> bool:
    step = _STEPS.get((status, action))
    return step is not None and step.needs_reason
