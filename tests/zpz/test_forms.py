"""The forms with a database: counted against plain SQL, drilled to the row, handed over and back, on every page."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from appeals.load import load_reference as load_appeals
from appeals.models import Appeal
from dispensary.load import load_reference as load_dispensary
from dispensary.models import Invitation, ObservationCase, ObservationContact
from omsportal.zpz import appeals_table, drill, explaining, reading
from omsportal.zpz import counting as official
from registry.load import load_consent_texts, load_workdays
from registry.models import AccessRecord, Organization
from registry.scoping import Role
from registry.selectors import scope_of
from representatives.load import load_form_rows
from representatives.models.zpz import ZpzEvent, ZpzReport, ZpzVersion
from representatives.services import zpz
from representatives.zpz import checks, differences, workflow
from representatives.zpz.layout import Filled
from representatives.zpz.periods import Period
from representatives.zpz.workflow import Action
from tests.appeals.factories import filed, filing
from tests.cast import Cast
from tests.dispensary.factories import make_campaign
from tests.factories import FundFactory, PersonFactory, RegionFactory, UserFactory, grant
from tests.representatives.factories import RepresentativeFactory, train
from tests.representatives.test_pages import client_of

NOW = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)
YEAR, QUARTER = Period(2026, "Y"), Period(2026, "Q2")
# (kind, topic, form, channel, validity, how many): the known answer below is added up by hand.
KNOWN: list[tuple[str, str, str, str, str, int]] = [
    ("complaint", "3.1.5.4", "written", "site", "justified", 2),
    ("complaint", "3.1.5.4", "oral", "phone", "justified", 1),
    ("complaint", "3.1.6.1", "written", "from_another_body", "repeated", 1),
    ("complaint", "X.1", "written", "post", "justified", 1),
    ("complaint", "3.1.6", "written", "site", "pending", 3),
    ("consultation", "4.6.1", "oral", "phone", "", 4),
    ("consultation", "X.3", "oral", "phone", "", 1),
    ("application", "2.1", "written", "from_another_body", "", 2),
    ("proposal", "5", "written", "site", "", 1),
    ("gratitude", "6", "oral", "visit", "", 1),
]
# Row → total, oral, written, on instruction.
ANSWER = {
    "1": (17, 7, 10, 3),
    "2": (2, 0, 2, 2),
    "2.1": (2, 0, 2, 2),
    "3": (8, 1, 7, 1),
    "3.1": (5, 1, 4, 1),
    "3.1.5": (3, 1, 2, 0),
    "3.1.5.4": (3, 1, 2, 0),
    "3.1.6": (0, 0, 0, 0),
    "3.1.15": (1, 0, 1, 1),
    "3.1.16": (1, 0, 1, 0),
    "4": (5, 5, 0, 0),
    "4.6": (4, 4, 0, 0),
    "4.18": (1, 1, 0, 0),
    "5": (1, 0, 1, 0),
    "6": (1, 1, 0, 0),
}


def copies(pattern: Appeal, organization: Organization, first: int, day: date) -> None:
    """Appeals of the known year: copies of one that was filed, so that every constraint holds."""
    number = first
    for kind, topic, form, channel, validity, count in KNOWN:
        for _ in range(count):
            number += 1
            values = dict(
                Appeal.objects.filter(pk=pattern.pk)
                .values(*[field.attname for field in Appeal._meta.concrete_fields if not field.generated])
                .get()
            )
            values |= {
                "id": None,
                "number": f"39-2026-{number:07}-0",
                "submission_key": f"00000000-0000-4000-8000-{number:012}",
                "kind": kind,
                "topic_id": topics()[topic],
                "form": form,
                "channel": channel,
                "validity": validity,
                "received_by_id": organization.pk,
                "registered_on": day,
            }
            Appeal.objects.create(**values)


def topics() -> dict[str, int]:
    from appeals.models import AppealTopic

    return dict(AppealTopic.objects.values_list("code", "pk"))


class counting:
    """What the tests ask of `omsportal.zpz.counting`, at one moment."""

    @staticmethod
    def count(organization: Organization, table: str, period: Period) -> Filled:
        return official.count(organization, table, period, now=NOW).filled


@pytest.fixture
def known(cast: Cast, now: datetime) -> Cast:
    load_appeals()
    load_workdays((2025, 2026, 2027))
    load_consent_texts()
    load_form_rows()
    pattern = filed(filing(), now)
    copies(pattern, cast.insurer, 100, date(2026, 6, 30))
    # Next to the period and next to the organisation: none of these may count.
    copies(pattern, cast.insurer, 200, date(2026, 7, 1))
    copies(pattern, cast.second_insurer, 300, date(2026, 5, 1))
    copies(pattern, cast.fund, 400, date(2026, 4, 1))
    Appeal.objects.filter(pk=pattern.pk).update(registered_on=date(2026, 3, 31))
    return cast


def test_a_known_year_gives_its_known_cells(known: Cast) -> None:
    filled = counting.count(known.insurer, "1", QUARTER)
    columns = ("total", "insurer_oral", "insurer_written", "instructed")
    for row, figures in ANSWER.items():
        line = filled.line(row)
        assert line is not None
        assert tuple(line.cells[column] for column in columns) == figures, row
        assert (line.cells["insurer"], line.cells["fund"]) == (figures[0], 0), row
    of_fund = counting.count(known.fund, "1", QUARTER).line("1")
    assert of_fund is not None
    assert {k: v for k, v in of_fund.cells.items() if v} == {
        "total": 17,
        "fund": 17,
        "fund_oral": 7,
        "fund_written": 10,
    }
    for organization in (known.insurer, known.fund):
        table = counting.count(organization, "1", YEAR)
        assert checks.findings(table, period_over=True) == []
    year = counting.count(known.insurer, "1", YEAR).line("1")
    assert year is not None
    assert year.cells["total"] == 34


def test_the_form_agrees_with_plain_sql_and_with_its_rows(known: Cast, now: datetime) -> None:
    scope = known.scope("fund_admin")
    filled = counting.count(known.insurer, "1", QUARTER)
    rows = frozenset(line.row.code for line in filled.lines)
    with connection.cursor() as cursor:
        for row, kind, more in (
            (
                "3.1.5",
                "complaint",
                "AND a.validity = 'justified' AND (t.code = '3.1.5' OR t.code LIKE '3.1.5.%%')",
            ),
            ("3.1", "complaint", "AND a.validity IN ('justified', 'repeated')"),
            ("4", "consultation", ""),
        ):
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE a.form = 'oral') FROM appeals_appeal a"
                " JOIN appeals_appealtopic t ON t.id = a.topic_id WHERE a.received_by_id = %s AND a.kind = %s"
                " AND a.registered_on >= '2026-04-01' AND a.registered_on < '2026-07-01' " + more,
                [known.insurer.pk, kind],
            )
            total, oral = cursor.fetchone()
            line = filled.line(row)
            assert line is not None
            assert (line.cells["total"], line.cells["insurer_oral"]) == (total, oral), row
    counted = official.recount(known.insurer, "1", QUARTER, now=now)
    assert counted.run is not None
    facts = appeals_table.received(known.insurer, QUARTER, counted.run)
    for line in filled.lines:
        cell = facts.filter(appeals_table.behind(line.row.code, "insurer_written", rows))
        assert cell.count() == line.cells["insurer_written"], line.row.code
    own = official.count(known.fund, "1", QUARTER, now=now)
    report = zpz.open_report(
        organization=known.fund,
        table="1",
        period=QUARTER,
        filled=own.filled,
        scope=scope,
        now=now,
        run=own.run,
    )
    # A year later the figure leads to the same rows, whatever became of them.
    Appeal.objects.filter(received_by=known.fund, validity="justified").update(validity="unjustified")
    official.count(known.fund, "1", QUARTER, now=now + timedelta(days=365))
    version = reading.version_of(scope, report)
    found = drill.behind(scope, version, filled, row="3.1", column="total", after=0)
    assert (found.now, found.seen, len(found.rows)) == (1, 5, 5)
    assert {row.validity for row in found.rows} == {"justified", "repeated"}


def test_staff_are_counted_on_the_last_day_of_the_period(cast: Cast) -> None:
    load_form_rows()
    train(RepresentativeFactory(organization=cast.insurer, level=1))
    RepresentativeFactory(organization=cast.insurer, level=1, employment_type="contract")
    RepresentativeFactory(organization=cast.insurer, level=3, left_on=date(2026, 6, 30))
    RepresentativeFactory(organization=cast.insurer, level=2, hired_on=date(2026, 7, 1))
    RepresentativeFactory(organization=cast.second_insurer, level=2)
    filled = counting.count(cast.insurer, "9", QUARTER)
    figures = {line.row.code: tuple(line.cells.values()) for line in filled.lines}
    assert figures == {
        "5": (3, 2, 1),
        "5.1": (2, 1, 1),
        "5.1.1": (1, 1, 0),
        "5.2": (0, 0, 0),
        "5.2.1": (0, 0, 0),
        "5.3": (1, 1, 0),
        "5.3.1": (0, 0, 0),
    }
    assert checks.findings(filled, period_over=True) == []


def test_informing_by_programme_channel_and_round(cast: Cast) -> None:
    load_form_rows()
    load_dispensary()
    campaign = make_campaign(cast, insurer=cast.insurer)
    at = datetime(2026, 6, 30, 21, 30, tzinfo=UTC)  # half an hour before July in Kaliningrad
    after = datetime(2026, 6, 30, 22, 0, tzinfo=UTC)

    def invited(state: str, deadline: date, **more: Any) -> None:
        values = {"person": PersonFactory(insurer=cast.insurer), "channel": "sms"} | more
        Invitation.objects.create(
            campaign=campaign,
            region=cast.insurer.region,
            insurer=cast.insurer,
            clinic=cast.clinic,
            state=state,
            informing_deadline=deadline,
            **values,
        )

    invited("informed", date(2026, 6, 30), informed_at=at)
    invited("informed", date(2026, 9, 30), informed_at=at, channel="phone", round=2)
    invited("informed", date(2026, 4, 1), informed_at=after)
    invited("excluded", date(2026, 5, 1), channel="", excluded_reason="no_consent")
    invited("planned", date(2026, 7, 1))
    case = ObservationCase.objects.create(
        person=cast.maria,
        region=cast.insurer.region,
        insurer=cast.insurer,
        clinic=cast.clinic,
        icd10="I10",
        put_on=date(2025, 1, 1),
        visit_from=date(2026, 5, 1),
        visit_to=date(2026, 6, 1),
    )
    for outcome in ("no_answer", "visited"):
        ObservationContact.objects.create(
            case=case,
            window_to=date(2026, 6, 1),
            step="call",
            outcome=outcome,
            on_day=date(2026, 6, 2) if outcome == "visited" else None,
            by=cast.users["expert"],
            at=at,
        )
    filled = counting.count(cast.insurer, "10", QUARTER)
    column = {"dispensarization": "dispensarization", "preventive_exam": "exam"}[campaign.programme_id]
    figures = {
        line.row.measure: (line.cells.get(column), line.cells.get("observation"), line.cells["total"])
        for line in filled.lines
    }
    assert figures["due"] == (3, 1, 4)
    assert figures["excluded"] == (1, 0, 1)
    assert figures["informed"] == (2, 1, 3)
    assert (figures["informed:sms"], figures["informed:phone"]) == ((1, 0, 1), (1, 1, 2))
    assert figures["repeated"] == (1, 1, 2)
    found = {one.code for one in checks.findings(filled, period_over=True)}
    assert found == {"not_entered"}


def handed(cast: Cast, now: datetime, table: str = "9") -> ZpzReport:
    """A form of the insurer that the supervisor handed over."""
    scope = cast.scope("supervisor")
    counted = official.count(cast.insurer, table, Period(2026, "Q1"), now=now)
    report = zpz.open_report(
        organization=cast.insurer,
        table=table,
        period=Period(2026, "Q1"),
        filled=counted.filled,
        scope=scope,
        now=now,
        run=counted.run,
    )
    for action in (Action.CHECK, Action.SUBMIT):
        report = zpz.act(report_id=report.pk, action=action, scope=scope, now=now)
    return report


def test_a_form_goes_to_the_fund_and_comes_back_and_is_corrected(cast: Cast, now: datetime) -> None:
    load_form_rows()
    RepresentativeFactory(organization=cast.insurer, level=2)
    own, fund = cast.scope("supervisor"), cast.scope("fund_admin")
    report = handed(cast, now)
    with pytest.raises(workflow.Refusal, match="другая сторона"):
        zpz.act(report_id=report.pk, action=Action.ACCEPT, scope=own, now=now)
    with pytest.raises(workflow.Refusal, match="причин"):
        zpz.act(report_id=report.pk, action=Action.RETURN, scope=fund, now=now)
    report = zpz.act(report_id=report.pk, action=Action.RETURN, scope=fund, now=now, reason="Нет второго")
    assert (report.status, report.return_reason) == ("returned", "Нет второго")
    RepresentativeFactory(organization=cast.insurer, level=2)
    report = zpz.count(
        report_id=report.pk, filled=counting.count(cast.insurer, "9", report.span), scope=own, now=now
    )
    # The fund still sees the version it was given, not the draft that replaces it.
    assert reading.version_of(fund, report).number == 1
    assert reading.version_of(own, report).number == 2
    for action, scope in ((Action.CHECK, own), (Action.SUBMIT, own), (Action.ACCEPT, fund)):
        report = zpz.act(report_id=report.pk, action=action, scope=scope, now=now)
    assert (report.status, report.accepted_number) == ("accepted", 2)
    one, two = (version.filled for version in ZpzVersion.objects.filter(report=report))
    assert {(change.row, change.by) for change in differences.changes(one, two)} == {("5", 1), ("5.2", 1)}
    RepresentativeFactory(organization=cast.insurer, level=3)
    zpz.act(report_id=report.pk, action=Action.CORRECT, scope=own, now=now, reason="Третий уровень")
    zpz.count(report_id=report.pk, filled=counting.count(cast.insurer, "9", report.span), scope=own, now=now)
    whole = reading.consolidated(fund, "39", "9", report.span).filled.line("5")
    assert whole is not None
    assert whole.cells["total"] == 2
    steps = list(ZpzEvent.objects.filter(report=report).order_by("pk").values_list("action", flat=True))
    assert steps == [
        *("count", "check", "submit", "return", "count", "check", "submit", "accept", "correct", "count")
    ]


def test_the_region_adds_up_what_is_accepted_and_names_who_is_missing(cast: Cast, now: datetime) -> None:
    load_form_rows()
    for organization, people in ((cast.insurer, 2), (cast.second_insurer, 3), (cast.fund, 4)):
        RepresentativeFactory.create_batch(people, organization=organization, level=1)
    fund = cast.scope("fund_admin")
    report = handed(cast, now)
    zpz.act(report_id=report.pk, action=Action.ACCEPT, scope=fund, now=now)
    own = zpz.open_report(
        organization=cast.fund,
        table="9",
        period=report.span,
        filled=counting.count(cast.fund, "9", report.span),
        scope=fund,
        now=now,
    )
    zpz.act(report_id=own.pk, action=Action.CHECK, scope=fund, now=now)
    with pytest.raises(workflow.Refusal, match="утверждает сам"):
        zpz.act(report_id=own.pk, action=Action.SUBMIT, scope=fund, now=now)
    zpz.act(report_id=own.pk, action=Action.APPROVE, scope=fund, now=now)
    whole = reading.consolidated(fund, "39", "9", report.span)
    line = whole.filled.line("5.1")
    assert line is not None
    assert line.cells["total"] == 6
    assert whole.missing == [cast.second_insurer]


def update_now(report: ZpzReport, **values: Any) -> None:
    """Deferred keys speak at once."""
    ZpzReport.objects.filter(pk=report.pk).update(**values)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_holds_the_states_and_the_story(cast: Cast, now: datetime) -> None:
    load_form_rows()
    RepresentativeFactory(organization=cast.insurer)
    report = handed(cast, now)
    for broken, constraint in (
        ({"status": "accepted"}, "zpzreport_accepted"),
        ({"status": "returned"}, "zpzreport_returned"),
        ({"accepted_number": 9}, "zpzreport_numbers"),
        ({"number": 2}, "zpzreport_handed_over"),
        ({"year": 1999}, "zpzreport_what"),
        ({"region_id": "26"}, "zpzreport_region_of_organization"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            update_now(report, **broken)
    for model in (ZpzVersion, ZpzEvent):
        with pytest.raises(Exception, match="append"), transaction.atomic():
            model.objects.filter(report=report).delete()  # type: ignore[attr-defined]


def test_what_changed_after_handing_over_is_explained(known: Cast, now: datetime) -> None:
    later = filed(filing(), now)
    judged, moved, gone, quiet = (filed(filing(), now) for _ in range(4))
    in_march = {"received_by": known.insurer, "registered_on": date(2026, 3, 30)}
    Appeal.objects.filter(pk__in=[one.pk for one in (judged, moved, gone, quiet)]).update(**in_march)
    report = handed(known, now, table="1")
    version = reading.version_of(known.scope("supervisor"), report)
    Appeal.objects.filter(pk=later.pk).update(**in_march)
    Appeal.objects.filter(pk=judged.pk).update(validity="justified")
    Appeal.objects.filter(pk=moved.pk).update(kind="consultation", topic=topics()["4.5"], validity="")
    Appeal.objects.filter(pk=gone.pk).update(registered_on=date(2026, 4, 1))
    Appeal.objects.filter(pk=quiet.pk).update(validity="unjustified")  # moves no figure
    counted = official.count(known.insurer, "1", report.span, now=now)
    found = differences.changes(version.filled, counted.filled)
    by_row = {one.row: one.by for one in found if one.column == "total"}
    assert by_row == {"3": -1, "3.1": 1, "3.1.6": 1, "4": 1, "4.5": 1}
    assert version.run is not None
    assert counted.run is not None
    scope = known.scope("supervisor")
    told = explaining.explain(scope, report, counted.filled, version.run, counted.run)
    assert [cause.appeals for cause in told.causes] == [1, 1, 1, 1]
    assert {fact.appeal_id for fact in told.moved} == {one.pk for one in (later, judged, moved, gone)}
    assert explaining.explain(scope, report, counted.filled, counted.run, counted.run).causes == []
    page = client_of(known, "supervisor").get(f"/region/forms/{report.pk}/changes/")
    assert later.number in page.content.decode()


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
