"""What regulation sets about preventive programmes, as rows that an administrator may edit.

The rows are only the storage of `dispensary.rules`; nobody reads them but `dispensary.reference`.
"""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispensary.ages import AgePattern
from registry.models.dated import Dated, dated_constraints
from registry.models.people import ContactChannel, Sex


def check_ages(value: str) -> None:
    try:
        AgePattern.parse(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class Programme(models.Model):
    """A preventive programme. What belongs to it as a whole; the grounds are dated rows of `ProgrammeRule`."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    title = models.CharField(_("title"), max_length=120)
    # «Приглашаем на …»: Russian needs the accusative, and a rule that builds it would guess.
    invitation_to = models.CharField(_("to what people are invited"), max_length=120)
    part_of = ArrayField(models.CharField(max_length=40), verbose_name=_("part of"), default=list, blank=True)
    interval_years = models.PositiveSmallIntegerField(_("years that one exam settles"), default=1)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(interval_years__gte=1), name="programme_interval"),
        ]

    def __str__(self) -> str:
        return self.title


class ProgrammeRule(Dated):
    """One ground on which a programme is due."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="rules", verbose_name=_("programme")
    )
    rule = models.SlugField(_("code"), max_length=40)
    ages = models.CharField(_("ages"), max_length=60, validators=[check_ages])
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    category_group = models.CharField(_("group of categories"), max_length=40, blank=True)
    text = models.CharField(_("reason shown to people"), max_length=300)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("programme rule")
        verbose_name_plural = _("programme rules")
        ordering = ["programme__position", "position"]
        constraints = dated_constraints(
            models.UniqueConstraint(
                fields=["programme", "rule", "valid_from"], name="programmerule_one_per_day"
            )
        )

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.ages}"

    def clean(self) -> None:
        try:
            self.text.format(age="", categories="")
        except (KeyError, IndexError, ValueError) as error:
            raise ValidationError({"text": _("The text may use {age} and {categories} only.")}) from error


class ProgrammeTest(Dated):
    """A test of the first stage, by age and sex."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="tests", verbose_name=_("programme")
    )
    code = models.SlugField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    ages = models.CharField(_("ages"), max_length=60, validators=[check_ages])
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("test of a programme")
        verbose_name_plural = _("tests of programmes")
        ordering = ["programme__position", "position"]
        constraints = dated_constraints(
            models.UniqueConstraint(
                fields=["programme", "code", "valid_from"], name="programmetest_one_per_day"
            )
        )

    def __str__(self) -> str:
        return self.title


class Category(Dated):
    """A category of people that changes how often a programme is due."""

    code = models.SlugField(_("code"), max_length=40)
    group = models.SlugField(_("group of categories"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("preferential category")
        verbose_name_plural = _("preferential categories")
        ordering = ["position"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["code", "valid_from"], name="category_one_per_day")
        )

    def __str__(self) -> str:
        return self.title


class Tariff(Dated):
    """What one contact costs by a channel, in roubles; for an SMS: one segment."""

    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel)
    price = models.DecimalField(_("price, roubles"), max_digits=8, decimal_places=2)

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")
        ordering = ["channel", "-valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["channel", "valid_from"], name="tariff_one_per_day"),
            models.CheckConstraint(condition=Q(price__gte=0), name="tariff_price"),
        )

    def __str__(self) -> str:
        return f"{self.channel}: {self.price}"
