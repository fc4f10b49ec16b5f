from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.identifiers import (
    KINDS,
    Finding,
    Kind,
    Sex,
    check,
    decode_enp,
    enp_for,
    luhn_digit,
    normalise,
    snils_for,
)

WOMAN = "3952410887000019"
MAN = "3952410837000010"
BORN = date(1985, 7, 12)

regions = st.integers(1, 79).map("{:02d}".format)
births = st.dates(date(1900, 1, 1), date(2099, 12, 31))
sexes = st.sampled_from(["F", "M"])
serials = st.integers(0, 99_999)
policies = st.builds(enp_for, regions, births, sexes, serials)


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("enp", WOMAN),
        ("enp", MAN),
        ("snils", "11223344595"),
        ("snils", "08765430300"),
        ("snils", "00101998900"),
        ("snils", "00105882900"),
        ("inn", "4401146124"),
        ("inn", "4401017094"),
        ("inn", "123456789047"),
        ("ogrn", "1134401012712"),
        ("ogrn", "1024400519330"),
        ("smo", "34002"),
        ("mo", "390901"),
    ],
)
def test_known_numbers_pass_without_remarks(kind: Kind, value: str) -> None:
    assert check(kind, value).as_dict() == {"valid": True, "normalised": value, "errors": [], "warnings": []}


def test_the_worked_example_is_built_and_read_back() -> None:
    assert enp_for("39", BORN, "F", 1) == WOMAN
    assert enp_for("39", BORN, "M", 1) == MAN
    parts = decode_enp(MAN)
    assert (parts.region, parts.birth_date, parts.sex, parts.serial, parts.check_digit) == (
        "39",
        BORN,
        "M",
        1,
        0,
    )


@given(regions, births, sexes, serials)
def test_every_built_policy_number_is_valid_and_reads_back(
    region: str, birth_date: date, sex: Sex, serial: int
) -> None:
    number = enp_for(region, birth_date, sex, serial)
    verdict = check("enp", number, birth_date=birth_date, sex=sex)
    assert verdict.valid
    assert verdict.warnings == ()
    parts = decode_enp(number)
    assert (parts.region, parts.birth_date, parts.sex, parts.serial) == (region, birth_date, sex, serial)


@given(policies, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_in_a_policy_number_is_always_seen(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert codes(check("enp", wrong).errors) == ["check_digit"]


@given(policies, st.integers(0, 14))
def test_swapped_neighbours_are_seen_except_the_pair_luhn_cannot_tell(number: str, place: int) -> None:
    left, right = number[place], number[place + 1]
    swapped = number[:place] + right + left + number[place + 2 :]
    undetectable = left == right or {left, right} == {"0", "9"}
    assert check("enp", swapped).valid is undetectable


@given(st.integers(1_001_999, 999_999_999), st.integers(0, 10), st.integers(1, 9))
def test_a_built_snils_passes_and_a_wrong_check_number_does_not(body: int, place: int, shift: int) -> None:
    number = snils_for(body)
    assert check("snils", number).valid
    wrong = number[:9] + f"{(int(number[9:]) + shift) % 100:02d}"
    assert codes(check("snils", wrong).errors) == ["check_digit"]


def test_old_snils_numbers_carry_no_check() -> None:
    verdict = check("snils", "001-001-998 77")
    assert verdict.valid
    assert codes(verdict.warnings) == ["unchecked"]
    assert not check("snils", "001-001-999 77").valid


@given(
    st.text(alphabet=" \u00a0\u200b\ufeff\t-–—.\u2212\u00ad", max_size=3),
    st.lists(st.integers(0, 15), max_size=4),
)
def test_separators_do_not_matter(separator: str, places: list[int]) -> None:
    typed = WOMAN
    for place in sorted(places, reverse=True):
        typed = typed[:place] + separator + typed[place:]
    assert check("enp", typed).normalised == WOMAN


def test_digits_of_other_scripts_are_folded() -> None:
    assert normalise("３９５2 ٣٤") == "395234"
    assert not check("mo", "39090²").valid


@pytest.mark.parametrize(
    ("kind", "value", "code", "words"),
    [
        ("enp", "", "empty", "не указан"),
        ("enp", " \u200b ", "empty", "не указан"),
        ("enp", WOMAN[:-1], "length", "введено 15"),
        ("enp", WOMAN[:-1] + "О", "letters", "цифра 0"),
        ("enp", WOMAN[:-1] + "/", "symbols", "«/»"),
        ("enp", "0" * 16, "zeros", "нулей"),
        ("snils", "11223344594", "check_digit", "две цифры"),
        ("snils", "00000000000", "zeros", "нулей"),
        ("inn", "4401146125", "check_digit", "ИНН"),
        ("inn", "44011461240", "length", "10 или 12"),
        ("ogrn", "1134401012713", "check_digit", "Последняя цифра"),
        ("smo", "3400", "length", "введено 4"),
        ("mo", "39090A", "letters", "«A»"),
    ],
)
def test_wrong_numbers_say_what_is_wrong(kind: Kind, value: str, code: str, words: str) -> None:
    (error,) = check(kind, value).errors
    assert error.code == code
    assert words in error.text


def test_disagreement_with_the_person_is_a_warning() -> None:
    verdict = check("enp", WOMAN, birth_date=date(1985, 12, 7), sex="M")
    assert verdict.valid
    assert codes(verdict.warnings) == ["birth_date", "sex"]
    assert "12.07.1985" in verdict.warnings[0].text


def test_an_impossible_birth_part_and_an_unknown_region_are_warnings() -> None:
    body = "00" + "86" + WOMAN[4:15]  # a month of 13
    verdict = check("enp", f"{body}{luhn_digit(body)}", birth_date=BORN, sex="F")
    assert verdict.valid
    assert codes(verdict.warnings) == ["region_unknown", "birth_part"]


def test_registry_codes_are_compared_with_the_region() -> None:
    assert codes(check("smo", "39901", region="26").warnings) == ["region"]
    assert check("mo", "390901", region="39").warnings == ()


def test_a_sole_trader_whose_remainder_has_two_digits_is_valid() -> None:
    body = next(str(n) for n in range(30400000000000, 30400000000100) if n % 13 == 12)
    assert check("ogrn", f"{body}2").valid
    assert not check("ogrn", f"{body}1").valid


@given(st.sampled_from(KINDS), st.text(max_size=40))
def test_no_text_breaks_the_check(kind: Kind, value: str) -> None:
    verdict = check(kind, value)
    assert verdict.valid is not bool(verdict.as_dict()["errors"])


def test_builders_refuse_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="two digits"):
        enp_for("9", BORN, "F", 1)
    with pytest.raises(ValueError, match="serial"):
        enp_for("39", BORN, "F", 100_000)
    with pytest.raises(ValueError, match="nine digits"):
        snils_for(1_000_000_000)
    with pytest.raises(ValueError, match="unknown kind"):
        check("passport", "1")
