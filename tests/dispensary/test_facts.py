"""What people type into `explain_eligibility`."""

from datetime import date
from typing import Any

import pytest

from dispensary.eligibility import PersonFacts
from dispensary.facts import FactsError, explain, facts_from_args
from dispensary.rules import shipped_rules

GOOD: dict[str, Any] = {"birth_date": "1985-07-12", "sex": "F", "year": "2026"}


def parse(**changes: Any) -> tuple[PersonFacts, int]:
    return facts_from_args(**(GOOD | changes), today=date(2026, 11, 22), rules=shipped_rules())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"birth_date": "2026-11-23"}, "не может быть в будущем"),
        ({"birth_date": "1895-01-01"}, "131 лет, больше 130"),
        ({"birth_date": "12.07.1985"}, "ГГГГ-ММ-ДД"),
        ({"birth_date": "2025-02-29"}, "не дата"),
        ({"birth_date": "20250101"}, "не дата"),
        ({"sex": "X"}, "допустимы F"),
        ({"sex": ""}, "допустимы F"),
        ({"year": "26"}, "четыре цифры"),
        ({"year": "2010"}, "2010 год правила"),
        ({"birth_date": "2026-01-01", "year": "2025"}, "раньше года рождения"),
        ({"categories": ["war_hero"]}, "war_hero.*war_invalid"),
        ({"last_exam": "2026-11-23"}, "осмотр не может быть в будущем"),
        ({"last_exam": "1985-07-11"}, "раньше даты рождения"),
    ],
)
def test_bad_input_is_refused_in_one_line(changes: dict[str, object], says: str) -> None:
    with pytest.raises(FactsError, match=says) as caught:
        parse(**changes)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("--")


@pytest.mark.parametrize("sex", ["M", "m", "М", "м"])
def test_latin_and_cyrillic_letters_of_sex_are_the_same(sex: str) -> None:
    assert parse(sex=sex)[0].sex == "M"


def test_age_130_is_still_a_person() -> None:
    assert parse(birth_date="1896-12-31")[0].birth_date == date(1896, 12, 31)


def test_the_answer_has_the_promised_shape() -> None:
    person, year = parse(categories=["War_Invalid "], last_exam="2024-05-05")
    answer = explain(person, year, shipped_rules())
    assert answer["age"] == 41
    by_code = {p["programme"]: p for p in answer["programmes"]}
    assert set(by_code) == {
        "dispensarization",
        "preventive_exam",
        "in_depth_dispensarization",
        "reproductive_assessment",
    }
    dispensarization = by_code["dispensarization"]
    assert dispensarization["due"] is True
    assert {r["code"] for r in dispensarization["reasons"]} == {"age_40_yearly", "yearly_category"}
    assert {"code": "ecg", "title": "Электрокардиография в покое"} in dispensarization["tests"]
