"""Several reminders to one person leave as one message, and every row has an end of its own."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import dispatch, queue, sweep
from notifications.channels.base import Outcome, Result
from notifications.merging import MOST, bundles
from notifications.models import ContactCap, Message, MessageTemplate
from notifications.queue import Report
from notifications.states import State
from tests.notifications.factories import Clock, FakeSender, person_who_agreed, send_later

REFUSED = Result(Outcome.REFUSED, "gateway_422")


class Row:
    def __init__(self, number: int, event: str, person: int, body: str = "") -> None:
        self.id, self.event, self.person_id, self.body = number, event, person, body
        self.channel, self.to, self.language, self.payload = "sms", f"+7{person}", "ru", {}


_EVENTS = st.sampled_from(["exam_invitation", "visit_reminder", "appeal_answered", "hospital_wait"])


@given(st.lists(st.tuples(_EVENTS, st.integers(1, 4), st.sampled_from(["", "", "был текст"])), max_size=30))
def test_nobody_is_carried_twice_and_nothing_but_reminders_is(given_rows) -> None:
    rows = [Row(number, *one) for number, one in enumerate(given_rows)]
    found = bundles(rows)
    inside = [row.id for bundle in found for row in (bundle.carrier, *bundle.carried)]
    assert len(inside) == len(set(inside))
    for bundle in found:
        assert 1 <= len(bundle.carried) < MOST
        assert {row.person_id for row in bundle.carried} == {bundle.carrier.person_id}
        assert all(
            row.event in {"exam_invitation", "visit_reminder"} and not row.body
            for row in (bundle.carrier, *bundle.carried)
        )


@pytest.fixture
def pair(clock: Clock, words: None) -> tuple[Message, Message, FakeSender]:
    """A reminder due now and an invitation due the day after to the same person."""
    person = person_who_agreed("sms")
    ContactCap.objects.update(per_month=1)
    reminder = send_later(clock.now, event="visit_reminder", person=person, dedupe_key="a")
    later = clock.now + timedelta(days=1)
    invitation = send_later(clock.now, event="exam_invitation", person=person, dedupe_key="b", due_at=later)
    return reminder, invitation, FakeSender()


def states(*messages: Message) -> list[str]:
    for message in messages:
        message.refresh_from_db()
    return [message.state for message in messages]


def test_two_leave_as_one_contact_and_both_end_as_delivered(clock: Clock, pair) -> None:
    reminder, invitation, sender = pair
    dispatch.run(clock=clock, senders={"sms": sender})
    assert len(sender.taken) == 1
    body = sender.taken[0].body
    assert body.count("— ") == 2
    assert "Диспансеризац" in body.title() or "диспансеризац" in body.lower()
    assert states(reminder, invitation) == ["sent", "carried"]
    sweep.run(now=clock.now, senders={"sms": sender})
    assert states(reminder, invitation) == ["sent", "sent"]
    assert (invitation.carried_by, invitation.sent_at, invitation.body) == (reminder, reminder.sent_at, body)
    queue.apply_reports([Report(reminder.provider_reference, State.DELIVERED, clock.now)])
    assert states(reminder, invitation) == ["delivered", "delivered"]


def test_a_carrier_that_is_refused_fails_both(clock: Clock, pair) -> None:
    reminder, invitation, sender = pair
    sender.results = [REFUSED]
    dispatch.run(clock=clock, senders={"sms": sender})
    sweep.run(now=clock.now, senders={"sms": sender})
    assert states(reminder, invitation) == ["failed", "failed"]
    assert invitation.error_code == "gateway_422"


def test_a_carried_one_is_free_again_when_the_carrier_is_stopped(clock: Clock, pair) -> None:
    reminder, invitation, sender = pair
    sender.results = [Result(Outcome.NOT_NOW, "gateway_503")]
    dispatch.run(clock=clock, senders={"sms": sender})
    assert states(reminder, invitation) == ["pending", "carried"]
    Message.objects.filter(pk=reminder.pk).update(state="cancelled", error_code="done")
    sweep.run(now=clock.now, senders={"sms": sender})
    assert states(invitation) == ["pending"]
    dispatch.run(clock=clock, senders={"sms": sender})
    assert states(invitation) == ["sent"]
    assert "Диспансеризация, до" not in sender.taken[-1].body, "alone it has its own words"


def test_without_a_wording_for_several_each_leaves_by_itself(clock: Clock, pair) -> None:
    reminder, invitation, sender = pair
    ContactCap.objects.all().delete()
    MessageTemplate.objects.filter(event="several_reminders").delete()
    dispatch.run(clock=clock, senders={"sms": sender})
    assert len(sender.taken) == 2
    assert states(reminder, invitation) == ["sent", "sent"]
