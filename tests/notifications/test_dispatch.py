"""Sending on a database that commits: workers that die, providers that fail, people who changed their mind."""

import threading
from datetime import UTC, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from notifications import dispatch, queue, sweep, tasks
from notifications.channels.base import Outcome, Result
from notifications.models import Message, MessageTemplate
from notifications.retry import MAX_ATTEMPTS
from notifications.states import State
from tests.notifications.factories import Clock, FakeSender, person_who_agreed, send_later
from tests.notifications.sending import invite, send, state_of

pytestmark = pytest.mark.usefixtures("words")

NOT_NOW = Result(Outcome.NOT_NOW, "gateway_503")
UNKNOWN = Result(Outcome.UNKNOWN, "gateway_broke_off")
REFUSED = Result(Outcome.REFUSED, "gateway_422")


def test_a_due_message_leaves_once_with_its_words(clock: Clock) -> None:
    message, sender = send_later(clock.now), FakeSender(Result(Outcome.SENT, provider_id="p-1"))
    send(clock, sender)
    send(clock, sender)
    message.refresh_from_db()
    assert sender.times == {message.provider_reference: 1}
    assert sender.taken[0].body.startswith("Ответ на обращение 39-2026-0000412-7 готов.")
    assert (message.state, message.provider_id, message.sent_at) == (State.SENT, "p-1", clock.now)
    assert message.body == sender.taken[0].body, "the text is kept exactly as sent"


def test_what_is_not_due_or_has_no_channel_waits(clock: Clock) -> None:
    later = send_later(clock.now, due_at=clock.now + timedelta(hours=1))
    called = send_later(clock.now, channel="phone")
    sender = FakeSender()
    send(clock, sender)
    assert (sender.taken, state_of(later), state_of(called)) == ([], ("pending", ""), ("pending", ""))
    clock.go(hours=1)
    send(clock, sender)
    assert state_of(later) == ("sent", "")


def test_answers_leave_before_campaigns(clock: Clock) -> None:
    person = person_who_agreed("sms")
    invitation = send_later(clock.now - timedelta(days=1), event="exam_invitation", person=person)
    answer = send_later(clock.now)
    sender = FakeSender()
    send(clock, sender, limit=1)
    assert [taken.reference for taken in sender.taken] == [
        answer.provider_reference,
        invitation.provider_reference,
    ]


def test_sending_inside_a_transaction_is_refused(clock: Clock) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="outside of transactions"):
        send(clock, FakeSender())


class Killed(BaseException):
    """As kill -9: nothing of ours runs afterwards."""


def die_after_sending(sender: FakeSender) -> None:
    take = sender.send

    def send_and_die(batch):
        take(batch)
        sender.send = take
        raise Killed

    sender.send = send_and_die


def test_a_worker_killed_before_sending_loses_nothing(clock: Clock) -> None:
    message, sender = send_later(clock.now, channel="email"), FakeSender(idempotent=False)
    queue.claim(now=clock.now, channels=["email"], limit=10)
    send(clock, sender, "email")
    assert not sender.taken, "the claim holds while the lease lasts"
    clock.go(minutes=6)
    sweep.run(now=clock.now, senders={"email": sender})
    assert state_of(message) == ("pending", "lease_expired")
    send(clock, sender, "email")
    assert sender.times == {message.provider_reference: 1}


def test_a_worker_killed_after_sending_repeats_the_same_reference_and_text(clock: Clock) -> None:
    message, sender = send_later(clock.now), FakeSender()
    die_after_sending(sender)
    with pytest.raises(Killed):
        send(clock, sender)
    clock.go(minutes=6)
    sweep.run(now=clock.now, senders={"sms": sender})
    send(clock, sender)
    first, second = sender.taken
    assert (first.reference, first.body) == (second.reference, second.body)
    assert state_of(message) == ("sent", "")


def test_a_mail_that_may_have_left_is_not_repeated_after_a_kill(clock: Clock) -> None:
    message, sender = send_later(clock.now, channel="email"), FakeSender(idempotent=False)
    die_after_sending(sender)
    with pytest.raises(Killed):
        send(clock, sender, "email")
    for _ in range(3):
        clock.go(minutes=6)
        sweep.run(now=clock.now, senders={"email": sender})
        send(clock, sender, "email")
    assert sender.times == {message.provider_reference: 1}
    assert state_of(message) == ("unknown", "lease_expired")


def test_a_mail_put_off_and_then_claimed_by_a_worker_that_died_is_not_unknown(clock: Clock) -> None:
    message, sender = send_later(clock.now, channel="email"), FakeSender(NOT_NOW, idempotent=False)
    send(clock, sender, "email")
    clock.go(minutes=2)
    queue.claim(now=clock.now, channels=["email"], limit=10)
    clock.go(minutes=6)
    sweep.run(now=clock.now, senders={"email": sender})
    assert state_of(message) == ("pending", "lease_expired")


def test_a_repeat_keeps_the_words_of_the_first_attempt(clock: Clock) -> None:
    """Another text under the same reference would be another message to the gateway."""
    send_later(clock.now)
    sender = FakeSender(NOT_NOW)
    send(clock, sender)
    MessageTemplate.objects.update(body="Новые слова {number} {link}")
    clock.go(minutes=2)
    send(clock, sender)
    first, second = sender.taken
    assert first.body == second.body


def test_a_worker_that_lost_its_claim_neither_sends_nor_writes(clock: Clock) -> None:
    message = send_later(clock.now)
    (slow,) = queue.claim(now=clock.now, channels=["sms"], limit=10)
    clock.go(minutes=6)
    sweep.run(now=clock.now, senders={"sms": FakeSender()})
    (fast,) = queue.claim(now=clock.now, channels=["sms"], limit=10)
    assert queue.hand_over([(slow, None, "", "text")], now=clock.now) == set()
    assert queue.settle([queue.Settled(message=slow, state=State.FAILED, code="x")], now=clock.now) == 0
    assert queue.hand_over([(fast, None, "", "text")], now=clock.now) == {message.pk}


def test_two_workers_claim_disjoint_sets(clock: Clock) -> None:
    for number in range(60):
        send_later(clock.now, dedupe_key=f"k{number}")
    start, found = threading.Barrier(4), []

    def work() -> None:
        try:
            start.wait(10)
            while claimed := queue.claim(now=clock.now, channels=["sms"], limit=7):
                found.append([message.id for message in claimed])
        finally:
            connection.close()

    run_in_threads(work, 4)
    ids = [number for batch in found for number in batch]
    assert len(ids) == len(set(ids)) == 60


def test_many_workers_send_each_message_once(clock: Clock) -> None:
    for number in range(200):
        send_later(clock.now, dedupe_key=f"k{number}")
    sender, start = FakeSender(chunk=5), threading.Barrier(3)

    def work() -> None:
        try:
            start.wait(10)
            dispatch.run(clock=clock, senders={"sms": sender}, limit=20)
        finally:
            connection.close()

    run_in_threads(work, 3)
    assert len(sender.times) == 200
    assert set(sender.times.values()) == {1}
    assert Message.objects.filter(state="sent").count() == 200


def run_in_threads(work, count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def test_a_temporary_failure_comes_back_later_and_ends_after_so_many_attempts(clock: Clock) -> None:
    message, sender = send_later(clock.now), FakeSender(*[NOT_NOW] * 50)
    send(clock, sender)
    assert state_of(message) == ("pending", "gateway_503")
    assert timedelta(seconds=45) <= message.due_at - clock.now <= timedelta(seconds=75)
    for _ in range(40):
        clock.go(hours=5)
        if clock.now.astimezone(UTC).hour in range(8, 17):  # in contact hours
            send(clock, sender)
    assert state_of(message) == ("failed", "gateway_503")
    assert len(sender.taken) == message.attempts == MAX_ATTEMPTS


def test_a_refusal_is_final(clock: Clock) -> None:
    message, sender = send_later(clock.now), FakeSender(REFUSED)
    send(clock, sender)
    clock.go(days=1)
    send(clock, sender)
    assert (state_of(message), len(sender.taken)) == (("failed", "gateway_422"), 1)


def test_a_provider_that_is_down_is_left_alone_and_costs_the_rest_no_attempt(clock: Clock) -> None:
    for number in range(6):
        send_later(clock.now, dedupe_key=f"k{number}")
    sender = FakeSender(NOT_NOW, NOT_NOW, chunk=2)
    send(clock, sender)
    assert len(sender.taken) == 2
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1, 1]
    clock.go(minutes=3)
    send(clock, sender)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (State.SENT, ("sent", "")),
        (State.DELIVERED, ("delivered", "")),
        (State.FAILED, ("failed", "undelivered")),
    ],
)
def test_an_unknown_outcome_is_asked_about_not_repeated(clock: Clock, answer, expected) -> None:
    message, sender = send_later(clock.now), FakeSender(UNKNOWN, knows={})
    send(clock, sender)
    assert state_of(message) == ("unknown", "gateway_broke_off")
    sender.knows[message.provider_reference] = answer
    sweep.run(now=clock.now, senders={"sms": sender})
    assert state_of(message)[0] == "unknown", "the provider gets half a minute"
    clock.go(seconds=31)
    sweep.run(now=clock.now, senders={"sms": sender})
    send(clock, sender)
    assert (state_of(message), len(sender.taken)) == (expected, 1)


def test_a_message_the_provider_never_saw_is_sent_anew(clock: Clock) -> None:
    message, sender = send_later(clock.now), FakeSender(UNKNOWN, knows={})
    send(clock, sender)
    clock.go(seconds=31)
    sweep.run(now=clock.now, senders={"sms": sender})
    assert state_of(message) == ("pending", "never_arrived")
    send(clock, sender)
    assert sender.times == {message.provider_reference: 2}
    assert state_of(message) == ("sent", "")


def test_a_sender_that_breaks_leaves_the_outcome_unknown(clock: Clock) -> None:
    message, sender = send_later(clock.now), FakeSender(ZeroDivisionError("a fault of ours"))
    send(clock, sender)
    assert state_of(message) == ("unknown", "sender_broke")


@pytest.mark.parametrize("payload", [{"number": "1", "link": None}, {}, [], "text"])
def test_a_message_that_cannot_be_written_fails_and_holds_up_nobody(clock: Clock, payload) -> None:
    broken, fine, sender = send_later(clock.now), send_later(clock.now), FakeSender()
    Message.objects.filter(pk=broken.pk).update(payload=payload)
    send(clock, sender)
    assert (state_of(broken), state_of(fine)) == (("failed", "template"), ("sent", ""))


def test_an_event_nobody_knows_fails(clock: Clock) -> None:
    message = send_later(clock.now)
    Message.objects.filter(pk=message.pk).update(event="from_the_future")
    send(clock, FakeSender())
    assert state_of(message) == ("failed", "unknown_event")


def test_an_access_code_does_not_stay_after_it_was_sent(clock: Clock) -> None:
    message, sender = send_later(clock.now, event="access_code_new"), FakeSender()
    sweep.run(now=clock.now, senders={})
    send(clock, sender)
    assert "4F7K-92QD" in sender.taken[0].body
    sweep.run(now=clock.now, senders={})
    message.refresh_from_db()
    assert "4F7K" not in f"{message.body} {message.payload}"
    assert message.payload["number"] == "39-2026-0000412-7"


def test_the_number_of_queries_does_not_grow_with_the_batch(
    clock: Clock, django_assert_max_num_queries
) -> None:
    for number in range(50):
        invite(clock, dedupe_key=f"k{number}")
    with django_assert_max_num_queries(30):
        send(clock, FakeSender())


def test_the_tasks_do_the_work_and_take_unknown_arguments(mailoutbox) -> None:
    message = send_later(timezone.now(), channel="email", event="access_code_new")
    tasks.dispatch_due(sent_by="an older version")
    assert state_of(message) == ("sent", "")
    assert mailoutbox[0].to == ["anna@example.org"]
    tasks.sweep_outbox(sent_by="an older version")
    message.refresh_from_db()
    assert "code" not in message.payload
