"""Open cases of whoever leaves go to others, and none is lost."""

from datetime import date, datetime, timedelta

import pytest

from appeals import services as appeal_services
from appeals.actors import Actor
from appeals.load import load_reference
from appeals.models import Appeal
from omsportal.handing_over import sweep_left
from registry.load import load_workdays
from representatives import services
from representatives.models import Absence, Representative
from representatives.register import card
from tests.appeals.factories import about, filed, representative
from tests.cast import Cast
from tests.representatives.factories import RepresentativeFactory, train


@pytest.fixture
def leaver(cast: Cast, now: datetime) -> Representative:
    """A specialist with three cases in work."""
    load_reference()
    load_workdays((2025, 2026, 2027))
    one = representative(cast, "case_worker", 2)
    train(one)
    for _ in range(3):
        appeal = filed(about(cast, topic="3.1.4"), now)
        appeal_services.take(appeal_id=appeal.pk, actor=Actor.of(cast.scope("case_worker")), now=now)
    assert set(Appeal.objects.values_list("assignee", flat=True)) == {one.pk}
    return one


def colleague(cast: Cast, **changes: object) -> Representative:
    one = RepresentativeFactory(organization=cast.insurer, **changes)
    train(one)
    return one


def holders() -> list[int]:
    return sorted(Appeal.objects.values_list("assignee", flat=True))


def test_the_successor_takes_all(cast: Cast, leaver: Representative, now: datetime) -> None:
    colleague(cast)
    heir = colleague(cast)
    scope = cast.scope("supervisor")
    assert card(scope, leaver.pk, on=now.date()).open_cases == 3
    handed = services.leave(one=leaver, left_on=now.date(), scope=scope, now=now, successor_id=heir.pk)
    assert (handed.given, handed.kept) == (3, 0)
    assert holders() == [heir.pk] * 3
    assert card(scope, leaver.pk, on=now.date()).open_cases == 0


def test_without_a_successor_the_load_is_shared(cast: Cast, leaver: Representative, now: datetime) -> None:
    free, busy = colleague(cast, capacity=20), colleague(cast, capacity=10)
    away = colleague(cast, capacity=100)
    Absence.objects.create(representative=away, first_day=now.date(), last_day=now.date())
    RepresentativeFactory(organization=cast.insurer)  # not trained
    colleague(cast, level=3)
    services.leave(one=leaver, left_on=now.date(), scope=cast.scope("supervisor"), now=now)
    assert holders() == sorted([free.pk, free.pk, busy.pk])


def test_what_nobody_can_take_is_told_and_found_again(
    cast: Cast, leaver: Representative, now: datetime
) -> None:
    handed = services.leave(one=leaver, left_on=now.date(), scope=cast.scope("supervisor"), now=now)
    assert (handed.given, handed.kept) == (0, 3)
    assert leaver.events.get().data["kept"] == 3
    tomorrow = now + timedelta(days=1)
    assert sweep_left(now=tomorrow) == 0
    heir = colleague(cast)
    assert sweep_left(now=tomorrow) == 3
    assert holders() == [heir.pk] * 3


def test_cases_wait_for_the_last_day(cast: Cast, leaver: Representative, now: datetime) -> None:
    colleague(cast)
    last = now.date() + timedelta(days=7)
    services.leave(one=leaver, left_on=last, scope=cast.scope("supervisor"), now=now, hand_over_now=False)
    assert holders() == [leaver.pk] * 3
    assert sweep_left(now=now + timedelta(days=7)) == 0
    assert sweep_left(now=now + timedelta(days=8)) == 3


def test_a_new_position_on_the_level_keeps_the_cases(
    cast: Cast, leaver: Representative, now: datetime
) -> None:
    colleague(cast)
    scope, today = cast.scope("supervisor"), now.date()
    contract = Representative(level=2, employment_type="contract", capacity=20)
    row, handed = services.change_position(
        one=leaver, new=contract, on=date(2026, 6, 1), today=today, scope=scope, now=now
    )
    assert (handed.given, holders()) == (3, [row.pk] * 3)
    worker = cast.users["case_worker"].pk
    assert set(Appeal.objects.values_list("worker", flat=True)) == {worker}


def test_a_new_level_leaves_the_cases_to_the_old_one(
    cast: Cast, leaver: Representative, now: datetime
) -> None:
    heir = colleague(cast)
    expert = Representative(level=3, employment_type="staff", capacity=9)
    services.change_position(
        one=leaver, new=expert, on=now.date(), today=now.date(), scope=cast.scope("supervisor"), now=now
    )
    assert holders() == [heir.pk] * 3
