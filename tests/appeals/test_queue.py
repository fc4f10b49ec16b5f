"""The staff's queue: its order, its pages both ways, its counts and its price."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appeals import services
from appeals.actors import Actor
from appeals.models import Appeal
from appeals.selectors import QueueFilters, bounded_count, case, queue, queue_count
from appeals.terms import Kind
from tests.appeals.factories import about, filed, question, representative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def numbers(page) -> list[str]:
    return [row.number for row in page.rows]


def test_pages_lead_there_and_back_without_gap_or_double(cast, now):
    made = [filed(question(cast), now - timedelta(days=day % 3)).number for day in range(7)]
    scope = cast.scope("operator")
    seen, cursor = [], ""
    for _ in range(3):
        page = queue(scope, QueueFilters(), cursor=cursor, size=3)
        seen += numbers(page)
        cursor = page.next_cursor
    assert cursor == ""
    assert sorted(seen) == sorted(made)
    days = [Appeal.objects.get(number=number).due_on for number in seen]
    assert days == sorted(days)
    back = queue(scope, QueueFilters(), cursor=page.previous_cursor, size=3)
    assert numbers(back) == seen[3:6]
    first = queue(scope, QueueFilters(), cursor=back.previous_cursor, size=3)
    assert (numbers(first), first.previous_cursor) == (seen[:3], "")


@pytest.mark.parametrize("cursor", ["", "x", "n.2026-99-01.1", "n.2026-06-01.", "z.2026-06-01.1", "n..1;"])
def test_a_cursor_that_makes_no_sense_gives_the_first_page(cast, now, cursor):
    appeal = filed(question(cast), now)
    assert numbers(queue(cast.scope("operator"), QueueFilters(), cursor=cursor)) == [appeal.number]


def test_views_and_filters(cast, now):
    representative(cast, "case_worker", 2)
    worker, scope = Actor.of(cast.scope("case_worker")), cast.scope("case_worker")
    mine = services.take(appeal_id=filed(about(cast, topic="3.1.5.3"), now).pk, actor=worker, now=now)
    waiting = services.ask_applicant(
        appeal_id=services.take(appeal_id=filed(about(cast, topic="3.1.5.3"), now).pk, actor=worker, now=now).pk,
        question="Когда?", actor=worker, now=now,
    )  # fmt: skip
    first = filed(question(cast, applicant_phone="8 900 000-00-01"), now)
    services.hand_over(
        appeal_id=first.pk, level=2, note="Сложно", actor=Actor.of(cast.scope("operator")), now=now
    )

    def shown(**filters) -> set[str]:
        return set(numbers(queue(scope, QueueFilters(**filters))))

    assert shown() == {mine.number, waiting.number, first.number}
    assert shown(view="mine") == {mine.number, waiting.number}
    assert shown(view="waiting") == {waiting.number}
    assert shown(view="level") == {mine.number, waiting.number}
    assert shown(view="offered") == shown(view="unassigned") == {first.number}
    assert shown(view="overdue", today=mine.due_on) == set()
    assert shown(view="overdue", today=mine.due_on + timedelta(days=1)) == shown()
    assert shown(kind=Kind.CONSULTATION) == shown(topic="4.5") == {first.number}
    assert shown(q=first.number.replace("-", " ")) == shown(q="+7 900 000 00 01") == {first.number}
    assert shown(q=cast.maria.enp) == shown()
    assert shown(q="'; DROP TABLE --") == set()


def test_answered_appeals_leave_the_queue(cast, now):
    appeal = filed(question(cast), now)
    services.answer(appeal_id=appeal.pk, text="Так", actor=Actor.of(cast.scope("operator")), now=now)
    assert queue(cast.scope("operator"), QueueFilters()).rows == []


def test_a_count_stops_at_a_thousand(cast, now, monkeypatch):
    for _ in range(3):
        filed(question(cast), now)
    assert str(queue_count(cast.scope("operator"), QueueFilters())) == "3"
    monkeypatch.setattr("appeals.selectors.MANY", 2)
    assert str(bounded_count(Appeal.objects.all())) == "2+"


def test_the_price_of_a_page_does_not_grow(cast, now):
    scope = cast.scope("supervisor")

    def price() -> tuple[int, int]:
        number = Appeal.objects.order_by("pk").values_list("number", flat=True)[0]
        with CaptureQueriesContext(connection) as listing:
            for row in queue(scope, QueueFilters()).rows:
                assert all((row.topic.title, row.organization, row.region.name))
        with CaptureQueriesContext(connection) as page:
            case(scope, number)
        return len(listing), len(page)

    filed(question(cast), now)
    alone = price()
    for _ in range(8):
        filed(question(cast), now)
    assert price() == alone
    assert alone <= (2, 6)
