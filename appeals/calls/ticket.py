"""When a talk began, by the server's clock: handed to the page signed, so that nobody sets it by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core import signing

_SALT = "appeals.calls.ticket"
# A form left open overnight is not a talk of fourteen hours.
LONGEST = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Ticket:
    key: UUID
    began_at: datetime

    def signed(self) -> str:
        return signing.dumps([str(self.key), self.began_at.isoformat()], salt=_SALT)


def fresh(now: datetime) -> Ticket:
    return Ticket(uuid4(), now)


def read(text: str, *, now: datetime) -> Ticket:
    """The ticket of the form; a forged one is replaced. A talk that began too long ago counts from now."""
    try:
        key, began = signing.loads(text, salt=_SALT)
        ticket = Ticket(UUID(key), datetime.fromisoformat(began))
    except (signing.BadSignature, ValueError, TypeError):
        return fresh(now)
    return ticket if now - ticket.began_at <= LONGEST else Ticket(ticket.key, now)
