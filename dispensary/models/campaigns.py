"""Campaigns and their invitations.

`Invitation` has millions of rows and is written set-wise only: no history triggers, no index that a page or a
task does not need.
"""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispensary.lifecycle import State
from dispensary.models.reference import Programme
from registry.models import Clinic, InsuredPerson, Organization, Region, User
from registry.models.people import ContactChannel
from registry.scoping import Role, Scope, ScopedQuerySet

READERS = (Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR)


class CampaignState(models.TextChoices):
    """The states of `dispensary.lifecycle`, with names for people."""

    PLANNED = State.PLANNED, pgettext_lazy("campaign", "waiting for approval")
    APPROVED = State.APPROVED, pgettext_lazy("campaign", "approved")
    RUNNING = State.RUNNING, pgettext_lazy("campaign", "running")
    PAUSED = State.PAUSED, pgettext_lazy("campaign", "paused")
    CLOSED = State.CLOSED, pgettext_lazy("campaign", "closed")


class CampaignQuerySet(ScopedQuerySet["Campaign"]):
    def visible_to(self, scope: Scope) -> Self:
        """The fund: its region. An insurer's staff from level 2: the own campaigns and those of the whole region."""
        insurers = scope.organizations(*READERS)
        regions = scope.regions(Role.FUND_ADMIN)
        of_insurers = Organization.objects.filter(pk__in=insurers).values("region")
        return self.any_of(
            Q(region__in=regions) if regions else None,
            Q(insurer__in=insurers) | Q(insurer__isnull=True, region__in=of_insurers) if insurers else None,
        )

    def managed_by(self, scope: Scope) -> Self:
        """Campaigns that the reader may approve, start, pause and close."""
        insurers = scope.organizations(Role.SUPERVISOR)
        regions = scope.regions(Role.FUND_ADMIN)
        return self.any_of(
            Q(region__in=regions) if regions else None,
            Q(insurer__in=insurers) if insurers else None,
        )


class Campaign(models.Model):
    """Inviting everybody due for one programme in one year: a whole region, or one insurer's people."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"))
    insurer = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("insurer"),
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    state = models.CharField(_("state"), max_length=10, choices=CampaignState, default=CampaignState.PLANNED)
    # Everybody is to be informed by this day, and to come by the other.
    inform_by = models.DateField(_("inform by"))
    attend_by = models.DateField(_("come by"))

    planned_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    planned_at = models.DateTimeField(_("planned at"))
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    # Left uninvited at random, to see later what inviting was worth.
    holdout_percent = models.PositiveSmallIntegerField(_("hold-out share, %"), default=0, db_default=0)
    # Roubles; empty means no limit. `committed` grows with every message that enters the outbox.
    budget = models.DecimalField(_("budget, roubles"), max_digits=12, decimal_places=2, null=True, blank=True)
    committed = models.DecimalField(
        _("committed, roubles"), max_digits=12, decimal_places=2, default=0, db_default=0
    )

    # The figures of the dry run, written by a task: a region is too large to count while a page waits.
    dry_run = models.JSONField(_("dry run"), null=True, blank=True)
    dry_run_at = models.DateTimeField(_("dry run at"), null=True, blank=True)
    # The run before, so that the page can show what changed.
    dry_run_before = models.JSONField(_("dry run before"), null=True, blank=True)
    # Set by the task that wrote the invitations; a running campaign without it still has to be planned.
    cohort_at = models.DateTimeField(_("invitations written at"), null=True, blank=True)
    counted_at = models.DateTimeField(_("outcomes counted at"), null=True, blank=True)
    # When the coverage report's figures were counted.
    covered_at = models.DateTimeField(_("coverage counted at"), null=True, blank=True)
    # People settled at the last count, and how many an hour get settled, smoothed: see `progress`.
    settled = models.PositiveIntegerField(_("people settled"), default=0, db_default=0)
    pace = models.FloatField(_("people settled in an hour"), null=True, blank=True)
    # The day whose daily work is done: visits carried over, invitations repeated.
    followed_up_on = models.DateField(_("followed up on"), null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(state__in=CampaignState.values), name="campaign_state"),
            models.UniqueConstraint(
                fields=["region", "insurer", "programme", "year"],
                condition=~Q(state="closed"),
                nulls_distinct=False,
                name="campaign_one_active",
                violation_error_message=_("Such a campaign is already planned or running."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="campaign_approval_paired",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("planned_by")),
                name="campaign_approved_by_another",
                violation_error_message=_("A campaign is approved by another person than its planner."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "running", "paused"]) | Q(approved_at__isnull=False),
                name="campaign_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "paused"]) | Q(started_at__isnull=False),
                name="campaign_started",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                | ~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True),
                name="campaign_closed",
            ),
            models.CheckConstraint(
                condition=Q(holdout_percent__lte=50),
                name="campaign_holdout",
                violation_error_message=_("At most half of the people may be left out."),
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0), name="campaign_budget"
            ),
            models.CheckConstraint(
                condition=Q(attend_by__gte=F("inform_by")),
                name="campaign_days",
                violation_error_message=_("People must be informed before the last day to come."),
            ),
        ]
        indexes = [
            # What the task looks for every half a minute; closed campaigns pile up over the years.
            models.Index(fields=["state", "id"], condition=~Q(state="closed"), name="campaign_active"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.year} {self.region_id}"

    @property
    def key(self) -> str:
        """The mark of this campaign's messages in the outbox."""
        return f"exam:{self.pk}"


class Round(models.IntegerChoices):
    PRIMARY = 1, _("first invitation")
    REPEAT = 2, _("repeated invitation")
    SECOND_REPEAT = 3, _("second repeated invitation")
    THIRD_REPEAT = 4, _("third repeated invitation")
    FOURTH_REPEAT = 5, _("fourth repeated invitation")


class InvitationState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("invitation", "waiting its turn")
    QUEUED = "queued", pgettext_lazy("invitation", "message being sent")
    LISTED = "listed", pgettext_lazy("invitation", "to be called")
    INFORMED = "informed", pgettext_lazy("invitation", "informed")
    FAILED = "failed", pgettext_lazy("invitation", "not reached")
    EXCLUDED = "excluded", pgettext_lazy("invitation", "excluded")


class ExcludedReason(models.TextChoices):
    """Why somebody who is due is not invited."""

    NO_CONSENT = "no_consent", _("no consent to reminders")
    NO_CONTACT = "no_contact", _("no way to reach the person")
    NO_CLINIC = "no_clinic", _("not attached to a clinic")
    ALREADY_INVITED = "already_invited", _("invited by another campaign")
    CAMPAIGN_CLOSED = "campaign_closed", _("the campaign was closed")
    CAME_BEFORE = "came_before", _("came before being invited")
    REFUSED = "refused", _("refused at the clinic")
    HOLD_OUT = "hold_out", _("left uninvited at random, for comparison")
    NOT_ALLOWED = "not_allowed", _("not allowed at the moment of sending")
    DIED = "died", _("died")
    MOVED = "moved", _("moved away")


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    def visible_to(self, scope: Scope) -> Self:
        """One's own and the wards'; the insurer's staff from level 2; the fund's region; the own clinic."""
        insurers = scope.organizations(*READERS)
        regions = scope.regions(Role.FUND_ADMIN)
        clinics = scope.clinics(Role.CLINIC_STAFF)
        return self.any_of(
            Q(person__in=scope.own_people) if scope.own_people else None,
            Q(insurer__in=insurers) if insurers else None,
            Q(region__in=regions) if regions else None,
            Q(clinic__in=clinics) if clinics else None,
        )


class Invitation(models.Model):
    """One person in one round of one campaign, and what became of it.

    The insurer, the clinic and the region are those of the day of planning: a later change of insurer must not
    move people between the reports of a running campaign.
    """

    # Found through the unique key, which begins with the person: no index of its own.
    person = models.ForeignKey(
        InsuredPerson, on_delete=models.PROTECT, db_index=False, verbose_name=_("insured person")
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, db_index=False, verbose_name=_("campaign")
    )
    round = models.PositiveSmallIntegerField(_("round"), choices=Round, db_default=Round.PRIMARY)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("region")
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
    state = models.CharField(_("state"), max_length=8, choices=InvitationState)
    # Empty for the excluded.
    channel = models.CharField(_("channel"), max_length=5, choices=ContactChannel, blank=True, db_default="")
    # Channels of this round that did not reach the person; the ladder never goes back to them.
    tried = ArrayField(
        models.CharField(max_length=5, choices=ContactChannel), verbose_name=_("channels tried"), null=True
    )
    excluded_reason = models.CharField(
        _("why excluded"), max_length=20, choices=ExcludedReason, blank=True, db_default=""
    )
    informing_deadline = models.DateField(_("inform by"))
    informed_at = models.DateTimeField(_("informed at"), null=True, blank=True)
    came_on = models.DateField(_("came on"), null=True, blank=True)
    created_at = models.DateTimeField(_("written at"), db_default=Now())

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["person", "campaign", "round"], name="invitation_once"),
            models.CheckConstraint(condition=Q(state__in=InvitationState.values), name="invitation_state"),
            models.CheckConstraint(
                condition=Q(state="excluded") & ~Q(excluded_reason="")
                | ~Q(state="excluded") & Q(excluded_reason="") & ~Q(channel=""),
                name="invitation_excluded_or_reachable",
            ),
            models.CheckConstraint(
                condition=Q(state="informed", informed_at__isnull=False)
                | ~Q(state="informed") & Q(informed_at__isnull=True),
                name="invitation_informed_at",
            ),
        ]
        indexes = [
            # Claims of the sending task, counts of coverage and the pages of one state's list, in one.
            models.Index(fields=["campaign", "state", "id"], name="invitation_work"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.person_id}"


class InformingOutcome(models.TextChoices):
    WILL_COME = "will_come", _("will come")
    CAME = "came", _("has come")
    REFUSED = "refused", _("refused")
    NO_ANSWER = "no_answer", _("no answer")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    MOVED = "moved", _("moved away")
    DIED = "died", _("died")


class InformingQuerySet(ScopedQuerySet["Informing"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.filter(invitation__in=Invitation.objects.visible_to(scope).values("pk"))


class Informing(models.Model):
    """One call or talk about an invitation, and what the person said. Append-only, held by a trigger."""

    invitation = models.ForeignKey(
        Invitation, on_delete=models.PROTECT, related_name="informings", verbose_name=_("invitation")
    )
    channel = models.CharField(_("channel"), max_length=5, choices=ContactChannel)
    outcome = models.CharField(_("outcome"), max_length=12, choices=InformingOutcome)
    on_day = models.DateField(_("comes on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    # Empty where the person answered without a colleague, on the page of a letter or message.
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = InformingQuerySet.as_manager()

    class Meta:
        verbose_name = _("informing")
        verbose_name_plural = _("informings")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["will_come", "came"], on_day__isnull=False)
                | ~Q(outcome__in=["will_come", "came"]) & Q(on_day__isnull=True),
                name="informing_day",
                violation_error_message=_("Give the day for «will come» and «has come», and only for these."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome="refused") | ~Q(note=""),
                name="informing_refusal_has_reason",
                violation_error_message=_("Write down why the person refused."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id}: {self.outcome}"
