"""Reads of duty posts: the days of a clinic as they will be held, the week of a region, what is left open."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from registry.models import Clinic
from registry.scoping import Role, Scope
from registry.selectors import work_calendar
from registry.workdays import CalendarMissing
from representatives.models import Absence, DirectLine, DutyChange, DutyPost, PostStatus, Representative
from representatives.schedule import Day, Post, days_ahead
from representatives.selectors import seen_organizations

PAGE = 25


def days_of(clinic: Clinic, first: date, count: int = 7) -> tuple[Day, ...]:
    """The clinic's published posts in `count` days from `first` on: without holidays, absences and days that fall
    out, with those who cover. Four queries."""
    last = first + timedelta(days=count - 1)
    absences = Absence.objects.filter(last_day__gte=first)
    away: Prefetch[Any] = Prefetch("representative__absences", absences, to_attr="away")
    changes = DutyChange.objects.filter(day__range=(first, last)).select_related("cover__organization")
    changed: Prefetch[Any] = Prefetch("changes", changes, to_attr="changed")
    rows = (
        DutyPost.objects.filter(clinic=clinic)
        .published_between(first, last)
        .select_related("representative__organization")
        .prefetch_related(away, changed)
    )
    posts = [post for row in rows for post in _posts(row)]
    return days_ahead(posts, first, working_days(clinic.region_id, first, last), count)


def _posts(row: DutyPost) -> list[Post]:
    """The pattern without its changed days, and one post for each day that somebody covers."""
    one = row.representative
    changed: list[DutyChange] = getattr(row, "changed", [])
    away = [(absence.first_day, absence.last_day) for absence in getattr(one, "away", [])]
    # Whoever leaves is no longer on duty, whatever the pattern says.
    ends = min(filter(None, (row.valid_to, one.left_on)), default=None)

    def post(person: Representative, **term: Any) -> Post:
        return Post(
            weekday=row.weekday,
            starts=row.starts,
            ends=row.ends,
            room=row.room,
            name=person.full_name,
            phone=person.phone or person.organization.phone,
            organization=person.organization.short_name,
            **term,
        )

    pattern = post(
        one,
        valid_from=row.valid_from,
        valid_to=ends,
        away=tuple(away + [(change.day, change.day) for change in changed]),
    )
    covers = [
        post(change.cover, valid_from=change.day, valid_to=change.day) for change in changed if change.cover
    ]
    return [pattern, *covers]


def working_days(region: str, first: date, last: date) -> Callable[[date], bool]:
    """The calendar of the region. Without one for the year the approved pattern stands as it is: a legal term may
    not be guessed, but a schedule on the clinic's door says the same."""
    calendar = work_calendar(region, {first.year, last.year})

    def is_working(day: date) -> bool:
        try:
            return calendar.is_working(day)
        except CalendarMissing:
            return True

    return is_working


@dataclass(frozen=True, slots=True)
class Place:
    """One clinic with the posts and lines that the reader may see. `has_post` and `has_line` count all of them,
    whoever's they are: coverage is the citizens', not one insurer's."""

    clinic: Clinic
    posts: list[DutyPost]
    lines: list[DirectLine]
    has_post: bool
    has_line: bool


@dataclass(frozen=True, slots=True)
class Places:
    rows: list[Place]
    next_key: str = ""
    missing: int = 0
    all: int = 0
    uncovered: list[tuple[date, DutyPost]] = field(default_factory=list)


def _list(row: object, name: str) -> list[Any]:
    """What a prefetch hung on the row."""
    found: list[Any] = getattr(row, name, [])
    return found


def _flag(row: object, name: str) -> bool:
    return bool(getattr(row, name))


def _place(one: Clinic) -> Place:
    posts, lines = _list(one, "seen_posts"), _list(one, "seen_lines")
    return Place(one, posts, lines, _flag(one, "has_post"), _flag(one, "has_line"))


def clinics_with_coverage(region: str, on: date) -> QuerySet[Any]:
    posts = DutyPost.objects.published(on).filter(clinic=OuterRef("pk"))
    lines = DirectLine.objects.filter(clinic=OuterRef("pk"))
    return Clinic.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on), region=region).annotate(
        has_post=Exists(posts), has_line=Exists(lines)
    )


def places(scope: Scope, region: str, *, on: date, only: str = "", after: str = "") -> Places:
    """A page of clinics by name, with posts and lines. `only`: none, draft or empty. `after` is a clinic's code."""
    clinics = clinics_with_coverage(region, on)
    total, missing = clinics.count(), clinics.filter(has_post=False, has_line=False).count()
    if only == "none":
        clinics = clinics.filter(has_post=False, has_line=False)
    seen = DutyPost.objects.visible_to(scope).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    if only == "waiting":
        clinics = clinics.filter(
            Exists(seen.filter(clinic=OuterRef("pk")).exclude(status=PostStatus.PUBLISHED))
        )
    last = Clinic.objects.filter(region=region, mo_code=after).first() if after else None
    if last is not None:
        clinics = clinics.filter(
            Q(short_name__gt=last.short_name) | Q(short_name=last.short_name, pk__gt=last.pk)
        )
    posts = seen.select_related("representative__organization").order_by("weekday", "starts", "pk")
    lines = DirectLine.objects.filter(organization__in=seen_organizations(scope)).select_related(
        "organization"
    )
    found = list(
        clinics.order_by("short_name", "pk").prefetch_related(
            Prefetch("duty_posts", posts, to_attr="seen_posts"),
            Prefetch("direct_lines", lines.order_by("audience", "pk"), to_attr="seen_lines"),
        )[: PAGE + 1]
    )
    rows = [
        Place(
            one,
            _list(one, "seen_posts"),
            _list(one, "seen_lines"),
            _flag(one, "has_post"),
            _flag(one, "has_line"),
        )
        for one in found[:PAGE]
    ]
    key = rows[-1].clinic.mo_code if len(found) > PAGE else ""
    return Places(rows, key, missing, total, uncovered(scope, region, on) if not after else [])


def uncovered(scope: Scope, region: str, on: date, *, days: int = 14) -> list[tuple[date, DutyPost]]:
    """Days of the next two weeks on which a published post has nobody: the person is absent and no change is
    recorded. At most 20, the nearest first."""
    last = on + timedelta(days=days - 1)
    absences = Absence.objects.filter(first_day__lte=last, last_day__gte=on)
    changes = DutyChange.objects.filter(day__range=(on, last))
    away: Prefetch[Any] = Prefetch("representative__absences", absences, to_attr="away")
    changed: Prefetch[Any] = Prefetch("changes", changes, to_attr="changed")
    rows = (
        DutyPost.objects.visible_to(scope)
        .filter(clinic__region=region, representative__in=absences.values("representative"))
        .published_between(on, last)
        .select_related("representative__organization", "clinic")
        .prefetch_related(away, changed)
    )
    is_working = working_days(region, on, last)
    found = []
    for row in rows:
        settled = {change.day for change in _list(row, "changed")}
        for day in (on + timedelta(days=step) for step in range(days)):
            absent = any(a.first_day <= day <= a.last_day for a in _list(row.representative, "away"))
            if absent and day.weekday() == row.weekday and day not in settled and is_working(day):
                found.append((day, row))
    return sorted(found, key=lambda pair: (pair[0], pair[1].starts, pair[1].pk))[:20]


def at_clinic(scope: Scope, on: date) -> list[DutyPost]:
    """Every present and coming post in the reader's own clinics, drafts first: they wait for the clinic."""
    rows = DutyPost.objects.visible_to(scope).filter(clinic__in=scope.clinics(Role.CLINIC_STAFF))
    current = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    ordered = current.select_related("representative__organization", "clinic").order_by(
        "clinic", "clinic_approved_at", "weekday", "starts", "pk"
    )
    return list(ordered[:300])
