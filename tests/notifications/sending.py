"""Steps that the tests of sending share."""

from notifications import dispatch
from notifications.models import Message
from tests.notifications.factories import Clock, FakeSender, person_who_agreed, send_later


def send(clock: Clock, sender: FakeSender, channel: str = "sms", **given: int) -> None:
    dispatch.run(clock=clock, senders={channel: sender}, **given)


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.error_code


def invite(clock: Clock, **given) -> Message:
    given.setdefault("person", None)
    given["person"] = given["person"] or person_who_agreed("sms")
    return send_later(clock.now, event=given.pop("event", "exam_invitation"), **given)
