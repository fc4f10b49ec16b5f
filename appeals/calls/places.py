"""For which contact centre somebody speaks, and by which rules it calls people back."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.calls.rules import Hours
from appeals.deadlines import local_day
from appeals.errors import AppealError
from appeals.models import CallPolicy
from appeals.policy import calendar_from
from registry.models import Organization, Region
from registry.models.dated import valid_on
from registry.scoping import Role, Scope
from registry.workdays import WorkCalendar


class NoOffice(AppealError):
    """The reader works for no organisation that takes calls."""

    code = "no_office"

    def __init__(self) -> None:
        super().__init__(_("Your account belongs to no organisation that takes calls."))


class RulesMissing(AppealError):
    code = "call_rules_missing"

    def __init__(self) -> None:
        super().__init__(
            _("There are no rules of calling back for today. Ask the administrator to add them.")
        )


@dataclass(frozen=True, slots=True)
class CallRules:
    """The rules of a region on a day, ready for `calls.rules`."""

    attempts: int
    lease_minutes: int
    hours: Hours
    zone: ZoneInfo
    calendar: WorkCalendar


def office_of(scope: Scope) -> Organization:
    """The organisation in whose name the reader speaks on the phone. Errors: NoOffice."""
    offices = scope.organizations(Role.OPERATOR, Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR)
    mine = offices or scope.funds(Role.FUND_OPERATOR, Role.FUND_ADMIN)
    office = Organization.objects.filter(pk__in=mine).select_related("region").order_by("pk").first()
    if office is None:
        raise NoOffice
    return office


def rules_of(region: Region, now: datetime) -> CallRules:
    """Errors: RulesMissing where no row of the reference data is in force."""
    day = local_day(now, region.zone)
    rows = CallPolicy.objects.filter(valid_on(day), Q(region=region) | Q(region__isnull=True))
    policy = rows.order_by(F("region").asc(nulls_last=True), "-valid_from").first()
    if policy is None:
        raise RulesMissing
    return CallRules(
        attempts=policy.attempts,
        lease_minutes=policy.lease_minutes,
        hours=Hours(policy.hours_from, policy.hours_to),
        zone=region.zone,
        calendar=calendar_from(region.pk, day),
    )
