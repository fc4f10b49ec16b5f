"""The same rules as a condition in SQL, so that millions of people are planned by one statement.

Pure: builds text and parameters, runs nothing. The condition reads only `birth_date`, `sex`, `categories
text[]`, `died_on` and `last_exam_on` of one table. It is generated from the very rules that
`dispensary.eligibility` reads, and a property test against PostgreSQL proves both equal on random people.

Ages become ranges of birth dates (`birth_date BETWEEN …`), not arithmetic on every row: comparisons are cheap
and an index on `birth_date` can serve them.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from dispensary.ages import MAX_AGE, spans
from dispensary.eligibility import NoRulesError, settled_period
from dispensary.rules import ProgrammeRule, Rules

Parameters = dict[str, Any]


def cohort_predicate(
    rules: Rules, programme: str, year: int, *, table_alias: str = "p"
) -> tuple[str, Parameters]:
    """WHERE condition, in psycopg2's named style, for everybody *due* for the programme in the year.

    Parameter names start with the programme's code: conditions of several programmes can share a statement.
    Raises `NoRulesError` for a year without rules and `ValueError` for an unknown programme or an odd alias.
    """
    edition = _edition(rules, programme, year)
    return _due(edition, programme, year, _alias(table_alias))


def invitation_predicate(
    rules: Rules, programme: str, year: int, *, table_alias: str = "p"
) -> tuple[str, Parameters]:
    """As `cohort_predicate`, without those whom another due programme takes in.

    This is what a campaign plans by: nobody is invited twice for one visit.
    """
    edition = _edition(rules, programme, year)
    alias = _alias(table_alias)
    condition, parameters = _due(edition, programme, year, alias)
    for other in edition.of_programme(programme)[0].part_of:
        if not edition.of_programme(other):
            continue
        covering, more = _due(edition, other, year, alias)
        # IS NOT TRUE, not NOT: unknown sex or categories make the inner condition null, that is "not due".
        condition = f"{condition} AND ({covering}) IS NOT TRUE"
        parameters |= more
    return condition, parameters


def _edition(rules: Rules, programme: str, year: int) -> Rules:
    edition = rules.for_year(year)
    if not edition.programmes:
        raise NoRulesError(year)
    if not edition.of_programme(programme):
        allowed = ", ".join(edition.programme_codes())
        raise ValueError(f"неизвестная программа «{programme}», допустимы: {allowed}")
    return edition


def _alias(alias: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", alias):
        raise ValueError(f"table alias {alias!r} is not a plain identifier")
    return alias


def _due(edition: Rules, programme: str, year: int, alias: str) -> tuple[str, Parameters]:
    parameters: Parameters = {}
    own = edition.of_programme(programme)
    grounds = [
        _ground(edition, rule, year, alias, f"{programme}_{number}", parameters)
        for number, rule in enumerate(own)
    ]
    first, last = settled_period(own[0], year)
    parameters |= {f"{programme}_passed_from": first, f"{programme}_passed_to": last}
    passed = f"{alias}.last_exam_on BETWEEN %({programme}_passed_from)s AND %({programme}_passed_to)s"
    return (
        f"{alias}.died_on IS NULL AND ({passed}) IS NOT TRUE AND ({' OR '.join(grounds)})",
        parameters,
    )


def _ground(
    edition: Rules, rule: ProgrammeRule, year: int, alias: str, prefix: str, parameters: Parameters
) -> str:
    births = []
    for number, (first, last) in enumerate(_birth_dates(rule, year)):
        low, high = f"{prefix}_born_from_{number}", f"{prefix}_born_to_{number}"
        parameters |= {low: first, high: last}
        births.append(f"{alias}.birth_date BETWEEN %({low})s AND %({high})s")
    conditions = [f"({' OR '.join(births)})"]
    if rule.sex is not None:
        parameters[f"{prefix}_sex"] = rule.sex
        conditions.append(f"{alias}.sex = %({prefix}_sex)s")
    if rule.category_group is not None:
        parameters[f"{prefix}_categories"] = sorted(edition.codes_of_group(rule.category_group))
        conditions.append(f"{alias}.categories::text[] && %({prefix}_categories)s::text[]")
    return f"({' AND '.join(conditions)})"


def _birth_dates(rule: ProgrammeRule, year: int) -> Iterator[tuple[date, date]]:
    """Inclusive spans of birth dates whose age reached in the year fits the rule."""
    for first, last in spans(year - age for age in rule.ages.ages if age <= MAX_AGE):
        yield date(first, 1, 1), date(last, 12, 31)
