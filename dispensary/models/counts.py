"""Sums of invitations that pages read instead of the rows."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispensary.models.campaigns import READERS, Campaign, ExcludedReason, InvitationState, Round
from registry.models import Clinic, Organization
from registry.models.people import ContactChannel
from registry.scoping import Role, Scope, ScopedQuerySet


class CountQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, scope: Scope) -> Self:
        """Counts of people, split by insurer: an insurer's staff see the share of their own."""
        insurers = scope.organizations(*READERS)
        regions = scope.regions(Role.FUND_ADMIN)
        return self.any_of(
            Q(campaign__region__in=regions) if regions else None,
            Q(insurer__in=insurers) if insurers else None,
        )


class Count(models.Model):
    """People of one campaign, insurer and clinic. Pages read these sums, never the invitations."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, verbose_name=_("campaign")
    )
    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("insurer")
    )
    clinic = models.ForeignKey(
        Clinic,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("clinic"),
    )
    # A person has one row in each round; coverage of people is that of the first.
    round = models.PositiveSmallIntegerField(_("round"), choices=Round, db_default=Round.PRIMARY)
    people = models.PositiveIntegerField(_("people"))

    objects = CountQuerySet.as_manager()

    class Meta:
        abstract = True


class PlanCount(Count):
    """How many were planned, as the planning statement itself reported.

    Kept apart from `OutcomeCount`, which counts rows: the two meet in the proof that nobody is missing.
    """

    class Meta:
        verbose_name = _("number of planned")
        verbose_name_plural = _("numbers of planned")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "insurer", "clinic", "round"],
                nulls_distinct=False,
                name="plancount_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.people}"


class OutcomeCount(Count):
    """How many are in each state, counted from the invitations by a task."""

    state = models.CharField(_("state"), max_length=8, choices=InvitationState)
    channel = models.CharField(_("channel"), max_length=5, choices=ContactChannel, blank=True)
    excluded_reason = models.CharField(_("why excluded"), max_length=20, choices=ExcludedReason, blank=True)
    came = models.PositiveIntegerField(_("came"))

    class Meta:
        verbose_name = _("number by outcome")
        verbose_name_plural = _("numbers by outcome")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "insurer", "clinic", "round", "state", "channel", "excluded_reason"],
                nulls_distinct=False,
                name="outcomecount_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.state}: {self.people}"


class CoverageCount(models.Model):
    """People of one campaign split as the coverage report splits them; written by `dispensary.coverage_counting`.

    Who is counted where is said there, field by field.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, verbose_name=_("campaign")
    )
    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("insurer")
    )
    clinic = models.ForeignKey(
        Clinic,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("clinic"),
    )
    age_group = models.PositiveSmallIntegerField(_("lowest age of the group"))
    channel = models.CharField(_("channel"), max_length=5, choices=ContactChannel, blank=True)
    month = models.DateField(_("first day of the month of the plan"))
    planned = models.PositiveIntegerField(_("planned"))
    informed = models.PositiveIntegerField(_("informed"))
    excluded = models.PositiveIntegerField(_("excluded"))
    failed = models.PositiveIntegerField(_("not reached"))
    pending = models.PositiveIntegerField(_("pending"))
    came = models.PositiveIntegerField(_("informed and came"))
    attended = models.PositiveIntegerField(_("came in all"))
    invited_came = models.PositiveIntegerField(_("to be invited and came"))
    left_out = models.PositiveIntegerField(_("left out by lot"))
    left_out_came = models.PositiveIntegerField(_("left out by lot and came"))

    objects = CountQuerySet.as_manager()

    class Meta:
        verbose_name = _("number for the coverage report")
        verbose_name_plural = _("numbers for the coverage report")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "insurer", "clinic", "age_group", "channel", "month"],
                nulls_distinct=False,
                name="coveragecount_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    planned=models.F("informed")
                    + models.F("excluded")
                    + models.F("failed")
                    + models.F("pending")
                ),
                name="coveragecount_sum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.month}: {self.planned}"
