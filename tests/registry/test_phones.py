import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.phones import InvalidPhone, display_phone, is_mobile, normalise_phone


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("8 (800) 200-60-68", "+78002006068", "8 800 200-60-68"),
        ("8-800-333-222-5", "+78003332225", "8 800 333-22-25"),
        ("89740000001", "+79740000001", "+7 974 000-00-01"),
        ("7 974 000 00 01", "+79740000001", "+7 974 000-00-01"),
        ("974 000 00 01", "+79740000001", "+7 974 000-00-01"),
        ("+7\u00a0974\u200b 000‑00‑01", "+79740000001", "+7 974 000-00-01"),
        ("８９７４００００００１", "+79740000001", "+7 974 000-00-01"),
        ("8 (3842) 57-59-29", "+73842575929", "8 3842 57-59-29"),
        ("(8652) 56-06-68", "+78652560668", "8 8652 56-06-68"),
        ("+49 30 901820", "+4930901820", "+49 30 901820"),
    ],
)
def test_numbers_are_stored_in_one_form_and_shown_without_breaks(typed: str, stored: str, shown: str) -> None:
    assert normalise_phone(typed) == stored
    assert display_phone(stored) == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" \u200b", "empty"),
        ("8 974 000", "length"),
        ("8 974 000 00 00 00", "length"),
        ("8 974 00O 00 00", "letters"),
        ("8 000 000 00 00", "unknown"),
        ("+()", "unreadable"),
    ],
)
def test_what_cannot_be_dialled_is_refused(typed: str, code: str) -> None:
    with pytest.raises(InvalidPhone) as refusal:
        normalise_phone(typed)
    assert refusal.value.code == code
    assert str(refusal.value)


@given(st.integers(9_000_000_000, 9_999_999_999), st.sampled_from(["8", "+7", "7", ""]))
def test_every_way_to_type_a_mobile_gives_one_number(national: int, prefix: str) -> None:
    stored = normalise_phone(f"{prefix}{national}")
    assert stored == f"+7{national}"
    assert normalise_phone(display_phone(stored)) == stored
    assert is_mobile(stored)


@given(st.text(max_size=30))
def test_no_text_breaks_it(typed: str) -> None:
    try:
        stored = normalise_phone(typed)
    except InvalidPhone:
        return
    assert normalise_phone(stored) == stored


def test_landlines_take_no_texts() -> None:
    assert not is_mobile("+73842575929")
