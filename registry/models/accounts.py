from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.dated import valid_on
from registry.models.parties import Clinic, Organization, Region
from registry.models.people import InsuredPerson
from registry.scoping import ORGANIZATION_ROLES, REGION_ROLES, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Creates a person who can sign in. Without a password only a code by e-mail opens the door."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        """The first administrator: the account together with the role that opens the administration."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        today = timezone.localdate()
        RoleGrant.objects.using(self._db).create(user=user, role=Role.ADMINISTRATOR, valid_from=today)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: a citizen (linked to an insured person) or staff (with role grants)."""

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("name"), max_length=200, blank=True)
    # Linked only after a code to the contact on record; never by the policy number alone.
    person = models.OneToOneField(
        InsuredPerson, null=True, blank=True, on_delete=models.SET_NULL, verbose_name=_("insured person")
    )
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/Moscow")
    language = models.CharField(_("language"), max_length=5, default="ru")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self, day: date) -> Self:
        return self.filter(valid_on(day), revoked_at__isnull=True)


class RoleGrant(models.Model):
    """One role of one person, for one organisation, region or clinic, for a time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants", verbose_name=_("user"))
    role = models.CharField(
        _("role"), max_length=20, choices=[(role.value, role.value) for role in Role], db_index=False
    )
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("region")
    )
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    clinic = models.ForeignKey(
        Clinic, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("clinic")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    granted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("granted by")
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role grant")
        verbose_name_plural = _("role grants")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    role__in=sorted(ORGANIZATION_ROLES), organization__isnull=False, clinic__isnull=True
                )
                | Q(role__in=sorted(REGION_ROLES), region__isnull=False, clinic__isnull=True)
                | Q(role=Role.CLINIC_STAFF, clinic__isnull=False, organization__isnull=True)
                | Q(role=Role.ADMINISTRATOR, clinic__isnull=True, organization__isnull=True),
                name="rolegrant_target",
                violation_error_message=_(
                    "This role needs an organisation, a region or a clinic of its own."
                ),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="rolegrant_term"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "region", "organization", "clinic"],
                condition=Q(revoked_at__isnull=True, valid_to__isnull=True),
                name="rolegrant_one_open",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
