"""What the letters of an office are written on and go out by: letterhead, numbers, print batches."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.identifiers import check
from registry.models import Organization, Region
from registry.models.dated import Dated, dated_constraints
from registry.scoping import Role, Scope, ScopedQuerySet

# Whoever reads everything that leaves the office anyway: a batch holds letters of all levels.
POSTERS = (Role.EXPERT, Role.SUPERVISOR)
FUND_POSTERS = (Role.FUND_OPERATOR, Role.FUND_ADMIN)


def offices_of(scope: Scope) -> frozenset[int]:
    """The organisations whose letters this person prints and posts: the own insurer, or the fund."""
    return frozenset(scope.organizations(*POSTERS)) | frozenset(scope.funds(*FUND_POSTERS))


class Letterhead(Dated):
    """The requisites at the head of an organisation's letters and who signs them (ГОСТ Р 7.0.97-2025).

    A changed letterhead is a new row; a letter keeps a copy of the one it was written on.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="letterheads", verbose_name=_("organisation")
    )
    name = models.CharField(_("full name"), max_length=300)
    address = models.CharField(_("address"), max_length=300)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    site = models.CharField(_("site"), max_length=100, blank=True)
    inn = models.CharField(_("taxpayer number (INN)"), max_length=10, blank=True)
    kpp = models.CharField(_("reason code (KPP)"), max_length=9, blank=True)
    ogrn = models.CharField(_("state registration number (OGRN)"), max_length=13, blank=True)
    signatory = models.CharField(_("who signs"), max_length=120, blank=True)
    position = models.CharField(_("position of who signs"), max_length=200, blank=True)

    version_key: ClassVar[tuple[str, ...]] = ("organization",)
    PARTS: ClassVar[tuple[str, ...]] = (
        "name", "address", "phone", "email", "site", "inn", "kpp", "ogrn", "signatory", "position",
    )  # fmt: skip

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        ordering = ["organization", "-valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["organization", "valid_from"], name="letterhead_version"),
            models.CheckConstraint(
                condition=Q(inn__regex=r"^([0-9]{10})?$", kpp__regex=r"^([0-9]{9})?$")
                & Q(ogrn__regex=r"^([0-9]{13})?$"),
                name="letterhead_shape",
                violation_error_message=_("INN has 10 digits, KPP 9, OGRN 13."),
            ),
            models.CheckConstraint(
                condition=Q(signatory="", position="") | (~Q(signatory="") & ~Q(position="")),
                name="letterhead_signed",
                violation_error_message=_("Who signs and in which position: give both or neither."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.valid_from}"

    def clean(self) -> None:
        super().clean()
        for kind, value in (("inn", self.inn), ("ogrn", self.ogrn)):
            if value and not check(kind, value).valid:  # type: ignore[arg-type]
                raise ValidationError({kind: _("The check digit does not fit: a digit is mistyped.")})

    def as_head(self) -> dict[str, str]:
        """The copy that a letter keeps."""
        return {name: str(getattr(self, name)) for name in self.PARTS}


class BodyAddress(Dated):
    """How a competent body is called in one region, and where letters to it go; see `Body`."""

    body = models.CharField(_("code of the competent body"), max_length=40)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+", verbose_name=_("region"))
    name = models.CharField(_("name in letters"), max_length=300)
    address = models.CharField(_("address"), max_length=300)

    version_key: ClassVar[tuple[str, ...]] = ("body", "region")

    class Meta:
        verbose_name = _("address of a competent body")
        verbose_name_plural = _("addresses of competent bodies")
        ordering = ["region", "body", "-valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(fields=["body", "region", "valid_from"], name="bodyaddress_version"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(address=""), name="bodyaddress_whole"),
        )

    def __str__(self) -> str:
        return f"{self.region_id}: {self.name}"


class LetterCounter(models.Model):
    """The last number of outgoing letters of an organisation in a year; its row is locked by whoever draws one."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("counter of letters")
        verbose_name_plural = _("counters of letters")
        constraints = [models.UniqueConstraint(fields=["organization", "year"], name="lettercounter_once")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.year}: {self.value}"


class PrintBatchQuerySet(ScopedQuerySet["PrintBatch"]):
    def visible_to(self, scope: Scope) -> Self:
        """Whoever posts the letters of the office."""
        offices = offices_of(scope)
        return self.any_of(Q(organization__in=offices) if offices else None)


class PrintBatch(models.Model):
    """Letters of one office that are printed together and go to the post with one list.

    Formed, then printed, then posted; until it is printed it can be dissolved and its letters wait again.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    registered_mail = models.BooleanField(_("registered mail"), default=False)
    size = models.PositiveSmallIntegerField(_("letters"))
    formed_at = models.DateTimeField(_("formed at"))
    formed_by_user_id = models.BigIntegerField(_("formed by"), null=True)
    printed_at = models.DateTimeField(_("printed at"), null=True, blank=True)
    printed_by_user_id = models.BigIntegerField(_("printed by"), null=True)
    posted_on = models.DateField(_("handed to the post on"), null=True, blank=True)
    posted_by_user_id = models.BigIntegerField(_("handed over by"), null=True)

    objects = PrintBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("print batch")
        verbose_name_plural = _("print batches")
        constraints = [
            models.CheckConstraint(
                condition=Q(printed_at__isnull=True) | Q(printed_at__gte=F("formed_at")),
                name="printbatch_order",
            ),
            models.CheckConstraint(
                condition=Q(posted_on__isnull=True) | Q(printed_at__isnull=False), name="printbatch_posted"
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="printbatch_size"),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="printbatch_page")]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def state_word(self) -> Any:
        if self.posted_on is not None:
            return pgettext_lazy("print batch", "handed to the post")
        if self.printed_at is not None:
            return pgettext_lazy("print batch", "printed")
        return pgettext_lazy("print batch", "to be printed")
