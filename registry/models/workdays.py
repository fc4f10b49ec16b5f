from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.parties import Region


class CalendarDay(models.Model):
    """A day of the production calendar. A row with a region overrides the country's row for that region."""

    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("region")
    )
    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    confirmed = models.BooleanField(_("confirmed"), default=False)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "day"], name="calendarday_one_row", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"
