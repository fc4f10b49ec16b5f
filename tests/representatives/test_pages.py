"""Pages and API: who may open what, what they show, how they take bad input."""

import csv
from datetime import date, time
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import AccessRecord, InsuredCount
from representatives.models import Absence, DirectLine
from representatives.selectors import staffing
from tests.cast import Cast
from tests.representatives.factories import DutyPostFactory, RepresentativeFactory, norm

STAFFING = [
    "/region/staffing/",
    "/region/staffing/people/",
    "/region/staffing.csv",
    "/region/staffing.xlsx",
    "/api/v1/staffing/",
]
ALLOWED = {"fund_admin", "supervisor", "foreign_fund_admin", "foreign_supervisor"}


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    if name:
        client.force_login(cast.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def staffed(cast: Cast) -> Cast:
    for organization, name in (
        (cast.insurer, "Своя"),
        (cast.second_insurer, "Соседняя"),
        (cast.foreign_insurer, "Чужая"),
    ):
        RepresentativeFactory(organization=organization, last_name=name)
        InsuredCount.objects.create(organization=organization, insured=70_001, valid_from=date(2026, 1, 1))
    norm(2, 35_000)
    return cast


@pytest.mark.parametrize("url", STAFFING)
def test_who_may_open_the_staffing_pages(staffed: Cast, url: str) -> None:
    for name in staffed.users:
        refused = 403 if url.startswith("/api/") else 404
        assert client_of(staffed, name).get(url).status_code == (200 if name in ALLOWED else refused), name
    anonymous = client_of(staffed, "").get(url)
    assert anonymous.status_code in {302, 403}


@pytest.mark.parametrize(
    ("name", "query", "status"),
    [
        ("fund_admin", "region=39", 200),
        ("fund_admin", "region=26", 404),
        ("supervisor", "region=39", 200),
        ("supervisor", "region=26", 404),
        ("foreign_fund_admin", "region=39", 404),
        ("fund_admin", "region=39%00", 404),
        ("fund_admin", "on=zzz", 200),
    ],
)
def test_a_foreign_region_is_not_found(staffed: Cast, name: str, query: str, status: int) -> None:
    assert client_of(staffed, name).get(f"/region/staffing/?{query}").status_code == status


@pytest.mark.parametrize(
    "query",
    ["region=26", "organization=99999", "level=7", "centre=lunar", "trained=maybe", "on=zzz", "after=%00"],
)
def test_an_address_that_no_number_has_is_not_found(staffed: Cast, query: str) -> None:
    assert client_of(staffed, "fund_admin").get(f"/region/staffing/people/?{query}").status_code == 404


def test_names_are_seen_within_the_scope_and_the_reading_is_logged(staffed: Cast) -> None:
    page = client_of(staffed, "fund_admin").get("/region/staffing/people/?region=39&level=2").content.decode()
    assert "Своя" in page
    assert "Соседняя" in page
    assert "Чужая" not in page
    record = AccessRecord.objects.get()
    assert (record.user_id, record.region_id, record.subject, record.key) == (
        staffed.users["fund_admin"].pk,
        "39",
        "representatives",
        "39",
    )
    own = client_of(staffed, "supervisor").get("/region/staffing/people/").content.decode()
    assert "Своя" in own
    assert "Соседняя" not in own
    code = staffed.second_insurer.code
    assert (
        client_of(staffed, "supervisor").get(f"/region/staffing/people/?organization={code}").status_code
        == 404
    )


def test_the_staffing_page_shows_no_names_and_logs_nothing(staffed: Cast) -> None:
    page = client_of(staffed, "fund_admin").get("/region/staffing/").content.decode()
    assert "Хватает ли представителей?" in page
    assert "Своя" not in page
    assert not AccessRecord.objects.exists()


@pytest.mark.parametrize(("on", "message"), [("32.13.2026", "Введите дату"), ("1026-06-02", "с 2016 года")])
def test_a_bad_date_is_explained_and_the_figures_stay(staffed: Cast, on: str, message: str) -> None:
    client = client_of(staffed, "fund_admin")
    page = client.get("/region/staffing/", {"on": on}).content.decode()
    assert message in page
    assert "Не хватает до нормы" in page
    answer = client.get("/api/v1/staffing/", {"on": on})
    assert answer.status_code == 400
    assert message in answer.json()["on"][0]


def test_page_api_and_export_show_one_report(staffed: Cast) -> None:
    client, on = client_of(staffed, "fund_admin"), date(2026, 6, 2)
    report = staffing(staffed.scope("fund_admin"), on).regions[0]
    api = client.get("/api/v1/staffing/?on=2026-06-02").json()
    assert api["on"] == "2026-06-02"
    (region,) = api["regions"]
    assert region["total"]["people"] == report.total.people == 2
    assert [line["balance"] for line in region["lines"]] == [line.balance for line in report.lines]
    assert region["lines"][1]["balance"] == 2 - 5
    assert {one["code"] for one in region["organizations"]} == {one.code for one in report.organizations}

    export = client.get("/region/staffing.csv?on=02.06.2026")
    text = export.content.decode()
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert sum(int(row[head.index("Всего")]) for row in rows) == report.total.people
    assert 'filename="staffing-2026-06-02.csv"' in export["Content-Disposition"]

    page = client.get("/region/staffing/?on=2026-06-02").content.decode()
    assert "140\u00a0002" in page
    assert "−3" in page


def test_the_page_asks_as_many_questions_for_many_as_for_few(staffed: Cast) -> None:
    client = client_of(staffed, "fund_admin")

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    urls = ["/region/staffing/", "/region/staffing/people/"]
    for url in urls:
        queries(url)
    before = [queries(url) for url in urls]
    RepresentativeFactory.create_batch(20, organization=staffed.insurer)
    assert [queries(url) for url in urls] == before


def test_anybody_finds_an_insurer_and_a_clinic_by_words(cast: Cast) -> None:
    cast.clinic.name, cast.clinic.address = "Детская поликлиника Зелёного города", "г. Озёрск"
    cast.clinic.save(update_fields=["name", "address"])
    client = Client()
    assert cast.insurer.short_name in client.get("/representatives/").content.decode()
    for words in ("зеленого", "ОЗЕРСК детская", "  озёрск  "):
        assert cast.clinic.name in client.get("/representatives/", {"q": words}).content.decode(), words
    nothing = client.get("/representatives/", {"q": "%_<script>"}).content.decode()
    assert "Ничего не нашлось" in nothing
    assert "<script>" not in nothing
    assert client.get("/representatives/", {"q": "\x00"}).status_code == 200


def test_a_clinic_shows_who_is_really_there(cast: Cast) -> None:
    today = timezone.localdate(timezone.now(), cast.clinic.region.zone)

    def post(name: str, **changes):
        one = RepresentativeFactory(organization=cast.insurer, last_name=name, phone="+78002001010")
        return DutyPostFactory(representative=one, clinic=cast.clinic, weekday=today.weekday(), **changes)

    post("Дежурный")
    post("Черновой", status="draft")
    post("Прошлогодний", valid_to=date(2026, 1, 31))
    away = post("Отпускной")
    Absence.objects.create(representative=away.representative, first_day=today, last_day=today)
    gone = post("Ушедший").representative
    gone.left_on = date(2026, 1, 31)
    gone.save(update_fields=["left_on"])
    DirectLine.objects.create(
        clinic=cast.clinic, organization=cast.insurer, phone="+78002002020", audience="children"
    )
    page = Client().get(f"/representatives/clinics/{cast.clinic.mo_code}/").content.decode()
    assert "Дежурный" in page
    assert "200-20-20" in page
    for name in ("Черновой", "Прошлогодний", "Отпускной", "Ушедший"):
        assert name not in page


def test_hours_are_told_by_the_clock_of_the_reader_too(cast: Cast) -> None:
    cast.insurer.opens_at, cast.insurer.closes_at = time(9), time(18)
    cast.insurer.save(update_fields=["opens_at", "closes_at"])
    url = f"/representatives/organizations/{cast.insurer.code}/"
    at_home = Client().get(url).content.decode()
    assert "с 09:00 до 18:00" in at_home
    assert "По вашему времени" not in at_home
    # Moscow is an hour ahead of Kaliningrad.
    assert "По вашему времени с 10:00 до 19:00" in client_of(cast, "citizen").get(url).content.decode()


@pytest.mark.parametrize(
    "url", ["organizations/99999/", "organizations/%00/", "clinics/000000/", "clinics/٣٩٠٩٠١/"]
)
def test_unknown_places_are_not_found(cast: Cast, url: str) -> None:
    assert Client().get(f"/representatives/{url}").status_code == 404


def test_a_closed_clinic_is_not_shown(cast: Cast) -> None:
    cast.clinic.closed_on = date(2026, 1, 1)
    cast.clinic.save(update_fields=["closed_on"])
    assert Client().get(f"/representatives/clinics/{cast.clinic.mo_code}/").status_code == 404
