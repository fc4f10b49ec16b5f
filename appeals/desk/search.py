"""What was typed into the search of the queue, as conditions that indexes serve.

Digits are a number of an appeal, a policy number or a phone; everything else is a name by its beginning or
words of the text.

A planner cannot know how rare typed words are, and a wrong guess costs seconds at a million rows. So the indexes
are asked first, for a few thousand rows at most: where there are fewer, the list takes exactly those; where there
are more, the words are common and walking the order of the list meets a page of them soon.
"""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Q, QuerySet

from appeals.models import Appeal
from registry.models import InsuredPerson
from registry.names import sort_key

RARE = 5000
# People of the register whose name begins so are looked at too: a name may have changed since.
PEOPLE = 50
_SEPARATORS = re.compile(r"[\s\-‐‑–—()+]")
_NOT_WORDS = re.compile(r"[^\w]+|_+")
# Beginnings of words are looked up from this length on: shorter ones begin too much.
BEGINNING = 4


def matching(typed: str) -> Q:
    """The condition for what was typed. One query."""
    ways = _ways(typed)
    if not ways:
        return Q(pk__in=[])
    found = _first(ways)
    if found is not None:
        return Q(pk__in=found)
    common = Q()
    for way in ways:
        common |= way
    return common


def _first(ways: list[Q]) -> list[int] | None:
    """The appeals found in any of the ways; None where there are more than RARE.

    Each way is a materialised step: its plan does not know of the limit, so it takes the index, and stops early.
    """
    steps: list[str] = []
    values: list[Any] = []
    for number, way in enumerate(ways):
        sql, params = Appeal.objects.filter(way).order_by().values("pk").query.sql_with_params()
        steps.append(f"way{number} (id) AS MATERIALIZED ({sql})")
        values += params
    union = " UNION ALL ".join(f"SELECT id FROM way{number}" for number in range(len(ways)))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(steps)} SELECT id FROM ({union}) AS found LIMIT {RARE + 1}", values)
        found = [row[0] for row in cursor.fetchall()]
    return None if len(found) > RARE else sorted(set(found))


def _ways(typed: str) -> list[Q]:
    compact = _SEPARATORS.sub("", typed)
    if compact.isascii() and compact.isdigit():
        return _digits(compact)
    words = _NOT_WORDS.sub(" ", typed.lower().replace("ё", "е")).strip()
    if not words:
        return []
    key = sort_key(typed, "")
    return [
        Q(applicant_key__startswith=key),
        # Said twice, so that the partial index is known to hold it.
        Q(concerned_key__startswith=key) & ~Q(concerned_key=""),
        *_of_people(InsuredPerson.objects.filter(sort_key__startswith=key)),
        Q(search_words=_query(words)),
    ]


def _digits(digits: str) -> list[Q]:
    if len(digits) == 16:
        return [Q(concerned_enp=digits), *_of_people(InsuredPerson.objects.filter(enp=digits))]
    found = [Q(number__startswith=_dashed(digits))] if 2 <= len(digits) <= 14 else []
    if len(digits) in (10, 11):
        found.append(Q(applicant_phone=f"+7{digits[-10:]}"))
    return found


def _of_people(people: QuerySet[InsuredPerson]) -> list[Q]:
    ids = people.order_by().values("pk")[:PEOPLE]
    return [Q(applicant__in=ids), Q(concerned_person__in=ids)]


def _query(words: str) -> SearchQuery:
    """Stems by the Russian dictionary, or the words as they are: names are kept unstemmed.

    The words were cleaned of everything but letters and digits, so nothing typed is an operator.
    """
    query = SearchQuery(words, config="russian") | SearchQuery(words, config="simple")
    if " " not in words and len(words) >= BEGINNING:
        query |= SearchQuery(f"{words}:*", config="simple", search_type="raw")
    return query


def _dashed(digits: str) -> str:
    parts = (digits[:2], digits[2:6], digits[6:13], digits[13:])
    return "-".join(part for part in parts if part)
