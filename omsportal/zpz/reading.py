"""Scoped reads of the official forms: the region's board, one form, the region's consolidated table."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F
from django.http import Http404

from registry.models import Organization, Region
from registry.scoping import Role, Scope
from representatives.models.zpz import ZpzReport, ZpzVersion
from representatives.selectors import seen_organizations
from representatives.services.zpz import sides_of
from representatives.zpz.layout import TABLES, Filled, added
from representatives.zpz.periods import Period
from representatives.zpz.workflow import Side


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of the board: the form of an organisation, or that there is none the reader may see.

    `may_count`: the reader may make it.
    """

    table: str
    report: ZpzReport | None
    may_count: bool


@dataclass(frozen=True, slots=True)
class BoardRow:
    organization: Organization
    places: tuple[Place | None, ...]


def files(organization: Organization, table: str) -> bool:
    """Whether the organisation gives in this table: whoever insures nobody informs nobody."""
    return table != "10" or not organization.is_fund or organization.acts_as_insurer


def organizations_of(scope: Scope) -> list[Organization]:
    """Whose forms the reader may see, the insurers before the fund of each region."""
    found = seen_organizations(scope).select_related("region")
    return sorted(found, key=lambda one: (one.region_id, one.is_fund, one.short_name))


def board(scope: Scope, organizations: Iterable[Organization], period: Period) -> list[BoardRow]:
    """Every organisation with its three tables. One query."""
    members = list(organizations)
    reports = ZpzReport.objects.visible_to(scope).filter(
        organization__in=members, year=period.year, period=period.code
    )
    known = {(report.organization_id, report.table): report for report in reports}
    return [
        BoardRow(
            one,
            tuple(
                Place(table, known.get((one.pk, table)), Side.FILER in sides_of(scope, one))
                if files(one, table)
                else None
                for table in TABLES
            ),
        )
        for one in members
    ]


def one_report(scope: Scope, report_id: int) -> ZpzReport:
    """Errors: Http404 for a form that is not there or not the reader's to see."""
    rows = ZpzReport.objects.visible_to(scope).select_related("organization__region", "region")
    found = rows.filter(pk=report_id).first()
    if found is None:
        raise Http404("Not found and not allowed look alike")
    return found


def version_of(scope: Scope, report: ZpzReport, number: str = "") -> ZpzVersion:
    """The version asked for; without a number, the latest one the reader may see. Errors: Http404."""
    versions = ZpzVersion.objects.visible_to(scope).filter(report=report).select_related("made_by")
    if number:
        # Longer than any number there is would not fit the column.
        versions = versions.filter(number=int(number) if number.isdecimal() and len(number) < 9 else 0)
    found: ZpzVersion | None = versions.order_by("-number").first()
    if found is None:
        raise Http404("No such version")
    found.report = report
    return found


@dataclass(frozen=True, slots=True)
class Part:
    organization: Organization
    report: ZpzReport | None

    @property
    def counts(self) -> bool:
        return self.report is not None and self.report.accepted_number is not None


@dataclass(frozen=True, slots=True)
class Consolidated:
    """The region's table: accepted forms added up, and whose are still missing."""

    region: Region
    table: str
    period: Period
    parts: tuple[Part, ...]
    filled: Filled

    @property
    def missing(self) -> list[Organization]:
        return [part.organization for part in self.parts if not part.counts]


def consolidated(scope: Scope, region: str, table: str, period: Period) -> Consolidated:
    """Adds up what the fund has accepted. Errors: Http404 for a region that is not the reader's."""
    if region not in scope.regions(Role.FUND_ADMIN) or table not in TABLES:
        raise Http404("Not found and not allowed look alike")
    members = [one for one in organizations_of(scope) if one.region_id == region and files(one, table)]
    reports = {
        report.organization_id: report
        for report in ZpzReport.objects.visible_to(scope).filter(
            region=region, table=table, year=period.year, period=period.code
        )
    }
    accepted = ZpzVersion.objects.visible_to(scope).filter(
        report__in=[report.pk for report in reports.values()], number=F("report__accepted_number")
    )
    filled = [Filled.from_json(table, version.rows) for version in accepted.order_by("report")]
    parts = tuple(Part(one, reports.get(one.pk)) for one in members)
    place = members[0].region if members else Region.objects.get(pk=region)
    return Consolidated(place, table, period, parts, added(table, filled))
