from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Organization


class IncomingKind(models.TextChoices):
    CALL = "call", _("calls and voice messages")
    WRITTEN = "written", _("written cases")


class IncomingCount(models.Model):
    """How many calls and written cases came in, by hour of the region's clock. A roll-up kept by whoever has the
    cases, so that no page counts them."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    day = models.DateField(_("day"))
    hour = models.PositiveSmallIntegerField(_("hour"))
    kind = models.CharField(_("kind"), max_length=10, choices=IncomingKind)
    # 0: not routed to a level.
    level = models.PositiveSmallIntegerField(_("level"))
    count = models.PositiveIntegerField(_("number"))

    class Meta:
        verbose_name = _("incoming load")
        verbose_name_plural = _("incoming load")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "day", "hour", "kind", "level"], name="incomingcount_cell"
            ),
            models.CheckConstraint(condition=Q(hour__lte=23), name="incomingcount_hour"),
            models.CheckConstraint(condition=Q(kind__in=IncomingKind.values), name="incomingcount_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y} {self.hour}: {self.count}"
