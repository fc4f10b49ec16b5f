from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from omsportal import text
from omsportal.templatetags import portal


def render(source: str, **context: object) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1234567, "1 234 567"),
        (1234.5, "1 234,5"),
        (-1500, "−1 500"),
        (Decimal("10.50"), "10,5"),
        (float("nan"), "—"),
    ],
)
def test_numbers_are_grouped_as_in_russian(value: float, shown: str) -> None:
    assert text.group_number(value) == shown.replace(" ", text.NBSP)


def test_places_fix_the_decimals() -> None:
    assert text.group_number(2, 1) == "2,0"


@given(st.integers(-(10**15), 10**15))
def test_a_grouped_number_reads_back(value: int) -> None:
    back = text.group_number(value).replace(text.NBSP, "").replace(text.MINUS, "-")
    assert int(back) == value


@pytest.mark.parametrize(
    ("value", "dial", "shown"),
    [
        ("88002006068", "88002006068", "8 800 200-60-68"),
        ("+7 800 200 60 68", "88002006068", "8 800 200-60-68"),
        ("89000000000", "+79000000000", "+7 900 000-00-00"),
        ("9000000000", "+79000000000", "+7 900 000-00-00"),
        ("83842575929", "+73842575929", "8 3842 57-59-29"),
        ("112", "112", "112"),
    ],
)
def test_phones_read_well_and_dial_right(value: str, dial: str, shown: str) -> None:
    link = render("{{ value|phone }}", value=value)
    assert f'href="tel:{dial}"' in link
    assert f">{shown.replace(' ', text.NBSP)}</a>" in link


def test_a_phone_cannot_smuggle_markup() -> None:
    assert "<b>" not in render("{{ value|phone }}", value="<b>1</b>")


def test_snils_keeps_what_is_not_a_snils() -> None:
    assert text.format_snils("112-233-445 95") == f"112-233-445{text.NBSP}95"
    assert text.format_snils("1122") == "1122"


def test_short_words_stay_with_the_next_one() -> None:
    assert text.keep_together("и в день приёма, 3 дня") == "и~в~день приёма, 3~дня".replace("~", text.NBSP)


def test_nbsp_escapes() -> None:
    assert render("{{ value|nbsp }}", value="в <b>") == f"в{text.NBSP}&lt;b&gt;"


@pytest.mark.parametrize(
    ("day", "days", "state"), [(19, -1, "late"), (20, 0, "soon"), (23, 3, "soon"), (24, 4, "ok")]
)
def test_due_is_told_by_word_and_shape(day: int, days: int, state: str) -> None:
    today = date(2026, 6, 20)
    assert portal.days_left(date(2026, 6, day), today) == days
    with translation.override("en"):
        drawn = render("{% due due_on today %}", due_on=date(2026, 6, day), today=today)
    assert f"due--{state}" in drawn
    assert "<svg" in drawn
    assert {-1: "overdue by 1 day", 0: "due today", 3: "3 days left", 4: "4 days left"}[days] in drawn


def test_no_due_date_says_so() -> None:
    with translation.override("en"):
        assert "no due date" in render("{% due due_on %}", due_on=None)


def test_days_left_takes_the_local_day_of_a_moment(settings: object) -> None:
    settings.TIME_ZONE = "Asia/Novosibirsk"  # type: ignore[attr-defined]
    assert portal.days_left(datetime(2026, 6, 19, 20, 0, tzinfo=UTC), date(2026, 6, 20)) == 0


def test_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in render('{% icon "telephone" %}')
    spoken = render('{% icon "telephone" label=label %}', label='a"b')
    assert 'role="img" aria-label="a&quot;b"' in spoken


@pytest.mark.parametrize("name", ["no-such-icon", "../package", ""])
def test_unknown_icon_is_refused(name: str) -> None:
    with pytest.raises(LookupError):
        portal.icon_shape(name)
