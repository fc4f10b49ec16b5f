"""The coverage report against sums written down independently, in plain SQL over the invitations themselves."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dispensary import coverage_counting, coverage_report, services, work
from dispensary.coverage_report import SPLITS, STATES, Query
from dispensary.models import Campaign, CoverageCount, CoverageTarget, Invitation
from registry.models import AccessRecord
from tests.cast import Cast
from tests.dispensary.factories import due_person, make_campaign
from tests.factories import ClinicFactory

pytestmark = pytest.mark.django_db

# One row of the report each, by hand: nothing of the portal's own statements is used.
_BY: dict[str, str] = {
    "programme": "c.programme_id",
    "insurer": "i.insurer_id::text",
    "clinic": "coalesce(i.clinic_id::text, 'none')",
    "age": "CASE WHEN p.birth_date > '1961-12-31' THEN (CASE WHEN p.birth_date > '1986-12-31' THEN '18' ELSE '40' END)"
    " ELSE '65' END",
    "channel": "CASE i.channel WHEN '' THEN 'none' ELSE i.channel END",
    "month": "to_char(i.informing_deadline, 'YYYY-MM') || '-01'",
}
_SQL = """
SELECT {by}, count(*), sum((i.state = 'informed')::int), sum((i.state = 'excluded')::int),
    sum((i.state = 'failed')::int), sum((i.state NOT IN ('informed', 'excluded', 'failed'))::int),
    sum((i.state = 'informed' AND i.came_on IS NOT NULL)::int), sum((i.came_on IS NOT NULL)::int)
FROM dispensary_invitation i, dispensary_campaign c, registry_insuredperson p
WHERE i.campaign_id = c.id AND p.id = i.person_id AND i.round = 1 AND c.year = 2026 GROUP BY 1
"""
_MIX = """
UPDATE dispensary_invitation SET
    state = (ARRAY['informed', 'failed', 'listed', 'planned', 'informed'])[1 + id % 5],
    informed_at = CASE WHEN id % 5 IN (0, 4) THEN timestamptz '2026-06-01' END,
    came_on = CASE WHEN id % 3 = 0 THEN date '2026-06-10' END,
    informing_deadline = date '2026-06-20' + (id % 4)::int * 20
WHERE state <> 'excluded'
"""


@pytest.fixture
def campaign(cast: Cast, now: datetime) -> Campaign:
    other = ClinicFactory(region=cast.insurer.region)
    for number in range(24):
        born = date((1950, 1961, 1962, 1986)[number % 4], 12, 31)
        due_person(
            cast,
            *[("sms",), ("phone",), ()][number % 3],
            birth_date=born,
            clinic=other if number % 2 else cast.clinic,
        )
    campaign = make_campaign(cast, holdout_percent=30)
    services.plan(campaign=campaign, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_MIX)
    work.collect_all(now=now)
    assert coverage_counting.count_all(now=now) == 1
    assert coverage_counting.count_all(now=now + timedelta(hours=1)) == 0, "nothing has changed since"
    campaign.refresh_from_db()
    return campaign


def by_hand(by: str) -> dict[str, tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(by=_BY[by]))
        return {key: tuple(numbers) for key, *numbers in cursor.fetchall()}


def shown(report: coverage_report.Report) -> Iterator[tuple[str, tuple[int, ...]]]:
    for line in report.lines:
        one = line.counts
        numbers = (one.planned, one.informed, one.excluded, one.failed, one.pending, one.came, one.attended)
        yield line.key, numbers


def test_every_split_is_what_plain_sql_finds_and_every_figure_opens_its_rows(
    cast: Cast, campaign: Campaign, now: datetime, django_assert_max_num_queries: Any
) -> None:
    scope = cast.scope("supervisor")
    whole = set(Invitation.objects.values_list("pk", flat=True))
    for by in SPLITS:
        with django_assert_max_num_queries(8):
            report = coverage_report.report(Query(year=2026, by=by), scope, today=now.date())
        assert dict(shown(report)) == by_hand(by), by
        assert (report.problems, report.stated, report.total.counts.planned) == ((), len(whole), len(whole))
        found: set[int] = set()
        for line in report.lines:
            for outcome in STATES:
                rows = coverage_report.people(report.query.narrowed(line.key), outcome, scope).rows
                assert len(rows) == getattr(line.counts, outcome), (by, line.key, outcome)
                found |= {row.pk for row in rows} if outcome == "planned" else set()
        assert found == whole, by


def test_the_plan_in_force_and_the_worth_of_inviting(cast: Cast, campaign: Campaign, now: datetime) -> None:
    scope = cast.scope("fund_admin")
    (line,) = coverage_report.report(Query(year=2026), scope, today=now.date()).lines
    assert line.target == 63
    given = {
        "programme_id": "dispensarization",
        "valid_from": date(2026, 1, 1),
        "source": "приказ",
        "confirmed": True,
    }
    CoverageTarget.objects.create(region=cast.insurer.region, share=70, **given)
    report = coverage_report.report(Query(year=2026, by="channel"), scope, today=now.date())
    assert (report.total.target, report.lines[0].target) == (None, None), "several programmes may be mixed"
    narrowed = coverage_report.report(Query(year=2026, programme="dispensarization"), scope, today=now.date())
    assert narrowed.total.target == 70
    left_out = Invitation.objects.filter(excluded_reason="hold_out")
    found = report.total.counts.uplift
    assert found is not None
    assert (found.left_out.people, found.left_out.came) == (left_out.count(), 0)


def test_pages_of_people_turn_and_lose_nobody(
    cast: Cast, campaign: Campaign, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr(coverage_report, "PAGE", 5)
    scope, after, seen = cast.scope("supervisor"), "", []
    while True:
        page = coverage_report.people(Query(year=2026), "planned", scope, after=after)
        seen += [row.pk for row in page.rows]
        after = page.after
        if not after:
            break
    assert sorted(seen) == sorted(Invitation.objects.values_list("pk", flat=True))


def test_pages_files_and_api_show_the_same_and_strangers_nothing(
    cast: Cast, campaign: Campaign, now: datetime
) -> None:
    client = Client()
    client.force_login(cast.users["supervisor"])
    address = "?year=2026&by=clinic&age=40&month=13&clinic=x"
    page = client.get(reverse("dispensary:coverage") + address)
    assert page.status_code == 200
    planned = CoverageCount.objects.filter(age_group=40).values_list("planned", flat=True)
    report = page.context["report"]
    assert report.total.counts.planned == sum(planned)
    assert report.query.month == report.query.clinic == ""
    answer = client.get("/api/v1/coverage/" + address).json()
    assert answer["total"]["planned"] == sum(planned)
    text = client.get(reverse("dispensary:coverage-csv") + address).content.decode("utf-8-sig")
    assert text.splitlines()[-1].split(";")[:2] == ["Всего", str(sum(planned))]
    sheet = client.get(reverse("dispensary:coverage-xlsx") + address).content
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert rows[-1][:2] == ["Всего", sum(planned)]
    people = client.get(reverse("dispensary:coverage-people") + address + "&outcome=planned")
    assert len(people.context["page"]) == sum(planned)
    assert AccessRecord.objects.get().rows == sum(planned)
    assert client.get(reverse("dispensary:coverage-people") + "?outcome=all").status_code == 404
    other = Client()
    other.force_login(cast.users["foreign_supervisor"])
    assert other.get(reverse("dispensary:coverage") + address).context["report"].lines == []
    other.force_login(cast.users["clinic_staff"])
    assert other.get(reverse("dispensary:coverage")).status_code == 404
