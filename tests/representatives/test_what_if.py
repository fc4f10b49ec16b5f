"""«What if»: measured from the roll-up, which adds up to the cases, and open to whoever answers for staff."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appeals.load import load_reference
from appeals.models import Appeal
from omsportal.what_if.counting import calls_answer, cases_answer
from omsportal.what_if.incoming import refresh
from registry.load import load_workdays
from registry.models import Organization
from representatives.load_curve import EVEN, measured
from representatives.models import IncomingCount
from tests.appeals.factories import about, filed, question
from tests.cast import Cast
from tests.representatives.factories import RepresentativeFactory
from tests.representatives.test_pages import client_of

TODAY = date(2026, 6, 2)
URL = "/region/what-if/"


@pytest.fixture
def reference(db: None) -> None:
    load_reference()
    load_workdays((2025, 2026, 2027))


def own(cast: Cast):
    return Organization.objects.filter(pk=cast.insurer.pk)


@pytest.mark.usefixtures("reference")
def test_the_roll_up_adds_up_and_may_be_made_twice(cast: Cast, now: datetime) -> None:
    filed(about(cast, topic="3.1.4"), now)
    for hours in (0, 0, 5):
        filed(question(cast, channel="phone"), now + timedelta(hours=hours))
    # 23:30 of the day before by the clock of Moscow, 22:30 in Kaliningrad.
    filed(question(cast, channel="voice_message"), datetime(2026, 6, 1, 20, 30, tzinfo=UTC))
    for _ in range(2):
        refresh(today=TODAY)
        rows = IncomingCount.objects.order_by("day", "hour", "kind").values_list(
            "day", "hour", "kind", "level", "count"
        )
        assert list(rows) == [
            (date(2026, 6, 1), 22, "call", 1, 1),
            (TODAY, 10, "call", 1, 2),
            (TODAY, 10, "written", 2, 1),
            (TODAY, 15, "call", 1, 1),
        ]
    assert sum(row[4] for row in rows) == Appeal.objects.count()


@pytest.mark.usefixtures("reference")
def test_a_working_day_is_measured(cast: Cast) -> None:
    tuesday, sunday = date(2026, 5, 26), date(2026, 5, 24)

    def came(day: date, hour: int, count: int, kind: str = "call", level: int = 1) -> None:
        IncomingCount.objects.create(
            organization=cast.insurer, day=day, hour=hour, kind=kind, level=level, count=count
        )

    came(tuesday, 9, 60)
    came(tuesday, 14, 20)
    came(sunday, 9, 1000)
    came(TODAY, 9, 1000)
    came(tuesday, 9, 30, "written", 2)
    came(sunday, 3, 32, "written", 2)
    found = measured(own(cast), "39", on=TODAY)
    assert found.curve == {9: 0.75, 14: 0.25}
    assert (found.calls, found.is_even) == (80, False)
    assert found.calls_a_day == 80 / found.working_days
    assert found.cases == {2: 62 / found.working_days}
    assert 55 <= found.working_days <= 63
    IncomingCount.objects.filter(day=tuesday, hour=14).delete()
    IncomingCount.objects.filter(day=tuesday, hour=9, kind="call").update(count=49)
    few = measured(own(cast), "39", on=TODAY)
    assert (few.is_even, few.curve) == (True, EVEN)


VALUES = {
    "calls": 900, "handling": 240, "people": 10, "target": 20, "share": 80, "patience": 0, "away": 20,
    "cases2": 6, "hours2": 3, "level2": 5, "cases3": 1, "hours3": 8, "level3": 3, "hours": 5, "term": 30,
}  # fmt: skip


def test_the_day_of_calls_is_weighted_by_the_hours() -> None:
    answer = calls_answer(VALUES, {9: 0.5, 10: 0.3, 12: 0.2})
    assert [row.hour for row in answer.rows] == [9, 10, 11, 12]
    assert [row.calls for row in answer.rows] == [450, 270, 0, 180]
    # 30 erlangs on 10 people: nobody is answered in time, the queue only grows.
    assert (answer.rows[0].found.answered_in_time, answer.rows[0].wait) == (0.0, None)
    in_time = [row.found.answered_in_time for row in answer.rows]
    assert answer.in_time == pytest.approx(0.5 * in_time[0] + 0.3 * in_time[1] + 0.2 * in_time[3])
    assert answer.peak == max(row.needed for row in answer.rows) == answer.rows[0].needed
    assert calls_answer(VALUES | {"calls": 0}, EVEN).in_time is None


def test_fewer_and_more_specialists_stand_beside_the_team() -> None:
    answer = cases_answer(VALUES)
    assert [team.level2 for team, _ in answer.around] == [3, 4, 5, 6, 7]
    assert answer.outcome == answer.around[2][1]
    shares = [found.in_time or 0 for _, found in answer.around]
    assert shares[0] < shares[-1]


def test_who_may_ask(cast: Cast) -> None:
    allowed = {"fund_admin", "supervisor", "foreign_fund_admin", "foreign_supervisor"}
    for name in cast.users:
        assert client_of(cast, name).get(URL).status_code == (200 if name in allowed else 404), name
    assert client_of(cast, "fund_admin").get(URL, {"region": "26"}).status_code == 404
    code = cast.second_insurer.code
    page = client_of(cast, "supervisor").get(URL, {"organization": code})
    assert list(page.context["form"].errors) == ["organization"]


def test_the_page_starts_from_the_people_there_are(cast: Cast) -> None:
    RepresentativeFactory.create_batch(10, organization=cast.insurer, level=1)
    RepresentativeFactory.create_batch(3, organization=cast.second_insurer, level=2)
    client = client_of(cast, "fund_admin")
    form = client.get(URL).context["form"]
    assert (form.cleaned_data["people"], form.cleaned_data["level2"]) == (8, 3)
    own_form = client.get(URL, {"organization": cast.insurer.code}).context["form"]
    assert (own_form.cleaned_data["people"], own_form.cleaned_data["level2"]) == (8, 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"calls": "-1"}, "calls"),
        ({"handling": "0"}, "handling"),
        ({"share": "100"}, "share"),
        ({"people": "много"}, "people"),
        ({"level2": "1e9"}, "level2"),
        ({"hours": "nan"}, "hours"),
        ({"calls": "100000", "handling": "3600", "patience": "0"}, "calls"),
    ],
)
def test_impossible_figures_are_refused_beside_their_field(
    cast: Cast, query: dict[str, str], field: str
) -> None:
    page = client_of(cast, "supervisor").get(URL, query)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert "calls" not in page.context


def test_the_page_reads_the_roll_up_alone(cast: Cast) -> None:
    client = client_of(cast, "fund_admin")
    client.get(URL)
    with CaptureQueriesContext(connection) as captured:
        client.get(URL)
    assert len(captured) <= 16
    assert not [query for query in captured if "appeals_appeal" in query["sql"]]
