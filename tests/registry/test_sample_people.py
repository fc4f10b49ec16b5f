from collections import Counter
from datetime import date
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import sample_words as words
from registry.identifiers import check
from registry.names import clean_name
from registry.phones import normalise_phone
from registry.sample_people import COLUMNS, Row, copy_lines, people
from registry.sample_pyramid import MAX_PEOPLE, PYRAMID_DAY, strata

TODAY = date(2026, 11, 22)
INSURERS = [(1, 70), (2, 30)]
CLINICS = [(10, "adults"), (11, "adults"), (12, "children"), (13, "mixed")]


def make(n: int, *, first: int = 0, seed: int = 1, region: str = "39") -> list[dict[str, object]]:
    rows = people(region, n, seed, insurers=INSURERS, clinics=CLINICS, first_serial=first, as_of=TODAY)
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


CROWD = make(24_000)


@settings(max_examples=60)
@given(
    st.integers(0, MAX_PEOPLE - 20), st.integers(0, 10**9), st.sampled_from(["01", "26", "39", "42", "99"])
)
def test_everyone_is_valid_wherever_the_numbering_starts(first: int, seed: int, region: str) -> None:
    for person in make(20, first=first, seed=seed, region=region):
        policy = check("enp", person["enp"], birth_date=person["birth_date"], sex=person["sex"])
        assert policy.as_dict() == {"valid": True, "normalised": person["enp"], "errors": [], "warnings": []}
        assert check("snils", person["snils"]).as_dict()["errors"] == []
        assert person["enp"].startswith(region)
        assert person["birth_date"] <= person["attached_on"] <= (person["died_on"] or TODAY)
        if person["last_exam_on"]:
            assert person["birth_date"] <= person["last_exam_on"] <= (person["died_on"] or TODAY)


def test_no_birth_belongs_to_two_strata_so_policy_numbers_cannot_meet() -> None:
    owners: dict[tuple[date, str], int] = {}
    for number, births in enumerate(strata()):
        for birth in set(births):
            assert owners.setdefault((birth.day, birth.sex), number) == number


def test_people_who_share_a_serial_differ_whatever_the_seeds() -> None:
    sharing = [make(5, first=group * 100_000, seed=group)[k] for group in range(120) for k in range(5)]
    assert len({person["enp"] for person in sharing}) == 600
    assert len({person["enp"][10:15] for person in sharing}) == 5


def test_a_crowd_repeats_no_number() -> None:
    neighbours = CROWD + make(24_000, region="26")
    assert len({person["enp"] for person in neighbours}) == 48_000
    assert len({person["snils"] for person in neighbours}) == 48_000
    last = make(50, first=MAX_PEOPLE - 50) + make(50, first=6_000_000)
    assert not {person["snils"] for person in last} & {person["snils"] for person in CROWD}


def test_the_same_seed_gives_the_same_people_also_in_pieces() -> None:
    assert make(300) == CROWD[:300]
    assert make(100) + make(200, first=100) == CROWD[:300]
    assert make(300, seed=2) != CROWD[:300]


def test_the_pyramid_is_that_of_the_country() -> None:
    ages = [(PYRAMID_DAY.year - 1 - person["birth_date"].year, person["sex"]) for person in CROWD]
    share = {
        "women": sum(sex == "F" for _, sex in ages),
        "children": sum(age < 18 for age, _ in ages),
        "over 65": sum(age >= 65 for age, _ in ages),
        "women of those over 80": sum(sex == "F" for age, sex in ages if age >= 80),
    }
    over_80 = sum(age >= 80 for age, _ in ages)
    assert 0.52 < share["women"] / len(ages) < 0.55
    assert 0.18 < share["children"] / len(ages) < 0.24
    assert 0.15 < share["over 65"] / len(ages) < 0.21
    assert 0.70 < share["women of those over 80"] / over_80 < 0.82
    assert max(age for age, _ in ages) <= 101
    assert min(person["birth_date"] for person in CROWD) > date(1924, 1, 1)


def test_a_short_run_already_shows_every_age() -> None:
    decades = {person["birth_date"].year // 10 for person in CROWD[:120]}
    assert decades >= set(range(194, 203))


def test_names_are_spelt_for_the_sex_and_can_be_stored() -> None:
    for person in CROWD[:3000]:
        assert clean_name(person["last_name"]) == person["last_name"]
        assert clean_name(person["first_name"], "first") == person["first_name"]
        if person["middle_name"]:
            ending = ("вна", "чна") if person["sex"] == "F" else ("ич",)
            assert person["middle_name"].endswith(ending)
        if person["sex"] == "F":
            assert not person["last_name"].endswith(("ов", "ев", "ёв", "ин", "ий"))
    shown = " ".join(person["last_name"] for person in CROWD[:3000])
    assert "ё" in shown
    assert "-" in shown
    assert any(not person["middle_name"] for person in CROWD)


@pytest.mark.parametrize(
    ("father", "son", "daughter"),
    [
        ("Пётр", "Петрович", "Петровна"),
        ("Илья", "Ильич", "Ильинична"),
        ("Никита", "Никитич", "Никитична"),
        ("Лев", "Львович", "Львовна"),
        ("Фёдор", "Фёдорович", "Фёдоровна"),
        ("Дмитрий", "Дмитриевич", "Дмитриевна"),
        ("Георгий", "Георгиевич", "Георгиевна"),
        ("Василий", "Васильевич", "Васильевна"),
        ("Игорь", "Игоревич", "Игоревна"),
        ("Матвей", "Матвеевич", "Матвеевна"),
    ],
)
def test_patronymics(father: str, son: str, daughter: str) -> None:
    assert words.patronymics(father) == (son, daughter)


@pytest.mark.parametrize(
    ("surname", "woman"),
    [
        ("Белов", "Белова"),
        ("Королёв", "Королёва"),
        ("Земский", "Земская"),
        ("Ильин", "Ильина"),
        ("Коваленко", "Коваленко"),
        ("Черных", "Черных"),
        ("Седых-Островский", "Седых-Островская"),
    ],
)
def test_surnames_of_women(surname: str, woman: str) -> None:
    assert words.feminine_surname(surname) == woman


def test_children_go_to_clinics_that_take_them() -> None:
    for person in CROWD:
        adult = person["birth_date"] <= date(2008, 11, 22)
        assert person["clinic_id"] in ({10, 11, 13} if adult else {12, 13})
    rows = people("39", 120, 1, insurers=INSURERS, clinics=[(10, "adults")], as_of=TODAY)
    assert {row[COLUMNS.index("clinic_id")] for row in rows} == {10, None}


def test_nobody_prefers_a_channel_that_cannot_reach_them() -> None:
    for person in CROWD:
        if person["preferred_channel"] in {"sms", "phone", "max"}:
            assert person["phone"]
        if person["preferred_channel"] == "email":
            assert person["email"]


def test_contacts_can_reach_no_real_person() -> None:
    assert all(person["email"].endswith("@sample.invalid") for person in CROWD if person["email"])
    phones = [person["phone"] for person in CROWD if person["phone"]]
    assert all(phone.startswith("+7974") for phone in phones)
    assert normalise_phone(phones[0]) == phones[0]
    assert len(set(phones)) == len(phones)


def test_shares_are_plausible() -> None:
    total = len(CROWD)
    counted = Counter(
        {
            "insurer": sum(person["insurer_id"] == 1 for person in CROWD),
            "email": sum(bool(person["email"]) for person in CROWD),
            "phone": sum(bool(person["phone"]) for person in CROWD),
            "categories": sum(bool(person["categories"]) for person in CROWD),
            "died": sum(person["died_on"] is not None for person in CROWD),
            "exam": sum(person["last_exam_on"] is not None for person in CROWD),
        }
    )
    expected = {
        "insurer": (0.68, 0.72),
        "email": (0.35, 0.45),
        "phone": (0.94, 0.99),
        "categories": (0.03, 0.09),
        "died": (0.004, 0.02),
        "exam": (0.7, 0.9),
    }
    for name, (low, high) in expected.items():
        assert low < counted[name] / total < high, name


def test_copy_text_is_one_line_per_person_with_nulls_and_arrays() -> None:
    rows: list[Row] = list(islice(people("39", 500, 1, insurers=INSURERS, clinics=CLINICS), 500))
    lines = list(copy_lines(rows))
    assert all(line.endswith("\n") and line.count("\t") == len(COLUMNS) - 1 for line in lines)
    assert all("\\" not in line.replace("\\N", "") for line in lines)
    for row, line in zip(rows, lines, strict=True):
        cells = dict(zip(COLUMNS, line.rstrip("\n").split("\t"), strict=True))
        assert cells["categories"] == "{" + ",".join(row[COLUMNS.index("categories")]) + "}"
        assert (cells["died_on"] == "\\N") is (row[COLUMNS.index("died_on")] is None)
        assert date.fromisoformat(cells["birth_date"]) == row[COLUMNS.index("birth_date")]


@pytest.mark.parametrize(
    ("changes", "words_in_error"),
    [
        ({"region": "9"}, "two digits"),
        ({"n": MAX_PEOPLE + 1}, "numbered"),
        ({"first_serial": -1}, "numbered"),
        ({"as_of": date(2025, 12, 31)}, "precede"),
        ({"insurers": []}, "insurer"),
    ],
)
def test_impossible_requests_are_refused(changes: dict[str, object], words_in_error: str) -> None:
    request = {"region": "39", "n": 1, "seed": 1, "insurers": INSURERS, "clinics": CLINICS, **changes}
    with pytest.raises(ValueError, match=words_in_error):
        people(**request)
