"""Reads of the appeals report. Pages, API, exports, mails and the official forms ask here and nowhere else."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from appeals.models.reports import (
    CLOSED,
    CURRENT,
    AppealFact,
    AppealFactQuerySet,
    AppealSum,
    CountRun,
    held_at,
)
from appeals.reports.dimensions import DIMENSIONS, OWNERS, PREFIX, ROWS, WHOLE, sums
from appeals.reports.measures import COUNTS, Sums
from appeals.reports.query import Owner, Period, Query, WrongQuery
from registry.models import Clinic, Organization, Region
from registry.scoping import Role, Scope

PAGE = 100


def latest_run() -> CountRun | None:
    return CountRun.objects.order_by("-pk").first()


def run_of(number: int | None) -> CountRun | None:
    """The count asked for, the latest without a number; None where there is no such count."""
    return latest_run() if number is None else CountRun.objects.filter(pk=number).first()


@dataclass(frozen=True, slots=True)
class Place:
    """An owner the reader may ask about, with its name and whose clock its days follow."""

    owner: Owner
    name: str
    region: Region


def places(scope: Scope) -> list[Place]:
    """Whose reports the reader may open: regions, then their organisations, then the reader's clinics."""
    regions, heads = scope.regions(Role.FUND_ADMIN), scope.organizations(Role.SUPERVISOR)
    found = [
        Place(Owner("R", region.code), region.name, region)
        for region in Region.objects.filter(pk__in=regions)
    ]
    offices = Organization.objects.filter(Q(region__in=regions) | Q(pk__in=heads)).select_related("region")
    found += [
        Place(Owner("O", str(one.pk)), one.short_name, one.region)
        for one in offices.order_by("region", "-kind", "short_name")
    ]
    clinics = Clinic.objects.filter(pk__in=scope.clinics(Role.CLINIC_STAFF)).select_related("region")
    return found + [Place(Owner("C", str(one.pk)), one.short_name, one.region) for one in clinics]


def place_of(scope: Scope, owner: Owner) -> Place | None:
    """The owner if the reader may ask about it. A fund's administrator may ask about each clinic of the region."""
    if owner.kind == "C":
        rows = Clinic.objects.filter(
            Q(pk__in=scope.clinics(Role.CLINIC_STAFF)) | Q(region__in=scope.regions(Role.FUND_ADMIN))
        )
        one = rows.filter(pk=int(owner.key)).select_related("region").first()
        return Place(owner, one.short_name, one.region) if one else None
    return next((place for place in places(scope) if place.owner == owner), None)


def whole(query: Query, counted_on: date) -> Sums:
    """The owner's sums of the period, under the query's filters."""
    return breakdown(query, WHOLE, counted_on).get("", Sums())


def breakdown(query: Query, dimension: str, counted_on: date) -> dict[str, Sums]:
    """Sums by the values of one dimension. `counted_on` is the day of the count at the owner's place.

    Whole months come from the monthly sums, a filter or a part of a month from the facts. Raises WrongQuery.
    """
    if dimension != WHOLE and dimension not in DIMENSIONS:
        raise WrongQuery("unknown_dimension")
    months, rest = query.period.split(counted_on)
    if query.filters:
        months, rest = [], [query.period]
    found: dict[str, Sums] = defaultdict(Sums)
    for _, value, part in _kept(query, dimension, months):
        found[value] += part
    if rest:
        for (value,), part in crossed(_within(query, rest), (dimension,)).items():
            found[value] += part
    return dict(found)


def by_month(query: Query, counted_on: date) -> dict[date, Sums]:
    """Whole months of the period, first day of the month → its sums; for lines over time. No filters."""
    months, _ = query.period.split(counted_on)
    found = dict.fromkeys(months, Sums())
    for month, _, part in _kept(query, WHOLE, months):
        found[month] += part
    return found


def crossed(facts: AppealFactQuerySet, dimensions: Sequence[str]) -> dict[tuple[str, ...], Sums]:
    """Facts grouped by several dimensions at once, for tables such as form ЗПЗ. One query over the facts."""
    names = [f"in_{number}" for number in range(len(dimensions))]
    values = {
        name: DIMENSIONS[dimension].value()
        for name, dimension in zip(names, dimensions, strict=True)
        if dimension != WHOLE
    }
    rows = facts.annotate(**values).order_by().values(*values, "days").annotate(**sums())
    found: dict[tuple[str, ...], Sums] = defaultdict(Sums)
    for row in rows.iterator(chunk_size=5_000):
        counts = {name: row[PREFIX + name] for name in COUNTS}
        taken = {row["days"]: counts["answered"]} if row["days"] is not None else {}
        found[tuple(row.get(name, "") for name in names)] += Sums(**counts, days_taken=taken)
    return dict(found)


def facts_of(query: Query) -> AppealFactQuerySet:
    """The facts a query is about, as they held at its count. Whether the reader may ask is `place_of`'s matter."""
    return _within(query, [query.period])


def rows_behind(
    query: Query, measure: str, *, after: str = "", limit: int = PAGE
) -> tuple[list[AppealFact], str]:
    """The facts behind one number, oldest first, and the mark of the next page ("" at the end).

    Raises WrongQuery for a measure, a filter or a mark that does not exist.
    """
    facts = behind(query, measure)
    if after:
        facts = facts.filter(_beyond(after))
    rows = facts.select_related("appeal", "organization", "clinic").order_by("day", "appeal_id")
    # Each half in the order of its own index; together they would have to be sorted whole.
    both = [*rows.filter(CURRENT)[: limit + 1], *rows.filter(CLOSED)[: limit + 1]]
    both.sort(key=lambda fact: (fact.day, fact.appeal_id))
    found = both[:limit]
    return found, f"{found[-1].day.isoformat()}.{found[-1].appeal_id}" if len(both) > limit else ""


def behind(query: Query, measure: str) -> AppealFactQuerySet:
    if measure not in ROWS:
        raise WrongQuery("unknown_measure")
    return facts_of(query).filter(ROWS[measure])


def _beyond(mark: str) -> Q:
    day, _, key = mark.partition(".")
    try:
        on, appeal = date.fromisoformat(day), int(key)
    except ValueError as error:
        raise WrongQuery("unknown_value") from error
    return Q(day__gt=on) | Q(day=on, appeal_id__gt=appeal)


def _within(query: Query, periods: Sequence[Period]) -> AppealFactQuerySet:
    days = Q()
    for period in periods:
        days |= Q(day__gte=period.first, day__lte=period.last)
    owned = Q(**{f"{OWNERS[query.owner.kind]}_id": query.owner.key})
    return AppealFact.objects.as_of(query.run).filter(days, owned, *_filters(query.filters))


def _filters(filters: Mapping[str, str]) -> list[Q]:
    if any(name not in DIMENSIONS for name in filters):
        raise WrongQuery("unknown_dimension")
    return [DIMENSIONS[name].where(value) for name, value in filters.items()]


def _kept(query: Query, dimension: str, months: list[date]) -> list[tuple[date, str, Sums]]:
    if not months:
        return []
    cells = AppealSum.objects.filter(
        held_at(query.run), owner=str(query.owner), dimension=dimension, month__in=months
    )
    return [
        (month, value, _sums(values)) for month, value, *values in cells.values_list("month", "value", *_KEPT)
    ]


_KEPT = (*COUNTS, "days_taken")


def _sums(values: Sequence[Any]) -> Sums:
    *counts, taken = values
    days = {int(day): answers for day, answers in taken.items()}
    return Sums(**dict(zip(COUNTS, counts, strict=True)), days_taken=days)
