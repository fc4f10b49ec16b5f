"""What is known of each provider of a channel: how fast it may be used, and whether it answers at the moment."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Provider(models.Model):
    """One row for each sender of `notifications.channels`, shared by all workers.

    The limit is a bucket of tokens: it fills by `per_second` up to `burst`, and every message takes one. A provider
    that took nothing of a chunk rests until `open_until`, longer each time; `slow_until` holds back campaigns alone.
    """

    name = models.CharField(pgettext_lazy("provider", "name"), max_length=30, primary_key=True)
    per_second = models.FloatField(
        _("messages a second"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.01)],
        help_text=_("As agreed with the provider; empty for no limit."),
    )
    burst = models.PositiveIntegerField(
        _("messages at once"),
        default=100,
        db_default=100,
        validators=[MinValueValidator(1)],
        help_text=_("So many may leave together after a rest."),
    )
    tokens = models.FloatField(_("messages free now"), default=0, db_default=0)
    refilled_at = models.DateTimeField(_("counted at"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, db_default=0)
    open_until = models.DateTimeField(_("rests until"), null=True)
    slow_until = models.DateTimeField(_("slow until"), null=True)

    class Meta:
        verbose_name = _("provider of messages")
        verbose_name_plural = _("providers of messages")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(per_second__isnull=True) | Q(per_second__gt=0)) & Q(burst__gte=1),
                name="provider_limit",
                violation_error_message=_("The limit must be more than zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
