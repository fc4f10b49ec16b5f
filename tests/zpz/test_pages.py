"""The pages of the forms: from the board to the spreadsheet, and who may not."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from omsportal.zpz import reading
from registry.models import AccessRecord
from registry.scoping import Role
from registry.selectors import scope_of
from representatives.load import load_form_rows
from representatives.models.zpz import ZpzReport
from tests.cast import Cast
from tests.factories import FundFactory, RegionFactory, UserFactory, grant
from tests.representatives.factories import RepresentativeFactory
from tests.representatives.test_pages import client_of
from tests.zpz.world import ANSWER, QUARTER, handed


def test_the_pages_from_the_board_to_the_spreadsheet(known: Cast, now: datetime) -> None:
    RepresentativeFactory(organization=known.insurer, level=2)
    own, fund = client_of(known, "supervisor"), client_of(known, "fund_admin")
    asked = {"organization": known.insurer.code, "table": "1", "year": "2026", "period": "Q2"}
    page = own.post("/region/forms/open/", asked)
    address = page.headers["Location"]
    assert "3.1.5.4" in own.get(address).content.decode()
    assert fund.get(address).status_code == 404  # a draft is the insurer's own
    for action in ("check", "submit"):
        answer = own.post(f"{address}act/", {"action": action}, follow=True)
        assert answer.status_code == 200
    board = fund.get("/region/forms/?period=Q2&year=2026").content.decode()
    assert "направлена в фонд" in board
    without = fund.post(f"{address}act/", {"action": "return"})
    assert without.status_code == 200
    assert "Напишите причину" in without.content.decode()
    fund.post(f"{address}act/", {"action": "return", "reason": "<b>строка 3</b>"})
    assert "&lt;b&gt;строка 3" in own.get(address).content.decode()
    drilled = own.get(f"{address}rows/?row=3.1&column=insurer_oral")
    assert drilled.context["found"].now == 1
    assert AccessRecord.objects.filter(subject="appeal_queue", page__contains="row=3.1").exists()
    body = own.get(f"{address}table.xlsx").content
    book = CalamineWorkbook.from_filelike(BytesIO(body))
    lines = book.get_sheet_by_name("Таблица 1").to_python()
    figures = {row[0]: row[2] for row in lines if row[0]}
    assert {code: figures[code] for code in ANSWER} == {code: answer[0] for code, answer in ANSWER.items()}
    told = own.get(address.replace("/region/forms/", "/api/v1/forms/")).json()
    cells = {line["code"]: line["cells"]["total"] for line in told["lines"]}
    assert {code: cells[code] for code in ANSWER} == {code: answer[0] for code, answer in ANSWER.items()}
    assert own.get(f"{address}changes/").context["changes"] == []


def test_rows_filled_in_by_hand_and_kept_through_a_new_counting(cast: Cast) -> None:
    load_form_rows()
    RepresentativeFactory(organization=cast.insurer, level=2)
    client = client_of(cast, "supervisor")
    asked = {"organization": cast.insurer.code, "table": "10", "year": "2026", "period": "Q1"}
    address = client.post("/region/forms/open/", asked).headers["Location"]
    refused = client.post(f"{address}act/", {"action": "check"}, follow=True).content.decode()
    assert "исправьте ошибки" in refused
    wrong = client.post(f"{address}by-hand/", {"row_0": "-1", "row_1": "много"})
    assert wrong.context["form"].errors.keys() == {"row_0", "row_1"}
    client.post(f"{address}by-hand/", {"row_0": "0", "row_1": "12"})
    client.post(f"{address}act/", {"action": "count"})
    assert client.post(f"{address}act/", {"action": "check"}).status_code == 302
    report = ZpzReport.objects.get()
    assert (report.status, report.number) == ("checked", 3)
    four = reading.version_of(cast.scope("supervisor"), report).filled.line("4")
    assert four is not None
    assert four.cells == {"total": 12}
    assert client.get(f"{address}rows/?row=2&column=exam").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"organization": "99999", "table": "1", "year": "2026", "period": "Q1"},
        {"table": "7", "year": "2026", "period": "Q1"},
        {"table": "1", "year": "2026", "period": "Q9"},
        {"table": "1", "year": "двадцать", "period": "Q1"},
        {"table": "1", "year": "1999", "period": "Q1"},
        {"table": "1", "year": "9" * 30, "period": "Q1"},
    ],
)
def test_a_form_that_is_none_is_not_opened(cast: Cast, body: dict[str, str]) -> None:
    client = client_of(cast, "supervisor")
    body = {"organization": cast.insurer.code} | body
    assert client.post("/region/forms/open/", body).status_code == 404
    assert not ZpzReport.objects.exists()


def test_nobody_counts_for_somebody_else(cast: Cast, now: datetime) -> None:
    load_form_rows()
    fund = client_of(cast, "fund_admin")
    body = {"organization": cast.insurer.code, "table": "9", "year": "2026", "period": "Q1"}
    assert "другая сторона" in fund.post("/region/forms/open/", body, follow=True).content.decode()
    body["organization"] = cast.foreign_insurer.code
    assert fund.post("/region/forms/open/", body).status_code == 404
    assert not ZpzReport.objects.exists()
    handed(cast, now)
    report = ZpzReport.objects.get()
    for name in ("foreign_fund_admin", "foreign_supervisor", "operator"):
        assert client_of(cast, name).get(f"/region/forms/{report.pk}/").status_code == 404, name
    assert client_of(cast, "foreign_fund_admin").get("/region/forms/region/39/9/2026/Q1/").status_code == 404
    for ending in ("?version=7", "?version=x", f"?version={'9' * 30}"):
        assert fund.get(f"/region/forms/{report.pk}/{ending}").status_code == 404
    assert fund.get(f"/region/forms/{report.pk}/rows/?row=5&column=total").status_code == 404
    assert fund.post(f"/region/forms/{report.pk}/act/", {"action": "burn"}).status_code == 404


def test_pages_ask_the_same_number_of_questions_whatever_there_is(known: Cast, now: datetime) -> None:
    client = client_of(known, "fund_admin")
    report = handed(known, now, table="1")
    addresses = [
        "/region/forms/?period=Q1&year=2026",
        f"/region/forms/{report.pk}/",
        f"/region/forms/{report.pk}/rows/?row=1&column=total",
        "/region/forms/region/39/1/2026/Q1/",
    ]
    client.get(addresses[0])
    for address in addresses:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) <= 16, (address, len(queries))


def test_a_region_without_an_insurer_has_the_form_of_its_fund_alone(cast: Cast) -> None:
    load_form_rows()
    fund = FundFactory(region=RegionFactory(code="42"))
    user = UserFactory()
    grant(user, Role.FUND_ADMIN, organization=fund, region=fund.region)
    scope = scope_of(user, now=datetime.now(UTC))
    assert [row.organization for row in reading.board(scope, reading.organizations_of(scope), QUARTER)] == [
        fund
    ]
    assert reading.consolidated(scope, "42", "9", QUARTER).missing == [fund]
    # Whoever insures nobody informs nobody: nothing is missing, and nothing is there.
    nothing = reading.consolidated(scope, "42", "10", QUARTER)
    assert (nothing.missing, nothing.filled.lines) == ([], ())
    client = Client()
    client.force_login(user)
    for address in ("/region/forms/?year=9999&period=Q1", "/region/forms/region/42/10/2026/Q2/"):
        assert client.get(address).status_code == 200
    assert client.get("/region/forms/region/42/10/2026/Q7/").status_code == 404
