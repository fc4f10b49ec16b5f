"""Numbers and access codes survive people: what is typed is understood, what is mistyped is noticed."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from appeals.numbering import (
    ALPHABET,
    CODE_LENGTH,
    AppealNumber,
    BadAccessCode,
    BadNumber,
    format_number,
    luhn_digit,
    new_access_code,
    normalise_access_code,
    parse_number,
    show_access_code,
)

NUMBERS = st.builds(
    AppealNumber,
    region=st.from_regex(r"[0-9]{2}", fullmatch=True),
    year=st.integers(2000, 2100),
    running=st.integers(1, 9_999_999),
)


def test_the_check_digit_is_luhn() -> None:
    assert luhn_digit("395241088700001") == 9  # a policy number worked out by hand
    assert luhn_digit("7992739871") == 3
    assert format_number("39", 2026, 1) == "39-2026-0000001-9"


@given(NUMBERS)
def test_a_number_reads_back(number: AppealNumber) -> None:
    assert parse_number(str(number)) == number
    assert parse_number(str(number).replace("-", "")) == number
    assert parse_number(f"  {str(number).replace('-', ' — ')}\n") == number
    assert parse_number(str(number).replace("0", "О").replace("1", "l")) == number


@given(NUMBERS, st.integers(0, 13), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(number: AppealNumber, place: int, shift: int) -> None:
    digits = list(str(number).replace("-", ""))
    digits[place] = str((int(digits[place]) + shift) % 10)
    with pytest.raises(BadNumber) as bad:
        parse_number("".join(digits))
    assert bad.value.code == "check_digit"


@given(NUMBERS, st.integers(0, 12))
def test_swapped_neighbours_are_noticed(number: AppealNumber, place: int) -> None:
    digits = list(str(number).replace("-", ""))
    pair = digits[place : place + 2]
    assume(pair[0] != pair[1] and set(pair) != {"0", "9"})  # the swap Luhn is known to miss
    digits[place : place + 2] = reversed(pair)
    with pytest.raises(BadNumber):
        parse_number("".join(digits))


@pytest.mark.parametrize(
    "text", ["", "39", "39-2026-000001-9", "39-2026-0000001-99", "AA-2026-0000001-9", "٣٩20260000001٢"]
)
def test_another_shape_is_no_number(text: str) -> None:
    with pytest.raises(BadNumber) as bad:
        parse_number(text)
    assert bad.value.code == "malformed"


@pytest.mark.parametrize(
    ("region", "year", "running"), [("3", 2026, 1), ("39", 26, 1), ("39", 2026, 0), ("39", 2026, 10_000_000)]
)
def test_a_number_that_does_not_fit_is_never_made(region: str, year: int, running: int) -> None:
    with pytest.raises(BadNumber):
        format_number(region, year, running)


def test_the_number_zero_is_refused_with_a_right_check_digit() -> None:
    with pytest.raises(BadNumber):
        parse_number(f"39-2026-0000000-{luhn_digit('3920260000000')}")


def test_an_access_code_cannot_be_guessed() -> None:
    assert len(set(ALPHABET)) == 32
    assert CODE_LENGTH * math.log2(len(ALPHABET)) >= 65
    assert len({new_access_code() for _ in range(200)}) == 200


def test_every_character_comes_from_the_random_source() -> None:
    numbers = iter(range(5, 5 + CODE_LENGTH))

    def counting(limit: int) -> int:
        assert limit == 32
        return next(numbers)

    assert new_access_code(counting) == "5678-9ABC-DEFGH"


CODES = st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


@given(CODES)
def test_a_code_is_understood_however_it_is_typed(code: str) -> None:
    shown = show_access_code(code)
    assert normalise_access_code(shown) == code
    assert normalise_access_code(f" {shown.lower().replace('-', ' – ')} ") == code


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ABEK-MHPC-TYX30", "АВЕК-МНРС-ТУХЗО"),
        ("ABEK-MHPC-TYX30", "авек мнрс тухзо"),
        ("0000-1111-11AAA", "OoОо-IiLl-ІіAаA"),
    ],
)
def test_letters_that_look_alike_are_taken_for_each_other(typed: str, meant: str) -> None:
    assert normalise_access_code(meant) == typed.replace("-", "")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "wrong_length"), ("7KQ2-M9XD-4TZB", "wrong_length"), ("7KQ2-M9XD-4TZBЖ", "wrong_character")],
)
def test_what_is_no_code_is_said_so(typed: str, code: str) -> None:
    with pytest.raises(BadAccessCode) as bad:
        normalise_access_code(typed)
    assert bad.value.code == code
