"""What everybody may read without signing in: published contacts, lines and schedules, never the register."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Lower
from django.db.models.lookups import Contains

from registry.models import Clinic, Organization
from registry.models.parties import OrganizationKind
from representatives import duty
from representatives.models import DirectLine, DutyPost
from representatives.schedule import Day

MOST = 20
WEEK = timedelta(days=6)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Hours:
    """When operators answer: by the clock of the region and, where it differs, by the reader's."""

    opens: time
    closes: time
    local_opens: time
    local_closes: time

    @property
    def differ(self) -> bool:
        return self.opens != self.local_opens


def hours_for(organization: Organization, reader_zone: ZoneInfo, now: datetime) -> Hours | None:
    """None where no hours are known or the line answers round the clock."""
    opens, closes = organization.opens_at, organization.closes_at
    if organization.round_the_clock or opens is None or closes is None:
        return None
    day, zone = now.astimezone(organization.region.zone).date(), organization.region.zone

    def shifted(at: time) -> time:
        return datetime.combine(day, at, zone).astimezone(reader_zone).time()

    return Hours(opens, closes, shifted(opens), shifted(closes))


def folded(text: str) -> str:
    return text.lower().replace("ё", "е")


def find(words: str) -> tuple[list[Organization], list[Clinic]]:
    """Insurers and clinics whose name or address holds every word, at most 20 of each; without words the insurers."""
    organizations = Organization.objects.select_related("region").order_by(
        "region__name", "kind", "short_name"
    )
    if not words.split():
        return list(organizations.filter(_insures())), []
    clinics = (
        Clinic.objects.filter(closed_on__isnull=True).select_related("region").order_by("short_name", "pk")
    )
    return (
        list(_matching(organizations, words, "name", "short_name", "region__name")[:MOST]),
        list(_matching(clinics, words, "name", "address", "region__name")[:MOST]),
    )


def _insures() -> Q:
    return Q(kind=OrganizationKind.INSURER) | Q(acts_as_insurer=True)


def _matching(rows: QuerySet[M, M], words: str, *names: str) -> QuerySet[M, M]:
    """Every word somewhere in the row; ё and е are one letter."""
    parts = [part for name in names for part in (F(name), Value(" "))]
    text = Func(Lower(Concat(*parts)), Value("ё"), Value("е"), function="translate", output_field=TextField())
    fits = Q()
    for word in folded(words).split():
        fits &= Q(Contains(text, Value(word)))
    return rows.filter(fits)


def lines_of(clinic: Clinic) -> list[DirectLine]:
    lines = DirectLine.objects.filter(clinic=clinic).select_related("organization")
    return list(lines.order_by("audience", "organization__short_name"))


def clinics_of(organization: Organization, on: date) -> list[Clinic]:
    """Clinics in which representatives of the organisation are on duty or can be called by a direct line."""
    posts = DutyPost.objects.published(on).filter(representative__organization=organization)
    lines = DirectLine.objects.filter(organization=organization)
    clinics = Clinic.objects.filter(Q(pk__in=posts.values("clinic")) | Q(pk__in=lines.values("clinic")))
    return list(clinics.order_by("short_name", "pk"))


def duty_at(clinic: Clinic, first: date) -> tuple[Day, ...]:
    """The clinic's published duty posts in the seven days from `first` on, as they will be held."""
    return duty.days_of(clinic, first)
