"""The search box: our own questions, slips of the finger, and what may stand in an address."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appeals.knowledge.asking import understand
from appeals.knowledge.excerpts import Marker
from appeals.knowledge.load import load_reference
from appeals.knowledge.search import ask, open_articles, search
from appeals.knowledge.vocabulary import Vocabulary
from appeals.knowledge.words import lemmas, other_layout, tokens

QUESTIONS = Path(__file__).with_name("help_questions.csv")
WORDS = Vocabulary.of(
    [
        "Потерял полис. Как восстановить полис ОМС?",
        "Как записаться на приём к врачу через Госуслуги",
        "Диспансеризация и профосмотр: что входит",
    ]
)


def asked(text: str) -> str:
    return understand(text, WORDS).words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Как восстановить ПОЛИС?", "восстановить полис"),
        ("запись на прием", "запись прием"),
        ("gjkbc", "полис"),
        ("Gjnthzk gjkbc!", "потерял полис"),
        ("потярял полес", "потерял полис"),
        ("дисп", "дисп"),
        ("ДИСПАНСЕРИЗАЦИЮ", "диспансеризацию"),
        ("по\u200bлис", "полис"),
        ("", ""),
        ("🙂 \u202e %_'\\ | & ! <b>", ""),
        ("ОМС oms", "омс"),
    ],
)
def test_a_question_is_read_as_words_of_the_base(typed: str, words: str) -> None:
    assert asked(typed) == words


@pytest.mark.parametrize(
    "typed",
    [
        "Меня зовут Ёлкина Мария Петровна, потеряла полис",
        "полис 3952410887000019 потеряла",
        "потеряла полис, телефон +7 912 345-67-89, ул. Ленина, 5",
    ],
)
def test_names_and_numbers_never_get_into_the_address(typed: str) -> None:
    assert set(asked(typed).split()) == {"потеряла", "полис"}


@given(st.text(max_size=120))
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_the_address_holds_known_words_only(typed: str) -> None:
    question = understand(typed, WORDS)
    for term in question.terms:
        known = WORDS.knows(term.token) or term.phrases or WORDS.begins(term.token)
        assert known, (typed, term)
    assert understand(question.words, WORDS).words == question.words


def test_corrections_are_told_and_right_words_are_not_corrected() -> None:
    assert understand("полес", WORDS).fixed == (("полес", "полис"),)
    assert understand("полес", WORDS).meant == "полис"
    assert understand("полис", WORDS).meant == ""
    # A right Russian word that the base happens not to have is not taken for another one.
    assert understand("полк", WORDS).words == ""


def test_words_are_compared_by_dictionary_form() -> None:
    assert lemmas("полиса") == lemmas("полисы") == ("полис",)
    assert "прием" in lemmas("приема")
    assert tokens("приём врача-терапевта") == ["прием", "врача", "терапевта"]
    assert other_layout("полис") is None
    assert other_layout("ckj;yj") == "сложно"


def test_an_excerpt_marks_the_words_and_escapes_the_rest() -> None:
    marker = Marker(understand("прием к врачу", WORDS))
    text = "Заголовок\nПро <script>alert(1)</script> другое.\nНа приёме у врачей & сестёр тихо."
    shown = marker.excerpt(text)
    assert shown == "На <mark>приёме</mark> у <mark>врачей</mark> &amp; сестёр тихо."
    assert marker.marked("<b>врач</b>") == "&lt;b&gt;<mark>врач</mark>&lt;/b&gt;"
    assert marker.excerpt("") == ""
    assert len(Marker(understand("полис", WORDS)).excerpt("слово " * 200 + ".")) < 300


@pytest.mark.django_db
def test_our_own_questions_find_their_answers_among_the_first_three(django_assert_max_num_queries) -> None:
    load_reference()
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 60
    asked_for = {row["answer"] for row in rows}
    assert set(open_articles().values_list("slug", flat=True)) - asked_for <= {"ne-vizhu-svoj-vopros"}
    missed = []
    for row in rows:
        first = [found.article.slug for found in search(ask(row["question"]))[:3]]
        if row["answer"] not in first:
            missed.append(f"{row['question']}: {first} instead of {row['answer']}")
    assert not missed, "\n".join(missed)
    with django_assert_max_num_queries(3):
        search(ask("долго жду операцию, просят деньги, прислали смс, нет талонов к врачу в поликлинике"))
