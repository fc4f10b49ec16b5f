"""The seed of reference data is whole, and a broken row is named."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from appeals.reference import (
    DATA,
    BadReference,
    Terms,
    TopicNotValid,
    Topics,
    UnknownTopic,
    read_bodies,
    read_terms,
    read_topics,
)
from appeals.terms import Kind

ROWS = read_topics()
BY_CODE = {row.code: row for row in ROWS}
DAY = date(2026, 6, 1)

# The rows of form ЗПЗ table 1 as (parent, number of the last subrow).
SUBROWS = {"2": 3, "3.1": 16, "3.1.5": 10, "3.1.6": 10, "3.1.7": 4, "3.1.11": 1, "3.1.12": 1}
SUBROWS |= {"4": 18, "4.6": 6, "4.7": 5, "4.8": 1, "4.12": 1, "4.16": 1}


@pytest.mark.parametrize(("parent", "last"), SUBROWS.items())
def test_no_row_of_the_form_is_missing(parent: str, last: int) -> None:
    found = [row.code for row in ROWS if row.parent == parent]
    assert found == [f"{parent}.{n}" for n in range(1, last + 1)]


def test_codes_outside_the_form_cannot_collide_with_it() -> None:
    for row in ROWS:
        outside = row.code.startswith("X")
        assert re.fullmatch(r"X(\.\d+)?" if outside else r"[2-6](\.\d+)*", row.code)
        assert outside == (row.kind is None)
        assert row.outside_competence == (outside and row.selectable)


def test_every_addressee_is_a_known_body() -> None:
    bodies = {body.code for body in read_bodies()}
    assert {row.addressee for row in ROWS if row.addressee} <= bodies
    assert "federal_fund" in bodies


def test_people_and_officials_both_find_their_words() -> None:
    for row in ROWS:
        assert row.title
        assert row.plain_title
        assert row.source
        assert row.forms
    chosen = [row for row in ROWS if row.selectable]
    assert len({(row.kind, row.plain_title) for row in chosen}) == len(chosen)


def test_the_statutory_terms() -> None:
    terms = Terms(read_terms())
    assert [terms.at(code, DAY).value for code in ("register", "forward", "answer", "extend")] == [
        3,
        7,
        30,
        30,
    ]


def test_a_term_of_the_kind_and_level_beats_a_general_one() -> None:
    general = next(row for row in read_terms() if row.code == "answer")
    own = replace(general, kind=Kind.GRATITUDE, value=10)
    later = replace(general, value=15, valid_from=date(2026, 9, 1))
    terms = Terms([own, later, general])
    assert terms.at("answer", DAY, kind=Kind.GRATITUDE).value == 10
    assert terms.at("answer", DAY, kind=Kind.COMPLAINT).value == 30
    assert terms.at("answer", date(2026, 9, 1), kind=Kind.COMPLAINT).value == 15


def test_a_topic_is_found_in_the_version_of_the_day() -> None:
    old = replace(BY_CODE["4.2"], valid_to=date(2026, 5, 31))
    new = replace(BY_CODE["4.2"], plain_title="Полис", valid_from=date(2026, 6, 1))
    topics = Topics([old, new])
    assert topics.at("4.2", date(2026, 5, 31)) == old
    assert topics.at("4.2", date(2026, 6, 1)) == new
    with pytest.raises(TopicNotValid, match="not valid on 2022-12-31; valid: 2023-01-01 to 2026-05-31"):
        topics.at("4.2", date(2022, 12, 31))


def test_two_versions_of_one_day_are_refused() -> None:
    with pytest.raises(BadReference, match=r"4\.2"):
        Topics([BY_CODE["4.2"], replace(BY_CODE["4.2"], valid_from=date(2026, 1, 1))])


def test_an_unknown_topic_and_a_heading_say_what_is_allowed() -> None:
    topics = Topics(ROWS)
    with pytest.raises(UnknownTopic, match=r"'9\.9'; allowed: 2\.1, 2\.2"):
        topics.at("9.9", DAY)
    with pytest.raises(TopicNotValid, match=r"4 is a heading; allowed: 4\.1, 4\.2"):
        topics.at("4", DAY)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2.1,2,application", "2.1,2,petition", "line 3: 'petition'"),
        ("2.1,2,", "2.1,7,", "topic 2.1 has no parent 7"),
        ("1,2,,normal,written", "1,5,,normal,written", "line 3: topic 2.1: a level is 1, 2 or 3"),
        ("1,2,,normal,written", "1,,,normal,written", "line 3: topic 2.1: a level belongs"),
        ("1,2,,normal,written", "yes,2,,normal,written", "line 3: expected 0 or 1"),
        ("2023-01-01", "01.01.2023", "line 2: Invalid isoformat"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (DATA / "topics.csv").read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "topics.csv"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadReference, match=re.escape(message)):
        read_topics(broken)
