"""How people are followed up: dated rules of the ladder and of calls, and the dictionary of reasons."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispensary.models.reference import Programme
from registry.models import Region
from registry.models.dated import Dated, dated_constraints


class InformingPolicy(Dated):
    """When an invitation goes on to the next channel, is repeated, and how often a person is called.

    A region's row overrides the country's. The regulation leaves these numbers to the insurers.
    """

    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("region")
    )
    unknown_days = models.PositiveSmallIntegerField(
        _("days until an unclear message gives way to another channel"), validators=[MinValueValidator(1)]
    )
    repeat_after_days = models.PositiveSmallIntegerField(
        _("days without a reaction until the invitation is repeated"), validators=[MinValueValidator(1)]
    )
    rounds = models.PositiveSmallIntegerField(
        _("rounds in all, the first included"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    call_attempts = models.PositiveSmallIntegerField(
        _("calls until a person counts as not reached by phone"), validators=[MinValueValidator(1)]
    )
    lease_minutes = models.PositiveSmallIntegerField(
        _("minutes for which a person is kept for one caller"), validators=[MinValueValidator(1)]
    )
    survey_percent = models.PositiveSmallIntegerField(
        _("share of people asked by phone why they did not come or how it went, %"),
        validators=[MaxValueValidator(100)],
    )

    class Meta:
        verbose_name = _("rules of follow-up")
        verbose_name_plural = _("rules of follow-up")
        ordering = ["region", "-valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(
                fields=["region", "valid_from"], name="informingpolicy_one_per_day", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(
                    unknown_days__gte=1,
                    repeat_after_days__gte=1,
                    rounds__range=(1, 5),
                    call_attempts__gte=1,
                    lease_minutes__gte=1,
                    survey_percent__lte=100,
                ),
                name="informingpolicy_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.region_id or '—'}: {self.valid_from}"


class ReasonKind(models.TextChoices):
    ABSENCE = "absence", _("why not attended")
    COMPLAINT = "complaint", _("what was not satisfactory")


class Reason(Dated):
    """One answer of the dictionary that surveys and callers choose from."""

    kind = models.CharField(_("kind"), max_length=10, choices=ReasonKind)
    code = models.SlugField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ["kind", "position"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["kind", "code", "valid_from"], name="reason_one_per_day"),
            models.CheckConstraint(condition=Q(kind__in=ReasonKind.values), name="reason_kind"),
        )

    def __str__(self) -> str:
        return self.title


class CoverageTarget(Dated):
    """The share of those due that a programme shall bring to the exam in a year. A region's row overrides the
    country's."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="+", verbose_name=_("programme")
    )
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("region")
    )
    share = models.PositiveSmallIntegerField(_("share of the planned, %"))

    class Meta:
        verbose_name = _("plan of coverage")
        verbose_name_plural = _("plans of coverage")
        ordering = ["programme", "-valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(
                fields=["programme", "region", "valid_from"],
                nulls_distinct=False,
                name="coveragetarget_one_per_day",
            ),
            models.CheckConstraint(
                condition=Q(share__gte=1, share__lte=100),
                name="coveragetarget_share",
                violation_error_message=_("A share is from 1 to 100 percent."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.share} %"


class FileKeeping(Dated):
    """For how long the original of a clinic's file is kept after it was taken in or rejected. What was taken from it
    and the sums of its protocol stay."""

    days = models.PositiveSmallIntegerField(_("days the original is kept"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("term of keeping clinic files")
        verbose_name_plural = _("terms of keeping clinic files")
        ordering = ["-valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["valid_from"], name="filekeeping_one_per_day")
        )

    def __str__(self) -> str:
        return f"{self.days}"
