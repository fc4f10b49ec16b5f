"""Who else may follow an appeal, and what the applicant thought of the answer."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.models.appeals import Appeal
from appeals.models.letters import new_secret
from appeals.visibility import citizens, readers
from registry.scoping import Role, Scope, ScopedQuerySet


class AppealFollowerQuerySet(ScopedQuerySet["AppealFollower"]):
    def visible_to(self, scope: Scope) -> Self:
        """Whoever sees the appeal sees who else follows it."""
        return self.any_of(*readers(scope, "appeal__"))

    def active(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class AppealFollower(models.Model):
    """A relative whom the applicant lets read progress and answer, by an access code of their own.

    The applicant's agreement is the row itself: `allowed_at` and the network address are kept, and so is the end.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="followers")
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    access_code_hash = models.CharField(max_length=200, editable=False)
    allowed_at = models.DateTimeField(_("allowed at"))
    allowed_address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = AppealFollowerQuerySet.as_manager()

    class Meta:
        verbose_name = _("person who follows an appeal")
        verbose_name_plural = _("people who follow appeals")
        constraints = [
            models.CheckConstraint(condition=~Q(email="") | ~Q(phone=""), name="appealfollower_contact"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("allowed_at")),
                name="appealfollower_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.name}"


class Solved(models.TextChoices):
    YES = "yes", pgettext_lazy("was it solved", "Yes")
    PARTLY = "partly", pgettext_lazy("was it solved", "Partly")
    NO = "no", pgettext_lazy("was it solved", "No")


class AppealSurveyQuerySet(ScopedQuerySet["AppealSurvey"]):
    def visible_to(self, scope: Scope) -> Self:
        """The applicant, and those who answer for the work: the supervisor and the fund's administrator."""
        heads = scope.organizations(Role.SUPERVISOR)
        regions = scope.regions(Role.FUND_ADMIN)
        return self.any_of(
            *citizens(scope, "appeal__"),
            Q(appeal__organization__in=heads) if heads else None,
            Q(appeal__region__in=regions) if regions else None,
        )


class AppealSurvey(models.Model):
    """Three questions about one answer. The row is the invitation; it is filled in once, by whoever has the secret."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="surveys")
    answered_at = models.DateTimeField(_("answered at"))
    secret = models.CharField(max_length=26, unique=True, default=new_secret, editable=False)
    given_at = models.DateTimeField(_("given at"), null=True, blank=True)
    solved = models.CharField(_("was it solved"), max_length=10, choices=Solved, blank=True)
    satisfaction = models.PositiveSmallIntegerField(_("satisfied, 1 to 5"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    objects = AppealSurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey after the answer")
        verbose_name_plural = _("surveys after the answer")
        constraints = [
            models.UniqueConstraint(fields=["appeal", "answered_at"], name="appealsurvey_once"),
            models.CheckConstraint(
                condition=Q(given_at__isnull=True, solved="", satisfaction__isnull=True, comment="")
                | Q(given_at__isnull=False, solved__in=Solved.values, satisfaction__range=(1, 5)),
                name="appealsurvey_whole",
            ),
        ]
        indexes = [
            # Reports by time; questions nobody answered are most of the rows.
            models.Index(fields=["given_at"], condition=Q(given_at__isnull=False), name="appealsurvey_given"),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.solved or '—'}"


class SurveyRefusal(models.Model):
    """A contact that wants no more surveys, as a keyed digest: nothing here tells whose it is."""

    contact = models.CharField(_("digest of the contact"), max_length=64, unique=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("refusal of surveys")
        verbose_name_plural = _("refusals of surveys")

    def __str__(self) -> str:
        return self.contact[:8]
