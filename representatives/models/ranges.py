"""Expressions for constraints that refuse overlaps.

Core PostgreSQL indexes ranges with GiST, but plain numbers only with the contrib extension btree_gist, which the
portal does without. So "the same representative" is said with ranges as well: two ranges of one point each overlap
exactly when the points are equal. An exclusion constraint over such a point and a term of dates holds under any
concurrency, where a check in a service would need a lock that every writer remembers to take.
"""

from typing import Any

from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db.models import DateTimeField, F, Func, IntegerField, Value
from django.db.models.functions import Cast

OVERLAPS = RangeOperators.OVERLAPS
# Any Monday will do: it only turns "Tuesday, 9:00" into a moment that a core range type can hold.
_MODEL_MONDAY = "2024-01-01"


class PlainTimestampRange(Func):
    """tsrange: a range of moments without a zone, because a weekly pattern has none."""

    function = "tsrange"
    output_field = DateTimeRangeField()


class ModelMoment(Func):
    """A weekday (Monday is 0) and a time of day as a moment of a model week."""

    template = f"(date '{_MODEL_MONDAY}' + %(expressions)s)"
    arg_joiner = " + "
    output_field = DateTimeField()


def same(expression: Any) -> tuple[Any, str]:
    """Rows clash only where this whole number is the same."""
    point = Func(
        expression, expression, Value("[]"), function="int8range", output_field=BigIntegerRangeField()
    )
    return point, OVERLAPS


def days(first: str, last: str) -> tuple[Any, str]:
    """Rows clash only where their terms of days, both ends included, meet; an empty end is open."""
    term = Func(F(first), F(last), Value("[]"), function="daterange", output_field=DateRangeField())
    return term, OVERLAPS


def hours(weekday: str, starts: str, ends: str) -> tuple[Any, str]:
    """Rows clash only where they meet within the week; one may start when another ends."""
    day = Cast(F(weekday), IntegerField())
    return PlainTimestampRange(ModelMoment(day, F(starts)), ModelMoment(day, F(ends))), OVERLAPS
