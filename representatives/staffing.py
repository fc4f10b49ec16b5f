"""Are there enough representatives? Pure arithmetic of the staffing report.

The smallest cell is region × organisation × level × contact centre; every total is the sum of its cells. A norm says
how many insured people one representative may serve, so the people needed are the insured divided by the norm,
rounded up: a part of a person cannot be employed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

LEVELS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Counts:
    """Heads: all, those with valid special training, those on the staff, those under a civil-law contract."""

    people: int = 0
    trained: int = 0
    staff: int = 0
    contract: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.people + other.people,
            self.trained + other.trained,
            self.staff + other.staff,
            self.contract + other.contract,
        )

    @property
    def untrained(self) -> int:
        return self.people - self.trained


def total(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


def needed(insured: int, norm: int) -> int:
    """People needed for `insured` when one serves `norm` of them. Errors: ValueError for a norm not above zero."""
    if norm <= 0:
        raise ValueError("a norm must be above zero")
    return -(-insured // norm)


def vacancies(planned: int | None, people: int) -> int | None:
    """Planned positions that nobody fills; None where no plan is known."""
    return None if planned is None else max(0, planned - people)


@dataclass(frozen=True, slots=True)
class Norm:
    level: int
    insured_per_representative: int
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One level of an organisation or a region. `insured` is None where nobody is insured there, as in a fund
    that is no insurer, or where the number is not known on that day."""

    level: int
    counts: Counts
    insured: int | None = None
    norm: Norm | None = None
    centres: Mapping[str, Counts] = field(default_factory=dict)
    planned: int | None = None
    vacant: int | None = None

    @property
    def insured_per_representative(self) -> int | None:
        """Rounded half up."""
        if self.insured is None or not self.counts.people:
            return None
        return (2 * self.insured + self.counts.people) // (2 * self.counts.people)

    @property
    def needed(self) -> int | None:
        if self.insured is None or self.norm is None:
            return None
        return needed(self.insured, self.norm.insured_per_representative)

    @property
    def balance(self) -> int | None:
        """Surplus (+) or shortage (-) in people."""
        return None if self.needed is None else self.counts.people - self.needed

    @property
    def shortage(self) -> int:
        return max(0, -(self.balance or 0))


@dataclass(frozen=True, slots=True)
class OrganizationStaffing:
    organization_id: int
    code: str
    name: str
    is_fund: bool
    insured: int | None
    lines: tuple[Line, ...]

    @property
    def total(self) -> Counts:
        return total(line.counts for line in self.lines)


@dataclass(frozen=True, slots=True)
class RegionStaffing:
    """`whole` is false where the reader sees only a part of the region, such as the own organisation."""

    code: str
    name: str
    whole: bool
    insured: int | None
    organizations: tuple[OrganizationStaffing, ...]
    lines: tuple[Line, ...]

    @property
    def total(self) -> Counts:
        return total(line.counts for line in self.lines)

    @property
    def shortage(self) -> int | None:
        """People missing, added over the levels: a surplus on one level does not cover another."""
        if all(line.balance is None for line in self.lines):
            return None
        return sum(line.shortage for line in self.lines)


@dataclass(frozen=True, slots=True)
class StaffingReport:
    """Who works in the regions the reader sees at the end of the day `on`."""

    on: date
    regions: tuple[RegionStaffing, ...]

    def region(self, code: str) -> RegionStaffing | None:
        return next((region for region in self.regions if region.code == code), None)


def known_sum(values: Iterable[int | None]) -> int | None:
    """The sum, or None when a part is unknown or there is none: half a sum would pass for the whole."""
    known = list(values)
    return None if not known or None in known else sum(value for value in known if value is not None)


def some_sum(values: Iterable[int | None]) -> int | None:
    """The sum of what is known: whoever has no plan has no vacancy in it. None when nothing is known."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def region_staffing(
    code: str,
    name: str,
    *,
    whole: bool,
    organizations: tuple[OrganizationStaffing, ...],
    norms: Mapping[int, Norm],
) -> RegionStaffing:
    """Adds a region up. The people of the fund's contact centre count here, though they belong to no insurer:
    any resident may call them."""
    insured = known_sum(one.insured for one in organizations if not one.is_fund or one.insured is not None)
    lines = []
    for level in LEVELS:
        parts = [line for one in organizations for line in one.lines if line.level == level]
        counts = total(part.counts for part in parts)
        lines.append(
            Line(
                level,
                counts,
                insured,
                norms.get(level),
                merge_centres(parts),
                planned=some_sum(part.planned for part in parts),
                vacant=some_sum(part.vacant for part in parts),
            )
        )
    return RegionStaffing(code, name, whole, insured, organizations, tuple(lines))


def merge_centres(lines: Iterable[Line]) -> dict[str, Counts]:
    merged: dict[str, Counts] = {}
    for line in lines:
        for centre, counts in line.centres.items():
            merged[centre] = merged.get(centre, Counts()) + counts
    return merged
