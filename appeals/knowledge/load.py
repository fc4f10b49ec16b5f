"""Loads the answers that ship with the portal.

Apart from the other reference data of appeals: whoever needs topics and terms need not wait for fifty texts.
"""

from django.utils import timezone

from appeals.knowledge.files import read_answers
from appeals.knowledge.publishing import ship


def load_reference() -> list[str]:
    texts = list(read_answers())
    changed = ship(texts, now=timezone.now())
    return [f"{len(texts)} answers, {changed} of them new or changed"]
