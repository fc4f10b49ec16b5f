"""Closed cases looked at again: the dated checklist, and what a reviewer found in a case of the sample."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.models.desk import AT_DESK
from registry.models import Organization, User
from registry.models.dated import Dated, dated_constraints
from registry.scoping import Role, Scope, ScopedQuerySet


class QualityCriterion(Dated):
    """One version of a line of the checklist; `weight` says how much it counts beside the others."""

    code = models.CharField(_("code"), max_length=30)
    text = models.CharField(_("text"), max_length=200)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)

    version_key = ("code",)

    class Meta:
        verbose_name = _("criterion of quality")
        verbose_name_plural = _("criteria of quality")
        ordering = ["id"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["code", "valid_from"], name="qualitycriterion_version"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="qualitycriterion_weight"),
        )

    def __str__(self) -> str:
        return self.text


class QualityReviewQuerySet(ScopedQuerySet["QualityReview"]):
    def visible_to(self, scope: Scope) -> Self:
        """Heads of the organisation that answered; whoever answered, once it is judged, while still working there."""
        heads = scope.organizations(Role.SUPERVISOR) | scope.funds(Role.FUND_ADMIN)
        offices = scope.organizations(*AT_DESK) | scope.funds(*AT_DESK)
        mine = Q(worker=scope.user_id, reviewed_at__isnull=False, organization__in=offices)
        return self.any_of(
            Q(organization__in=heads) if heads else None,
            mine if scope.user_id is not None and scope.is_staff else None,
        )

    def waiting(self) -> Self:
        return self.filter(reviewed_at__isnull=True)


class QualityReview(models.Model):
    """A case of the sample. `marks` hold what the checklist of that day was answered with, by code."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, related_name="+", verbose_name=_("appeal")
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    # Who answered: kept, because the case may go on in other hands.
    worker = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("in the hands of")
    )
    drawn_at = models.DateTimeField(_("drawn at"))
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    reviewer = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("reviewer")
    )
    marks = models.JSONField(_("marks"), default=dict)
    score = models.PositiveSmallIntegerField(_("score, percent"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    dispute = models.TextField(_("dispute"), blank=True)
    disputed_at = models.DateTimeField(_("disputed at"), null=True, blank=True)

    objects = QualityReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality review")
        verbose_name_plural = _("quality reviews")
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=100, reviewed_at__isnull=False),
                name="qualityreview_score",
            ),
            models.CheckConstraint(
                condition=Q(disputed_at__isnull=True, dispute="")
                | (Q(disputed_at__isnull=False, reviewed_at__isnull=False) & ~Q(dispute="")),
                name="qualityreview_dispute",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "id"],
                name="qualityreview_waiting",
                condition=Q(reviewed_at__isnull=True),
            ),
            models.Index(fields=["organization", "-reviewed_at"], name="qualityreview_done"),
            models.Index(fields=["worker", "-reviewed_at"], name="qualityreview_mine"),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.score}"
