from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, IntegerField, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from registry.models import Organization, Region
from registry.models.dated import Dated, dated_constraints
from representatives.models import ranges
from representatives.models.people import Level

# One number for region and level, so that the constraint can compare both at once; the country counts as region 0.
_REGION_AND_LEVEL = Cast(Coalesce(F("region"), Value("0")), IntegerField()) * Value(10) + F("level")


class StaffingNorm(Dated):
    """How many insured people one representative of a level may serve; without a region, for the whole country.

    No binding federal norm is known: rows that quote a figure from the press are marked not `confirmed`.
    """

    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("region")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    insured_per_representative = models.PositiveIntegerField(_("insured per representative"))

    class Meta:
        verbose_name = _("staffing norm")
        verbose_name_plural = _("staffing norms")
        ordering = ["level", "valid_from"]
        constraints = dated_constraints(
            models.CheckConstraint(
                condition=Q(insured_per_representative__gt=0),
                name="staffingnorm_positive",
                violation_error_message=_("A norm must be above zero."),
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="staffingnorm_level"),
            ExclusionConstraint(
                name="staffingnorm_no_overlap",
                expressions=[ranges.same(_REGION_AND_LEVEL), ranges.days("valid_from", "valid_to")],
                violation_error_message=_("Another norm of this level is in force at that time."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.level}: {self.insured_per_representative}"


class PlannedPositions(Dated):
    """How many representatives of a level an organisation's staff plan provides for; what is not filled is vacant."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    positions = models.PositiveIntegerField(_("positions"))

    class Meta:
        verbose_name = _("planned positions")
        verbose_name_plural = _("planned positions")
        ordering = ["organization", "level", "valid_from"]
        constraints = dated_constraints(
            models.CheckConstraint(condition=Q(level__in=Level.values), name="plannedpositions_level"),
            ExclusionConstraint(
                name="plannedpositions_no_overlap",
                expressions=[
                    ranges.same(F("organization")),
                    ranges.same(F("level")),
                    ranges.days("valid_from", "valid_to"),
                ],
                violation_error_message=_("Another plan of this level is in force at that time."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.level}: {self.positions}"
