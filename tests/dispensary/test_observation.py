"""Which observation rule a diagnosis falls under, and when its visits are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispensary.icd10 import CodeRange, Icd10Error, normalise
from dispensary.observation import (
    ObservationError,
    ObservationRule,
    VisitWindow,
    add_months,
    explain_schedule,
    months_between,
    next_window,
    parse_observation_rules,
    rule_for,
    schedule,
    shipped_observation_rules,
)
from registry.dated import TableError

RULES = shipped_observation_rules()
DAY = date(2026, 1, 15)
DAYS = st.dates(date(2022, 9, 1), date(2028, 8, 31))


def rule(code: str) -> ObservationRule:
    found = rule_for(code, DAY, RULES)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("i10", "I10"),
        (" I10.9 ", "I10.9"),
        ("I109", "I10.9"),
        ("I10,9", "I10.9"),
        ("I10.-", "I10"),
        ("С50.1", "C50.1"),
        ("е11", "E11"),
        ("к74", "K74"),
        ("М81", "M81"),
        ("G20*", "G20"),
    ],
)
def test_codes_are_read_as_people_type_them(typed: str, code: str) -> None:
    assert normalise(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "I", "I1", "10", "Ж10", "I10.", "I10.123", "I1０", "гипертония", "I10-I15"]
)
def test_what_is_no_code_is_refused_in_one_line(typed: str) -> None:
    with pytest.raises(Icd10Error, match="МКБ-10") as caught:
        normalise(typed)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "condition"),
    [
        ("I10", "гипертензия"),
        ("I15.9", "гипертензия"),
        ("I25.2", "ишемическая"),
        ("Z95.5", "инфаркта"),
        ("I69.3", "инсульта"),
        ("I69.4", "инсульта"),
        ("E11.9", "2 типа"),
        ("C44.3", "злокачественное"),
        ("C97", "злокачественное"),
    ],
)
def test_the_range_that_holds_the_code_is_found(code: str, condition: str) -> None:
    assert condition in rule(code).condition


@pytest.mark.parametrize("code", ["I16", "I69", "I69.8", "R73", "K29", "K29.6", "C98", "Z00"])
def test_codes_outside_every_range_have_no_rule(code: str) -> None:
    assert rule_for(code, DAY, RULES) is None
    with pytest.raises(ObservationError, match=code):
        schedule(code, DAY, RULES)


def test_a_rule_out_of_force_does_not_apply() -> None:
    assert rule_for("I10", date(2022, 8, 31), RULES) is None
    assert rule_for("I10", date(2028, 8, 31), RULES) is not None
    assert rule_for("I10", date(2028, 9, 1), RULES) is None


def test_the_most_specific_range_wins_then_the_later_edition() -> None:
    head = (
        "icd10,condition,group,specialist,intervals_months,window_days,duration_months,duration,"
        "put_on_working_days,source,confirmed,valid_from,valid_to\n"
    )
    tail = "circulatory,терапевт,12,30,,,,s,no"
    rules = parse_observation_rules(
        head
        + f"I10-I15,wide,{tail},2022-01-01,\n"
        + f"I11.0,exact,{tail},2022-01-01,\n"
        + f"I11,block,{tail},2022-01-01,\n"
        + f"I12,old,{tail},2022-01-01,\n"
        + f"I12,new,{tail},2024-01-01,\n"
    )
    expected = {"I10": "wide", "I11.0": "exact", "I11.9": "block", "I12": "new"}
    for code, condition in expected.items():
        found = rule_for(code, DAY, rules)
        assert found is not None
        assert found.condition == condition
    with pytest.raises(TableError, match="line 2"):
        parse_observation_rules(head + f"I15-I10,x,{tail},2022-01-01,\n")


def closings(code: str) -> list[str]:
    return [window.closes.isoformat() for window in schedule(code, DAY, RULES)]


def test_oncology_every_3_months_then_6_then_yearly() -> None:
    assert closings("C50") == [
        *("2026-04-15", "2026-07-15", "2026-10-15", "2027-01-15"),
        *("2027-07-15", "2028-01-15"),
        "2029-01-15",
    ]
    assert rule("C50").put_on_working_days == 3
    assert rule("C50").provenance.confirmed


def test_after_stroke_every_3_months_in_year_1_then_6() -> None:
    assert len(closings("I69.1")) == 4 + 2 + 2


def test_a_fixed_duration_ends_the_schedule() -> None:
    assert closings("J13") == ["2027-01-15"]


def test_only_the_oncology_rule_is_confirmed() -> None:
    assert [str(r.ranges[0]) for r in RULES if r.provenance.confirmed] == ["C00-C97"]


def test_an_old_case_gets_the_visits_still_ahead() -> None:
    windows = schedule("C50", date(2024, 1, 15), RULES, on=DAY)
    assert [w.closes for w in windows] == [DAY, *(date(year, 1, 15) for year in (2027, 2028, 2029))]


def test_the_answer_has_the_promised_shape() -> None:
    answer = explain_schedule("i11.9", DAY, RULES)
    assert answer["rule"]["range"] == "I10-I15"
    assert answer["rule"]["specialist"] == "терапевт"
    assert answer["rule"]["confirmed"] is False
    assert "168н" in answer["rule"]["source"]
    assert answer["visits"][0] == {"from": "2026-12-16", "to": "2027-01-15"}
    assert len(answer["visits"]) == 3


CODES = st.sampled_from([str(codes.first) for r in RULES for codes in r.ranges])


@given(CODES, DAYS)
def test_windows_follow_each_other_and_stay_within_three_years(code: str, put_on: date) -> None:
    windows = schedule(code, put_on, RULES)
    assert windows
    end = put_on
    for window in windows:
        assert end < window.opens <= window.closes <= add_months(put_on, 36)
        end = window.closes


@given(CODES, DAYS)
def test_coming_on_the_last_day_each_time_is_the_schedule(code: str, put_on: date) -> None:
    found = rule_for(code, put_on, RULES)
    assert found is not None
    first = schedule(code, put_on, RULES)[0]
    assert next_window(found, put_on, None) == first


def test_the_next_window_counts_from_the_visit_that_took_place() -> None:
    oncology = rule("C50")
    assert next_window(oncology, DAY, date(2026, 3, 1)) == VisitWindow(date(2026, 5, 2), date(2026, 6, 1))
    in_second_year = next_window(oncology, DAY, date(2027, 2, 1))
    assert in_second_year is not None
    assert in_second_year.closes == date(2027, 8, 1)
    assert next_window(rule("J13"), DAY, date(2026, 2, 1)) is None


@given(DAYS, st.integers(0, 60))
def test_months_add_and_count_back(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert months_between(day, later) == months
    if months:
        assert months_between(day, later - timedelta(days=1)) == months - 1


def test_ranges_hold_their_subdivisions() -> None:
    codes = CodeRange.parse("I69.0-I69.4")
    assert "I69.41" in codes
    assert "I69.5" not in codes
    assert "I69" not in codes
