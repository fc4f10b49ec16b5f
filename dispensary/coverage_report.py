"""The coverage report: one selector for the page, the spreadsheet, the CSV and the API, and the rows behind it.

Reads the roll-up `CoverageCount` alone: two queries whatever the size of the region, names of organisations apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import F, Max, Q, QuerySet, Sum
from django.utils import timezone

from dispensary.coverage import Coverage, Discrepancy, discrepancies
from dispensary.coverage_counting import AGE_GROUPS
from dispensary.coverage_words import age_group, channel, month, not_attached
from dispensary.models import (
    Campaign,
    CoverageCount,
    CoverageTarget,
    Invitation,
    InvitationState,
    PlanCount,
    Programme,
    Round,
)
from dispensary.uplift import Group, Interval, Uplift, interval, uplift
from registry.models import Clinic, Organization
from registry.models.dated import valid_on
from registry.models.people import ContactChannel
from registry.scoping import Scope

PAGE = 50
# What a report may be split by, and the column of the roll-up.
SPLITS: Mapping[str, str] = {
    "programme": "campaign__programme",
    "insurer": "insurer",
    "clinic": "clinic",
    "age": "age_group",
    "channel": "channel",
    "month": "month",
}
# In an address: people without a clinic, and people without a channel (nobody is written to who is excluded).
NONE = "none"
STATES: Mapping[str, tuple[str, ...]] = {
    "planned": tuple(InvitationState.values),
    "informed": (InvitationState.INFORMED,),
    "excluded": (InvitationState.EXCLUDED,),
    "failed": (InvitationState.FAILED,),
    "pending": (InvitationState.LISTED, InvitationState.PLANNED, InvitationState.QUEUED),
    "came": (InvitationState.INFORMED,),
    "attended": tuple(InvitationState.values),
}


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is asked. Filters are texts as they stand in an address, empty where nothing is filtered."""

    year: int
    by: str = "programme"
    programme: str = ""
    insurer: str = ""
    clinic: str = ""
    age: str = ""
    channel: str = ""
    month: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str], *, year: int) -> "Query":
        """From an address; what cannot be meant is left out, so that an old link still opens."""
        asked = given.get("year", "")
        by = given.get("by", "")
        filters = {name: given.get(name, "") for name in SPLITS}
        return cls(
            year=int(asked) if asked.isdecimal() and len(asked) == 4 else year,
            by=by if by in SPLITS else "programme",
            **{name: value for name, value in filters.items() if _sound(name, value)},
        )

    @property
    def filters(self) -> dict[str, str]:
        found = {name: str(getattr(self, name)) for name in SPLITS}
        return {name: value for name, value in found.items() if value}

    @property
    def address(self) -> dict[str, str]:
        return {"year": str(self.year), "by": self.by, **self.filters}

    def narrowed(self, key: str) -> "Query":
        """To one row of the report."""
        return Query.of({**self.address, self.by: key}, year=self.year)


def _sound(name: str, value: str) -> bool:
    if name in ("clinic", "channel") and value == NONE:
        return True
    if name in ("insurer", "clinic"):
        return value.isdecimal() and len(value) < 18
    if name == "age":
        return value in {str(age) for age in AGE_GROUPS}
    if name == "channel":
        return value in ContactChannel.values
    if name == "month":
        try:
            return date.fromisoformat(value).day == 1
        except ValueError:
            return False
    return len(value) <= 40


@dataclass(frozen=True, kw_only=True)
class Counts:
    """People. `attended` came whether invited or not; `came` are those of the informed."""

    planned: int = 0
    informed: int = 0
    excluded: int = 0
    failed: int = 0
    pending: int = 0
    came: int = 0
    attended: int = 0
    invited_came: int = 0
    left_out: int = 0
    left_out_came: int = 0

    @property
    def coverage(self) -> Coverage:
        names = ("planned", "informed", "excluded", "failed", "pending", "came")
        return Coverage(**{name: getattr(self, name) for name in names})

    @property
    def attended_share(self) -> Fraction | None:
        return Fraction(self.attended, self.planned) if self.planned else None

    @property
    def came_interval(self) -> Interval | None:
        """The share of the informed who came, as an interval of 95 %."""
        return interval(Group(people=self.informed, came=self.came)) if self.informed else None

    @property
    def uplift(self) -> Uplift | None:
        invited = Group(people=self.planned - self.excluded, came=self.invited_came)
        return uplift(invited, Group(people=self.left_out, came=self.left_out_came))


COUNTED = tuple(field.name for field in fields(Counts))


@dataclass(frozen=True, kw_only=True)
class Line:
    """`key` narrows the report to this row; `target` is the share in force, in percent, None where none is set."""

    key: str
    label: str
    counts: Counts
    target: int | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """`stated` is how many the planning itself said it had planned: it must be the total. None under a filter that
    planning does not know: age, channel, month."""

    query: Query
    lines: list[Line]
    total: Line
    channels: list[Line]
    stated: int | None
    problems: tuple[Discrepancy, ...]
    targets: list[CoverageTarget]
    counted_at: datetime | None


def years(scope: Scope) -> list[int]:
    """Years with campaigns that the reader sees, the latest first."""
    rows = Campaign.objects.visible_to(scope).filter(cohort_at__isnull=False)
    return list(rows.values_list("year", flat=True).distinct().order_by("-year"))


def report(query: Query, scope: Scope, *, today: date) -> Report:
    rows = _filtered(query, CoverageCount.objects.visible_to(scope).filter(campaign__year=query.year))
    targets = _targets(query, scope, on=min(today, date(query.year, 12, 31)))
    by = _sums(rows, query.by)
    labels = labels_of(query.by, list(by))
    lines = [
        Line(key=key, label=labels[key], counts=counts, target=_target(query, key, targets))
        for key, counts in by.items()
    ]
    if query.by in ("programme", "insurer", "clinic"):
        lines.sort(key=lambda line: (-line.counts.planned, line.label))
    total = _total(by.values())
    stated = _stated(query, scope)
    every = {line.label: line.counts.coverage for line in lines}
    problems = list(discrepancies(every))
    if stated is not None and stated != total.planned:
        text = f"По плану записано {stated}, а строк приглашений {total.planned}"
        problems.append(Discrepancy("plan_differs", "", text))
    channels = by if query.by == "channel" else _sums(rows, "channel")
    names = labels_of("channel", list(channels))
    return Report(
        query=query,
        lines=lines,
        total=Line(key="", label="", counts=total, target=_target(query, "", targets)),
        channels=[
            Line(key=key, label=names[key], counts=counts)
            for key, counts in channels.items()
            if counts.informed
        ],
        stated=stated,
        problems=tuple(problems),
        targets=targets,
        counted_at=_campaigns(query, scope).aggregate(at=Max("covered_at"))["at"],
    )


def _campaigns(query: Query, scope: Scope) -> QuerySet[Campaign]:
    rows = Campaign.objects.visible_to(scope).filter(year=query.year, covered_at__isnull=False)
    return rows.filter(programme=query.programme) if query.programme else rows


def _filtered(query: Query, rows: QuerySet[Any]) -> QuerySet[Any]:
    for name, value in query.filters.items():
        if name == "channel":
            rows = rows.filter(channel="" if value == NONE else value)
        else:
            rows = rows.filter(**{SPLITS[name]: None if value == NONE else value})
    return rows


def _sums(rows: QuerySet[CoverageCount], by: str) -> dict[str, Counts]:
    column = SPLITS[by]
    sums = rows.values_list(column).annotate(*(Sum(name) for name in COUNTED)).order_by(column)
    return {_key(value): Counts(**dict(zip(COUNTED, numbers, strict=True))) for value, *numbers in sums}


def _key(value: Any) -> str:
    return NONE if value in (None, "") else str(value)


def _total(every: Any) -> Counts:
    sums = dict.fromkeys(COUNTED, 0)
    for counts in every:
        for name in COUNTED:
            sums[name] += getattr(counts, name)
    return Counts(**sums)


def _stated(query: Query, scope: Scope) -> int | None:
    if query.age or query.channel or query.month:
        return None
    rows = PlanCount.objects.visible_to(scope).filter(
        campaign__in=_campaigns(query, scope).values("pk"), round=Round.PRIMARY
    )
    plain = {name: value for name, value in query.filters.items() if name in ("insurer", "clinic")}
    for name, value in plain.items():
        rows = rows.filter(**{name: None if value == NONE else value})
    return int(rows.aggregate(people=Sum("people", default=0))["people"])


def _targets(query: Query, scope: Scope, *, on: date) -> list[CoverageTarget]:
    """Those in force; a region's own before the country's, where the report is about one region."""
    regions = set(_campaigns(query, scope).values_list("region", flat=True))
    own = Q(region__isnull=True)
    if len(regions) == 1:
        own |= Q(region__in=regions)
    rows = CoverageTarget.objects.filter(valid_on(on)).filter(own).select_related("programme")
    found: dict[str, CoverageTarget] = {}
    for row in rows.order_by(F("region").asc(nulls_first=True), "valid_from"):
        found[row.programme_id] = row
    return list(found.values())


def _target(query: Query, key: str, targets: list[CoverageTarget]) -> int | None:
    """That of the programme in question; none where programmes with different ones would be mixed."""
    programme = key if query.by == "programme" and key else query.programme
    return next((target.share for target in targets if target.programme_id == programme), None)


def labels_of(by: str, keys: list[str]) -> dict[str, str]:
    """Names for the values of one split."""
    if by == "programme":
        return {key: str(title) for key, title in Programme.objects.values_list("code", "title")}
    if by == "insurer":
        insurers = Organization.objects.filter(pk__in=keys).values_list("pk", "short_name")
        return {str(key): name for key, name in insurers}
    if by == "clinic":
        known = Clinic.objects.filter(pk__in=[key for key in keys if key != NONE])
        return {NONE: not_attached()} | {
            str(key): name for key, name in known.values_list("pk", "short_name")
        }
    words = {"age": age_group, "channel": channel, "month": month}[by]
    return {key: words(key) for key in keys}


@dataclass(frozen=True, kw_only=True)
class People:
    """One page of the rows behind a figure, and the key of the next."""

    rows: list[Invitation]
    after: str


def people(query: Query, outcome: str, scope: Scope, *, after: str = "") -> People:
    """In the order of the index (campaign, state, id), a campaign and a state after the other."""
    keys = list(_campaigns(query, scope).order_by("pk").values_list("pk", flat=True))
    rows = _behind(query, outcome, Invitation.objects.visible_to(scope))
    start = _read_key(after)
    found: list[Invitation] = []
    for campaign in keys:
        for state in sorted(STATES[outcome]):
            if (campaign, state) < start[:2]:
                continue
            part = rows.filter(campaign=campaign, state=state)
            if (campaign, state) == start[:2]:
                part = part.filter(id__gt=start[2])
            part = part.select_related("person", "clinic", "campaign__programme").order_by("id")
            found += part[: PAGE + 1 - len(found)]
            if len(found) > PAGE:
                last = found[PAGE - 1]
                return People(rows=found[:PAGE], after=f"{last.campaign_id}.{last.state}.{last.pk}")
    return People(rows=found, after="")


def _read_key(after: str) -> tuple[int, str, int]:
    campaign, _, rest = after.partition(".")
    state, _, last = rest.partition(".")
    sound = campaign.isdecimal() and last.isdecimal() and max(len(campaign), len(last)) < 18
    return (int(campaign), state, int(last)) if sound else (0, "", 0)


def _behind(query: Query, outcome: str, rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    rows = rows.filter(round=Round.PRIMARY)
    if outcome in ("came", "attended"):
        rows = rows.filter(came_on__isnull=False)
    for name in ("insurer", "clinic"):
        if value := query.filters.get(name):
            rows = rows.filter(**{name: None if value == NONE else value})
    if query.channel:
        rows = rows.filter(channel="" if query.channel == NONE else query.channel)
    if query.month:
        first = date.fromisoformat(query.month)
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        rows = rows.filter(informing_deadline__gte=first, informing_deadline__lt=following)
    if query.age:
        rows = rows.filter(_born(query.year, int(query.age)))
    return rows


def _born(year: int, group: int) -> Q:
    """By the age reached in the year: younger than the next group begins, at least as old as this one."""
    following = next((first for first in AGE_GROUPS if first > group), None)
    born = Q(person__birth_date__lte=date(year - group, 12, 31)) if group else Q()
    return born if following is None else born & Q(person__birth_date__gt=date(year - following, 12, 31))


def this_year(now: datetime) -> int:
    return timezone.localdate(now).year
