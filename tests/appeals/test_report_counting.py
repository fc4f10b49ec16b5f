"""The count against plain SQL, and its figures a while later."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection

from appeals import sample, services
from appeals.actors import Actor
from appeals.models import AppealChange, AppealFact, AppealSum, CountRun, Solved
from appeals.models.following import AppealSurvey
from appeals.reports.counting import count_appeals
from appeals.reports.dimensions import DIMENSIONS, ROWS, WHOLE
from appeals.reports.measures import COUNTS, Sums
from appeals.reports.query import Owner, Period, Query, WrongQuery
from appeals.reports.reading import breakdown, by_month, crossed, facts_of, place_of, rows_behind, whole
from registry.models import Organization
from registry.sample import seed_parties, seed_people
from registry.scoping import EMPTY_SCOPE
from representatives.sample import seed as seed_representatives
from tests.appeals.conftest import put_reference
from tests.appeals.factories import about, filed
from tests.factories import RegionFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 2, 8, tzinfo=UTC)
TODAY = NOW.date()
YEAR = Period(date(2025, 6, 1), date(2026, 6, 2))
# Days in the middle of months: nothing of it is a whole month's sum.
ODD = Period(date(2026, 1, 17), date(2026, 5, 9))

PLAIN = """
SELECT {value}, count(*), count(*) FILTER (WHERE a.kind = 'consultation'), count(*) FILTER (WHERE a.kind = 'complaint'),
       count(*) FILTER (WHERE a.form = 'written'),
       count(*) FILTER (WHERE a.validity IN ('justified', 'repeated', 'unjustified')),
       count(*) FILTER (WHERE a.validity IN ('justified', 'repeated')),
       count(*) FILTER (WHERE a.answered_at IS NOT NULL),
       count(*) FILTER (WHERE a.answered_at <= a.due_at), count(*) FILTER (WHERE a.answered_at > a.due_at),
       count(*) FILTER (WHERE a.closed_at IS NULL AND a.state NOT IN ('answered', 'forwarded', 'declined')),
       count(*) FILTER (WHERE a.closed_at IS NULL AND a.state NOT IN ('answered', 'forwarded', 'declined')
                        AND a.due_at < %(now)s),
       count(*) FILTER (WHERE a.forwarded_at IS NOT NULL), count(*) FILTER (WHERE a.decline_ground <> ''),
       count(*) FILTER (WHERE a.state = 'withdrawn'), count(*) FILTER (WHERE a.validity = 'repeated'),
       count(*) FILTER (WHERE h.n > 0), count(s.satisfaction), count(*) FILTER (WHERE s.solved = 'yes'),
       coalesce(sum(s.satisfaction), 0)
  FROM appeals_appeal a JOIN registry_region r ON r.code = a.region_id
  JOIN appeals_appealtopic t ON t.id = a.topic_id
  LEFT JOIN appeals_appealsurvey s ON s.appeal_id = a.id AND s.given_at IS NOT NULL
  LEFT JOIN (SELECT appeal_id, count(*) n FROM appeals_handover WHERE state = 'accepted' GROUP BY 1) h
         ON h.appeal_id = a.id
 WHERE a.{column} = %(key)s AND a.registered_on BETWEEN %(first)s AND %(last)s
 GROUP BY 1
"""
DAYS = """
SELECT (a.answered_at AT TIME ZONE r.time_zone)::date - (a.clock_from AT TIME ZONE r.time_zone)::date, count(*)
  FROM appeals_appeal a JOIN registry_region r ON r.code = a.region_id
 WHERE a.region_id = '39' AND a.answered_at IS NOT NULL AND a.registered_on BETWEEN %s AND %s GROUP BY 1
"""
VALUES = {
    WHOLE: "''", "kind": "a.kind", "topic": "t.code", "form": "a.form", "channel": "a.channel",
    "organization": "a.organization_id::text", "insurer": "a.insurer_id::text",
    "clinic": "coalesce(a.clinic_id::text, '')", "level": "coalesce(a.level::text, '')", "validity": "a.validity",
}  # fmt: skip


def plain(query: Query, dimension: str) -> dict[str, Sums]:
    column = {"R": "region_id", "O": "organization_id", "C": "clinic_id"}[query.owner.kind]
    values = {"now": NOW, "key": query.owner.key, "first": query.period.first, "last": query.period.last}
    with connection.cursor() as cursor:
        cursor.execute(PLAIN.format(value=VALUES[dimension], column=column), values)
        return {row[0]: Sums(**dict(zip(COUNTS, row[1:], strict=True))) for row in cursor.fetchall()}


def counts(found: dict[str, Sums]) -> dict[str, dict[str, int]]:
    return {value: {name: getattr(sums, name) for name in COUNTS} for value, sums in found.items()}


@pytest.fixture
def sampled() -> CountRun:
    for code in ("39", "26", "42"):
        RegionFactory(code=code)
    put_reference()
    seed_parties()
    seed_people(insured=1000, seed=1, now=NOW, report=lambda line: None)
    seed_representatives(now=NOW, seed=1)
    sample.seed(now=NOW, seed=1, appeals=700, report=lambda line: None)
    return count_appeals(now=NOW)


def test_every_figure_of_the_sample_is_that_of_plain_sql(sampled) -> None:
    """Whole months from the sums, odd days from the facts, each dimension, each kind of owner, and the rows."""
    office = AppealFact.objects.exclude(organization=None).values_list("organization_id", flat=True)[0]
    clinic = AppealFact.objects.exclude(clinic=None).values_list("clinic_id", flat=True)[0]
    owners = [Owner("R", "39"), Owner("R", "26"), Owner("O", str(office)), Owner("C", str(clinic))]
    for query in (Query(owner, period, sampled.pk) for owner in owners for period in (YEAR, ODD)):
        for dimension in VALUES:
            assert counts(breakdown(query, dimension, TODAY)) == counts(plain(query, dimension)), (
                query,
                dimension,
            )
        # Sums and facts are two ways to one answer, in every dimension.
        for dimension in DIMENSIONS:
            direct = {key[0]: sums for key, sums in crossed(facts_of(query), (dimension,)).items()}
            assert breakdown(query, dimension, TODAY) == direct, (query, dimension)
    region = Query(owners[0], YEAR, sampled.pk)
    known = whole(region, TODAY)
    for measure in ROWS:
        behind, after = rows_behind(region, measure, limit=5_000)
        assert (len(behind), after) == (getattr(known, measure), "")
    assert sum((part for part in by_month(region, TODAY).values()), Sums()) == known
    with connection.cursor() as cursor:
        cursor.execute(DAYS, [YEAR.first, YEAR.last])
        assert known.days_taken == dict(cursor.fetchall())
    # The yardstick: the press gives Stavropol 96.9 % consultations and 3.1 % complaints.
    maker = sample.Maker(NOW, Random(1))
    kinds = Counter(maker._kind_as_published(maker.places[0]) for _ in range(1500))
    shown = Sums(consultations=kinds["consultation"], complaints=kinds["complaint"])
    assert (shown.consultation_share, shown.complaint_share) == (96.9, 3.1)
    assert known.repeated + known.handed_over + known.surveyed + known.overdue > 4


def test_filters_narrow_to_the_cell_and_its_rows_page_without_a_gap(sampled) -> None:
    query = Query(Owner("R", "39"), YEAR, sampled.pk)
    for dimension in DIMENSIONS:
        for value, sums in breakdown(query, dimension, TODAY).items():
            narrow = query.narrowed(dimension, value)
            if dimension != "topic":
                assert whole(narrow, TODAY) == sums, (dimension, value)
    complaints = query.narrowed("kind", "complaint")
    topics = breakdown(complaints, "topic", TODAY)
    heading = whole(complaints.narrowed("topic", "3.1"), TODAY)
    assert heading.appeals == sum(
        sums.appeals for code, sums in topics.items() if code == "3.1" or code.startswith("3.1.")
    )
    seen, after = [], ""
    while True:
        rows, after = rows_behind(query, "answered", after=after, limit=17)
        seen += [row.appeal_id for row in rows]
        if not after:
            break
    assert len(seen) == len(set(seen)) == whole(query, TODAY).answered
    for wrong in (query.narrowed("colour", "red"), query):
        with pytest.raises(WrongQuery):
            rows_behind(wrong, "nonsense")
    with pytest.raises(WrongQuery):
        rows_behind(query, "appeals", after="yesterday.1")


@pytest.fixture
def small(cast, reference, clock):
    """Two complaints of Maria's insurer, counted on the day they came."""
    appeals = [filed(about(cast), NOW - timedelta(days=1)) for _ in range(2)]
    return cast, appeals, count_appeals(now=NOW)


def test_a_figure_stays_what_it_was_though_the_appeal_went_on(small) -> None:
    cast, (first, second), before = small
    owner = Owner("O", str(first.organization_id))
    period = Period(date(2026, 6, 1), date(2026, 6, 30))
    old = Query(owner, period, before.pk)
    was, rows_were = whole(old, TODAY), rows_behind(old, "open")[0]
    assert (was.appeals, was.open, was.answered) == (2, 2, 0)
    later = NOW + timedelta(days=3)
    actor = Actor.of(cast.scope("supervisor"))
    services.take(appeal_id=first.pk, actor=actor, now=later)
    services.answer(appeal_id=first.pk, text="Ответ", validity="justified", actor=actor, now=later)
    after = count_appeals(now=later)
    assert after.changed == 1
    new = Query(owner, period, after.pk)
    now_is = whole(new, later.date())
    assert (now_is.appeals, now_is.open, now_is.answered, now_is.justified) == (2, 1, 1, 1)
    assert now_is.days_taken == {4: 1}
    # A survey, and nothing but a day that passes.
    AppealSurvey.objects.filter(appeal=first).delete()
    AppealSurvey.objects.create(
        appeal=first, answered_at=later, given_at=later, solved=Solved.YES, satisfaction=5
    )
    assert count_appeals(now=later).changed == 1
    overdue = count_appeals(now=NOW + timedelta(days=60))
    assert overdue.changed == 1
    assert whole(Query(owner, period, overdue.pk), TODAY + timedelta(days=60)).overdue == 1
    for query, day in ((old, TODAY), (new, later.date())):
        for dimension in DIMENSIONS:
            direct = {key[0]: sums for key, sums in crossed(facts_of(query), (dimension,)).items()}
            assert breakdown(query, dimension, day) == direct
    assert whole(old, TODAY) == was
    assert whole(new, later.date()) == now_is
    assert [row.pk for row in rows_behind(old, "open")[0]] == [row.pk for row in rows_were]
    assert [row.appeal_id for row in rows_behind(new, "open")[0]] == [second.pk]


def test_a_count_without_changes_writes_nothing(small) -> None:
    versions = AppealFact.objects.count(), AppealSum.objects.count()
    again = count_appeals(now=NOW)
    assert again.changed == 0
    assert (AppealFact.objects.count(), AppealSum.objects.count()) == versions
    assert not AppealChange.objects.exists()


def test_only_those_may_ask_whom_the_figures_concern(small) -> None:
    cast, (first, _), _ = small
    region, own = Owner("R", "39"), Owner("O", str(first.organization_id))
    clinic = Owner("C", str(cast.clinic.pk))
    foreign = Owner("O", str(Organization.objects.get(region="26", kind="fund").pk))
    seen = {
        name: [str(owner) for owner in (region, own, clinic, foreign) if place_of(cast.scope(name), owner)]
        for name in ("fund_admin", "supervisor", "clinic_staff", "expert", "foreign_fund_admin", "auditor")
    }
    assert seen == {
        "fund_admin": [str(region), str(own), str(clinic)],
        "supervisor": [str(own)],
        "clinic_staff": [str(clinic)],
        "expert": [],
        "foreign_fund_admin": [str(foreign)],
        "auditor": [],
    }
    assert place_of(EMPTY_SCOPE, region) is None
