"""What a human typed about a person → facts for eligibility, and the answer back as plain data.

Pure. Every refusal is one line that names the argument and says what would be accepted.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from dispensary.ages import MAX_AGE
from dispensary.eligibility import NoRulesError, PersonFacts, age_in_year, eligible
from dispensary.rules import Rules

# «М» and «Ж» as Russians type them; Cyrillic М and Latin M look the same on paper.
_SEX = {"F": "F", "M": "M", "Ж": "F", "М": "M"}


class FactsError(ValueError):
    """The input cannot be used; the message is one line for the person who typed it."""


def facts_from_args(
    *,
    birth_date: str,
    sex: str,
    year: str | int,
    categories: Iterable[str] = (),
    last_exam: str | None = None,
    today: date,
    rules: Rules,
) -> tuple[PersonFacts, int]:
    """Parse strictly; dates are ISO. Raises `FactsError`."""
    asked_year = _year(year, rules)
    born = _date("birth-date", birth_date)
    if born > today:
        raise FactsError(f"--birth-date: {born} ещё не наступило, дата рождения не может быть в будущем")
    age = age_in_year(born, asked_year)
    if age > MAX_AGE:
        raise FactsError(f"--birth-date: в {asked_year} году исполнилось бы {age} лет, больше {MAX_AGE}")
    if age < 0:
        raise FactsError(f"--year: {asked_year} раньше года рождения {born.year}")
    return PersonFacts(
        birth_date=born,
        sex=_sex(sex),
        categories=_categories(categories, rules.for_year(asked_year)),
        last_exam=_last_exam(last_exam, born, today),
    ), asked_year


def explain(person: PersonFacts, year: int, rules: Rules) -> dict[str, Any]:
    """The answer of `explain_eligibility`: `age` and `programmes`, ready for JSON."""
    return {
        "age": age_in_year(person.birth_date, year),
        "programmes": [
            {
                "programme": result.programme,
                "title": result.title,
                "due": result.due,
                "part_of": result.part_of,
                "reasons": [reason.as_dict() for reason in result.reasons],
                "tests": [{"code": test.test, "title": test.title} for test in result.tests],
            }
            for result in eligible(person, year, rules)
        ],
    }


def _year(value: str | int, rules: Rules) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) == 4 and int(text) >= 1900):
        raise FactsError(f"--year: «{text}» не год, нужны четыре цифры, например 2026")
    year = int(text)
    if not rules.for_year(year).programmes:
        raise FactsError(f"--year: {NoRulesError(year)}")
    return year


def _date(argument: str, text: str) -> date:
    try:
        # fromisoformat also takes 20260115 and 2026-W03-4, which people do not mean.
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise FactsError(f"--{argument}: «{text}» не дата, нужно ГГГГ-ММ-ДД, например 1985-07-12") from None


def _sex(text: str) -> str:
    try:
        return _SEX[text.strip().upper()]
    except KeyError:
        raise FactsError(
            f"--sex: неизвестное значение «{text}», допустимы F (женский) и M (мужской)"
        ) from None


def _categories(codes: Iterable[str], edition: Rules) -> frozenset[str]:
    given = frozenset(code.strip().lower() for code in codes)
    allowed = [category.category for category in edition.categories]
    if unknown := sorted(given.difference(allowed)):
        raise FactsError(
            f"--category: неизвестная категория «{', '.join(unknown)}», допустимы: {', '.join(allowed)}"
        )
    return given


def _last_exam(text: str | None, born: date, today: date) -> date | None:
    if text is None or not text.strip():
        return None
    day = _date("last-exam", text)
    if day > today:
        raise FactsError(f"--last-exam: {day} ещё не наступило, осмотр не может быть в будущем")
    if day < born:
        raise FactsError(f"--last-exam: {day} раньше даты рождения {born}")
    return day
