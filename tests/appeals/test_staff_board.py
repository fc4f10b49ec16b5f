"""The head's board: everybody with the load, today's and overdue cases, the absent; figures lead to their rows."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appeals import services
from appeals.actors import Actor
from representatives.models import Absence
from tests.appeals.desk import at_desk, queries
from tests.appeals.factories import about, filed, representative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]


@pytest.fixture
def loaded(cast, now):
    """A specialist with an overdue case, one due today and one in time; a colleague on leave with none."""
    busy = representative(cast, "case_worker", 2, capacity=2)
    idle = representative(cast, "expert", 3, last_name="Воробьёв", first_name="Пётр")
    Absence.objects.create(representative=idle, first_day=now.date(), last_day=now.date() + timedelta(days=3))
    boss = Actor.of(cast.scope("supervisor"))
    for days in (60, 29, 1):
        appeal = filed(about(cast, topic="3.1.4"), now - timedelta(days=days))
        services.assign(appeal_id=appeal.pk, representative_id=busy.pk, actor=boss, now=now)
    filed(about(cast, topic="3.1.4"), now)
    return busy, idle


def board(cast, name="supervisor"):
    return at_desk(cast.users[name]).get(reverse("staff_board")).context


def test_the_board_counts_what_the_queue_behind_it_shows(cast, now, loaded):
    context = board(cast)
    people = {person.name: person for person in context["people"]}
    busy = people["И.\N{NO-BREAK SPACE}Сидорова"]
    assert (busy.open, busy.capacity, busy.overdue) == (3, 2, 1)
    assert not busy.absent
    assert people["П.\N{NO-BREAK SPACE}Воробьёв"].absent.endswith("5 июня")
    client = at_desk(cast.users["supervisor"])

    def behind(url):
        return len(client.get(url).context["listing"].rows)

    assert behind(busy.url) == busy.open
    assert behind(busy.today_url) == busy.due_today
    assert behind(busy.overdue_url) == busy.overdue
    for figure in context["figures"]:
        assert behind(figure["url"]) == figure["value"], figure["label"]


def test_another_regions_head_sees_none_of_it(cast, loaded):
    context = board(cast, "foreign_supervisor")
    assert context["people"] == []
    assert [figure["value"] for figure in context["figures"]] == [0, 0, 0, 0]


def test_the_board_asks_a_constant_number_of_things(cast, now, loaded):
    client = at_desk(cast.users["supervisor"])
    client.get(reverse("staff_board"))
    few = len(list(queries(client, reverse("staff_board"))))
    for number in range(6):
        representative(cast, "nobody", 2, user=None, last_name=f"Новикова{'а' * number}")
    many = len(list(queries(client, reverse("staff_board"))))
    # One of them counts the calls that are owed, for the rail.
    assert few == many <= 14


def test_the_rail_offers_what_the_reader_may_open(cast, loaded):
    assert [item["label"] for item in board(cast)["rail"] if item["current"]]
    operator = at_desk(cast.users["operator"]).get(reverse("staff_queue")).context["rail"]
    addresses = {item["url"] for item in operator}
    assert reverse("staff_queue") in addresses
    assert reverse("staff_board") not in addresses
