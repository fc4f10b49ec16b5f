"""The drill of the clock: midnight passes and a zone changes its hour while workers die and the provider lies.

In this process and with a clock that a test turns, which real processes do not have; see `manage.py drill` for those.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from notifications import dispatch, queue, sweep
from notifications.channels.base import CannotTell, Outcome, Outgoing, Result
from notifications.models import Message
from notifications.queue import Report
from notifications.states import State
from registry.models import Consent, InsuredPerson
from tests.factories import PersonFactory
from tests.notifications.factories import Clock, person_who_agreed, send_later

# In the night to 25 October the clocks of Berlin go back: 02:30 happens twice.
BEGINS = datetime(2026, 10, 24, 19, 50, tzinfo=UTC)
ENDS = datetime(2026, 10, 26, 12, 0, tzinfo=UTC)
ZONES = ("Europe/Berlin", "Europe/Kaliningrad", "Asia/Novokuznetsk")
NUMBER = 60


class Killed(BaseException):
    """As kill -9: nothing of ours runs afterwards."""


class Liar:
    """Idempotent by reference; now and then it is down, breaks off after accepting, or the worker dies with it."""

    idempotent = can_tell = True
    chunk = 7

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        self.clock, self.chance = clock, chance
        self.got: dict[UUID, datetime] = {}
        self.repeats = 0

    def send(self, batch: Sequence[Outgoing]) -> list[Result]:
        found = [self._take(message) for message in batch]
        if self.chance.random() < 0.15:
            raise Killed
        return found

    def _take(self, message: Outgoing) -> Result:
        draw = self.chance.random()
        if draw < 0.1:
            return Result(Outcome.NOT_NOW, "gateway_503")
        self.repeats += message.reference in self.got
        self.got.setdefault(message.reference, self.clock.now)
        return Result(Outcome.UNKNOWN, "gateway_broke_off") if draw < 0.25 else Result(Outcome.SENT)

    def status(self, reference: UUID) -> State | None:
        if self.chance.random() < 0.3:
            raise CannotTell("busy")
        return State.SENT if reference in self.got else None


@pytest.fixture
def people(words: None) -> dict[int, str]:
    """Everybody agreed to be reminded; a third lives where the clocks change."""
    agreed = person_who_agreed("sms", time_zone=ZONES[0])
    template = Consent.objects.get(person=agreed)
    found = {agreed.pk: ZONES[0]}
    for number in range(1, NUMBER):
        person = PersonFactory(time_zone=ZONES[number % 3], region=agreed.region)
        Consent.objects.create(
            person=person,
            purpose=template.purpose,
            channel="sms",
            text=template.text,
            given_at=template.given_at,
        )
        found[person.pk] = ZONES[number % 3]
    return found


def step(clock: Clock, sender: Liar, number: int) -> None:
    """Two beats, one of them too many, and receipts that come twice and out of order."""
    for _ in range(2):
        try:
            dispatch.run(clock=clock, senders={"sms": sender}, limit=20)
        except Killed:
            continue
    sweep.run(now=clock.now, senders={"sms": sender})
    if number % 6 == 0:
        arrived = [Report(one, State.DELIVERED, clock.now) for one in list(sender.got)[::2]]
        early = [Report(report.reference, State.SENT, clock.now) for report in arrived]
        queue.apply_reports([*arrived, *early, *arrived])


def test_nobody_is_lost_or_disturbed_at_night_while_clocks_change(people) -> None:
    clock = Clock(BEGINS)
    for person in InsuredPerson.objects.filter(pk__in=people):
        send_later(BEGINS, event="hospital_wait", person=person, dedupe_key=f"drill:{person.pk}")
    sender = Liar(clock, random.Random(5))
    steps = 0
    while clock.now < ENDS:
        step(clock, sender, steps)
        clock.go(minutes=30)
        steps += 1
    states = Counter(Message.objects.values_list("state", flat=True))
    assert states.keys() <= {"sent", "delivered"}, states
    assert states.total() == len(sender.got) == NUMBER
    assert sender.repeats > 0, "workers died after the provider had taken messages"
    for message in Message.objects.all():
        local = sender.got[message.provider_reference].astimezone(ZoneInfo(people[message.person_id]))
        assert time(9) <= local.time() < time(21), (people[message.person_id], local)
    days = {sender.got[one].date() for one in sender.got}
    assert date(2026, 10, 25) in days, "the day of the change was no lost day"
