from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispensary.icd10 import CodeRange, Icd10Error
from registry.models import Clinic, InsuredPerson, Organization, Region, User
from registry.models.dated import Dated, dated_constraints
from registry.scoping import Role, Scope, ScopedQuerySet


class ObservationRule(Dated):
    """How often a person with a diagnosis is seen: one row of an order's annex."""

    icd10 = models.CharField(_("ICD-10 codes"), max_length=60)
    condition = models.CharField(_("condition"), max_length=200)
    group = models.SlugField(_("group"), max_length=30)
    specialist = models.CharField(_("specialist"), max_length=100)
    intervals_months = models.CharField(_("months between visits, by year"), max_length=30)
    window_days = models.PositiveSmallIntegerField(_("days before the last day"))
    duration_months = models.PositiveSmallIntegerField(_("months of observation"), null=True, blank=True)
    duration = models.CharField(_("duration in words"), max_length=100)
    put_on_working_days = models.PositiveSmallIntegerField(_("working days to put on"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("observation rule")
        verbose_name_plural = _("observation rules")
        ordering = ["position"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["icd10", "valid_from"], name="observationrule_one_per_day"),
            models.CheckConstraint(
                condition=Q(intervals_months__regex=r"^[1-9][0-9]?(,[1-9][0-9]?)*$"),
                name="observationrule_intervals",
                violation_error_message=_("Write months with commas, such as 3,6,12."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.icd10} {self.condition}"

    def clean(self) -> None:
        try:
            for part in self.icd10.split(","):
                CodeRange.parse(part.strip())
        except Icd10Error as error:
            raise ValidationError({"icd10": str(error)}) from error


class TakenOffReason(models.TextChoices):
    """Why observation ends; what clinics write in their lists is in `dispensary.files.kinds`."""

    RECOVERED = "recovered", pgettext_lazy("observation", "recovered")
    REMISSION = "remission", pgettext_lazy("observation", "lasting remission")
    OTHER_CLINIC = "other_clinic", pgettext_lazy("observation", "observed by another clinic")
    MOVED = "moved", pgettext_lazy("observation", "moved away")
    REFUSED = "refused", pgettext_lazy("observation", "refused observation")
    DIED = "died", pgettext_lazy("observation", "died")
    MISTAKE = "mistake", pgettext_lazy("observation", "put on by mistake")


class ObservationCaseQuerySet(ScopedQuerySet["ObservationCase"]):
    def visible_to(self, scope: Scope) -> Self:
        """One's own and the wards'; level 3 of the insurer; the clinic that observes. A diagnosis goes no lower."""
        insurers = scope.organizations(Role.EXPERT)
        clinics = scope.clinics(Role.CLINIC_STAFF)
        return self.any_of(
            Q(person__in=scope.own_people) if scope.own_people else None,
            Q(insurer__in=insurers) if insurers else None,
            Q(clinic__in=clinics) if clinics else None,
        )


class ObservationCase(models.Model):
    """A person under dispensary observation for one diagnosis, and the window of the next visit."""

    person = models.ForeignKey(InsuredPerson, on_delete=models.PROTECT, verbose_name=_("insured person"))
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("region")
    )
    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("insurer")
    )
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", verbose_name=_("clinic"))
    icd10 = models.CharField(_("ICD-10 code"), max_length=6)
    put_on = models.DateField(_("put on"))
    last_visit_on = models.DateField(_("last visit"), null=True, blank=True)
    visit_from = models.DateField(_("next visit from"), null=True, blank=True)
    visit_to = models.DateField(_("next visit to"), null=True, blank=True)
    taken_off_on = models.DateField(_("taken off"), null=True, blank=True)
    taken_off_reason = models.CharField(
        _("reason of taking off"), max_length=200, choices=TakenOffReason, blank=True
    )
    # Empty where a clinic's list took the person off.
    taken_off_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("taken off by"),
    )
    # After a call: not before this day; a visit clears it.
    call_after = models.DateField(_("call again from"), null=True, blank=True)

    objects = ObservationCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation case")
        verbose_name_plural = _("observation cases")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "icd10"],
                condition=Q(taken_off_on__isnull=True),
                name="observationcase_one_open",
            ),
            models.CheckConstraint(
                condition=Q(icd10__regex=r"^[A-Z][0-9]{2}([.][0-9]{1,2})?$"), name="observationcase_icd10"
            ),
            models.CheckConstraint(
                condition=Q(visit_from__isnull=True, visit_to__isnull=True)
                | Q(visit_to__gte=F("visit_from")),
                name="observationcase_window",
            ),
            models.CheckConstraint(
                condition=Q(taken_off_on__isnull=True, taken_off_reason="")
                | Q(taken_off_on__gte=F("put_on")) & ~Q(taken_off_reason=""),
                name="observationcase_taken_off",
            ),
        ]
        indexes = [
            models.Index(
                fields=["insurer", "visit_to", "id"],
                condition=Q(taken_off_on__isnull=True),
                name="observationcase_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.icd10}"
