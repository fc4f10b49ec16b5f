from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals.words import FORMS, KINDS, SERVICES, SUSPICIONS, UNITS, URGENCIES, WAIT_UNITS, choices
from registry.models import Region
from registry.models.dated import Dated, dated_constraints


class Body(Dated):
    """A body outside OMS, or above the regional fund, that matters are forwarded to."""

    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("official name"), max_length=300)
    plain_title = models.CharField(_("name for citizens"), max_length=300)
    clinic_specific = models.BooleanField(_("a different one for each clinic"), default=False)

    version_key = ("code",)

    class Meta:
        verbose_name = _("competent body")
        verbose_name_plural = _("competent bodies")
        ordering = ["code", "valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["code", "valid_from"], name="body_code_version"),
        )

    def __str__(self) -> str:
        return self.title


class AppealTopic(Dated):
    """One version of a topic: a row of form ЗПЗ table 1, or a matter outside OMS (codes `X.n`).

    A changed topic is a new row; old appeals keep the row they were filed under.
    """

    code = models.CharField(_("code"), max_length=20)
    parent = models.CharField(_("code of the heading"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=choices(KINDS), blank=True)
    title = models.CharField(_("official title"), max_length=500)
    plain_title = models.CharField(_("title for citizens"), max_length=300)
    selectable = models.BooleanField(_("may be chosen"), default=True)
    default_level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    written_level = models.PositiveSmallIntegerField(_("level if written"), null=True, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=choices(URGENCIES), default="normal")
    forms = ArrayField(
        models.CharField(max_length=10, choices=choices(FORMS)), verbose_name=_("allowed forms")
    )
    waiting = models.BooleanField(_("about waiting times"), default=False)
    fund_only = models.BooleanField(_("only for the fund"), default=False)
    about_insurer = models.BooleanField(_("about the insurer"), default=False)
    outside_competence = models.BooleanField(_("outside OMS competence"), default=False)
    addressee = models.CharField(_("code of the competent body"), max_length=40, blank=True)
    needs_clinic = models.BooleanField(_("needs a clinic"), default=False)

    version_key = ("code",)

    class Meta:
        verbose_name = _("topic of appeals")
        verbose_name_plural = _("topics of appeals")
        ordering = ["code", "valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["code", "valid_from"], name="appealtopic_code_version"),
            models.CheckConstraint(
                condition=Q(outside_competence=True) & ~Q(addressee="")
                | Q(outside_competence=False, addressee=""),
                name="appealtopic_addressee",
                violation_error_message=_("A matter outside competence needs the body it belongs to."),
            ),
            models.CheckConstraint(
                condition=(Q(default_level__isnull=True) | Q(default_level__range=(1, 3)))
                & (Q(written_level__isnull=True) | Q(written_level__range=(1, 3))),
                name="appealtopic_level",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.plain_title}"

    def clean(self) -> None:
        """What the rules of routing take for granted, said beside the field that breaks it."""
        super().clean()
        wrong: dict[str, Any] = {}
        if self.parent and not AppealTopic.objects.filter(code=self.parent).exists():
            wrong["parent"] = _("There is no heading with this code.")
        if self.parent and not self.code.startswith(f"{self.parent}."):
            wrong["code"] = _("The code begins with that of its heading and a point.")
        if self.addressee and not Body.objects.filter(code=self.addressee).exists():
            wrong["addressee"] = _("There is no such body.")
        if self.outside_competence != bool(self.addressee):
            wrong["addressee"] = _("A matter outside competence needs the body it belongs to.")
        worked = self.selectable and not self.outside_competence and not self.fund_only
        if worked and self.default_level is None:
            wrong["default_level"] = _("A topic that representatives work needs a level.")
        if not worked and self.default_level is not None:
            wrong["default_level"] = _(
                "A heading, a topic of the fund and a matter outside OMS have no level."
            )
        if not self.forms:
            wrong["forms"] = _("Name at least one form: oral or written.")
        if wrong:
            raise ValidationError(wrong)
        self._keep_what_was_filed()

    def _keep_what_was_filed(self) -> None:
        """Old appeals keep the version they were filed under: a used row may only end or gain a source."""
        before = AppealTopic.objects.filter(pk=self.pk).first() if self.pk else None
        free = {"id", "valid_to", "source", "confirmed"}
        names = [field.attname for field in self._meta.concrete_fields if field.name not in free]
        if before is None or all(getattr(self, name) == getattr(before, name) for name in names):
            return
        if before.appeals.exists():
            raise ValidationError(
                _("Appeals were filed under this version. Give it a last day and save the change as new.")
            )


class AppealTerm(Dated):
    """A lawful term (`register`, `forward`, `answer`, `extend`) or the portal's own `target` and `reopen`."""

    code = models.CharField(_("code"), max_length=20)
    kind = models.CharField(_("kind"), max_length=20, choices=choices(KINDS), blank=True)
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    value = models.PositiveSmallIntegerField(_("number of units"))
    unit = models.CharField(_("unit"), max_length=15, choices=choices(UNITS))

    version_key = ("code", "kind", "level")

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["code", "valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(
                fields=["code", "kind", "level", "valid_from"],
                name="appealterm_version",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__range=(1, 3)), name="appealterm_level"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.value} {self.unit}"


class WaitingTimeNorm(Dated):
    """The longest wait that the guarantee programme allows; a row with a region replaces the country's there."""

    service = models.CharField(_("kind of help"), max_length=20, choices=choices(SERVICES))
    suspicion = models.CharField(_("suspicion"), max_length=20, choices=choices(SUSPICIONS), blank=True)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("region")
    )
    value = models.PositiveSmallIntegerField(_("number of units"))
    unit = models.CharField(_("unit"), max_length=15, choices=choices(WAIT_UNITS))
    counted_from = models.CharField(_("counted from, in words"), max_length=100)
    topic = models.CharField(_("topic of complaints it proves"), max_length=20, blank=True)

    version_key = ("service", "suspicion", "region")

    class Meta:
        verbose_name = _("waiting time norm")
        verbose_name_plural = _("waiting time norms")
        ordering = ["service", "suspicion", "region", "valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(
                fields=["service", "suspicion", "region", "valid_from"],
                name="waitingtimenorm_version",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(service__in=sorted(SERVICES), unit__in=sorted(WAIT_UNITS), value__gte=1)
                & Q(suspicion__in=["", *sorted(SUSPICIONS)]),
                name="waitingtimenorm_words",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_service_display()}: {self.value} {self.get_unit_display()}"
