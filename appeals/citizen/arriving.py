"""What a reader brings along to the wizard: the words typed into the search box, the topics of the answer read.

Both come by POST, never in an address. The topics are a hint: the writer sees one chosen and may choose another.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest

from appeals.models import AppealTopic
from registry.models.dated import valid_on

TEXT, TOPICS = "text", "topics"
_CODE = re.compile(r"[0-9X]{1,2}(\.[0-9]{1,2}){0,4}")
_MOST = 10
_LONGEST = 300


def brought_text(request: HttpRequest) -> str:
    return request.POST.get(TEXT, "").replace("\0", "")[:_LONGEST]


def brought_topics(request: HttpRequest) -> list[str]:
    """Codes of topics, as far as they have the shape of one; whether they exist is seen when one is offered."""
    given = request.POST.get(TOPICS, "").split()[:_MOST]
    return [code for code in given if _CODE.fullmatch(code)]


def likely_kind(codes: Sequence[str], today: date) -> str:
    """The kind of appeal that the first of the topics belongs to; empty when it fits several."""
    rows = AppealTopic.objects.filter(valid_on(today), code__in=codes, selectable=True)
    kinds = dict(rows.values_list("code", "kind"))
    return next((kinds[code] for code in codes if code in kinds), "")


def hinted(what: dict[str, Any], topics: Iterable[AppealTopic]) -> str | None:
    """The first of the brought topics that the chosen kind of appeal has."""
    offered = {topic.code for topic in topics}
    return next((code for code in what.get(TOPICS, ()) if code in offered), None)
