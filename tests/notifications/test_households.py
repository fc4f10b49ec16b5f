"""Which letters share an envelope: the same address in any spelling, and nothing less than the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.households import address_key, envelopes

HOME = "236000, г. Калининград, ул. Зелёная, д. 5, кв. 12"


@pytest.mark.parametrize(
    "spelling",
    [
        "236000 Г КАЛИНИНГРАД УЛ ЗЕЛЕНАЯ Д 5 КВ 12",
        "236000, город Калининград, улица Зеленая, дом 5, квартира 12",
        "236000,г.Калининград,ул.Зелёная,д.5,кв12",
        "  236000, г. Калининград,\tул. Зелёная,  д.5 , кв. 12. ",
    ],
)
def test_spellings_of_one_address_agree(spelling: str) -> None:
    assert address_key(spelling) == address_key(HOME)


@pytest.mark.parametrize(
    "other",
    [
        HOME.replace("кв. 12", "кв. 1"),
        HOME.replace("д. 5, кв. 12", "д. 51, кв. 2"),
        HOME.replace("д. 5", "д. 5а"),
        HOME.replace("д. 5,", "д. 5, корп. 1,"),
        HOME.replace("кв. 12", "корп. 12"),
        HOME.replace("Зелёная", "Зеленая Роща"),
        HOME.replace("236000", "236001"),
        HOME.replace("ул.", "пер."),
    ],
)
def test_another_flat_or_house_never_agrees(other: str) -> None:
    assert address_key(other) != address_key(HOME)


@given(st.lists(st.sampled_from(["д. 1", "Д 1", "дом 1", "д. 2", "", "—"]), max_size=30), st.integers(1, 4))
def test_every_letter_lies_in_one_envelope_with_its_household_alone(addresses: list[str], most: int) -> None:
    found = envelopes(list(enumerate(addresses)), most=most)
    assert sorted(int(str(mark)) for together in found for mark in together) == list(range(len(addresses)))
    for together in found:
        keys = {address_key(addresses[int(str(mark))]) for mark in together}
        assert len(together) <= most
        assert len(keys) == 1
        assert together == sorted(together, key=str) or len(addresses) > 9
        assert keys != {""} or len(together) == 1, "nobody is known to live at no address"
