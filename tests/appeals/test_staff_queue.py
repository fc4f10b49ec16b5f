"""The queue: what stands in which part, in what order, page by page, found by what one knows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from appeals import services
from appeals.actors import Actor
from appeals.desk import paging, tabs
from appeals.lifecycle import State
from appeals.models import Appeal
from tests.appeals.desk import at_desk, in_state, queries
from tests.appeals.factories import about, filed, filing, question, representative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]


def numbers(client, **params):
    response = client.get(reverse("staff_queue"), params)
    assert response.status_code == 200
    return [row.number for row in response.context["listing"].rows]


def counts(client):
    listing = client.get(reverse("staff_queue")).context["listing"]
    return {tab["url"].rpartition("=")[2]: tab["count"] for tab in listing.tabs}


@pytest.fixture
def cases(cast, now):
    """One case of each place a case can be in, by name."""
    found = {
        "question": filed(question(cast), now),
        "free": in_state(State.REGISTERED, cast, now),
        "mine": filed(about(cast, topic="3.1.4"), now - timedelta(days=1)),
        "waiting": in_state(State.AWAITING_APPLICANT, cast, now),
        "closed": in_state(State.CLOSED, cast, now),
        "late": filed(about(cast, topic="3.1.4"), now - timedelta(days=40)),
        "offered": in_state(State.IN_PROGRESS, cast, now, level=1),
    }
    worker = Actor.of(cast.scope("case_worker"))
    services.take(appeal_id=found["mine"].pk, actor=worker, now=now)
    operator = Actor.of(cast.scope("operator"))
    services.hand_over(appeal_id=found["offered"].pk, level=2, note="Сложный вопрос", actor=operator, now=now)
    return {name: appeal.number for name, appeal in found.items()}


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("mine", ["mine"]),
        ("level", ["late", "mine", "free", "waiting"]),
        ("offered", ["offered"]),
        ("overdue", ["late"]),
        ("waiting", ["waiting"]),
        ("open", ["late", "mine", "question", "free", "waiting", "offered"]),
    ],
)
def test_each_part_holds_its_cases_in_order_of_due(cast, cases, tab, expected):
    client = at_desk(cast.users["case_worker"])
    assert numbers(client, tab=tab) == [cases[name] for name in expected]
    assert counts(client)[tab] == str(len(expected))


def test_all_holds_closed_ones_too_newest_first(cast, cases):
    found = numbers(at_desk(cast.users["case_worker"]), tab="all")
    assert found[-1] == cases["late"]
    assert set(found) == set(cases.values())


def test_another_insurer_and_another_region_see_nothing(cast, cases):
    for name in ("foreign_case_worker", "foreign_supervisor", "foreign_fund_admin"):
        assert numbers(at_desk(cast.users[name]), tab="all") == []


def test_an_operator_sees_level_one_and_what_it_passed_on(cast, cases):
    found = numbers(at_desk(cast.users["operator"]), tab="open")
    assert set(found) == {cases["question"], cases["offered"]}


def test_a_supervisor_has_no_level_and_an_operator_gets_offers(cast, cases):
    assert "level" not in counts(at_desk(cast.users["supervisor"]))
    assert counts(at_desk(cast.users["operator"]))["offered"] == "0"


def test_a_count_past_the_limit_says_so(cast, cases, monkeypatch):
    monkeypatch.setattr(tabs, "MANY", 2)
    assert counts(at_desk(cast.users["case_worker"]))["open"].endswith("+")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"kind": "consultation"}, ["question", "offered"]),
        ({"topic": "3.1.4 Выбор врача"}, ["late", "mine", "free", "waiting"]),
        ({"topic": "3.1"}, ["late", "mine", "free", "waiting"]),
        ({"urgency": "urgent"}, []),
        ({"urgency": "normal", "kind": "complaint"}, ["late", "mine", "free", "waiting"]),
        ({"due": "late"}, ["late"]),
        ({"due": "30"}, ["mine", "question", "free", "waiting", "offered"]),
        ({"who": "free"}, ["late", "question", "free"]),
        (
            {"kind": "nonsense", "due": "77", "topic": ""},
            ["late", "mine", "question", "free", "waiting", "offered"],
        ),
    ],
)
def test_filters_narrow_and_nonsense_is_left_out(cast, cases, params, expected):
    client = at_desk(cast.users["case_worker"])
    assert numbers(client, tab="open", **params) == [cases[name] for name in expected]


def test_search_by_number_name_and_policy_number(cast, now):
    known = filed(about(cast, applicant_name="Ёлкина Мария Петровна"), now)
    stranger = filed(
        filing(applicant_name="Чёрный Олег", insurer_id=cast.insurer.pk, received_by_id=cast.insurer.pk), now
    )
    client = at_desk(cast.users["expert"])

    def search(text):
        return set(numbers(client, tab="all", q=text))

    assert search(known.number) == {known.number}
    assert search(known.number.replace("-", "")) == {known.number}
    assert search("39-2026") == {known.number, stranger.number}
    assert search(cast.maria.enp) == {known.number}
    assert search("елкина м") == {known.number}
    assert search("ЧЕРН") == {stranger.number}
    for nothing in ("%", "_", "'; drop table", "0" * 16, "Мария", "\\"):
        assert search(nothing) == set(), nothing


def test_a_search_that_finds_nothing_here_offers_all_parts(cast, cases):
    client = at_desk(cast.users["case_worker"])
    late = cases["late"]

    def listing(**params):
        return client.get(reverse("staff_queue"), params).context["listing"]

    empty = listing(tab="offered", q=late)
    assert not empty.rows
    assert [row.number for row in client.get(empty.elsewhere_url).context["listing"].rows] == [late]
    assert not listing(tab="all", q="39-2026-9999999-9").elsewhere_url
    assert not listing(tab="offered").elsewhere_url


def test_pages_go_on_and_back_without_gaps_while_rows_go(cast, now, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 3)
    filed_ones = [filed(about(cast, topic="3.1.4"), now - timedelta(days=n // 2)) for n in range(8)]
    client = at_desk(cast.users["case_worker"])
    for tab in ("level", "all"):
        everything, first = [], client.get(reverse("staff_queue"), {"tab": tab}).context["listing"]
        listing = first
        everything += [row.number for row in listing.rows]
        assert not listing.previous_url
        while listing.next_url:
            listing = client.get(listing.next_url).context["listing"]
            everything += [row.number for row in listing.rows]
        assert sorted(everything) == sorted(one.number for one in filed_ones)
        assert len(everything) == 8
        back = client.get(listing.previous_url).context["listing"]
        assert [row.number for row in back.rows] == everything[3:6]
        back = client.get(back.previous_url).context["listing"]
        assert [row.number for row in back.rows] == everything[:3]
        assert not back.previous_url

    first = client.get(reverse("staff_queue"), {"tab": "level"}).context["listing"]
    gone = Appeal.objects.get(number=first.rows[2].number)
    services.take(appeal_id=gone.pk, actor=Actor.of(cast.scope("supervisor")), now=now)
    services.answer(appeal_id=gone.pk, text="Ответ", actor=Actor.of(cast.scope("supervisor")), now=now)
    second = client.get(first.next_url).context["listing"]
    assert not {row.number for row in second.rows} & {row.number for row in first.rows}


@pytest.mark.parametrize("cursor", ["x", "2026-06-01_", "2026-13-01_5", "_", "2026-06-01_5; drop"])
def test_a_cut_address_gives_the_first_page(cast, cases, cursor):
    client = at_desk(cast.users["case_worker"])
    assert numbers(client, tab="open", after=cursor) == numbers(client, tab="open")


def multiply(appeal, count):
    """More rows like this one; filing each would only take longer."""
    copies = []
    for number in range(count):
        copy = Appeal.objects.get(pk=appeal.pk)
        copy.pk, copy.number, copy.submission_key = None, f"39-2026-9{number:06}-0", uuid4()
        copies.append(copy)
    Appeal.objects.bulk_create(copies)


@pytest.mark.parametrize(
    "name", ["operator", "case_worker", "expert", "supervisor", "fund_operator", "fund_admin"]
)
def test_the_queue_asks_at_most_ten_things_whatever_its_size(cast, now, name, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 100)
    client = at_desk(cast.users[name])
    address = reverse("staff_queue") + "?tab=all&q=Ёлк"

    for number in range(5):
        filed(question(cast) if number % 2 else about(cast), now)
    client.get(address)
    few = list(queries(client, address))
    multiply(Appeal.objects.first(), 45)
    many = list(queries(client, address))
    assert len(many) == len(few)
    assert len(many) <= 10, many


def test_next_takes_the_most_urgent_of_the_own_level(cast, now):
    representative(cast, "case_worker", 2)
    filed(about(cast, topic="3.1.4"), now - timedelta(days=3))
    urgent = filed(about(cast, topic="3.1.5.5", suspicion="oncology"), now)
    assert urgent.urgency == "urgent"
    client = at_desk(cast.users["case_worker"])
    response = client.post(reverse("staff_next"), follow=True)
    assert response.context["case"]["appeal"].number == urgent.number
    urgent.refresh_from_db()
    assert (urgent.state, urgent.worker) == (State.IN_PROGRESS, cast.users["case_worker"])


def test_next_says_when_nothing_waits(cast, now):
    representative(cast, "case_worker", 2)
    filed(question(cast), now)
    response = at_desk(cast.users["case_worker"]).post(reverse("staff_next"), follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["info"]
    assert response.redirect_chain[0][0].startswith(reverse("staff_queue"))


def test_the_fund_takes_its_own_next_case_without_a_representative(cast, now):
    mine = filed(filing(received_by_id=cast.fund.pk, topic="3.1.12"), now)
    assert mine.organization == cast.fund
    response = at_desk(cast.users["fund_operator"]).post(reverse("staff_next"), follow=True)
    assert response.context["case"]["appeal"].number == mine.number
