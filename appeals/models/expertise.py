from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.visibility import readers
from registry.models import Clinic
from registry.models.dated import Dated, dated_constraints
from registry.scoping import Role, Scope, ScopedQuerySet


class ExpertiseKind(models.TextChoices):
    """The targeted ones alone: a complaint is checked by itself, not by a plan (order 231н)."""

    MEE = "mee", _("targeted medical and economic expertise (MEE)")
    EKMP = "ekmp", _("targeted expertise of the quality of care (EKMP)")


class ViolationCode(Dated):
    """One version of a ground for sanctions: what an expertise may find."""

    code = models.CharField(_("code"), max_length=12)
    title = models.CharField(_("title"), max_length=400)
    expertise = models.CharField(_("found by"), max_length=10, choices=ExpertiseKind, blank=True)

    class Meta:
        verbose_name = _("violation code")
        verbose_name_plural = _("violation codes")
        ordering = ["code", "valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["code", "valid_from"], name="violationcode_version"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


def sealed_scope(scope: Scope) -> Scope:
    """The reader in the roles that may open an expert's opinion: level 3 and the fund that supervises."""
    opening = (Role.EXPERT, Role.FUND_ADMIN)
    return Scope(grants=tuple(grant for grant in scope.grants if grant.role in opening))


class ExpertiseQuerySet(ScopedQuerySet["Expertise"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.any_of(*readers(sealed_scope(scope), "appeal__"))


class Expertise(models.Model):
    """An expertise of care ordered because of an appeal: who, what and when, and what came of it. Sealed.

    Sums are in kopecks: not paid to the clinic, its fine, and what goes back to the patient.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="expertises")
    kind = models.CharField(_("kind of expertise"), max_length=10, choices=ExpertiseKind)
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="+", verbose_name=_("clinic"), db_index=False
    )
    period_from = models.DateField(_("care from"))
    period_to = models.DateField(_("care to"))
    task = models.TextField(_("what the expert is asked"))
    expert = models.CharField(_("expert"), max_length=200)
    ordered_at = models.DateTimeField(_("ordered at"))
    ordered_by_user_id = models.BigIntegerField(_("ordered by"), null=True)
    due_on = models.DateField(_("act due on"))
    # 1: reminded before the day, 2: told that it has passed.
    reminded = models.PositiveSmallIntegerField(_("reminders"), default=0, db_default=0)

    received_at = models.DateTimeField(_("act received at"), null=True, blank=True)
    received_by_user_id = models.BigIntegerField(_("recorded by"), null=True)
    act_number = models.CharField(_("number of the act"), max_length=60, blank=True)
    act_on = models.DateField(_("date of the act"), null=True, blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True)
    found_violations = models.BooleanField(_("violations found"), null=True)
    violations = models.ManyToManyField(
        ViolationCode, blank=True, related_name="found_in", verbose_name=_("violation codes")
    )
    unpaid = models.BigIntegerField(_("not paid, kopecks"), default=0)
    fine = models.BigIntegerField(_("fine, kopecks"), default=0)
    refund = models.BigIntegerField(_("refund to the patient, kopecks"), default=0)

    objects = ExpertiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("expertise")
        verbose_name_plural = _("expertises")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from"), kind__in=ExpertiseKind.values)
                & ~Q(task="")
                & ~Q(expert=""),
                name="expertise_ordered",
            ),
            models.CheckConstraint(
                condition=Q(
                    received_at__isnull=True,
                    act_on__isnull=True,
                    found_violations__isnull=True,
                    conclusion="",
                )
                | (
                    Q(received_at__gte=F("ordered_at"), act_on__isnull=False, found_violations__isnull=False)
                    & ~Q(act_number="")
                    & ~Q(conclusion="")
                ),
                name="expertise_received",
            ),
            models.CheckConstraint(
                condition=Q(unpaid__gte=0, fine__gte=0, refund__gte=0)
                & (Q(found_violations__isnull=False, found_violations=True) | Q(unpaid=0, fine=0)),
                name="expertise_sums",
            ),
            models.UniqueConstraint(
                fields=["appeal"], condition=Q(received_at__isnull=True), name="expertise_one_open"
            ),
        ]
        indexes = [
            # Whose act is due, for the reminders.
            models.Index(fields=["due_on"], name="expertise_due", condition=Q(received_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.kind}"
