"""The internal target stands still while somebody else is waited for, and really goes on afterwards."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals import services
from appeals.actors import Actor
from appeals.lifecycle import Action, State
from appeals.targets import Passed, counted, moves_target
from tests.appeals.factories import about, filed

ZONE = ZoneInfo("Europe/Kaliningrad")
NOON = datetime(2026, 6, 2, 10, tzinfo=UTC)
A, S = Action, State


def chain(*steps):
    return [Passed(action, before, after, NOON + timedelta(days=day)) for action, before, after, day in steps]


ROUTED = (A.ROUTE, S.REGISTERED, S.REGISTERED, 0)
ASKED = (A.ASK_APPLICANT, S.IN_PROGRESS, S.AWAITING_APPLICANT, 2)


def test_a_pause_begins_the_day_after_the_question_and_ends_with_the_day_of_the_reply():
    replied = (A.APPLICANT_REPLIED, S.AWAITING_APPLICANT, S.IN_PROGRESS, 5)
    assert counted(chain(ROUTED, ASKED, replied), ZONE) == (
        date(2026, 6, 2),
        ((date(2026, 6, 5), date(2026, 6, 7)),),
    )
    assert counted(chain(ROUTED, ASKED), ZONE)[1] == ((date(2026, 6, 5), None),)


def test_another_desk_begins_anew():
    accepted = (A.ACCEPT_HAND_OVER, S.IN_PROGRESS, S.IN_PROGRESS, 9)
    resumed = (A.RESUME, S.AWAITING_APPLICANT, S.IN_PROGRESS, 6)
    assert counted(chain(ROUTED, ASKED, resumed, accepted), ZONE) == (date(2026, 6, 11), ())


def test_without_a_desk_there_is_nothing_to_count():
    with pytest.raises(ValueError, match="desk"):
        counted(chain((A.FILE, S.DRAFT, S.REGISTERED, 0)), ZONE)


def test_a_late_reply_moves_nothing():
    late = Passed(A.APPLICANT_REPLIED, S.IN_REVIEW, S.IN_REVIEW, NOON)
    assert not moves_target(late)
    assert moves_target(Passed(*ASKED[:3], NOON))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=8))
def test_pauses_are_in_order_and_only_the_last_one_is_open(days):
    steps, day = [ROUTED], 0
    for number, wait in enumerate(days):
        day += wait
        waiting = number % 2 == 1
        move = (S.AWAITING_CLINIC, S.IN_PROGRESS) if waiting else (S.IN_PROGRESS, S.AWAITING_CLINIC)
        steps.append((A.RESUME if waiting else A.ASK_CLINIC, *move, day))
    _began, pauses = counted(chain(*steps), ZONE)
    assert len(pauses) == (len(days) + 1) // 2
    assert [last is None for _first, last in pauses] == [
        number == len(pauses) - 1 and len(days) % 2 == 1 for number in range(len(pauses))
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_the_target_moves_by_the_days_of_waiting(cast, now):
    worker = Actor.of(cast.scope("case_worker"))
    appeal = filed(about(cast, topic="3.1.4"), now)
    assert appeal.target_on == date(2026, 6, 17)  # ten working days, 12 June is a holiday
    services.take(appeal_id=appeal.pk, actor=worker, now=now)
    asked = services.ask_applicant(appeal_id=appeal.pk, question="Когда?", actor=worker, now=now)
    assert asked.target_on is None
    later = now + timedelta(days=6)  # four working days of waiting, the reply's day the last of them
    citizen = Actor.holder(appeal.pk)
    replied = services.receive_reply(appeal_id=appeal.pk, reply="Вчера", actor=citizen, now=later)
    assert replied.target_on == date(2026, 6, 23)
    moved = services.reroute(
        appeal_id=appeal.pk,
        organization_id=cast.insurer.pk,
        level=3,
        reason="Качество",
        actor=worker,
        now=later,
    )
    assert moved.target_on == date(2026, 7, 7)
