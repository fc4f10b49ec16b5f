"""Macros: named sets of steps for one kind of case. Pure: which steps there are, and whether a set makes sense.

A macro does nothing that a person could not do by hand; each step goes through the service of its action.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from appeals import replies
from appeals.lifecycle import TABLE, Action, State
from appeals.terms import Reason

MOST = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """Which field of the action's form takes the text of a step, and which the choice; empty: none."""

    text: str = ""
    choice: str = ""


SHAPES: Mapping[Action, Shape] = MappingProxyType(
    {
        Action.TAKE: Shape(),
        Action.ASK_APPLICANT: Shape(text="question"),
        Action.INFORM_APPLICANT: Shape(text="text"),
        Action.HAND_OVER: Shape(text="note", choice="level"),
        Action.RESUME: Shape(text="reason"),
        Action.MARK_VALIDITY: Shape(choice="validity"),
        Action.SUBMIT_FOR_REVIEW: Shape(text="answer"),
        Action.ANSWER: Shape(text="answer"),
        Action.CLOSE: Shape(),
    }
)
_STARTS = (
    State.REGISTERED,
    State.IN_PROGRESS,
    State.AWAITING_APPLICANT,
    State.AWAITING_CLINIC,
    State.ANSWERED,
)


@dataclass(frozen=True, slots=True)
class Step:
    """`text` may hold the fields of `appeals.replies`; `choice` is a level or a verdict."""

    action: Action
    text: str = ""
    choice: str = ""

    @property
    def shape(self) -> Shape:
        return SHAPES[self.action]

    def as_json(self) -> dict[str, str]:
        return {"action": self.action.value, "text": self.text, "choice": self.choice}


def steps_from(rows: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Steps as they are stored; one of an action that macros no longer know is left out."""
    return tuple(
        Step(Action(row["action"]), str(row.get("text", "")), str(row.get("choice", "")))
        for row in rows
        if row.get("action") in [action.value for action in SHAPES]
    )


def problems(steps: Sequence[Step]) -> tuple[Reason, ...]:
    """Why a set of steps cannot be a macro; nothing when it can."""
    if not steps:
        return (Reason("no_steps", "Выберите хотя бы один шаг"),)
    found: list[Reason] = []
    for number, step in enumerate(steps, start=1):
        if step.shape.text and not step.text.strip():
            found.append(Reason("no_text", f"Шаг {number}: напишите текст"))
        if step.shape.choice and not step.choice:
            found.append(Reason("no_choice", f"Шаг {number}: сделайте выбор"))
        if wrong := replies.unknown(step.text):
            found.append(Reason("unknown_field", f"Шаг {number}: таких полей нет — {', '.join(wrong)}"))
    if not any(_leads_through(steps, start) for start in _STARTS):
        words = "Такой порядок шагов невозможен: после одного из них следующий уже не сделать"
        found.append(Reason("no_way", words))
    return tuple(found)


def _leads_through(steps: Sequence[Step], state: State) -> bool:
    """Whether some case could go through all of it. To take what is taken already is passed over."""
    for step in steps:
        row = TABLE.get((state, step.action))
        if row is None and step.action is Action.TAKE:
            continue
        if row is None:
            return False
        state = row.to
    return True
