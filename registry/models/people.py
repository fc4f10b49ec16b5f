from datetime import date
from typing import Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from registry.models.parties import Clinic, Organization, Region
from registry.scoping import Role, Scope, ScopedQuerySet


class Sex(models.TextChoices):
    FEMALE = "F", _("female")
    MALE = "M", _("male")


class ContactChannel(models.TextChoices):
    SMS = "sms", _("SMS")
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("phone call")
    POST = "post", _("letter by post")


class PolicyType(models.TextChoices):
    OLD = "old", _("old sample")
    TEMPORARY = "temporary", _("temporary certificate")
    UNIFIED = "unified", _("unified sample")


class SortKey(Func):
    """Lower case, ё as е, C collation: one key for order, paging and search by prefix, in any locale."""

    template = "translate(lower(%(expressions)s), 'ё', 'е')"
    arg_joiner = " || "

    def __init__(self) -> None:
        names = ("last_name", "first_name", "middle_name")
        parts = [part for name in names for part in (F(name), Value(" "))][:-1]
        super().__init__(*parts, output_field=models.CharField(max_length=310, db_collation="C"))


class InsuredPersonQuerySet(ScopedQuerySet["InsuredPerson"]):
    def visible_to(self, scope: Scope) -> Self:
        """A person and the wards; staff of the own insurer; the fund's region; the own clinic's people."""
        organizations = scope.organizations(Role.OPERATOR, Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR)
        regions = scope.regions(Role.FUND_OPERATOR, Role.FUND_ADMIN)
        return self.any_of(
            Q(pk__in=scope.own_people) if scope.own_people else None,
            Q(insurer__in=organizations) if organizations else None,
            Q(region__in=regions) if regions else None,
            Q(clinic__in=scope.clinics(Role.CLINIC_STAFF)) if scope.clinics(Role.CLINIC_STAFF) else None,
        )


class InsuredPerson(models.Model):
    """A person with OMS insurance, as the register of insured people tells it."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, verbose_name=_("region"))
    insurer = models.ForeignKey(Organization, on_delete=models.PROTECT, verbose_name=_("insurer"))
    clinic = models.ForeignKey(
        Clinic, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("clinic of attachment")
    )
    attached_on = models.DateField(_("attached on"), null=True, blank=True)
    enp = models.CharField(_("policy number (ENP)"), max_length=16, unique=True)
    policy_type = models.CharField(
        _("policy type"), max_length=10, choices=PolicyType, default=PolicyType.UNIFIED, db_default="unified"
    )
    snils = models.CharField(_("SNILS"), max_length=11, null=True, blank=True, unique=True)
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    middle_name = models.CharField(_("patronymic"), max_length=100, blank=True)
    sort_key = models.GeneratedField(
        expression=SortKey(), output_field=models.CharField(max_length=310, db_collation="C"), db_persist=True
    )
    birth_date = models.DateField(_("birth date"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    died_on = models.DateField(_("died on"), null=True, blank=True)
    categories = ArrayField(
        models.CharField(max_length=40), verbose_name=_("categories"), default=list, blank=True
    )
    last_exam_on = models.DateField(_("last preventive exam"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    preferred_channel = models.CharField(
        _("preferred channel"), max_length=10, choices=ContactChannel, default=ContactChannel.SMS
    )
    language = models.CharField(_("language"), max_length=5, default="ru")
    # Empty means the region's zone; some regions have several.
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True, db_default="")

    objects = InsuredPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("insured person")
        verbose_name_plural = _("insured persons")
        constraints = [
            models.CheckConstraint(condition=Q(enp__regex=r"^[0-9]{16}$"), name="insuredperson_enp_shape"),
            models.CheckConstraint(
                condition=Q(snils__isnull=True) | Q(snils__regex=r"^[0-9]{11}$"),
                name="insuredperson_snils_shape",
            ),
            models.CheckConstraint(
                condition=Q(died_on__isnull=True) | Q(died_on__gte=F("birth_date")),
                name="insuredperson_death",
            ),
            models.CheckConstraint(condition=Q(sex__in=["F", "M"]), name="insuredperson_sex"),
            # Children of this row carry the insurer; a composite key lets the database hold both together.
            models.UniqueConstraint(fields=["id", "insurer"], name="insuredperson_id_insurer"),
        ]
        indexes = [
            models.Index(fields=["sort_key", "birth_date"], name="insuredperson_name_birth"),
            models.Index(fields=["insurer", "sort_key", "id"], name="insuredperson_by_insurer"),
            models.Index(fields=["clinic", "id"], name="insuredperson_by_clinic"),
            models.Index(fields=["region", "birth_date"], name="insuredperson_region_birth"),
            # Whoever calls is found by the number on the display.
            models.Index(fields=["phone"], condition=~Q(phone=""), name="insuredperson_phone"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.middle_name) if part)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone) if self.time_zone else self.region.zone

    def age_on(self, day: date) -> int:
        """Full years lived on that day."""
        return (
            day.year
            - self.birth_date.year
            - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))
        )


class Ground(models.TextChoices):
    PARENT = "parent", _("parent")
    GUARDIAN = "guardian", _("guardian")
    POWER_OF_ATTORNEY = "power_of_attorney", _("power of attorney")


class LegalRepresentativeQuerySet(ScopedQuerySet["LegalRepresentative"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.filter(ward__in=InsuredPerson.objects.visible_to(scope).values("pk"))


class LegalRepresentative(models.Model):
    """Who acts for whom, on what ground, and for how long."""

    representative = models.ForeignKey(InsuredPerson, on_delete=models.CASCADE, related_name="guardianships")
    ward = models.ForeignKey(InsuredPerson, on_delete=models.CASCADE, related_name="represented_by")
    ground = models.CharField(_("ground"), max_length=20, choices=Ground)
    document = models.CharField(_("document"), max_length=200, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = LegalRepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal representative")
        verbose_name_plural = _("legal representatives")
        constraints = [
            models.CheckConstraint(
                condition=~Q(representative=F("ward")), name="legalrepresentative_not_oneself"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="legalrepresentative_term",
            ),
            models.CheckConstraint(
                condition=~Q(ground="power_of_attorney") | ~Q(document=""),
                name="legalrepresentative_document",
                violation_error_message=_("A power of attorney needs its document."),
            ),
            models.UniqueConstraint(
                fields=["representative", "ward"],
                condition=Q(valid_to__isnull=True),
                name="legalrepresentative_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.representative_id} → {self.ward_id}"


class ConsentPurpose(models.TextChoices):
    PERSONAL_DATA = "personal_data", _("processing of personal data")
    INFORMATION_SUPPORT = "information_support", _("information support and reminders")


class ConsentText(models.Model):
    """The exact text a person agreed to. Never edited once somebody has agreed: a new version is a new row."""

    purpose = models.CharField(_("purpose"), max_length=30, choices=ConsentPurpose)
    language = models.CharField(_("language"), max_length=5, default="ru")
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("text"))
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ["purpose", "language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="consenttext_version")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.language} v{self.version}"


class ConsentQuerySet(ScopedQuerySet["Consent"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.filter(person__in=InsuredPerson.objects.visible_to(scope).values("pk"))


class Consent(models.Model):
    """One person's consent for one purpose and, for messages, one channel; withdrawal is kept, not deleted."""

    person = models.ForeignKey(InsuredPerson, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=30, choices=ConsentPurpose)
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel, blank=True)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, verbose_name=_("text"))
    given_at = models.DateTimeField(_("given at"))
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "channel"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_active",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose} {self.channel}"
