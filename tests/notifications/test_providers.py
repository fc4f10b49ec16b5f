"""Limits, rest after failures, a second provider, and campaigns that wait: on a database that commits."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from notifications import dispatch, providers, queue, sweep
from notifications.channels.base import Outcome, Result
from notifications.models import Message, Provider
from notifications.states import State
from tests.notifications.factories import Clock, FakeSender, person_who_agreed, send_later

pytestmark = pytest.mark.usefixtures("words")

NOT_NOW = Result(Outcome.NOT_NOW, "gateway_503")
UNKNOWN = Result(Outcome.UNKNOWN, "gateway_broke_off")


def several(clock: Clock, number: int, **given) -> None:
    for one in range(number):
        send_later(clock.now, dedupe_key=f"k{one}", **given)


def limit(per_second: float, burst: int, name: str = "sms") -> None:
    Provider.objects.update_or_create(name=name, defaults={"per_second": per_second, "burst": burst})


def test_two_workers_together_stay_under_the_limit_of_the_provider(clock: Clock) -> None:
    several(clock, 30)
    limit(2, 5)
    senders, start = [FakeSender(chunk=3), FakeSender(chunk=4)], threading.Barrier(2)

    def work(sender: FakeSender) -> None:
        try:
            start.wait(10)
            dispatch.run(clock=clock, senders={"sms": sender}, limit=10)
        finally:
            connection.close()

    def both() -> int:
        threads = [threading.Thread(target=work, args=[sender]) for sender in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return sum(len(sender.taken) for sender in senders)

    assert both() == 5, "the burst"
    clock.go(seconds=2)
    start.reset()
    assert both() == 9, "two a second"
    for _ in range(60):
        clock.go(seconds=1)
        dispatch.run(clock=clock, senders={"sms": senders[0]})
    assert Message.objects.filter(state="sent").count() == 30
    assert all(times == 1 for sender in senders for times in sender.times.values())


def test_what_the_limit_holds_back_keeps_its_attempts_and_comes_apart(clock: Clock) -> None:
    several(clock, 4)
    limit(0.5, 1)
    tally = dispatch.run(clock=clock, senders={"sms": FakeSender()})
    assert (tally["sent"], tally["pending"], tally[dispatch.LIMITED]) == (1, 3, 3)
    waiting = Message.objects.filter(state="pending").order_by("due_at")
    assert set(waiting.values_list("attempts", "error_code")) == {(0, "rate_limit")}
    pauses = [(due - clock.now).total_seconds() for due in waiting.values_list("due_at", flat=True)]
    assert pauses == [2, 4, 6]


def test_a_second_provider_takes_over_and_the_first_comes_back_after_its_rest(clock: Clock) -> None:
    several(clock, 24)
    first, second = FakeSender(*[NOT_NOW] * 12, chunk=12), FakeSender(chunk=12)
    both = {"sms": first, "sms-2": second}
    dispatch.run(clock=clock, senders=both)
    assert (len(first.taken), len(second.taken)) == (12, 12)
    assert Provider.objects.get(name="sms").open_until == clock.now + providers.COOL_DOWN
    clock.go(minutes=3)
    dispatch.run(clock=clock, senders=both)
    assert (len(first.taken), len(second.taken)) == (24, 12), "after its rest the first is asked again"
    assert Provider.objects.get(name="sms").failures == 0
    assert Message.objects.filter(state="sent").values("provider").distinct().count() == 2


def test_the_rest_grows_with_every_failure_and_ends_some_day(clock: Clock) -> None:
    providers.ensure(["sms"])
    rests = []
    for _ in range(9):
        providers.report("sms", messages=1, dead=True, seconds=0, now=clock.now)
        until = Provider.objects.get(name="sms").open_until
        rests.append(0 if until is None else (until - clock.now).total_seconds() / 60)
        if until is not None:  # a chunk under way when the rest began changes nothing; then the rest is over
            providers.report("sms", messages=50, dead=True, seconds=0, now=clock.now)
            clock.now = until
    assert rests == [0, 0, 1, 2, 4, 8, 15, 15, 15]


def test_a_message_that_may_have_left_stays_with_its_provider(clock: Clock) -> None:
    """The first provider knows the reference; the second would send it once more."""
    message = send_later(clock.now)
    first, second = FakeSender(UNKNOWN), FakeSender()
    both = {"sms": first, "sms-2": second}
    dispatch.run(clock=clock, senders=both)
    Provider.objects.filter(name="sms").update(open_until=clock.now + timedelta(minutes=10))
    clock.go(minutes=1)
    first.can_tell, first.knows = True, {message.provider_reference: State.SENT}
    sweep.run(now=clock.now, senders=both)
    message.refresh_from_db()
    assert (message.state, message.provider, second.taken) == ("sent", "sms", [])


def test_a_killed_workers_message_is_repeated_by_the_same_provider_only(clock: Clock) -> None:
    message = send_later(clock.now)
    (claimed,) = queue.claim(now=clock.now, channels=["sms"], limit=1)
    queue.hand_over([(claimed, None, "", "Текст")], now=clock.now, provider="sms")
    clock.go(minutes=6)
    first, second = FakeSender(NOT_NOW), FakeSender()
    both = {"sms": first, "sms-2": second}
    sweep.run(now=clock.now, senders=both)
    Provider.objects.filter(name="sms").update(open_until=clock.now + timedelta(minutes=1))
    providers.ensure(both)
    Provider.objects.filter(name="sms").update(open_until=clock.now + timedelta(minutes=1))
    dispatch.run(clock=clock, senders=both)
    assert (first.taken, second.taken) == ([], []), "it waits for its provider"
    for minutes in (2, 3):
        clock.go(minutes=minutes)
        dispatch.run(clock=clock, senders=both)
    message.refresh_from_db()
    assert (message.state, message.provider) == ("sent", "sms")
    assert (len(first.taken), second.taken) == (2, []), "a refusal now says nothing of the attempt before"


def test_campaigns_wait_while_the_provider_is_slow_or_answers_queue_up(clock: Clock, monkeypatch) -> None:
    invited = send_later(
        clock.now, event="exam_invitation", person=person_who_agreed("sms"), dedupe_key="invitation"
    )
    sender = FakeSender()
    providers.ensure(["sms"])
    providers.report("sms", messages=10, dead=False, seconds=60, now=clock.now)
    send_later(clock.now, dedupe_key="answer")
    dispatch.run(clock=clock, senders={"sms": sender})
    assert len(sender.taken) == 1, "an answer goes all the same"
    clock.go(minutes=2)
    monkeypatch.setattr(providers, "LONG_QUEUE", 3)
    several(clock, 3)
    queued = providers.held_channels(["sms"], providers.standing(now=clock.now), now=clock.now)
    assert queued == {"sms"}
    assert queue.claim(now=clock.now, channels=["sms"], limit=1, held=queued)[0].id != invited.pk
    clock.go(minutes=6)
    sweep.run(now=clock.now, senders={"sms": sender})
    dispatch.run(clock=clock, senders={"sms": sender})
    invited.refresh_from_db()
    assert invited.state == "sent", "once the answers have left the campaign goes on"
