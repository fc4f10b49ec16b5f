"""What the rules cannot place is put off, seen by people, told of, and never holds up what comes after it."""

from datetime import timedelta

import pytest

from appeals import services, tasks
from appeals.actors import Actor
from appeals.desk.query import Query
from appeals.desk.tabs import Tab
from appeals.models import Appeal, AppealTerm
from appeals.services.routing import FIRST_PAUSE, LONGEST_PAUSE, TELL_AFTER
from notifications.models import Message
from tests.appeals.desk import at_desk
from tests.appeals.factories import about, filed, filing

pytestmark = pytest.mark.usefixtures("reference", "clock")


@pytest.fixture
def broken(cast, now) -> Appeal:
    """An appeal with a topic whose competent body is gone: no rule can place it."""
    appeal = filed(about(cast, topic="X.9"), now, routed=False)
    spoil()
    return appeal


def spoil() -> None:
    from appeals.models import Body

    Body.objects.filter(code="rospotrebnadzor").update(valid_to="2026-01-01")


def sweep(monkeypatch, moment) -> int:
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return tasks.route_waiting()


def test_one_that_cannot_be_routed_does_not_starve_the_newer_ones(cast, now, broken, monkeypatch):
    monkeypatch.setattr(tasks, "SWEEP", 1)
    newer = filed(filing(), now, routed=False)
    assert [sweep(monkeypatch, now) for _ in range(2)] == [0, 1]
    newer.refresh_from_db()
    assert newer.routed_at is not None


def test_the_pauses_grow_to_an_hour_and_the_reason_is_kept(cast, now, broken, monkeypatch):
    moment, pauses = now, []
    for _ in range(9):
        sweep(monkeypatch, moment)
        broken.refresh_from_db()
        pauses.append(broken.route_after - moment)
        assert sweep(monkeypatch, broken.route_after - timedelta(seconds=1)) == 0
        moment = broken.route_after
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert broken.routing_attempts == 9
    assert broken.routing_error


def test_the_supervisor_and_the_fund_are_told_once(cast, now, broken, monkeypatch):
    moment = now
    for attempt in range(1, TELL_AFTER + 3):
        sweep(monkeypatch, moment)
        told = set(Message.objects.filter(event="cases_unrouted").values_list("email", flat=True))
        wanted = {cast.users["supervisor"].email, cast.users["fund_admin"].email}
        assert told == (wanted if attempt >= TELL_AFTER else set())
        broken.refresh_from_db()
        moment = broken.route_after
    assert Message.objects.filter(event="cases_unrouted").count() == 2


def test_it_routes_itself_when_the_trouble_is_over(cast, now, broken, monkeypatch):
    from appeals.models import Body

    sweep(monkeypatch, now)
    Body.objects.filter(code="rospotrebnadzor").update(valid_to=None)
    assert sweep(monkeypatch, now + FIRST_PAUSE) == 1
    broken.refresh_from_db()
    assert (broken.routing_attempts, broken.route_after, broken.routing_error) == (0, None, "")
    assert broken.addressee is not None


def test_a_hint_that_fails_is_put_off_as_well(cast, now, broken):
    tasks.route(appeal_id=broken.pk)
    broken.refresh_from_db()
    assert broken.routing_attempts == 1


def test_without_terms_nothing_is_lost_either(cast, now):
    appeal = filed(filing(), now, routed=False)
    AppealTerm.objects.filter(code="target").delete()
    tasks.route(appeal_id=appeal.pk)
    appeal.refresh_from_db()
    assert "target" in appeal.routing_error


@pytest.mark.parametrize("who", ["supervisor", "fund_admin"])
def test_those_who_can_help_see_it_and_route_it_by_hand(cast, now, broken, who):
    tasks.route(appeal_id=broken.pk)
    scope = cast.scope(who)
    assert [row.pk for row in Query(tab=Tab.OPEN).rows(scope, now.date())] == [broken.pk]
    page = at_desk(cast.users[who]).get(f"/staff/cases/{broken.number}/").content.decode()
    assert "Портал пытался распределить" in page
    assert f"/staff/cases/{broken.number}/reroute/" in page
    done = services.reroute(
        appeal_id=broken.pk,
        organization_id=cast.insurer.pk,
        level=2,
        reason="Орган упразднён, разберёмся сами",
        actor=Actor.of(scope),
        now=now,
    )
    assert (done.level, done.routing_attempts) == (2, 0)
    assert tasks.route_waiting() == 0


@pytest.mark.parametrize(
    "who", ["operator", "case_worker", "expert", "foreign_supervisor", "foreign_fund_admin"]
)
def test_others_do_not_see_it(cast, now, broken, who):
    tasks.route(appeal_id=broken.pk)
    assert at_desk(cast.users[who]).get(f"/staff/cases/{broken.number}/").status_code == 404
