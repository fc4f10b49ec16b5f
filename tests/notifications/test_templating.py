"""Message texts with whitelisted fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.templating import TemplateError, check, fields, render, render_line

ALLOWED = frozenset({"name", "clinic", "book_by"})


def test_fields_are_filled_and_double_braces_are_braces() -> None:
    text = render("{name}, ждём вас: {clinic} {{до}} {name}", {"name": "Анна", "clinic": "ГП № 1"}, ALLOWED)
    assert text == "Анна, ждём вас: ГП № 1 {до} Анна"


def test_a_value_is_never_read_as_a_template() -> None:
    assert render("{name}", {"name": "{clinic} {{x}}"}, ALLOWED) == "{clinic} {{x}}"


def test_an_unknown_field_is_named_with_those_allowed() -> None:
    with pytest.raises(TemplateError, match=r"\{diagnosis\}.*book_by, clinic, name"):
        render("{diagnosis}", {"diagnosis": "I10"}, ALLOWED)


@pytest.mark.parametrize("values", [{}, {"name": None}])
def test_a_missing_value_is_named(values: dict[str, str | None]) -> None:
    with pytest.raises(TemplateError, match=r"\{name\}"):
        render("{name}", values, ALLOWED)


def test_an_empty_value_is_a_value() -> None:
    assert render("[{name}]", {"name": ""}, ALLOWED) == "[]"


@pytest.mark.parametrize(
    "template",
    [
        "{name.__class__}",
        "{name!r}",
        "{name:>99}",
        "{0}",
        "{}",
        "{ name }",
        "{Name}",
        "{name[0]}",
        "{",
        "}",
        "{name",
    ],
)
def test_anything_but_a_plain_name_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        render(template, {"name": "Анна"}, ALLOWED)
    (problem,) = check(template, ALLOWED)
    assert problem.code == "syntax"


def test_check_lists_every_unknown_field() -> None:
    assert [p.code for p in check("{a} {name} {b} {a}", ALLOWED)] == ["unknown_field"] * 2
    assert check("{name} {{a}}", ALLOWED) == ()
    assert fields("{name} {clinic} {{book_by}}") == {"name", "clinic"}


@pytest.mark.parametrize("breaker", ["\n", "\r\n", "\u2028", "\x0b", "\x85"])
def test_a_subject_stays_one_line(breaker: str) -> None:
    subject = render_line("Осмотр: {name}\n", {"name": f"Анна{breaker}Bcc: x@example.org"}, ALLOWED)
    assert subject.splitlines() == ["Осмотр: Анна Bcc: x@example.org"]


@given(st.text())
def test_any_text_passes_when_its_braces_are_doubled(text: str) -> None:
    assert render(text.replace("{", "{{").replace("}", "}}"), {}, ()) == text


@given(st.text(), st.text())
def test_values_go_in_unchanged(name: str, clinic: str) -> None:
    assert render("{name}|{clinic}", {"name": name, "clinic": clinic}, ALLOWED) == f"{name}|{clinic}"
