"""What a channel is. A new one is a class with these attributes and one line in `notifications.channels`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from notifications.states import State


class Outcome(StrEnum):
    SENT = "sent"
    # Never for this recipient or text.
    REFUSED = "refused"
    # Certain that nothing left; later it may.
    NOT_NOW = "not_now"
    # It may have left or not.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    outcome: Outcome
    code: str = ""
    provider_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message ready to leave: `to` is the address of the channel, `unsubscribe` the one-click link or empty."""

    reference: UUID
    to: str
    name: str
    sender: str
    subject: str
    body: str
    language: str
    written_at: datetime
    unsubscribe: str = ""


class CannotTell(Exception):
    """The provider did not answer the question; ask again later."""


class Sender(Protocol):
    """`idempotent`: a repeat under the same reference reaches the person once. `can_tell`: `status` works.

    `chunk`: how many are handed over between two notes in the database; all of it must end well within a lease.
    """

    idempotent: bool
    can_tell: bool
    chunk: int

    def send(self, batch: Sequence[Outgoing]) -> list[Result]:
        """One result for each message, in order. Called outside of any transaction."""
        ...

    def status(self, reference: UUID) -> State | None:
        """What became of a reference: one of `states.RECEIPTS`, or None if it never arrived.

        Errors: `CannotTell`.
        """
        ...
