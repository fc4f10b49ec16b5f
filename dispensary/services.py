"""Writes of the dispensary. Each is one transaction; the acting user and the moment come in."""

from datetime import date, datetime
from decimal import Decimal

from django.db import DatabaseError, transaction

from dispensary import hints, lifecycle, planning
from dispensary.lifecycle import Action, Actor, State
from dispensary.models import (
    Campaign,
    Programme,
)
from dispensary.models.campaigns import ExcludedReason
from dispensary.reference import current_rules
from dispensary.rules import Rules
from notifications.services import cancel_campaign
from registry.models import Organization, Region, User
from registry.scoping import Role, Scope


class BusyError(RuntimeError):
    """A worker holds the campaign's row at this very moment."""


def may_manage(scope: Scope, *, region: Region, insurer: Organization | None) -> bool:
    """The fund's administrator in the region; the insurer's supervisor for a campaign of the own insurer."""
    if region.pk in scope.regions(Role.FUND_ADMIN):
        return True
    return insurer is not None and insurer.pk in scope.organizations(Role.SUPERVISOR)


@transaction.atomic
def create_campaign(
    *,
    actor: User,
    scope: Scope,
    programme: Programme,
    year: int,
    region: Region,
    insurer: Organization | None,
    inform_by: date,
    attend_by: date,
    now: datetime,
    budget: Decimal | None = None,
    holdout_percent: int = 0,
) -> Campaign:
    """Errors: Refused when the actor does not manage it; IntegrityError when such a campaign is active."""
    if not may_manage(scope, region=region, insurer=insurer):
        raise lifecycle.Refused(lifecycle.NOT_YOURS)
    campaign = Campaign.objects.create(
        region=region,
        insurer=insurer,
        programme=programme,
        year=year,
        inform_by=inform_by,
        attend_by=attend_by,
        budget=budget,
        holdout_percent=holdout_percent,
        planned_by=actor,
        planned_at=now,
    )
    hints.advance_soon()
    return campaign


def actor_of(campaign: Campaign, *, actor: User, scope: Scope) -> Actor:
    return Actor(
        manages=Campaign.objects.managed_by(scope).filter(pk=campaign.pk).exists(),
        is_planner=campaign.planned_by_id == actor.pk,
    )


@transaction.atomic
def act(*, campaign_id: int, action: Action, actor: User, scope: Scope, now: datetime) -> Campaign:
    """One step of the lifecycle.

    Errors: Campaign.DoesNotExist for what the reader cannot see; Refused with the reason; BusyError while a
    worker writes the invitations, which may take minutes: nobody waits for it with an open page.
    """
    campaign = _locked(campaign_id, scope)
    state = lifecycle.after(State(campaign.state), action, actor_of(campaign, actor=actor, scope=scope))
    changed = ["state"]
    campaign.state = state
    if action is Action.APPROVE:
        campaign.approved_by, campaign.approved_at = actor, now
        changed += ["approved_by", "approved_at"]
    elif action is Action.START:
        campaign.started_at = now
        changed.append("started_at")
    elif action is Action.CLOSE:
        campaign.closed_by, campaign.closed_at = actor, now
        changed += ["closed_by", "closed_at"]
        # What is in the outbox and not in a worker's hands ends here; the guard stops the rest at send time.
        cancel_campaign(campaign_key=campaign.key, code=ExcludedReason.CAMPAIGN_CLOSED)
    campaign.save(update_fields=changed)
    hints.advance_soon()
    return campaign


def _locked(campaign_id: int, scope: Scope) -> Campaign:
    rows = Campaign.objects.visible_to(scope).select_for_update(of=("self",), nowait=True)
    try:
        with transaction.atomic():
            return rows.get(pk=campaign_id)
    except DatabaseError as error:
        # 55P03: the row is locked; anything else is a real fault.
        if getattr(error.__cause__, "pgcode", "") != "55P03":
            raise
        raise BusyError(campaign_id) from error


@transaction.atomic
def plan(*, campaign: Campaign, now: datetime, rules: Rules | None = None) -> int:
    """Writes the invitations of a running campaign; a second run inserts nothing. Returns how many are new."""
    added = planning.insert_invitations(campaign, rules or current_rules())
    campaign.cohort_at = now
    campaign.save(update_fields=["cohort_at"])
    return added


@transaction.atomic
def dry_run(*, campaign: Campaign, now: datetime, rules: Rules | None = None) -> planning.DryRun:
    """Counts whom the campaign would reach and keeps the figures with it."""
    found = planning.count_dry_run(campaign, rules or current_rules())
    campaign.dry_run_before, campaign.dry_run, campaign.dry_run_at = campaign.dry_run, found.as_json(), now
    campaign.save(update_fields=["dry_run_before", "dry_run", "dry_run_at"])
    return found


@transaction.atomic
def recount(*, campaign_id: int, actor: User, scope: Scope) -> bool:
    """Has the dry run counted anew before the campaign starts; False once it has.

    Errors: Campaign.DoesNotExist for what the reader does not see; Refused, BusyError as `act`.
    """
    campaign = _locked(campaign_id, scope)
    if not actor_of(campaign, actor=actor, scope=scope).manages:
        raise lifecycle.Refused(lifecycle.NOT_YOURS)
    if campaign.state not in (State.PLANNED, State.APPROVED):
        return False
    campaign.dry_run_at = None
    campaign.save(update_fields=["dry_run_at"])
    hints.advance_soon()
    return True


@transaction.atomic
def set_budget(*, campaign_id: int, actor: User, scope: Scope, budget: Decimal | None) -> bool:
    """Raises or lifts the limit; False for a limit below what is committed already.

    Errors: as `recount`.
    """
    campaign = _locked(campaign_id, scope)
    if not actor_of(campaign, actor=actor, scope=scope).manages:
        raise lifecycle.Refused(lifecycle.NOT_YOURS)
    if budget is not None and budget < campaign.committed:
        return False
    campaign.budget = budget
    campaign.save(update_fields=["budget"])
    hints.advance_soon()
    return True
