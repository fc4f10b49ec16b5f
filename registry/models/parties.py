from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.dated import Dated, dated_constraints


class Region(models.Model):
    """A region of the country. Its two-digit code is the key everywhere, so that rows can be spread by region."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    okato = models.CharField(_("OKATO"), max_length=5)
    time_zone = models.CharField(_("time zone"), max_length=40)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{2}$"), name="region_code_shape"),
            models.CheckConstraint(condition=Q(okato__regex=r"^[0-9]{5}$"), name="region_okato_shape"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class OrganizationKind(models.TextChoices):
    INSURER = "insurer", _("Insurer")
    FUND = "fund", _("Territorial fund")


class Organization(models.Model):
    """An insurer (SMO) or a territorial fund (TFOMS).

    One table for both, because since the law of 2025 a fund may do an insurer's job: `acts_as_insurer`.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="organizations", verbose_name=_("region")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=OrganizationKind)
    code = models.CharField(_("registry code"), max_length=5, unique=True)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=80)
    phone = models.CharField(_("hotline"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    site = models.URLField(_("site"), blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    opens_at = models.TimeField(_("operators answer from"), null=True, blank=True)
    closes_at = models.TimeField(_("operators answer until"), null=True, blank=True)
    round_the_clock = models.BooleanField(_("answers round the clock"), default=False)
    takes_voice_messages = models.BooleanField(_("takes voice messages outside hours"), default=True)
    acts_as_insurer = models.BooleanField(_("does the insurer's job"), default=False)
    hotline_note = models.CharField(_("note to the hotline"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    licence_valid_to = models.DateField(_("licence valid to"), null=True, blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["region", "kind", "short_name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="insurer", code__regex=r"^[0-9]{5}$", acts_as_insurer=False)
                | Q(kind="fund", code__regex=r"^[0-9]{2}$"),
                name="organization_code_shape",
                violation_error_message=_("An insurer has a code of 5 digits, a fund one of 2."),
            ),
            # Rows that repeat the region refer to both columns, so that the two cannot drift apart.
            models.UniqueConstraint(fields=["id", "region"], name="organization_id_region"),
            models.UniqueConstraint(
                fields=["region"], condition=Q(kind="fund"), name="organization_one_fund_per_region"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True, closes_at__isnull=True)
                | Q(opens_at__isnull=False, closes_at__isnull=False, closes_at__gt=models.F("opens_at")),
                name="organization_hours_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def is_fund(self) -> bool:
        return self.kind == OrganizationKind.FUND


class InsurerManager(models.Manager["Insurer"]):
    """Whoever insures people: insurers, and funds that do the insurer's job."""

    def get_queryset(self) -> models.QuerySet["Insurer"]:
        return super().get_queryset().filter(Q(kind=OrganizationKind.INSURER) | Q(acts_as_insurer=True))


class Insurer(Organization):
    objects: ClassVar[InsurerManager] = InsurerManager()

    class Meta:
        proxy = True
        verbose_name = _("insurer")
        verbose_name_plural = _("insurers")


class TerritorialFundManager(models.Manager["TerritorialFund"]):
    def get_queryset(self) -> models.QuerySet["TerritorialFund"]:
        return super().get_queryset().filter(kind=OrganizationKind.FUND)


class TerritorialFund(Organization):
    objects: ClassVar[TerritorialFundManager] = TerritorialFundManager()

    class Meta:
        proxy = True
        verbose_name = _("territorial fund")
        verbose_name_plural = _("territorial funds")


class ClinicKind(models.TextChoices):
    ADULT = "adult", _("For adults")
    CHILDREN = "children", _("For children")
    MIXED = "mixed", _("For adults and children")


class Clinic(models.Model):
    """A medical organisation (MO) that gives care in OMS."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="clinics", verbose_name=_("region")
    )
    mo_code = models.CharField(_("registry code"), max_length=6, unique=True)
    name = models.CharField(_("name"), max_length=250)
    short_name = models.CharField(_("short name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=ClinicKind, default=ClinicKind.MIXED)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False)

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        ordering = ["region", "short_name"]
        constraints = [
            models.CheckConstraint(condition=Q(mo_code__regex=r"^[0-9]{6}$"), name="clinic_mo_code_shape"),
        ]

    def __str__(self) -> str:
        return self.short_name


class InsuredCount(Dated):
    """How many people an organisation insures, as officially stated; the base of staffing norms.

    Kept apart from the people on record: a region's statement and its register are different sources.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="insured_counts", verbose_name=_("organisation")
    )
    insured = models.PositiveIntegerField(_("insured"))

    class Meta:
        verbose_name = _("number of insured")
        verbose_name_plural = _("numbers of insured")
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["organization", "valid_from"], name="insuredcount_one_per_day")
        )

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.insured}"
