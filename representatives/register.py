"""Reads of the register of representatives: a page of people on any day, and one person with all that is known."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from registry.models import Organization
from registry.scoping import Scope
from representatives.models import (
    Absence,
    Conflict,
    DutyPost,
    RegisterEvent,
    Representative,
    Training,
)
from representatives.models.people import RepresentativeQuerySet, trained_on
from representatives.selectors import attach_valid_trainings, seen_organizations
from representatives.signals import open_work

PAGE = 50
# Somebody asks for a name: more matches than this say that the beginning of the name was too short.
MOST_FOUND = 50
# A course takes about two months to book and to pass.
SOON = timedelta(days=60)
EVENTS = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked for. `state`: working on the day, left before it, not yet begun, or anybody."""

    on: date
    region: str = ""
    organization: str = ""
    level: int | None = None
    centre: str = ""
    employment: str = ""
    trained: str = ""
    state: str = "working"


@dataclass(frozen=True, slots=True)
class Page:
    people: list[Representative]
    next_key: str = ""
    more: bool = False


def organizations_for(scope: Scope, region: str = "") -> list[Organization]:
    """Employers whose people the reader keeps, by name."""
    rows = seen_organizations(scope).select_related("region").order_by("region", "kind", "short_name")
    return list(rows.filter(region=region) if region else rows)


def listed(scope: Scope, wanted: Wanted, *, after: str = "") -> Page:
    """A page by name. `after` is the number of the last person of the page before: a name has no place in an
    address. Three queries, whatever the number of people."""
    rows = _wanted(Representative.objects.visible_to(scope), wanted)
    last = (
        Representative.objects.visible_to(scope).filter(pk=int(after)).first() if after.isdecimal() else None
    )
    if last is not None:
        rows = rows.filter(Q(sort_key__gt=last.sort_key) | Q(sort_key=last.sort_key, pk__gt=last.pk))
    found = _dressed(rows, wanted.on, PAGE + 1)
    more = len(found) > PAGE
    people = found[:PAGE]
    return Page(people, str(people[-1].pk) if more else "", more)


def found_by_name(scope: Scope, wanted: Wanted, typed: str) -> Page:
    """Whose name begins like that, at most 50. ё and е, small and capital letters are one."""
    beginning = " ".join(typed.lower().replace("ё", "е").split())
    rows = _wanted(Representative.objects.visible_to(scope), wanted).filter(sort_key__startswith=beginning)
    found = _dressed(rows, wanted.on, MOST_FOUND + 1)
    return Page(found[:MOST_FOUND], "", len(found) > MOST_FOUND)


def _wanted(rows: RepresentativeQuerySet, wanted: Wanted) -> RepresentativeQuerySet:
    on = wanted.on
    if wanted.state == "working":
        rows = rows.working_on(on)
    elif wanted.state == "left":
        rows = rows.filter(left_on__lt=on)
    elif wanted.state == "coming":
        rows = rows.filter(hired_on__gt=on)
    plain = {
        "region": wanted.region,
        "organization__code": wanted.organization,
        "level": wanted.level,
        "contact_centre": wanted.centre,
        "employment_type": wanted.employment,
    }
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    if wanted.trained:
        rows = rows.filter(~trained_on(on) if wanted.trained == "no" else trained_on(on))
    if wanted.trained == "ending":
        rows = rows.filter(~trained_on(on + SOON))
    return rows


def _dressed(rows: RepresentativeQuerySet, on: date, most: int) -> list[Representative]:
    away = Absence.objects.filter(representative=OuterRef("pk"), first_day__lte=on, last_day__gte=on)
    ordered = rows.select_related("organization").annotate(is_away=Exists(away)).order_by("sort_key", "pk")
    people = list(ordered[:most])
    attach_valid_trainings(people, on)
    return people


@dataclass(frozen=True, slots=True)
class Card:
    """Everything about one person at one employer. `positions` are the dated rows, newest first."""

    one: Representative
    positions: list[Representative]
    trainings: list[Training]
    absences: list[Absence]
    posts: list[DutyPost]
    events: list[RegisterEvent]
    open_cases: int
    trained: bool = False
    away: Absence | None = None
    elsewhere: list[Representative] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def is_last(self) -> bool:
        """Whether this is the position that can be changed: the newest one."""
        return self.positions[0].pk == self.one.pk


def get(scope: Scope, representative_id: int, *, lock: bool = False) -> Representative:
    """Errors: Http404 for a foreign or missing one, which look alike."""
    rows = Representative.objects.visible_to(scope).select_related("organization__region", "user", "root")
    if lock:
        rows = rows.select_for_update(of=("self",))
    one = rows.filter(pk=representative_id).first()
    if one is None:
        raise Http404("Not found and not allowed look alike")
    return one


def card(scope: Scope, representative_id: int, *, on: date) -> Card:
    one = get(scope, representative_id)
    root = one.root_id_or_own
    trainings = list(Training.objects.filter(representative=root).order_by("-passed_on", "-pk"))
    absences = list(Absence.objects.filter(representative=one).order_by("-first_day")[:20])
    visible = Representative.objects.visible_to(scope)
    positions = visible.filter(Q(pk=root) | Q(root=root)).select_related("organization").order_by("-hired_on")
    posts = DutyPost.objects.filter(representative=one).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    events = RegisterEvent.objects.visible_to(scope).filter(
        Q(representative=root) | Q(representative__root=root)
    )
    return Card(
        one=one,
        positions=list(positions),
        trainings=trainings,
        absences=absences,
        posts=list(posts.select_related("clinic").order_by("weekday", "starts")),
        events=list(events.select_related("actor").order_by("-at", "-pk")[:EVENTS]),
        open_cases=_open_cases(one),
        trained=any(
            row.passed_on <= on and (row.valid_to is None or row.valid_to >= on) for row in trainings
        ),
        away=next((row for row in absences if row.first_day <= on <= row.last_day), None),
        elsewhere=_elsewhere(scope, one, root),
        conflicts=_conflicts(one),
    )


def _conflicts(one: Representative) -> list[Conflict]:
    rows = Conflict.objects.filter(representative=one).select_related("clinic", "person")
    return list(rows.order_by("-pk")[:20])


def _open_cases(one: Representative) -> int:
    answers = open_work.send(sender=Representative, representative_id=one.pk)
    return sum(cast(int, answer) for _receiver, answer in answers)


def _elsewhere(scope: Scope, one: Representative, root: int) -> list[Representative]:
    """The same person's earlier or later work at another employer that the reader may see."""
    if not one.snils:
        return []
    rows = Representative.objects.visible_to(scope).filter(snils=one.snils)
    return list(rows.exclude(Q(pk=root) | Q(root=root)).select_related("organization").order_by("-hired_on"))


def colleagues(scope: Scope, one: Representative, *, on: date) -> list[Representative]:
    """Who may take over: the same employer and level, at work on the day, trained."""
    rows = Representative.objects.visible_to(scope).working_on(on).filter(trained_on(on))
    same = rows.filter(organization=one.organization_id, level=one.level).exclude(pk=one.pk)
    return list(same.order_by("sort_key", "pk")[:200])
