"""The staffing report: the sample adds up to the published figures, and to our own SQL."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from registry import load as registry_load
from registry import sample as registry_sample
from registry.models import InsuredCount, Organization
from registry.scoping import Grant, Role, Scope
from representatives import load, sample
from representatives.models import DirectLine, DutyPost, Representative
from representatives.selectors import people_page, staffing
from representatives.staffing import Counts, Line, Norm, known_sum, needed
from tests.representatives.factories import RepresentativeFactory, norm, train

NOW = datetime(2026, 6, 2, 8, tzinfo=UTC)
ON = date(2026, 6, 2)
SAMPLE_REGIONS = ("26", "39", "42")


def fund_scope(*regions: str) -> Scope:
    return Scope(user_id=1, grants=tuple(Grant(Role.FUND_ADMIN, region=code) for code in regions))


@pytest.fixture
def seeded(db: None) -> None:
    registry_load.load_reference()
    registry_sample.seed_parties()
    load.load_reference()
    sample.seed(now=NOW, seed=1)


@pytest.mark.usefixtures("seeded")
def test_the_sample_shows_the_published_figures() -> None:
    report = staffing(fund_scope(*SAMPLE_REGIONS), ON)
    kaliningrad, stavropol = report.region("39"), report.region("26")
    assert kaliningrad is not None
    assert stavropol is not None
    assert [line.counts.people for line in kaliningrad.lines] == [65, 26, 11]
    assert {name: counts.people for name, counts in kaliningrad.lines[0].centres.items()} == {
        "regional": 17,
        "federal": 48,
    }
    assert kaliningrad.total.people == 102
    assert [line.counts.people for line in stavropol.lines] == [86, 45, 12]
    assert stavropol.total.people == 143
    # 1,030,000 insured against 41,000 / 35,000 / 142,000, rounded up.
    assert [line.needed for line in kaliningrad.lines] == [26, 30, 8]
    assert [line.balance for line in kaliningrad.lines] == [39, -4, 3]
    assert kaliningrad.shortage == 4
    assert not any(line.norm.confirmed for line in kaliningrad.lines if line.norm)


PLAIN_SQL = """
SELECT r.region_id, o.code, r.level, count(*),
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM representatives_training t WHERE t.representative_id = r.id
           AND t.passed_on <= %(on)s AND coalesce(t.valid_to, 'infinity') >= %(on)s)),
       count(*) FILTER (WHERE r.employment_type = 'staff'), count(*) FILTER (WHERE r.employment_type = 'contract')
FROM representatives_representative r JOIN registry_organization o ON o.id = r.organization_id
WHERE r.hired_on <= %(on)s AND coalesce(r.left_on, 'infinity') >= %(on)s
GROUP BY 1, 2, 3
"""


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("on", [date(2019, 3, 1), date(2023, 8, 15), ON])
def test_the_report_equals_plain_sql_and_adds_up(on) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_SQL, {"on": on})
        plain = {row[:3]: Counts(*row[3:]) for row in cursor.fetchall()}
    report = staffing(fund_scope(*SAMPLE_REGIONS), on)
    shown = {
        (region.code, one.code, line.level): line.counts
        for region in report.regions
        for one in region.organizations
        for line in one.lines
        if line.counts.people
    }
    assert shown == plain
    for region in report.regions:
        assert region.total == sum((one.total for one in region.organizations), Counts())
        for line in region.lines:
            if line.level == 1:
                assert sum(line.centres.values(), Counts()) == line.counts


@pytest.mark.usefixtures("seeded")
def test_the_people_behind_a_number_are_as_many_as_the_number() -> None:
    scope = fund_scope("39")
    for line in staffing(scope, ON).regions[0].lines:
        for trained, count in (
            ("", line.counts.people),
            ("yes", line.counts.trained),
            ("no", line.counts.untrained),
        ):
            people, after = people_page(
                scope, on=ON, region="39", filters={"level": line.level}, trained=trained
            )
            assert (len(people), after) == (count, "")


@pytest.mark.usefixtures("seeded")
def test_pages_of_people_meet_without_a_gap() -> None:
    scope, names, after = fund_scope("26"), [], ""
    while True:
        people, after = people_page(scope, on=ON, region="26", filters={}, after=after)
        names += [one.pk for one in people]
        if not after:
            break
    assert len(names) == len(set(names)) == 143


@pytest.mark.usefixtures("seeded")
def test_the_sample_is_the_same_for_the_same_seed() -> None:
    def everybody() -> list[tuple[object, ...]]:
        return list(
            Representative.objects.order_by("sort_key", "hired_on").values_list(
                "sort_key", "hired_on", "email"
            )
        )

    first = everybody()
    Representative.objects.all().delete()
    DirectLine.objects.all().delete()
    sample.seed(now=NOW, seed=1)
    assert everybody() == first


@pytest.mark.usefixtures("seeded")
def test_each_clinic_of_kaliningrad_has_a_direct_line() -> None:
    lines = DirectLine.objects.filter(clinic__region="39")
    assert (lines.count(), lines.filter(audience="children").count()) == (38, 9)
    assert DutyPost.objects.filter(clinic__region="39").values("clinic").distinct().count() == 38


def test_who_left_counts_to_the_last_day(cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer, hired_on=date(2024, 5, 6), left_on=ON)
    RepresentativeFactory(organization=cast.insurer, hired_on=date(2026, 6, 3))
    train(one, passed_on=date(2024, 6, 1), valid_to=date(2026, 6, 1))

    def level_two(on: date) -> tuple[int, int]:
        counts = staffing(fund_scope("39"), on).regions[0].lines[1].counts
        return counts.people, counts.trained

    assert level_two(date(2024, 5, 5)) == (0, 0)
    assert level_two(date(2024, 5, 6)) == (1, 0)
    assert level_two(date(2026, 6, 1)) == (1, 1)
    assert level_two(ON) == (1, 0)
    assert level_two(date(2026, 6, 3)) == (1, 0)  # the one who came; the other is gone


def test_a_region_of_its_own_norm_and_an_unknown_number_of_insured(cast) -> None:
    RepresentativeFactory(organization=cast.insurer)
    norm(2, 35_000)
    norm(2, 1_000, region=cast.insurer.region, valid_from=date(2026, 6, 1))
    InsuredCount.objects.create(organization=cast.insurer, insured=2_001, valid_from=date(2026, 1, 1))
    region = staffing(fund_scope("39"), ON).regions[0]
    own = next(one for one in region.organizations if one.organization_id == cast.insurer.pk)
    assert (own.lines[1].needed, own.lines[1].balance) == (3, -2)
    # The second insurer's number is not known, so the region's is not either.
    assert (region.insured, region.lines[1].needed, region.shortage) == (None, None, None)
    InsuredCount.objects.create(organization=cast.second_insurer, insured=999, valid_from=date(2026, 1, 1))
    region = staffing(fund_scope("39"), ON).regions[0]
    assert (region.insured, region.lines[1].needed, region.shortage) == (3_000, 3, 2)
    assert staffing(fund_scope("39"), date(2026, 5, 31)).regions[0].lines[1].needed == 1


def test_the_people_of_a_fund_count_in_the_region_and_against_no_norm(cast) -> None:
    RepresentativeFactory(organization=cast.fund, level=1)
    for insurer in (cast.insurer, cast.second_insurer):
        InsuredCount.objects.create(organization=insurer, insured=10_000, valid_from=date(2026, 1, 1))
    norm(1, 10_000)
    region = staffing(fund_scope("39"), ON).regions[0]
    fund = next(one for one in region.organizations if one.is_fund)
    assert (fund.lines[0].counts.people, fund.lines[0].needed) == (1, None)
    assert (region.lines[0].counts.people, region.lines[0].needed, region.insured) == (1, 2, 20_000)


def test_a_supervisor_sees_the_own_organisation_only(cast) -> None:
    RepresentativeFactory(organization=cast.insurer)
    RepresentativeFactory(organization=cast.second_insurer)
    (region,) = staffing(cast.scope("supervisor"), ON).regions
    assert [one.organization_id for one in region.organizations] == [cast.insurer.pk]
    assert (region.whole, region.total.people) == (False, 1)


@pytest.mark.parametrize(
    "name", ["citizen", "operator", "expert", "clinic_staff", "fund_operator", "auditor"]
)
def test_others_see_nothing(cast, name) -> None:
    RepresentativeFactory(organization=cast.insurer)
    assert staffing(cast.scope(name), ON).regions == ()


def test_queries_do_not_grow_with_people_and_organisations(cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            staffing(fund_scope("39", "26"), ON)
        return len(captured)

    before = queries()
    for insurer in Organization.objects.all():
        RepresentativeFactory.create_batch(5, organization=insurer, level=1)
    assert queries() == before <= 5


@given(st.integers(0, 10**8), st.integers(1, 10**6))
def test_the_need_is_the_smallest_number_that_keeps_the_norm(insured, norm_value) -> None:
    people = needed(insured, norm_value)
    assert people * norm_value >= insured
    assert (people - 1) * norm_value < insured or people == 0


def test_small_sums() -> None:
    assert known_sum([]) is None
    assert known_sum([1, None]) is None
    assert known_sum([0, 2]) == 2
    with pytest.raises(ValueError, match="above zero"):
        needed(1, 0)
    line = Line(2, Counts(2, 1, 2, 0), insured=5, norm=Norm(2, 5, "", False))
    assert (line.insured_per_representative, line.needed, line.balance, line.shortage) == (3, 1, 1, 0)
