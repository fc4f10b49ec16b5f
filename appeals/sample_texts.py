"""Invented texts of sample appeals: what was asked, wished and answered fits the topic. No real person's words."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

OPENINGS = ("Добрый день!", "Здравствуйте.", "", "")
# Details that fit whatever happened, to whomever.
DETAILS = (
    "Документы все есть, полис действующий.",
    "На сайте ничего понятного не нашлось.",
    "По телефону внятно не объяснили.",
    "Такое происходит не первый раз.",
)
QUESTIONS = (
    "Уточните, пожалуйста, когда вы обращались в поликлинику или больницу.",
    "Назовите, пожалуйста, отделение и, если помните, фамилию врача.",
)
REPLIES = ("Это было в прошлый вторник.", "Фамилию не помню, отделение терапии.")
NOTES = (
    "Нужен специалист второго уровня: одной справки здесь мало.",
    "Человек просит перезвонить после обеда.",
)
STATEMENTS = ("Вопрос решён, ответ больше не нужен.", "Уже помогли на месте, спасибо.")
REASONS = ("Из текста не понять, о чём просит человек, уточнить не удалось.",)


@dataclass(frozen=True, slots=True)
class Words:
    """What belongs together in one sample appeal; `answer_unjustified` is empty where nothing is judged."""

    text: str
    wish: str
    answer: str
    answer_unjustified: str


@cache
def _known() -> dict[str, tuple[Words, ...]]:
    found: dict[str, list[Words]] = {}
    path = Path(__file__).parent / "data" / "sample_texts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row.pop("topic"), []).append(Words(**row))
    return {topic: tuple(words) for topic, words in found.items()}


def words_for(topic: str, random: Random) -> Words:
    """Words for the topic, or for the nearest topic above it. KeyError where there is none at all."""
    known, key = _known(), topic
    while key not in known:
        key = key.rpartition(".")[0]
        if not key:
            raise KeyError(topic)
    words = random.choice(known[key])
    details = random.sample(DETAILS, random.randrange(2))
    text = " ".join(part for part in (random.choice(OPENINGS), words.text, *details) if part)
    return Words(text, words.wish, words.answer, words.answer_unjustified)
