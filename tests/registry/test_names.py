import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.names import InvalidName, clean_name, display_name, polite_name, short_name, sort_key


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Петров ", "Петров"),
        ("Мамин - Сибиряк", "Мамин-Сибиряк"),
        ("Мамин—Сибиряк", "Мамин-Сибиряк"),
        ("О’Нил", "О'Нил"),
        ("де\u00a0 Лакруа", "де Лакруа"),
        ("Пет\u200bров\ufeff", "Петров"),
        ("Алексе\u0438\u0306", "Алексей"),
        ("Smith", "Smith"),
    ],
)
def test_names_are_cleaned(typed: str, stored: str) -> None:
    assert clean_name(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("\u200b", "empty"),
        ("Петр0в", "digits"),
        ("Петров;", "symbols"),
        ("<b>", "symbols"),
        ("-Петров", "marks"),
        ("Петров--Водкин", "marks"),
        ("Пeтров", "alphabet"),
        ("а" * 101, "length"),
    ],
)
def test_what_is_not_a_name_is_refused_by_name_of_the_field(typed: str, code: str) -> None:
    with pytest.raises(InvalidName, match="Отчество") as refusal:
        clean_name(typed, "middle")
    assert refusal.value.code == code


def test_a_missing_patronymic_is_fine_where_it_may_be_missing() -> None:
    assert clean_name("  ", "middle", required=False) == ""


def test_sort_key_puts_yo_with_ye() -> None:
    names = [("Ёлкин", "Пётр", ""), ("Яшин", "Ян", ""), ("Елагин", "Ян", "Ильич"), ("Елкина", "Анна", "")]
    ordered = [last for last, *_ in sorted(names, key=lambda name: sort_key(*name))]
    assert ordered == ["Елагин", "Ёлкин", "Елкина", "Яшин"]
    assert sort_key(" Ёлкин", "Пётр  ", "") == "елкин петр"


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    try:
        once = clean_name(typed)
    except InvalidName:
        return
    assert clean_name(once) == once


def test_shown_forms() -> None:
    assert display_name("Петров", "Иван", "") == "Петров Иван"
    assert short_name("Петров", "Иван", "Ильич") == "И.\u00a0И.\u00a0Петров"
    assert short_name("Лакруа", "Анна-Мария") == "А.-М.\u00a0Лакруа"
    assert polite_name("Иван", "Ильич") == "Иван\u00a0Ильич"
    assert polite_name("Джон") == "Джон"
