"""The appeals report as page, rows, CSV, XLSX, PDF and API: one set of figures for all, each reader the own ones."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from appeals import services
from appeals.actors import Actor
from appeals.models import AppealFact, CountRun
from appeals.reports.counting import count_appeals
from omsportal.reports.exports import csv_lines
from registry.models import AccessRecord
from tests.appeals.desk import at_desk
from tests.appeals.factories import about, filed, question

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 2, 8, tzinfo=UTC)
JUNE = {"first": "2026-06-01", "last": "2026-06-30"}
PLAIN = """
SELECT t.code, count(*), count(*) FILTER (WHERE a.kind = 'complaint'), count(*) FILTER (WHERE a.answered_at IS NOT NULL)
  FROM appeals_appeal a JOIN appeals_appealtopic t ON t.id = a.topic_id
 WHERE a.region_id = '39' AND a.registered_on BETWEEN '2026-06-01' AND '2026-06-30' GROUP BY 1
"""


@pytest.fixture
def counted(cast, reference, clock):
    """Three complaints of two topics and a question in June; one complaint answered as justified. Two counts."""
    boss = Actor.of(cast.scope("supervisor"))
    appeals = [
        filed(about(cast, topic=topic, clinic_id=cast.clinic.pk), NOW - timedelta(hours=3))
        for topic in ("3.1.6.1", "3.1.4", "3.1.4")
    ]
    filed(question(cast), NOW - timedelta(hours=2))
    first = count_appeals(now=NOW)
    services.take(appeal_id=appeals[1].pk, actor=boss, now=NOW)
    services.answer(appeal_id=appeals[1].pk, text="Ответ", validity="justified", actor=boss, now=NOW)
    return cast, appeals, first, count_appeals(now=NOW)


def report(cast, name: str, route: str = "appeals_report", **params: str):
    return at_desk(cast.users[name]).get(reverse(route), {**JUNE, **params})


def test_page_api_csv_and_book_show_what_plain_sql_counts(counted) -> None:
    cast, _, _, run = counted
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
        plain = {row[0]: row[1:] for row in cursor.fetchall()}
    told = report(cast, "fund_admin", "api-appeals-report", by="topic").json()
    names = ("appeals", "complaints", "answered")
    rows = {row["value"]: row for row in told["rows"]}
    assert {code: tuple(rows[code]["measures"][n] for n in names) for code in plain} == plain
    assert {code for code, row in rows.items() if not row["heading"]} == set(plain)
    assert rows["3.1"]["measures"]["appeals"] == told["measures"]["complaints"] == 3
    assert (told["count"], told["measures"]["justified_share"]) == (run.pk, 100.0)
    # The page: the same numbers, each a link to as many rows.
    page = report(cast, "fund_admin", by="topic").context
    shown = {row["label"].split()[0]: row["cells"] for row in page["breakdown_rows"]}
    assert {code: int(shown[code][0]["text"]) for code in plain} == {
        code: row[0] for code, row in plain.items()
    }
    client = at_desk(cast.users["fund_admin"])
    for code, row in plain.items():
        behind = client.get(shown[code][0]["url"]).context["facts"]
        assert len(behind) == row[0]
    for figure in page["figures"]:
        assert client.get(figure["url"]).status_code == 200
    # CSV: page and API give one file, and its rows add up to the whole.
    files = [
        report(cast, "fund_admin", route, by="topic").content.decode("utf-8-sig")
        for route in ("appeals_report_csv", "api-appeals-report-csv")
    ]
    assert files[0] == files[1]
    lines = list(csv.DictReader(io.StringIO(files[0]), delimiter=";"))
    assert lines[0]["Обращений"] == str(told["measures"]["appeals"])
    assert {line["Код"]: int(line["Обращений"]) for line in lines[1:]} == {
        c: row[0] for c, row in plain.items()
    }
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(report(cast, "fund_admin", "appeals_report_xlsx", by="topic").content)
    )
    sheet = book.get_sheet_by_name("Разрез").to_python()
    assert {row[1]: row[2] for row in sheet[2:]} == {code: row[0] for code, row in plain.items()}
    assert f"№ {run.pk}" in str(book.get_sheet_by_name("Как посчитано").to_python())
    paper = pypdf.PdfReader(io.BytesIO(report(cast, "fund_admin", "appeals_report_pdf", by="topic").content))
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "3.1.6.1" in "".join(sheet.extract_text() for sheet in paper.pages)


def test_the_permanent_address_gives_the_old_figures_to_the_row(counted) -> None:
    cast, appeals, first, last = counted
    old = report(cast, "supervisor", count=str(first.pk))
    new = report(cast, "supervisor")
    assert (old.context["report"].sums.answered, new.context["report"].sums.answered) == (0, 1)
    # What the old page called its address, asked a while later, is the old page.
    address = urlsplit(old.context["permanent"])
    assert parse_qs(address.query)["count"] == [str(first.pk)]
    again = at_desk(cast.users["supervisor"]).get(f"{address.path}?{address.query}")
    assert again.context["report"].sums == old.context["report"].sums
    open_then = report(cast, "supervisor", "appeals_report_rows", measure="open", count=str(first.pk))
    assert appeals[1].pk in {row["fact"].appeal_id for row in open_then.context["facts"]}
    open_now = report(cast, "supervisor", "appeals_report_rows", measure="open", count=str(last.pk))
    assert appeals[1].pk not in {row["fact"].appeal_id for row in open_now.context["facts"]}


def test_each_reader_gets_the_own_figures_and_nobody_a_name(counted) -> None:
    cast, appeals, _, _ = counted
    assert report(cast, "foreign_fund_admin").context["report"].sums.appeals == 0
    own = f"O{cast.insurer.pk}"
    for name, owner, status in (
        ("foreign_fund_admin", "R39", 404), ("supervisor", "R39", 404), ("supervisor", own, 200),
        ("foreign_supervisor", own, 404), ("clinic_staff", f"C{cast.clinic.pk}", 200),
        ("foreign_clinic_staff", f"C{cast.clinic.pk}", 404), ("fund_admin", f"C{cast.clinic.pk}", 200),
        ("fund_admin", "R77", 404), ("fund_admin", "nonsense", 404), ("operator", "", 404),
    ):  # fmt: skip
        for route in ("appeals_report", "api-appeals-report", "appeals_report_csv"):
            found = report(cast, name, route, owner=owner).status_code
            assert found == (403 if (name, route) == ("operator", "api-appeals-report") else status), (
                name,
                route,
            )
    # A clinic sees numbers of appeals about itself; it opens none of them.
    rows = report(cast, "clinic_staff", "appeals_report_rows", measure="complaints")
    assert [row["url"] for row in rows.context["facts"]] == [""] * 3
    assert appeals[0].number in rows.content.decode()
    assert "Ёлкина" not in rows.content.decode()
    record = AccessRecord.objects.latest("pk")
    assert (record.subject, record.key, record.rows) == ("report_rows", f"C{cast.clinic.pk}", 3)
    mine = report(cast, "supervisor", "appeals_report_rows", measure="complaints").context["facts"]
    assert mine
    assert all(row["url"] for row in mine)
    body = b"".join(
        report(cast, "supervisor", "appeals_report_rows_csv", measure="complaints").streaming_content
    )
    assert len(body.decode("utf-8-sig").splitlines()) == 4
    assert "Ёлкина" not in body.decode()


def test_a_period_that_cannot_be_is_said_at_its_field_and_changes_nothing(counted) -> None:
    cast = counted[0]
    for asked, field, words in (
        ({"first": "2026-06-30", "last": "2026-06-01"}, "last", "раньше, чем начинается"),
        ({"first": "1926-06-01"}, "first", "с 2016 года"),
        ({"last": "9926-06-01"}, "last", "Проверьте год"),
        ({"first": "вчера"}, "first", "02.06.2026"),
        ({"by": "colour"}, "by", ""),
    ):
        page = report(cast, "fund_admin", **asked)
        assert page.status_code == 200
        assert words in str(page.context["form"].errors[field])
        told = report(cast, "fund_admin", "api-appeals-report", **asked)
        assert told.status_code == 400
        assert field in told.json()
        assert report(cast, "fund_admin", "appeals_report_xlsx", **asked).status_code == 404


def test_addresses_nobody_made_are_not_found(counted) -> None:
    cast = counted[0]
    for route, params in (
        ("appeals_report", {"count": "999999"}), ("appeals_report", {"count": "x"}),
        ("appeals_report", {"clinic": "x"}), ("appeals_report", {"level": "9" * 30}),
        ("appeals_report", {"topic": "1" * 60}), ("appeals_report_rows", {"measure": "names"}),
        ("appeals_report_rows", {"measure": "appeals", "after": "x"}), ("appeals_report_rows_csv", {}),
    ):  # fmt: skip
        assert report(cast, "fund_admin", route, **params).status_code == 404, (route, params)
    assert report(cast, "fund_admin", clinic=str(10**17)).context["report"].sums.appeals == 0
    assert report(cast, "fund_admin", level="77777").context["report"].sums.appeals == 0


def test_a_region_without_insurers_and_one_never_counted_have_a_page(cast, clock) -> None:
    empty = report(cast, "fund_admin")
    assert empty.context.get("asked") is None
    assert report(cast, "fund_admin", "api-appeals-report").status_code == 400
    count_appeals(now=NOW)
    page = report(cast, "fund_admin", by="insurer")
    assert page.context["report"].sums.in_time_share is None
    assert page.context["breakdown_rows"] == []
    for route in ("appeals_report_pdf", "appeals_report_xlsx", "appeals_report_csv"):
        assert report(cast, "fund_admin", route).status_code == 200


def test_the_page_asks_as_much_of_a_year_as_of_a_day(counted) -> None:
    cast = counted[0]
    client = at_desk(cast.users["fund_admin"])
    asked = []
    for first in ("2026-06-01", "2021-01-01"):
        for by in ("topic", "organization"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(reverse("appeals_report"), {"first": first, "last": "2026-06-30", "by": by})
            asked.append(len(queries))
    assert max(asked) <= 20


def test_a_cell_that_excel_would_calculate_is_text() -> None:
    lines = list(csv_lines([["=1+1", "+7", "обычное", 1.5, None, date(2026, 6, 2)]]))
    assert lines == ["\ufeff", "'=1+1;'+7;обычное;1,5;;02.06.2026\r\n"]


def test_facts_name_no_person() -> None:
    """What a clinic and an export may read holds no column that could carry a name."""
    texts = {f.name for f in AppealFact._meta.concrete_fields if f.get_internal_type() == "TextField"}
    assert texts == set()
    assert CountRun._meta.get_field("changed")
