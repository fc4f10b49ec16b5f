"""The forms with a database: counted against plain SQL and drilled to the row."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from appeals.models import Appeal
from dispensary.load import load_reference as load_dispensary
from dispensary.models import Invitation, ObservationCase, ObservationContact
from omsportal.zpz import appeals_table, drill, reading
from omsportal.zpz import counting as official
from representatives.load import load_form_rows
from representatives.services import zpz
from representatives.zpz import checks
from tests.cast import Cast
from tests.dispensary.factories import make_campaign
from tests.factories import PersonFactory
from tests.representatives.factories import RepresentativeFactory, train
from tests.zpz.world import ANSWER, QUARTER, YEAR, counting


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
