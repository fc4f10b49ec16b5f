"""Find my representative: by number, company, region and clinic; nothing about anybody comes out."""

import re
from datetime import UTC, date, datetime, time

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from registry.enp import enp_for
from registry.load import load_workdays
from representatives.contacts import answers_now, people_of
from representatives.models import Absence
from representatives.remembered import remembered
from tests.cast import Cast
from tests.representatives.factories import DutyPostFactory, RepresentativeFactory

FIND, POLICY = "/representatives/", "/representatives/policy/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def ask(number: str) -> tuple[str, str]:
    """Where a policy number leads, and what stands there but for the token of the form."""
    client = Client()
    first = client.post(POLICY, {"enp": number})
    assert first.status_code == 302
    return first.url, TOKEN.sub("", client.get(first.url).content.decode())


def test_existing_and_invented_numbers_are_answered_alike(cast: Cast) -> None:
    invented = enp_for("39", date(1931, 2, 3), "M", 99_998)
    assert ask(cast.maria.enp) == ask(cast.boris.enp) == ask(invented)
    address, page = ask(cast.maria.enp)
    assert address == "/representatives/regions/39/?by=policy"
    assert cast.maria.enp not in page
    assert cast.maria.last_name not in page
    # Both insurers of the region, not the one of the person.
    assert cast.insurer.name in page
    assert cast.second_insurer.name in page
    assert cast.fund.name in page
    assert "Какая из них ваша?" in page


def test_a_policy_number_reads_nothing_from_the_register(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as captured:
        ask(cast.maria.enp)
    assert not [query for query in captured.captured_queries if "insuredperson" in query["sql"]]


@pytest.mark.parametrize("typed", ["3952 4108 8700 0019", "3952-4108-8700-0019", " 3952410887000019 "])
def test_a_number_may_be_typed_with_spaces(cast: Cast, typed: str) -> None:
    assert ask(typed)[0].startswith("/representatives/regions/39/")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Введите номер полиса"),
        ("3952410887000018", "последняя цифра"),
        ("123456789", "16"),
        ("<script>", "Номер полиса"),
        ("\x00", "полиса"),
    ],
)
def test_a_wrong_number_is_explained_beside_the_field(cast: Cast, typed: str, message: str) -> None:
    response = Client().post(POLICY, {"enp": typed})
    page = response.content.decode()
    assert response.status_code == 200
    assert message.lower() in page.lower()
    assert "<script>" not in page
    assert '<details class="by-policy" open' in page


def test_a_number_in_the_address_is_not_taken(cast: Cast) -> None:
    assert Client().get(POLICY, {"enp": cast.maria.enp}).status_code == 405


def test_a_region_that_is_not_served_says_what_to_do(cast: Cast) -> None:
    response = Client().get("/representatives/regions/77/")
    assert response.status_code == 404
    assert "Этого региона нет на портале" in response.content.decode()


def test_a_signed_in_reader_sees_the_own_company_at_once(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.users["citizen"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(FIND).content.decode()
    assert cast.maria.full_name in page
    assert f"/representatives/clinics/{cast.clinic.mo_code}/" in page
    for other in (Client(), client_of(cast, "nobody"), client_of(cast, "outsider")):
        assert cast.maria.full_name not in other.get(FIND).content.decode()


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_organisation_shows_who_works_there_today(cast: Cast) -> None:
    today = timezone.localdate(timezone.now(), cast.insurer.region.zone)
    RepresentativeFactory(organization=cast.insurer, last_name="Вторая", level=2)
    RepresentativeFactory(organization=cast.insurer, last_name="Первая", level=1, contact_centre="regional")
    RepresentativeFactory(organization=cast.second_insurer, last_name="Чужая", level=2)
    RepresentativeFactory(organization=cast.insurer, last_name="Ушедшая", level=2, left_on=date(2026, 1, 1))
    away = RepresentativeFactory(organization=cast.insurer, last_name="Отпускная", level=3)
    Absence.objects.create(representative=away, first_day=today, last_day=today)
    page = Client().get(f"/representatives/organizations/{cast.insurer.code}/").content.decode()
    assert "Вторая" in page
    assert "Второй уровень: специалисты (1)" in page
    assert re.search(r"Отпускная.*сегодня отсутствует", page)
    for name in ("Первая", "Чужая", "Ушедшая"):
        assert name not in page
    assert [person.is_away for person in people_of(cast.insurer, today)] == [False, True]


@pytest.mark.parametrize(
    ("moment", "answers"),
    [
        ("2026-06-02T06:59+00:00", False),  # 8:59 in Kaliningrad
        ("2026-06-02T07:00+00:00", True),
        ("2026-06-02T15:59+00:00", True),
        ("2026-06-02T16:00+00:00", False),
        ("2026-06-06T08:00+00:00", False),  # Saturday
        ("2026-06-12T08:00+00:00", False),  # Russia Day
    ],
)
def test_whether_somebody_answers_now(cast: Cast, moment: str, answers: bool) -> None:
    load_workdays((2026,))
    cast.insurer.opens_at, cast.insurer.closes_at = time(9), time(18)
    assert answers_now(cast.insurer, datetime.fromisoformat(moment)) is answers


def test_hours_unknown_or_round_the_clock(cast: Cast) -> None:
    now = datetime(2026, 6, 6, 1, 0, tzinfo=UTC)
    cast.insurer.opens_at = cast.insurer.closes_at = None
    assert answers_now(cast.insurer, now) is None
    cast.insurer.round_the_clock = True
    assert answers_now(cast.insurer, now) is True


def test_a_change_of_the_schedule_is_seen_at_once(cast: Cast) -> None:
    today = timezone.localdate(timezone.now(), cast.clinic.region.zone)
    address = f"/representatives/clinics/{cast.clinic.mo_code}/"
    assert "Дежурный" not in Client().get(address).content.decode()
    one = RepresentativeFactory(organization=cast.insurer, last_name="Дежурный")
    post = DutyPostFactory(representative=one, clinic=cast.clinic, weekday=today.weekday())
    assert "Дежурный" in Client().get(address).content.decode()
    post.delete()
    assert "Дежурный" not in Client().get(address).content.decode()


def test_the_second_reader_costs_almost_nothing(cast: Cast) -> None:
    RepresentativeFactory.create_batch(5, organization=cast.insurer, level=2)
    addresses = [
        FIND,
        f"{FIND}?q={cast.clinic.short_name}",
        "/representatives/regions/39/",
        f"/representatives/organizations/{cast.insurer.code}/",
        f"/representatives/clinics/{cast.clinic.mo_code}/",
    ]

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(address).status_code == 200
        return len(captured)

    first = [queries(address) for address in addresses]
    assert max(first) <= 8, first
    second = [queries(address) for address in addresses if "?q=" not in address]
    # Three belong to the request's own transaction, one looks up the place.
    assert max(second) <= 4, second


def test_without_a_cache_the_pages_stand(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise RedisConnectionError

    for name in ("get", "set", "add", "incr"):
        monkeypatch.setattr(cache, name, down)
    assert remembered("x", lambda: [1]) == [1]
    RepresentativeFactory(organization=cast.insurer, last_name="Вторая", level=2)
    assert "Вторая" in Client().get(f"/representatives/organizations/{cast.insurer.code}/").content.decode()
