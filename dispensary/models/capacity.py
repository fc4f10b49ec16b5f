"""Free places that clinics state: what the waves of a campaign may fill."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispensary.files.kinds import MAX_PLACES
from dispensary.models.reference import Programme
from registry.models import Clinic


class ClinicCapacity(models.Model):
    """How many people a clinic can examine on one day in one programme, as it last stated.

    A later statement for the same day replaces the number. No row: nothing stated. Zero: no room that day.
    """

    clinic = models.ForeignKey(
        Clinic, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("clinic")
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme")
    )
    day = models.DateField(_("day"))
    places = models.PositiveSmallIntegerField(_("free places"), validators=[MaxValueValidator(MAX_PLACES)])
    stated_at = models.DateTimeField(_("stated at"))

    class Meta:
        verbose_name = _("free places of a clinic")
        verbose_name_plural = _("free places of clinics")
        constraints = [
            # Also the index of the waves: a clinic's days of one programme, in order.
            models.UniqueConstraint(fields=["clinic", "programme", "day"], name="cliniccapacity_once"),
            models.CheckConstraint(
                condition=Q(places__lte=MAX_PLACES),
                name="cliniccapacity_places",
                violation_error_message=_("So many people cannot be examined in one day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clinic_id} {self.day}: {self.places}"
