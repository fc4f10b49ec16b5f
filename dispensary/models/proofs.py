from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import Region


class SumProof(models.Model):
    """The night's count of one region: everybody planned is informed, excluded, not reached or pending.

    Counted from the single invitations against the plan, not from the sums that pages show. Published.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("region")
    )
    # The day that had just ended in the region.
    day = models.DateField(_("day"))
    planned = models.PositiveIntegerField(_("planned"))
    informed = models.PositiveIntegerField(_("informed"))
    excluded = models.PositiveIntegerField(_("excluded"))
    failed = models.PositiveIntegerField(_("not reached"))
    pending = models.PositiveIntegerField(_("pending"))
    came = models.PositiveIntegerField(_("came"))
    problems = ArrayField(
        models.CharField(max_length=300), verbose_name=_("sums that do not hold"), default=list
    )
    counted_at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("proof of the sums")
        verbose_name_plural = _("proofs of the sums")
        ordering = ["-day", "region"]
        constraints = [
            # Also the tick: two machines count a night once.
            models.UniqueConstraint(fields=["region", "day"], name="sumproof_once_a_day"),
            models.CheckConstraint(
                condition=Q(planned=F("informed") + F("excluded") + F("failed") + F("pending"))
                | ~Q(problems=[]),
                name="sumproof_gap_is_a_problem",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.day}"

    @property
    def holds(self) -> bool:
        return not self.problems
