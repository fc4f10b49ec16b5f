"""States of a message, and why a receipt can never move one backwards.

Pure. Two doors: `advance` for what this system decides itself, by a table; `merge` for what the outside world
reports, by a rank. Receipts arrive twice, late and out of order; because `merge` takes the greater rank it
does not matter. The outcome of a send is a report too: its receipt may have been here before it.
"""

from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    # Leaves inside another message to the same person, and ends as that one ends.
    CARRIED = "carried"
    # Ended here, before anything left: withdrawn by staff, too late to be useful, or forbidden at send time.
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    EXCLUDED = "excluded"
    # The provider may or may not have it: asked about, never repeated blindly.
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"


class StateError(ValueError):
    """A step the table does not know: a fault of the program, or a lost race."""


# What the world says outranks what was planned here, and delivery outranks failure: a message that arrived
# cannot un-arrive, while a provider's "failed" is sometimes only its own timeout.
_RANK = MappingProxyType({state: rank for rank, state in enumerate(State)})

RECEIPTS = frozenset({State.UNKNOWN, State.SENT, State.FAILED, State.DELIVERED})

_STEPS = MappingProxyType(
    {
        State.PENDING: frozenset({State.CLAIMED, State.CANCELLED, State.EXPIRED, State.EXCLUDED}),
        # Back to pending only when it is certain that nothing left: the sender says so, or a lease ran out
        # before the send began.
        State.CLAIMED: frozenset(
            {
                State.PENDING,
                State.CANCELLED,
                State.EXPIRED,
                State.EXCLUDED,
                State.SENT,
                State.UNKNOWN,
                State.FAILED,
                State.CARRIED,
            }
        ),
        # Free again where the carrier was stopped before it left.
        State.CARRIED: frozenset({State.PENDING, State.SENT, State.FAILED, State.DELIVERED}),
        # Pending again once the provider has answered that it never saw the reference.
        State.UNKNOWN: frozenset({State.PENDING, State.SENT, State.FAILED, State.DELIVERED}),
        State.SENT: frozenset({State.FAILED, State.DELIVERED}),
        State.FAILED: frozenset({State.DELIVERED}),
    }
)

# Nothing more is done by this system; a receipt may still raise some of them.
FINAL = frozenset({State.CANCELLED, State.EXPIRED, State.EXCLUDED, State.FAILED, State.DELIVERED})


def advance(current: State, following: State) -> State:
    """A step of our own; raises `StateError` for one the table does not allow."""
    if following not in _STEPS.get(current, frozenset()):
        raise StateError(f"a message cannot go from {current} to {following}")
    return following


def steps_from(current: State) -> frozenset[State]:
    """States our own work may lead to, for the guards of conditional updates."""
    return _STEPS.get(current, frozenset())


def merge(current: State, incoming: State) -> State:
    """The state after a receipt: the greater rank. Idempotent, and the order of receipts does not matter."""
    if incoming not in RECEIPTS:
        raise StateError(f"{incoming} is not something a receipt can report")
    return max(current, incoming, key=_RANK.__getitem__)


def rank(state: State) -> int:
    """For set-based updates that apply many receipts at once by the same rule as `merge`."""
    return _RANK[state]
