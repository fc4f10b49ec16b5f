"""Sample forms: one quarter that the funds have closed, and the next one under way in every state there is."""

from datetime import date, datetime, time, timedelta

from omsportal.zpz import counting
from omsportal.zpz.reading import files
from registry.models import Organization, RoleGrant
from registry.scoping import Grant, Role, Scope
from representatives.models.zpz import ZpzReport
from representatives.services import zpz
from representatives.zpz.layout import TABLES
from representatives.zpz.periods import Period, last_month, last_quarter
from representatives.zpz.workflow import Action

REASON = "В строке 3.1.15 не показаны повторные обоснованные жалобы: проверьте отметки обоснованности."
# What happened to each table of the first insurers of a region in the quarter under way.
_WAYS: tuple[tuple[str, tuple[Action, ...]], ...] = (
    ("1", (Action.CHECK, Action.SUBMIT, Action.RETURN)),
    ("9", (Action.CHECK, Action.SUBMIT)),
    ("10", ()),
    ("1", (Action.CHECK, Action.SUBMIT)),
    ("9", (Action.CHECK, Action.SUBMIT, Action.ACCEPT)),
)
_FUNDS_STEPS = frozenset({Action.ACCEPT, Action.RETURN})


def seed(*, now: datetime) -> str:
    """Forms of all sample organisations, made by the services step by step."""
    organizations = Organization.objects.filter(is_sample=True).select_related("region").order_by("code")
    by_region: dict[str, list[Organization]] = {}
    for one in organizations:
        by_region.setdefault(one.region_id, []).append(one)
    recent = last_quarter(now.date())
    closed = last_quarter(recent.first_day)
    for members in by_region.values():
        fund = next(one for one in members if one.is_fund)
        for one in members:
            steps = (
                (Action.CHECK, Action.APPROVE)
                if one.is_fund
                else (Action.CHECK, Action.SUBMIT, Action.ACCEPT)
            )
            for table in TABLES:
                if files(one, table):
                    _form(one, fund, table, closed, steps, now)
        insurers = [one for one in members if not one.is_fund]
        for number, (table, way) in enumerate(_WAYS):
            if number // 3 < len(insurers):
                _form(insurers[number // 3], fund, table, recent, way, now)
        # Informing is shown every month: of the last one that is over.
        month = last_month(now.date())
        for one in insurers:
            _form(one, fund, "10", month, (Action.CHECK, Action.SUBMIT), now)
    return f"{ZpzReport.objects.count()} official forms"


def _scope(role: Role, organization: Organization) -> Scope:
    """Whoever has the role there, or nobody by name."""
    grants = RoleGrant.objects.filter(role=role, organization=organization).order_by("pk")
    user_id = grants.values_list("user", flat=True).first()
    fund = organization.pk if organization.is_fund else None
    grant = Grant(role, region=organization.region_id, organization=organization.pk, fund=fund)
    return Scope(user_id=user_id, grants=(grant,))


def _form(
    organization: Organization,
    fund: Organization,
    table: str,
    period: Period,
    steps: tuple[Action, ...],
    now: datetime,
) -> None:
    own = _scope(Role.FUND_ADMIN if organization.is_fund else Role.SUPERVISOR, organization)
    at = _moment(organization, period.last_day + timedelta(days=4), now)
    counted = counting.recount(organization, table, period, now=now)
    lines = counted.filled.lines
    report = zpz.open_report(
        organization=organization,
        table=table,
        period=period,
        filled=counted.filled,
        scope=own,
        now=at,
        run=counted.run,
    )
    entered = {line.row.code: 6 * number for number, line in enumerate(lines) if line.row.entered}
    if entered and steps:
        zpz.enter(report_id=report.pk, values=entered, scope=own, now=at)
    for number, action in enumerate(steps, 1):
        zpz.act(
            report_id=report.pk,
            action=action,
            scope=_scope(Role.FUND_ADMIN, fund) if action in _FUNDS_STEPS else own,
            now=min(at + timedelta(days=number, minutes=17 * number), now),
            reason=REASON if action is Action.RETURN else "",
        )


def _moment(organization: Organization, day: date, now: datetime) -> datetime:
    return min(datetime.combine(day, time(10, 20), organization.region.zone), now)
