"""What the appeals report is counted from: facts of appeals as they were at each count, and their monthly sums.

Nothing here is ever overwritten. A fact or a sum holds from one count (`since`) until another (`until`), so that
a figure can be asked for as it was at any count, and gives the same number and the same rows each time.
"""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.models.appeals import Appeal
from registry.models import Clinic, Organization, Region
from registry.scoping import Role, Scope, ScopedQuerySet

CURRENT = Q(until__isnull=True)
CLOSED = Q(until__isnull=False)


def held_at(run: int) -> Q:
    """What held at a count. The two ways to hold have an index each, and the database joins them: what was closed
    after the latest count is nothing, so today's figures cost as if there were no older ones."""
    return (CURRENT | Q(until__gt=run)) & Q(since__lte=run)


class CountRun(models.Model):
    """One count of all appeals. Its number stands in the permanent address of every figure."""

    at = models.DateTimeField(_("counted at"))
    changed = models.PositiveIntegerField(_("facts that changed"), default=0)

    class Meta:
        verbose_name = _("count of appeals")
        verbose_name_plural = _("counts of appeals")

    def __str__(self) -> str:
        return f"{self.pk}: {self.at:%Y-%m-%d %H:%M}"


class AppealChange(models.Model):
    """An appeal that was written since the last count; put here by triggers, so that no writer can forget it.

    Only ever appended to: a unique key would make whoever writes an appeal wait for the count.
    """

    appeal_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("appeal to be counted")
        verbose_name_plural = _("appeals to be counted")

    def __str__(self) -> str:
        return str(self.appeal_id)


class Outcome(models.TextChoices):
    OPEN = "open", _("in work")
    ANSWERED = "answered", pgettext_lazy("state of an appeal", "answered")
    FORWARDED = "forwarded", pgettext_lazy("state of an appeal", "forwarded")
    DECLINED = "declined", pgettext_lazy("state of an appeal", "left without an answer")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of an appeal", "withdrawn")


class AppealFactQuerySet(ScopedQuerySet["AppealFact"]):
    def visible_to(self, scope: Scope) -> Self:
        """The fund's administrator: the region; a supervisor: what the own insurer works or received; a clinic:
        what is about itself. A fact names no person."""
        regions = scope.regions(Role.FUND_ADMIN)
        heads = scope.organizations(Role.SUPERVISOR)
        clinics = scope.clinics(Role.CLINIC_STAFF)
        return self.any_of(
            Q(region__in=regions) if regions else None,
            Q(organization__in=heads) | Q(received_by__in=heads) if heads else None,
            Q(clinic__in=clinics) if clinics else None,
        )

    def as_of(self, run: int) -> Self:
        """Facts as they held at a count."""
        return self.filter(held_at(run))


class AppealFact(models.Model):
    """One appeal as the report sees it, from one count until another. Written by `appeals.reports.counting` only."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="facts", db_index=False)
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True)

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(_("registered on"))
    kind = models.CharField(max_length=15)
    form = models.CharField(max_length=10)
    channel = models.CharField(max_length=20)
    topic = models.CharField(max_length=20)
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    received_by = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    received_by_fund = models.BooleanField()
    insurer = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    clinic = models.ForeignKey(Clinic, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    validity = models.CharField(max_length=12)
    body = models.CharField(_("forwarded to, code"), max_length=40)
    due_on = models.DateField()
    decided_on = models.DateField(null=True)
    days = models.IntegerField(_("calendar days from the start of the term to the answer"), null=True)
    in_time = models.BooleanField(null=True)
    overdue = models.BooleanField()
    repeated = models.BooleanField()
    paths = ArrayField(models.CharField(max_length=3), verbose_name=_("hand-overs between levels"))
    satisfaction = models.PositiveSmallIntegerField(null=True)
    solved = models.CharField(max_length=10)

    objects = AppealFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact of an appeal")
        verbose_name_plural = _("facts of appeals")
        constraints = [
            models.UniqueConstraint(fields=["appeal"], condition=CURRENT, name="appealfact_one_current"),
            models.UniqueConstraint(fields=["appeal", "since"], name="appealfact_once_a_count"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="appealfact_order"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values)
                & (
                    Q(outcome=Outcome.OPEN, decided_on__isnull=True)
                    | ~Q(outcome=Outcome.OPEN) & Q(decided_on__isnull=False, overdue=False)
                )
                & (Q(days__isnull=False) | ~Q(outcome=Outcome.ANSWERED)),
                name="appealfact_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "day", "appeal"], condition=CURRENT, name="appealfact_now_region"),
            models.Index(
                fields=["organization", "day", "appeal"], condition=CURRENT, name="appealfact_now_office"
            ),
            models.Index(fields=["clinic", "day", "appeal"], condition=CURRENT, name="appealfact_now_clinic"),
            # The official form counts by whoever received the appeal, not by whoever works it.
            models.Index(
                fields=["received_by", "day", "appeal"], condition=CURRENT, name="appealfact_now_receiver"
            ),
            # Older counts: what has been closed since then.
            models.Index(fields=["region", "until"], condition=CLOSED, name="appealfact_then_region"),
            models.Index(fields=["organization", "until"], condition=CLOSED, name="appealfact_then_office"),
            models.Index(fields=["clinic", "until"], condition=CLOSED, name="appealfact_then_clinic"),
            models.Index(fields=["received_by", "until"], condition=CLOSED, name="appealfact_then_receiver"),
            # What becomes overdue by itself: nobody writes the appeal on that day.
            models.Index(
                fields=["due_on"],
                condition=CURRENT & Q(outcome=Outcome.OPEN, overdue=False),
                name="appealfact_falls_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.since}–{self.until or ''}"


class AppealSum(models.Model):
    """The measures of one cell: an owner's appeals registered in a month, with one value of one dimension.

    `owner` is R and the region's code, O and the organisation's key, C and the clinic's. Medians cannot be added,
    so `days_taken` keeps how many answers took how many days.
    """

    owner = models.CharField(max_length=20)
    month = models.DateField()
    dimension = models.CharField(max_length=20)
    value = models.CharField(max_length=40)
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True)

    appeals = models.IntegerField()
    consultations = models.IntegerField()
    complaints = models.IntegerField()
    written = models.IntegerField()
    judged = models.IntegerField()
    justified = models.IntegerField()
    answered = models.IntegerField()
    in_time = models.IntegerField()
    late = models.IntegerField()
    open = models.IntegerField()
    overdue = models.IntegerField()
    forwarded = models.IntegerField()
    declined = models.IntegerField()
    withdrawn = models.IntegerField()
    repeated = models.IntegerField()
    handed_over = models.IntegerField()
    surveyed = models.IntegerField()
    solved = models.IntegerField()
    stars = models.IntegerField()
    days_taken = models.JSONField()

    class Meta:
        verbose_name = _("monthly sum of appeals")
        verbose_name_plural = _("monthly sums of appeals")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "dimension", "month", "value"],
                condition=CURRENT,
                name="appealsum_one_current",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="appealsum_order"
            ),
        ]
        indexes = [models.Index(fields=["owner", "until"], condition=CLOSED, name="appealsum_then")]

    def __str__(self) -> str:
        return f"{self.owner} {self.month:%Y-%m} {self.dimension}={self.value}"
