"""When and how often people may be contacted: dated settings, editable in the admin."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models import Region
from registry.models.dated import Dated, dated_constraints


class QuietWindow(Dated):
    """Local hours in which people may be contacted, on working days or on days off."""

    working = models.BooleanField(_("on working days"))
    opens = models.TimeField(pgettext_lazy("hours", "from"))
    closes = models.TimeField(pgettext_lazy("hours", "until"))

    class Meta:
        verbose_name = _("contact hours")
        verbose_name_plural = _("contact hours")
        ordering = ["-working", "-valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["working", "valid_from"], name="quietwindow_one_per_day"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="quietwindow_order",
                violation_error_message=_("The hours end before they begin."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


class ContactCap(Dated):
    """How many invitations and reminders one person may get in 30 days; a region's row overrides the country's."""

    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("region")
    )
    per_month = models.PositiveSmallIntegerField(_("messages in 30 days"))

    class Meta:
        verbose_name = _("contact cap")
        verbose_name_plural = _("contact caps")
        ordering = ["region", "-valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(
                fields=["region", "valid_from"], name="contactcap_one_per_day", nulls_distinct=False
            )
        )

    def __str__(self) -> str:
        return str(self.per_month)
