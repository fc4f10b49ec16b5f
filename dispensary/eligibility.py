"""Who is due for which preventive programme in a calendar year, and why.

Pure: facts, a year and the rules come in; every programme comes back with `due`, reasons and tests.
The command, the cabinet, the staff page and the cohort SQL (`dispensary.cohort`) all rest on this one module.

Decisions:

* Age is the age reached in the calendar year (order 404н): a person born on 31 December is as old as one born
  on 1 January.
* Dispensarization takes in the preventive exam of its year. The exam stays *due* (people have a right to it
  every year) but carries `part_of`: there is one visit and one invitation, see `ProgrammeResult.invited`.
* An exam passed this year, in either form, settles every programme of it: one date is all that is known.
* A recorded death ends everything, whatever its date.
* An age above `MAX_AGE` or below zero is a mistake of the register: such a record is not invited to anything.
"""

from dataclasses import dataclass, field
from datetime import date

from dispensary.ages import MAX_AGE
from dispensary.rules import ProgrammeRule, Rules, ScreeningTest


class NoRulesError(ValueError):
    """No edition of the rules governs the asked year."""

    def __init__(self, year: int) -> None:
        super().__init__(f"на {year} год правила профилактических программ не загружены")


@dataclass(frozen=True)
class Reason:
    """Why a decision is what it is: a stable code and the Russian text that people read."""

    code: str
    text: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "text": self.text}


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """All that eligibility looks at. `sex` is `F`, `M` or None when the register does not know it.

    `last_exam`: day of the last preventive exam or dispensarization. Unknown categories are ignored here;
    `dispensary.facts` refuses them where a human types them.
    """

    birth_date: date
    sex: str | None
    categories: frozenset[str] = field(default_factory=frozenset)
    last_exam: date | None = None
    died_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ProgrammeResult:
    programme: str
    title: str
    due: bool
    part_of: str | None
    reasons: tuple[Reason, ...]
    tests: tuple[ScreeningTest, ...]

    @property
    def invited(self) -> bool:
        """Due and not covered by another programme's invitation."""
        return self.due and self.part_of is None


def age_in_year(birth_date: date, year: int) -> int:
    """Age in whole years reached by the end of the calendar year; negative before birth."""
    return year - birth_date.year


def eligible(person: PersonFacts, year: int, rules: Rules) -> tuple[ProgrammeResult, ...]:
    """Every programme of the year in the order of the rules; `NoRulesError` for a year without rules."""
    edition = rules.for_year(year)
    if not edition.programmes:
        raise NoRulesError(year)
    obstacle = _obstacle(person, year)
    grounds = {code: _grounds(person, year, edition, code) for code in edition.programme_codes()}
    settled = {code: _settled(person, year, edition.of_programme(code)[0]) for code in grounds}
    due = {code for code in grounds if obstacle is None and grounds[code] and settled[code] is None}
    return tuple(
        _result(person, year, edition, code, obstacle or settled[code], grounds[code], due)
        for code in grounds
    )


def _result(
    person: PersonFacts,
    year: int,
    edition: Rules,
    code: str,
    against: Reason | None,
    grounds: tuple[Reason, ...],
    due: set[str],
) -> ProgrammeResult:
    rule = edition.of_programme(code)[0]
    if code not in due:
        reason = (against if grounds else None) or _no_ground(person, year, edition, code)
        return ProgrammeResult(
            programme=code, title=rule.title, due=False, part_of=None, reasons=(reason,), tests=()
        )
    part_of = next((other for other in rule.part_of if other in due), None)
    tests = _tests(person, year, edition, code)
    reasons = [*grounds]
    if part_of:
        within = edition.of_programme(part_of)[0].title
        reasons.append(Reason("included", f"Проводится в тот же визит и по тому же приглашению: {within}"))
    return ProgrammeResult(
        programme=code, title=rule.title, due=True, part_of=part_of, reasons=tuple(reasons), tests=tests
    )


def _obstacle(person: PersonFacts, year: int) -> Reason | None:
    if person.died_on is not None:
        return Reason("died", "В регистре есть запись о смерти")
    if age_in_year(person.birth_date, year) > MAX_AGE:
        return Reason("implausible_age", f"Возраст больше {MAX_AGE} лет: проверьте дату рождения")
    return None


def _grounds(person: PersonFacts, year: int, edition: Rules, programme: str) -> tuple[Reason, ...]:
    return tuple(
        Reason(rule.rule, _text(rule, person, year, edition))
        for rule in edition.of_programme(programme)
        if rule_holds(rule, person, year, edition)
    )


def rule_holds(rule: ProgrammeRule, person: PersonFacts, year: int, edition: Rules) -> bool:
    """One ground of a programme: age, sex and category together."""
    return (
        age_in_year(person.birth_date, year) in rule.ages
        and (rule.sex is None or rule.sex == person.sex)
        and (
            rule.category_group is None
            or not person.categories.isdisjoint(edition.codes_of_group(rule.category_group))
        )
    )


def _text(rule: ProgrammeRule, person: PersonFacts, year: int, edition: Rules) -> str:
    titles = [
        c.title
        for c in edition.categories
        if c.group == rule.category_group and c.category in person.categories
    ]
    return rule.text.format(age=age_in_year(person.birth_date, year), categories="; ".join(titles))


def _settled(person: PersonFacts, year: int, rule: ProgrammeRule) -> Reason | None:
    first, last = settled_period(rule, year)
    if person.last_exam is None or not first <= person.last_exam <= last:
        return None
    return Reason("passed", f"Осмотр уже пройден {person.last_exam:%d.%m.%Y}")


def settled_period(rule: ProgrammeRule, year: int) -> tuple[date, date]:
    """The days, both inclusive, on which a passed exam makes the programme not due in the year."""
    return date(year - rule.interval_years + 1, 1, 1), date(year, 12, 31)


def _no_ground(person: PersonFacts, year: int, edition: Rules, programme: str) -> Reason:
    """The nearest thing that is missing: the answer says when or on what condition it would be due."""
    age = age_in_year(person.birth_date, year)
    if obstacle := _obstacle(person, year):
        return obstacle
    rules = edition.of_programme(programme)
    youngest = min(min(rule.ages.ages) for rule in rules)
    if age < youngest:
        return Reason(
            "too_young", f"В этом году исполняется {max(age, 0)}, программа начинается с {youngest}"
        )
    if all(rule.category_group for rule in rules):
        return Reason("no_category", "Нет категории, для которой проводится программа")
    by_age = [rule for rule in rules if rule.category_group is None]
    later = [a for rule in by_age for a in rule.ages.ages if a > age]
    if any(age in rule.ages for rule in by_age):
        return Reason("other_sex", "Программа проводится для людей другого пола или пол в регистре не указан")
    if later:
        return Reason("not_this_year", f"В этом году исполняется {age}, следующий раз — в {min(later)}")
    oldest = max(max(rule.ages.ages) for rule in by_age)
    return Reason("too_old", f"В этом году исполняется {age}, программа проводится до {oldest}")


def _tests(person: PersonFacts, year: int, edition: Rules, programme: str) -> tuple[ScreeningTest, ...]:
    age = age_in_year(person.birth_date, year)
    return tuple(
        test
        for test in edition.tests
        if test.programme == programme and age in test.ages and (test.sex is None or test.sex == person.sex)
    )
