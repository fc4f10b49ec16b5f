"""What ends by itself: a wait in vain, and what was decided and not objected to."""

from datetime import timedelta

import pytest

from appeals import services, tasks
from appeals.actors import Actor
from appeals.lifecycle import State
from appeals.models import AppealEvent
from tests.appeals.desk import in_state
from tests.appeals.invariants import assert_all_whole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


@pytest.fixture
def at(monkeypatch):
    return lambda moment: monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


@pytest.mark.parametrize("state", [State.AWAITING_APPLICANT, State.AWAITING_CLINIC, State.AWAITING_EXPERTISE])
def test_a_wait_in_vain_ends_and_the_case_is_back_on_the_desk(cast, now, at, state):
    appeal = in_state(state, cast, now, level=3 if state is State.AWAITING_EXPERTISE else 2)
    assert appeal.wait_until is not None
    last = now.replace(year=appeal.wait_until.year, month=appeal.wait_until.month, day=appeal.wait_until.day)
    at(last)
    assert tasks.end_waits() == 0
    at(last + timedelta(days=1))
    assert tasks.end_waits() == 1
    assert tasks.end_waits() == 0
    appeal.refresh_from_db()
    assert (appeal.state, appeal.wait_until) == (State.IN_PROGRESS, None)
    assert appeal.target_on is not None
    assert AppealEvent.objects.filter(appeal=appeal, action="resume", actor_role="system").exists()
    assert_all_whole(last + timedelta(days=1))


@pytest.mark.parametrize("state", [State.ANSWERED, State.FORWARDED, State.DECLINED])
def test_what_is_decided_closes_after_the_time_to_object(cast, now, at, state):
    appeal = in_state(state, cast, now)
    at(now + timedelta(days=29))
    assert tasks.close_rested() == 0
    at(now + timedelta(days=30))
    assert tasks.close_rested() == 1
    appeal.refresh_from_db()
    assert (appeal.state, appeal.close_at) == (State.CLOSED, None)
    assert appeal.closed_at == now + timedelta(days=30)
    assert_all_whole(now + timedelta(days=30))


def test_what_is_opened_again_does_not_close(cast, now, at):
    appeal = in_state(State.ANSWERED, cast, now)
    boss = Actor.of(cast.scope("supervisor"))
    services.reopen(appeal_id=appeal.pk, reason="Не всё", actor=boss, now=now)
    at(now + timedelta(days=60))
    assert tasks.close_rested() == 0
