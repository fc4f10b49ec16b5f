"""Columns of an appeal that the database computes from others, for searching and sorting the queue."""

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Func, Value, When


class Folded(Func):
    """Lower case, ё as е: written either way, a word is one word."""

    template = "translate(lower(%(expressions)s), 'ё', 'е')"
    arg_joiner = " || ' ' || "


class Words(Func):
    """Stems of the prose by the Russian dictionary, names as they are; each found in whatever order."""

    template = (
        "to_tsvector('russian', translate(lower(text || ' ' || wish || ' ' || answer), 'ё', 'е'))"
        " || to_tsvector('simple', translate(lower(applicant_name || ' ' || concerned_name), 'ё', 'е'))"
    )

    # The columns stand in the template; naming them as arguments would only repeat it.
    output_field = SearchVectorField()


def name_key(field: str) -> Any:
    """A name for search by its beginning; C order, so that a plain index serves it."""
    return models.GeneratedField(
        expression=Folded(F(field)),
        output_field=models.CharField(max_length=310, db_collation="C"),
        db_persist=True,
    )


def urgency_rank() -> Any:
    """0 comes first."""
    return models.GeneratedField(
        expression=Case(
            When(urgency="emergency", then=Value(0)), When(urgency="urgent", then=Value(1)), default=Value(2)
        ),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )


def search_words() -> Any:
    return models.GeneratedField(expression=Words(), output_field=SearchVectorField(), db_persist=True)
