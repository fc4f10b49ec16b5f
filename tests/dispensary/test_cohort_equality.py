"""The cohort SQL and the pure eligibility function choose the same people."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispensary.cohort import cohort_predicate, invitation_predicate
from dispensary.eligibility import PersonFacts, eligible
from dispensary.rules import shipped_rules
from tests.dispensary.people import YEARS, people

RULES = shipped_rules()
PROGRAMMES = RULES.for_year(2026).programme_codes()


def chosen(batch: list[PersonFacts], condition: str, parameters: dict[str, object]) -> set[int]:
    rows = []
    values: dict[str, object] = {}
    for number, person in enumerate(batch):
        rows.append(
            f"({number}, %(b{number})s::date, %(s{number})s::text, %(c{number})s::text[],"
            f" %(d{number})s::date, %(e{number})s::date)"
        )
        values |= {
            f"b{number}": person.birth_date,
            f"s{number}": person.sex,
            f"c{number}": sorted(person.categories),
            f"d{number}": person.died_on,
            f"e{number}": person.last_exam,
        }
    table = f"(VALUES {', '.join(rows)}) p (id, birth_date, sex, categories, died_on, last_exam_on)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT p.id FROM {table} WHERE {condition}", values | parameters)
        return {row[0] for row in cursor.fetchall()}


def assert_equal(programme: str, batch: list[PersonFacts], year: int) -> None:
    due, invited = set(), set()
    for number, person in enumerate(batch):
        (result,) = (r for r in eligible(person, year, RULES) if r.programme == programme)
        due |= {number} if result.due else set()
        invited |= {number} if result.invited else set()
    assert chosen(batch, *cohort_predicate(RULES, programme, year)) == due
    assert chosen(batch, *invitation_predicate(RULES, programme, year)) == invited


@pytest.mark.django_db
@pytest.mark.parametrize("programme", PROGRAMMES)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=st.lists(people, min_size=1, max_size=50), year=YEARS)
def test_sql_chooses_whom_the_pure_function_chooses(
    programme: str, batch: list[PersonFacts], year: int
) -> None:
    assert_equal(programme, batch, year)


@pytest.mark.django_db
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_both_agree_on_the_first_and_last_day_of_every_birth_year(programme: str) -> None:
    batch = [
        PersonFacts(birth_date=date(year, month, day), sex="F", categories=frozenset(categories))
        for year in range(1890, 2027)
        for month, day in ((1, 1), (12, 31))
        for categories in ((), ("working_pensioner",), ("had_covid",))
    ]
    assert_equal(programme, batch, 2026)


@pytest.mark.django_db
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_both_agree_on_the_edges_of_the_year_of_the_last_exam(programme: str) -> None:
    exams = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    facts = PersonFacts(birth_date=date(1990, 5, 5), sex="M", categories=frozenset({"had_covid"}))
    assert_equal(programme, [replace(facts, last_exam=day) for day in exams], 2026)


@pytest.mark.django_db
def test_a_person_without_categories_on_record_is_still_planned_by_age() -> None:
    condition, parameters = invitation_predicate(RULES, "preventive_exam", 2026)
    table = "(SELECT %(born)s::date, NULL::text, NULL::text[], NULL::date, NULL::date)"
    columns = "p (birth_date, sex, categories, died_on, last_exam_on)"
    for born, expected in (
        (date(1985, 3, 1), 0),  # 41: dispensarization takes the exam in
        (date(1989, 3, 1), 1),  # 37: the exam alone
    ):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {table} {columns} WHERE {condition}", parameters | {"born": born}
            )
            assert cursor.fetchone() == (expected,)
