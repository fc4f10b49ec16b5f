"""The queue: what stands in which part, in what order, page by page, found by what one knows."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_plus
from uuid import uuid4

import pytest
from django.urls import reverse

from appeals import services
from appeals.actors import Actor
from appeals.desk import paging, searches, tabs, telling
from appeals.desk import search as search_rules
from appeals.lifecycle import State
from appeals.models import Appeal, QueueSearch
from notifications.load import load_templates
from notifications.models import Message
from registry.models import RoleGrant
from tests.appeals.desk import at_desk, in_state, queries
from tests.appeals.factories import about, filed, filing, question, representative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]


def numbers(client, **params):
    response = client.get(reverse("staff_queue"), params)
    assert response.status_code == 200
    return [row.number for row in response.context["listing"].rows]


def searched(client, text, **params):
    """The numbers found by typing into the search and pressing the button."""
    response = client.post(reverse("staff_search"), {"tab": "all", **params, "q": text}, follow=True)
    assert response.status_code == 200
    address = response.redirect_chain[0][0]
    assert len(text) < 4 or text not in unquote_plus(address)
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
        return set(searched(client, text))

    assert search(known.number) == {known.number}
    assert search(known.number.replace("-", "")) == {known.number}
    assert search("39-2026") == {known.number, stranger.number}
    assert search(cast.maria.enp) == {known.number}
    assert search("елкина м") == {known.number}
    assert search("ЧЕРН") == search("олег чёрный") == {stranger.number}
    assert search("Мария") == {known.number}
    for nothing in ("%", "_", "'; drop table", "0" * 16, "\\", "& | ! :*", "<->", "-", '""', "a:*b"):
        assert search(nothing) == set(), nothing


def test_search_by_words_of_the_text_and_by_phone(cast, now):
    wanted = filed(
        about(cast, text="Меня не записывают на приём к кардиологу", applicant_phone="89001112233"), now
    )
    filed(about(cast, text="Отказали в выдаче полиса"), now)
    client = at_desk(cast.users["expert"])
    for text in ("кардиолог", "прием кардиолога", "ПРИЁМ", "кардио", "8 (900) 111-22-33", "9001112233"):
        assert searched(client, text) == [wanted.number], text
    assert searched(client, "кардиолог полис") == []


def test_common_words_are_found_as_well_as_rare_ones(cast, now, monkeypatch):
    monkeypatch.setattr(search_rules, "RARE", 1)
    found = {filed(about(cast), now).number for _ in range(3)}
    assert set(searched(at_desk(cast.users["expert"]), "Ёлкина")) == found


def test_a_search_is_of_its_owner_and_forgotten_after_a_day(cast, now, monkeypatch):
    appeal = filed(about(cast), now)
    client = at_desk(cast.users["expert"])
    address = client.post(reverse("staff_search"), {"q": appeal.number, "tab": "all"}).headers["Location"]
    colleague = at_desk(cast.users["supervisor"]).get(address).context["listing"]
    assert (colleague.search_lost, colleague.query.words) == (True, "")
    assert client.get(address).context["listing"].query.words == appeal.number
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(days=2))
    assert at_desk(cast.users["expert"]).get(address).context["listing"].search_lost
    assert searches.forget_searches(now=now + timedelta(days=2)) == 1


def test_a_view_is_saved_shared_and_deleted(cast, now):
    for _ in range(2):
        filed(about(cast, topic="3.1.4"), now)
    expert = at_desk(cast.users["expert"])
    saved = expert.post(
        reverse("staff_view_save"),
        {"tab": "open", "kind": "complaint", "name": "Жалобы", "shared": "on", "after": "x"},
        follow=True,
    )
    assert len(saved.context["listing"].rows) == 2
    assert [view["name"] for view in saved.context["listing"].views] == ["Жалобы"]
    again = expert.post(reverse("staff_view_save"), {"kind": "complaint", "name": "Жалобы"})
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["name"])

    colleague = at_desk(cast.users["supervisor"])
    view = colleague.get(reverse("staff_queue")).context["listing"].views[0]
    assert (view["name"], view["own"]) == ("Жалобы", False)
    assert colleague.get(view["url"]).context["listing"].query.kind == "complaint"
    key = QueueSearch.objects.get(name="Жалобы").key
    assert colleague.post(reverse("staff_view_delete", args=[key])).status_code == 404
    foreign = at_desk(cast.users["foreign_expert"])
    assert foreign.get(view["url"]).context["listing"].search_lost
    assert foreign.get(reverse("staff_queue")).context["listing"].views == []
    assert expert.post(reverse("staff_view_delete", args=[key])).status_code == 302
    assert not QueueSearch.objects.filter(name="Жалобы").exists()


def test_clinic_channel_state_level_and_days_narrow(cast, now):
    one = filed(about(cast, topic="3.1.4", clinic_id=cast.clinic.pk), now)
    other = filed(question(cast), now - timedelta(days=2))
    client = at_desk(cast.users["expert"])
    code = cast.clinic.mo_code
    for params in ({"clinic": f"{code} Поликлиника"}, {"clinic": cast.clinic.name[:6]}, {"level": "2"}):
        assert numbers(client, tab="open", **params) == [one.number], params
    assert numbers(client, tab="open", due_to=other.due_on.isoformat()) == [other.number]
    assert numbers(client, tab="open", due_from=one.due_on.isoformat()) == [one.number]
    assert numbers(client, tab="open", state="in_review") == []
    assert numbers(client, tab="open", channel="duty_post") == []
    assert code in client.get(reverse("staff_clinics")).content.decode()


def test_lists_are_ordered_as_asked_page_by_page(cast, now, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 2)
    calm = [filed(about(cast, topic="3.1.4"), now - timedelta(days=day)) for day in (3, 1, 2)]
    urgent = filed(about(cast, topic="3.1.5.5", suspicion="oncology"), now)
    client = at_desk(cast.users["expert"])

    def everything(**params):
        listing = client.get(reverse("staff_queue"), {"tab": "open", **params}).context["listing"]
        found = [row.number for row in listing.rows]
        while listing.next_url:
            listing = client.get(listing.next_url).context["listing"]
            found += [row.number for row in listing.rows]
        return found

    by_age = [calm[0].number, calm[2].number, calm[1].number]
    assert everything(sort="urgency") == [urgent.number, *by_age]
    assert everything(sort="received") == [urgent.number, *reversed(by_age)]
    assert everything(sort="due")[:2] == by_age[:2]


def test_a_search_that_finds_nothing_here_offers_all_parts(cast, cases):
    client = at_desk(cast.users["case_worker"])
    late = cases["late"]

    def listing(**params):
        return client.get(reverse("staff_queue"), params).context["listing"]

    def search(text, **params):
        return client.post(reverse("staff_search"), {**params, "q": text}, follow=True).context["listing"]

    empty = search(late, tab="offered")
    assert not empty.rows
    assert [row.number for row in client.get(empty.elsewhere_url).context["listing"].rows] == [late]
    assert not search("39-2026-9999999-9", tab="all").elsewhere_url
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
    key = searches.keep(words="Ёлк", scope=cast.scope(name), now=now).key
    address = f"{reverse('staff_queue')}?tab=all&search={key}"

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


def test_views_are_told_of_each_working_morning_while_rights_last(cast, now):
    load_templates()
    filed(about(cast, topic="3.1.4"), now - timedelta(days=60))
    filed(about(cast, topic="3.1.4"), now)
    owner = cast.users["expert"]
    made = {"owner": owner, "organization": cast.insurer, "created_at": now, "address": {"tab": "open"}}
    QueueSearch.objects.create(name="Утром", digest=True, **made)
    QueueSearch.objects.create(name="Много", alert_over=2, **made)
    QueueSearch.objects.create(name="Больше одного", alert_over=1, **made)
    # Three in the morning in Kaliningrad, then noon of a Saturday, then of Monday the 1st of June.
    owner.time_zone = "Europe/Kaliningrad"
    owner.save(update_fields=["time_zone"])
    night, saturday, monday = (datetime(2026, *day, tzinfo=UTC) for day in ((6, 1, 1), (5, 30, 9), (6, 1, 9)))
    assert telling.tell_of_views(now=night) == telling.tell_of_views(now=saturday) == 0
    assert telling.tell_of_views(now=monday) == 2
    assert telling.tell_of_views(now=monday + timedelta(minutes=15)) == 0
    mails = {mail.payload["view"]: mail for mail in Message.objects.filter(event="staff_view")}
    assert set(mails) == {"Утром", "Больше одного"}
    assert (mails["Утром"].payload["count"], mails["Утром"].payload["overdue"]) == ("2", "1")
    assert mails["Утром"].email == owner.email
    RoleGrant.objects.filter(user=owner).update(revoked_at=monday)
    assert telling.tell_of_views(now=monday + timedelta(days=1)) == 0
