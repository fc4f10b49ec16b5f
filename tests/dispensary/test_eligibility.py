"""Who is due for what, and the reasons people read."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispensary.ages import AgePattern, spans
from dispensary.eligibility import NoRulesError, PersonFacts, ProgrammeResult, eligible
from dispensary.rules import parse_rules, shipped_rules
from registry.dated import TableError
from tests.dispensary.people import YEARS, people

RULES = shipped_rules()


def outcome(
    programme: str, *, age: int, sex: str = "F", year: int = 2026, **facts: object
) -> ProgrammeResult:
    person = PersonFacts(birth_date=date(year - age, 6, 15), sex=sex, **facts)  # type: ignore[arg-type]
    return next(r for r in eligible(person, year, RULES) if r.programme == programme)


@pytest.mark.parametrize(
    ("age", "due"),
    [
        (17, False),
        (18, True),
        (19, False),
        (20, False),
        (21, True),
        (38, False),
        (39, True),
        (40, True),
        (41, True),
    ],
)
def test_dispensarization_every_third_year_then_yearly(age: int, due: bool) -> None:
    assert outcome("dispensarization", age=age).due is due


@pytest.mark.parametrize(
    ("age", "due"), [(17, False), (18, True), (20, True), (45, True), (130, True), (131, False)]
)
def test_the_preventive_exam_is_yearly_from_18(age: int, due: bool) -> None:
    assert outcome("preventive_exam", age=age).due is due


def test_age_is_the_one_reached_in_the_calendar_year() -> None:
    eve = PersonFacts(birth_date=date(2008, 12, 31), sex="M")
    assert [r.due for r in eligible(eve, 2026, RULES) if r.programme == "preventive_exam"] == [True]
    assert [r.due for r in eligible(eve, 2025, RULES) if r.programme == "preventive_exam"] == [False]


def test_dispensarization_takes_in_the_exam_of_its_year() -> None:
    within = outcome("preventive_exam", age=45)
    assert (within.due, within.part_of, within.invited) == (True, "dispensarization", False)
    assert [r.code for r in within.reasons] == ["age_18_yearly", "included"]
    alone = outcome("preventive_exam", age=20)
    assert (alone.due, alone.part_of, alone.invited) == (True, None, True)


def test_reproductive_assessment_follows_whichever_visit_there_is() -> None:
    assert outcome("reproductive_assessment", age=40).part_of == "dispensarization"
    assert outcome("reproductive_assessment", age=20).part_of == "preventive_exam"
    assert not outcome("reproductive_assessment", age=50).due
    assert outcome("reproductive_assessment", age=50).reasons[0].code == "too_old"


def test_a_category_makes_it_yearly_and_the_reason_names_the_category() -> None:
    result = outcome("dispensarization", age=20, categories=frozenset({"combat_invalid"}))
    assert result.due
    assert result.reasons[0].code == "yearly_category"
    assert "инвалид боевых действий" in result.reasons[0].text
    assert not outcome("dispensarization", age=17, categories=frozenset({"combat_invalid"})).due


def test_in_depth_needs_its_category() -> None:
    assert outcome("in_depth_dispensarization", age=30, categories=frozenset({"had_covid"})).due
    assert outcome("in_depth_dispensarization", age=30).reasons[0].code == "no_category"


@pytest.mark.parametrize(
    ("last_exam", "due"),
    [
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
        (date(2026, 12, 31), False),
        (date(2027, 1, 1), True),
    ],
)
def test_passed_this_year_means_not_due(last_exam: date, due: bool) -> None:
    result = outcome("dispensarization", age=45, last_exam=last_exam)
    assert result.due is due
    if not due:
        assert result.reasons[0].code == "passed"
        assert f"{last_exam:%d.%m.%Y}" in result.reasons[0].text


def test_not_this_year_says_at_what_age_next() -> None:
    reason = outcome("dispensarization", age=34).reasons[0]
    assert reason.code == "not_this_year"
    assert reason.text.endswith("36")


def names(age: int, sex: str) -> set[str]:
    return {test.test for test in outcome("dispensarization", age=age, sex=sex).tests}


def test_tests_by_age_and_sex() -> None:
    assert names(18, "F") == {"fluorography", "cervical_cytology"}
    assert names(18, "M") == {"fluorography"}
    assert names(45, "M") == {"ecg", "eye_pressure", "blood_count", "hepatitis_c", "psa", "gastroscopy"}
    assert names(64, "M") == {
        "fluorography",
        "ecg",
        "eye_pressure",
        "blood_count",
        "faecal_occult_blood",
        "psa",
    }
    assert "mammography" in names(74, "F")
    assert not {"mammography", "faecal_occult_blood"} & names(76, "F")
    assert "faecal_occult_blood" in names(75, "F")
    assert "faecal_occult_blood" not in names(63, "F")


def test_an_unknown_sex_gets_only_tests_for_everybody() -> None:
    person = PersonFacts(birth_date=date(1981, 1, 1), sex=None)
    (result,) = (r for r in eligible(person, 2026, RULES) if r.programme == "dispensarization")
    assert result.due
    assert all(test.sex is None for test in result.tests)


@given(people, YEARS)
def test_every_answer_has_a_reason_and_only_due_programmes_have_tests(person: PersonFacts, year: int) -> None:
    results = eligible(person, year, RULES)
    due = {r.programme for r in results if r.due}
    for result in results:
        assert result.reasons
        assert all(reason.text for reason in result.reasons)
        assert result.due or not result.tests
        assert result.part_of is None or (result.due and result.part_of in due)
    if person.died_on:
        assert not due
    # There is one visit to invite to: at most one programme of the year is invited on its own.
    assert sum(r.invited for r in results) <= 1


def test_a_year_without_rules_is_refused() -> None:
    with pytest.raises(NoRulesError, match="2010"):
        eligible(PersonFacts(birth_date=date(1980, 1, 1), sex="F"), 2010, RULES)


@pytest.mark.parametrize("notation", ["", "40-", "a", "40+/0", "50-40", "18,", "10-200"])
def test_a_broken_age_pattern_is_refused(notation: str) -> None:
    with pytest.raises(ValueError, match="age pattern"):
        AgePattern.parse(notation)


@given(st.sets(st.integers(-50, 200)))
def test_spans_hold_exactly_the_numbers(numbers: set[int]) -> None:
    joined = spans(numbers)
    assert {n for first, last in joined for n in range(first, last + 1)} == numbers
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(joined))


def test_a_broken_table_names_table_line_and_fault() -> None:
    head = "category,group,title,source,confirmed,valid_from,valid_to\n"
    with pytest.raises(TableError, match=r"categories: line 3: confirmed must be yes or no, not 'maybe'"):
        parse_rules(
            programmes="programme,title,rule,ages,sex,category_group,part_of,interval_years,text,"
            "source,confirmed,valid_from,valid_to\n",
            tests="test,title,programme,ages,sex,source,confirmed,valid_from,valid_to\n",
            categories=head + "a,b,c,src,yes,2026-01-01,\nd,b,c,src,maybe,2026-01-01,\n",
        )
