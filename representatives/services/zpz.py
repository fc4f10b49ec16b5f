"""Steps of form ЗПЗ: counted, filled in, checked, handed over, accepted or returned, corrected.

Each locks the form, asks the table of `zpz.workflow`, writes and records the step, in one transaction.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models import Organization
from registry.scoping import Role, Scope
from representatives.models.zpz import ZpzEvent, ZpzReport, ZpzStatus, ZpzVersion
from representatives.zpz import checks, workflow
from representatives.zpz.layout import Filled, digest
from representatives.zpz.periods import Period
from representatives.zpz.workflow import Action, Side, Status

LARGEST = 100_000_000


def sides_of(scope: Scope, organization: Organization) -> frozenset[Side]:
    """On which sides of the organisation's forms the reader stands."""
    own = scope.organizations(Role.SUPERVISOR) | scope.funds(Role.FUND_ADMIN)
    sides = {Side.FILER} if organization.pk in own else set()
    if organization.region_id in scope.regions(Role.FUND_ADMIN):
        sides.add(Side.FUND)
    return frozenset(sides)


@transaction.atomic
def open_report(
    *,
    organization: Organization,
    table: str,
    period: Period,
    filled: Filled,
    scope: Scope,
    now: datetime,
    run: int | None = None,
) -> ZpzReport:
    """The form of this period with a first version; one that exists gets a new version where its state allows.

    Errors: workflow.Refusal.
    """
    report, made = ZpzReport.objects.get_or_create(
        organization=organization,
        table=table,
        year=period.year,
        period=period.code,
        defaults={"region_id": organization.region_id, "changed_at": now},
    )
    if not made:
        return count(report_id=report.pk, filled=filled, scope=scope, now=now, run=run)
    if Side.FILER not in sides_of(scope, organization):
        raise workflow.Refusal("not_yours", Status.DRAFT)
    _new_version(report, filled, counted_at=now, run=run, scope=scope, now=now)
    _finish(report, Action.COUNT, Status.DRAFT, scope, now)
    return report


@transaction.atomic
def count(
    *, report_id: int, filled: Filled, scope: Scope, now: datetime, run: int | None = None
) -> ZpzReport:
    """A new version from newly counted figures; what was entered by hand is kept. `run` is the count of appeals that
    table 1 was made from. Errors: workflow.Refusal."""
    report = _locked(report_id)
    target = _asked(report, Action.COUNT, scope)
    before = _latest(report).filled
    kept = {line.row.code: line.cells for line in before.lines if line.row.entered}
    lines = tuple(
        replace(line, cells=kept[line.row.code]) if line.row.entered and line.row.code in kept else line
        for line in filled.lines
    )
    _new_version(report, replace(filled, lines=lines), counted_at=now, run=run, scope=scope, now=now)
    return _finish(report, Action.COUNT, target, scope, now)


@transaction.atomic
def enter(*, report_id: int, values: Mapping[str, int], scope: Scope, now: datetime) -> ZpzReport:
    """A new version with the rows that people fill in. Errors: workflow.Refusal, ValidationError."""
    report = _locked(report_id)
    target = _asked(report, Action.ENTER, scope)
    latest = _latest(report)
    lines = list(latest.filled.lines)
    open_rows = {line.row.code for line in lines if line.row.entered}
    if set(values) - open_rows or any(not 0 <= value <= LARGEST for value in values.values()):
        raise ValidationError(_("Enter whole numbers, not below zero, into the rows filled in by hand."))
    filled = Filled(
        report.table,
        tuple(
            replace(line, cells={"total": values[line.row.code]}) if line.row.code in values else line
            for line in lines
        ),
    )
    _new_version(report, filled, counted_at=latest.counted_at, run=latest.run, scope=scope, now=now)
    return _finish(report, Action.ENTER, target, scope, now)


@transaction.atomic
def act(*, report_id: int, action: Action, scope: Scope, now: datetime, reason: str = "") -> ZpzReport:
    """Every step that leaves the figures alone. Errors: workflow.Refusal."""
    if action in (Action.COUNT, Action.ENTER):
        raise ValueError("these steps need figures")
    report = _locked(report_id)
    errors = 0
    if action is Action.CHECK:
        errors = sum(finding.is_error for finding in findings(report, _latest(report), now=now))
    target = _asked(report, action, scope, reason=reason, errors=errors)
    if action in (Action.SUBMIT, Action.APPROVE):
        report.submitted_number = report.number
    if action in (Action.ACCEPT, Action.APPROVE):
        report.accepted_number = report.number
    report.return_reason = reason.strip() if action is Action.RETURN else ""
    return _finish(report, action, target, scope, now, note=reason.strip())


def findings(report: ZpzReport, version: ZpzVersion, *, now: datetime) -> list[checks.Finding]:
    today = timezone.localdate(now, report.region.zone)
    return checks.findings(version.filled, period_over=report.span.is_over(today))


def _locked(report_id: int) -> ZpzReport:
    rows = ZpzReport.objects.select_for_update(of=("self",)).select_related("organization", "region")
    return rows.get(pk=report_id)


def _latest(report: ZpzReport) -> ZpzVersion:
    version = ZpzVersion.objects.get(report=report, number=report.number)
    version.report = report
    return version


def _asked(report: ZpzReport, action: Action, scope: Scope, *, reason: str = "", errors: int = 0) -> Status:
    return workflow.after(
        Status(report.status),
        action,
        sides=sides_of(scope, report.organization),
        own=report.organization.is_fund,
        reason=reason,
        errors=errors,
    )


def _new_version(
    report: ZpzReport,
    filled: Filled,
    *,
    counted_at: datetime,
    run: int | None,
    scope: Scope,
    now: datetime,
) -> ZpzVersion:
    rows = filled.as_json()
    report.number += 1
    mark = digest(
        organization=report.organization.code,
        table=report.table,
        year=report.year,
        period=report.period,
        rows=rows,
    )
    return ZpzVersion.objects.create(
        report=report,
        number=report.number,
        rows=rows,
        sha256=mark,
        counted_at=counted_at,
        run=run,
        made_at=now,
        made_by_id=scope.user_id,
    )


def _finish(
    report: ZpzReport, action: Action, target: Status, scope: Scope, now: datetime, *, note: str = ""
) -> ZpzReport:
    report.status, report.changed_at = ZpzStatus(target.value), now
    if target is not Status.RETURNED:
        report.return_reason = ""
    fields = ["status", "number", "submitted_number", "accepted_number", "return_reason", "changed_at"]
    report.save(update_fields=fields)
    ZpzEvent.objects.create(
        report=report,
        number=report.number,
        at=now,
        actor_id=scope.user_id,
        action=action.value,
        note=note,
    )
    return report
