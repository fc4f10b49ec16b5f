"""The queue as programs read it: the same query as the page's, its pages both ways, its counts and its price."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appeals import services
from appeals.actors import Actor
from appeals.desk import paging, tabs
from appeals.models import Appeal
from appeals.selectors import case
from appeals.terms import Kind
from tests.appeals.desk import at_desk
from tests.appeals.factories import about, filed, question, representative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]
ADDRESS = "/api/v1/queue/"


def ask(client, **params):
    """A page of the queue; with words they go in the body of the search."""
    if "q" in params:
        answer = client.post(f"{ADDRESS}search/", params, content_type="application/json")
    else:
        answer = client.get(ADDRESS, params)
    assert answer.status_code == 200, answer.content
    return answer.json()


def numbers(page) -> list[str]:
    return [row["number"] for row in page["rows"]]


def test_pages_lead_there_and_back_without_gap_or_double(cast, now, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 3)
    made = [filed(question(cast), now - timedelta(days=day % 3)).number for day in range(7)]
    client = at_desk(cast.users["operator"])
    seen, cursor = [], ""
    for _ in range(3):
        page = ask(client, cursor=cursor)
        seen += numbers(page)
        cursor = page["next_cursor"]
    assert cursor == ""
    assert sorted(seen) == sorted(made)
    days = [Appeal.objects.get(number=number).due_on for number in seen]
    assert days == sorted(days)
    back = ask(client, cursor=page["previous_cursor"])
    assert numbers(back) == seen[3:6]
    first = ask(client, cursor=back["previous_cursor"])
    assert (numbers(first), first["previous_cursor"]) == (seen[:3], "")


@pytest.mark.parametrize("cursor", ["", "x", "n.2026-99-01_1", "n.2026-06-01_", "z.2026-06-01_1", "n._1;"])
def test_a_cursor_that_makes_no_sense_gives_the_first_page(cast, now, cursor):
    appeal = filed(question(cast), now)
    assert numbers(ask(at_desk(cast.users["operator"]), cursor=cursor)) == [appeal.number]


def test_views_and_filters(cast, now):
    representative(cast, "case_worker", 2)
    worker = Actor.of(cast.scope("case_worker"))
    mine = services.take(appeal_id=filed(about(cast, topic="3.1.5.3"), now).pk, actor=worker, now=now)
    waiting = services.ask_applicant(
        appeal_id=services.take(appeal_id=filed(about(cast, topic="3.1.5.3"), now).pk, actor=worker, now=now).pk,
        question="Когда?", actor=worker, now=now,
    )  # fmt: skip
    first = filed(question(cast, applicant_phone="8 900 000-00-01"), now)
    services.hand_over(
        appeal_id=first.pk, level=2, note="Сложно", actor=Actor.of(cast.scope("operator")), now=now
    )
    client = at_desk(cast.users["case_worker"])

    def shown(**filters) -> set[str]:
        return set(numbers(ask(client, **filters)))

    assert shown() == {mine.number, waiting.number, first.number}
    assert shown(view="mine") == {mine.number, waiting.number}
    assert shown(view="waiting") == {waiting.number}
    assert shown(view="level") == {mine.number, waiting.number}
    assert shown(view="offered") == shown(view="unassigned") == {first.number}
    assert shown(view="overdue") == set()
    assert shown(kind=str(Kind.CONSULTATION)) == shown(topic="4.5") == shown(level=1) == {first.number}
    assert shown(q=first.number.replace("-", " ")) == shown(q="+7 900 000 00 01") == {first.number}
    assert shown(q=cast.maria.enp) == shown()
    assert shown(q="'; DROP TABLE --") == set()
    services.answer(appeal_id=mine.pk, text="Так", actor=worker, now=now)
    assert mine.number not in shown()
    assert mine.number in shown(view="all", state="answered")


def test_no_search_by_address(cast, now):
    client = at_desk(cast.users["operator"])
    filed(question(cast), now)
    assert len(numbers(ask(client))) == len(client.get(ADDRESS, {"q": "0" * 16}).json()["rows"]) == 1
    assert client.post(f"{ADDRESS}search/", {}, content_type="application/json").status_code == 400


def test_a_count_stops_at_a_thousand(cast, now, monkeypatch):
    for _ in range(3):
        filed(question(cast), now)
    client = at_desk(cast.users["operator"])
    assert ask(client)["count"] == "3"
    monkeypatch.setattr(tabs, "MANY", 2)
    assert ask(client)["count"].endswith("+")


def test_the_price_of_a_page_does_not_grow(cast, now):
    client, scope = at_desk(cast.users["supervisor"]), cast.scope("supervisor")

    def price() -> tuple[int, int]:
        number = Appeal.objects.order_by("pk").values_list("number", flat=True)[0]
        with CaptureQueriesContext(connection) as listing:
            ask(client)
        with CaptureQueriesContext(connection) as page:
            case(scope, number)
        return len(listing), len(page)

    # Two of the same person, so that "earlier appeals" has something to show in both.
    for _ in range(2):
        filed(question(cast), now)
    price()
    alone = price()
    for _ in range(8):
        filed(question(cast), now)
    assert price() == alone
    assert alone <= (10, 6)
