"""A process that dies with -9 at each step from filing to the notice: nothing is lost, nothing is done twice.

The process is a fork of this one, killed by its own hand at the very statement a test names: milliseconds, not
seconds, and always the same moment.
"""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connections

from appeals import services, tasks
from appeals.actors import ANONYMOUS
from appeals.models import Appeal, AppealEvent, LadderStep
from appeals.numbering import parse_number
from notifications import dispatch, queue
from notifications.channels.base import Outcome, Result
from notifications.load import load_templates
from notifications.models import Message
from notifications.queue import LEASE
from tests.appeals.conftest import put_reference
from tests.appeals.factories import filed, filing
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    put_reference()
    return make_cast()


def die(*args: Any, **kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_in(where: str, job: Callable[[], object]) -> None:
    """Runs the job in a process of its own that dies when it comes to `where`."""
    # A connection must not be shared between two processes: the child forgets the parent's without closing it.
    inherited = connections["default"]
    child = os.fork()
    if child == 0:
        connections["default"] = inherited.copy()
        with mock.patch(where, die):
            try:
                job()
            finally:
                os._exit(0)  # came past the place: the parent sees that nobody was killed
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"nothing came to {where}"
    assert os.WTERMSIG(status) == signal.SIGKILL


class Mailbox:
    """A provider that takes everything and remembers it."""

    chunk = 100
    idempotent = False

    def __init__(self) -> None:
        self.got: list[str] = []

    def send(self, batch: Any) -> list[Result]:
        self.got += [message.to for message in batch]
        return [Result(Outcome.SENT)] * len(batch)


def test_while_it_is_being_filed(cast, now):
    wanted = filing()
    job = lambda: services.file_appeal(filing=wanted, actor=ANONYMOUS, now=now)  # noqa: E731
    killed_in("appeals.services.filing.letters.registered", job)
    assert not Appeal.objects.exists()
    assert not Message.objects.exists()
    # The person sends the same form again: the first number of the year, and no gap before it.
    assert parse_number(job().appeal.number).running == 1
    assert AppealEvent.objects.count() == Message.objects.count() == 1


def test_after_filing_before_anybody_is_told_to_route(cast, now):
    killed_in("appeals.hints._hint", lambda: services.file_appeal(filing=filing(), actor=ANONYMOUS, now=now))
    appeal = Appeal.objects.get()
    assert appeal.routed_at is None
    assert Message.objects.filter(event="appeal_registered").count() == 1
    assert tasks.route_waiting() == 1


@pytest.mark.parametrize("where", ["permit", "finish"])
def test_while_it_is_being_routed(cast, now, where):
    appeal = filed(filing(), now, routed=False)
    killed_in(f"appeals.services.routing.{where}", lambda: tasks.route(appeal_id=appeal.pk))
    appeal.refresh_from_db()
    assert (appeal.routed_at, appeal.routing_attempts) == (None, 0)
    assert tasks.route_waiting() == 1
    assert appeal.events.filter(action="route").count() == 1


@pytest.mark.parametrize(
    ("where", "sent_before"),
    [("notifications.queue.hand_over", False), ("notifications.dispatch._end", True)],
)
def test_while_its_notice_is_being_sent(cast, now, where, sent_before):
    load_templates()
    filed(filing(), now)
    box = Mailbox()
    killed_in(where, lambda: dispatch.run(clock=lambda: now, senders={"email": Mailbox()}))
    message = Message.objects.get()
    assert message.state == "claimed"
    later = now + LEASE + timedelta(seconds=1)
    assert queue.release_expired(now=later, idempotent=(), limit=10) == 1
    message.refresh_from_db()
    # What may have left is asked about, never sent again blindly; what has not left is sent once.
    assert message.state == ("unknown" if sent_before else "pending")
    dispatch.run(clock=lambda: later, senders={"email": box})
    assert box.got == ([] if sent_before else ["maria@example.org"])


def test_while_the_ladder_is_being_climbed(cast, now):
    appeal = filed(filing(), now)
    late = appeal.due_at
    killed_in("appeals.services.escalation._write", lambda: services.climb(now=late, limit=10))
    assert not LadderStep.objects.exists()
    assert not Message.objects.filter(event__startswith="cases_").exists()
    assert services.climb(now=late, limit=10) == 3
    assert services.climb(now=late, limit=10) == 0
    assert Message.objects.filter(event__startswith="cases_").count() == 3
