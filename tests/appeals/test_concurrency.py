"""Real connections at once: no double number, no double appeal, no case taken by two."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from appeals import services, tasks
from appeals.actors import ANONYMOUS, Actor
from appeals.errors import AppealError, IllegalAction
from appeals.models import Appeal, AppealEvent, LadderStep
from appeals.numbering import parse_number
from tests.appeals.conftest import put_reference
from tests.appeals.factories import filed, filing, question, representative
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    put_reference()
    return make_cast()


def at_once(workers: int, jobs: list[Callable[[], Any]]) -> Iterator[Any]:
    """Runs the jobs on threads with connections of their own; a refusal is a result too."""
    start = threading.Barrier(workers)

    def run(mine: list[Callable[[], Any]]) -> list[Any]:
        start.wait()
        try:
            return [outcome(job) for job in mine]
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        for results in pool.map(run, [jobs[first::workers] for first in range(workers)]):
            yield from results


def outcome(job: Callable[[], Any]) -> Any:
    try:
        return job()
    except AppealError as error:
        return error


def test_200_filings_at_once_get_200_numbers_without_a_gap(cast, now):
    jobs = [
        lambda: services.file_appeal(filing=filing(), actor=ANONYMOUS, now=now).appeal.number
        for _ in range(200)
    ]
    numbers = set(at_once(10, jobs))
    assert {parse_number(number).running for number in numbers} == set(range(1, 201))


def test_20_submissions_of_one_form_make_one_appeal(cast, now):
    wanted = filing()
    job = lambda: services.file_appeal(filing=wanted, actor=ANONYMOUS, now=now)  # noqa: E731
    results = list(at_once(20, [job] * 20))
    assert Appeal.objects.count() == AppealEvent.objects.count() == 1
    assert len({(done.appeal.number, done.access_code) for done in results}) == 1
    assert sum(not done.repeated for done in results) == 1


def test_of_two_people_taking_one_case_one_wins(cast, now):
    appeal = filed(question(cast), now)
    names = ("operator", "supervisor")
    actors = [Actor.of(cast.scope(name)) for name in names]
    jobs = [lambda one=one: services.take(appeal_id=appeal.pk, actor=one, now=now) for one in actors]
    results = list(at_once(2, jobs))
    lost = [result for result in results if isinstance(result, IllegalAction)]
    assert len(lost) == 1
    appeal.refresh_from_db()
    assert appeal.worker_id in {one.user_id for one in actors}
    assert AppealEvent.objects.filter(appeal=appeal, action="take").count() == 1


def test_next_case_never_gives_one_case_to_two(cast, now):
    wanted = {filed(question(cast), now).pk for _ in range(24)}
    me, scope = representative(cast, "operator", 1), cast.scope("operator")
    jobs = [lambda: services.next_case(scope=scope, representative=me, now=now) for _ in range(32)]
    given = [appeal.pk for appeal in at_once(8, jobs) if appeal is not None]
    assert len(given) == len(set(given))
    # Whoever met only rows held by others came back empty-handed; nothing is lost.
    left = Appeal.objects.filter(state="registered").values_list("pk", flat=True)
    assert set(given) | set(left) == wanted


def test_an_appeal_whose_worker_died_is_routed_by_the_sweep(cast, now):
    appeal = filed(filing(), now, routed=False)
    assert tasks.route_waiting() == 1
    appeal.refresh_from_db()
    assert appeal.organization_id == cast.fund.pk
    assert tasks.route_waiting() == 0


def test_filing_does_not_need_the_broker(cast, now, monkeypatch):
    def away(*args: Any, **kwargs: Any) -> None:
        raise OSError("no broker")

    monkeypatch.setattr("celery.current_app.send_task", away)
    assert services.file_appeal(filing=filing(), actor=ANONYMOUS, now=now).access_code


def test_the_ladder_takes_each_step_once_on_two_machines(cast, now):
    for _ in range(10):
        filed(filing(), now)
    later = now + timedelta(days=26)
    taken = sum(at_once(2, [lambda: services.climb(now=later, limit=100)] * 4))
    assert taken == LadderStep.objects.count() == 20
    assert services.climb(now=later, limit=100) == 0
