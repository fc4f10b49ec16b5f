import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.visibility import readers
from registry.models import Clinic
from registry.scoping import Role, Scope, ScopedQuerySet

UNANSWERED = Q(answered_at__isnull=True)


class ClinicRequestQuerySet(ScopedQuerySet["ClinicRequest"]):
    def visible_to(self, scope: Scope) -> Self:
        """Staff who see the appeal, and the clinic that is asked; never the applicant."""
        clinics = scope.clinics(Role.CLINIC_STAFF)
        return self.any_of(
            *readers(Scope(grants=scope.grants), "appeal__"), Q(clinic__in=clinics) if clinics else None
        )

    def unanswered(self) -> Self:
        return self.filter(UNANSWERED)


class ClinicRequest(models.Model):
    """What a clinic is asked about a case, and what it replied, on its own page or by letter to the staff.

    The clinic reads the question and whom it is about, not the appeal itself.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="clinic_requests")
    clinic = models.ForeignKey(
        Clinic,
        on_delete=models.PROTECT,
        related_name="requests",
        verbose_name=_("clinic"),
        db_index=False,
    )
    question = models.TextField(_("question"))
    asked_at = models.DateTimeField(_("asked at"))
    asked_by_user_id = models.BigIntegerField(_("asked by"), null=True)
    due_on = models.DateField(_("reply due on"))
    # 1: reminded before the day, 2: told that it has passed.
    reminded = models.PositiveSmallIntegerField(_("reminders"), default=0, db_default=0)
    # Opened first at the clinic: nobody can say the request never arrived.
    seen_at = models.DateTimeField(_("opened by the clinic at"), null=True, blank=True)
    reply = models.TextField(_("reply of the clinic"), blank=True)
    answered_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    answered_by_user_id = models.BigIntegerField(_("reply written by"), null=True)
    by_clinic = models.BooleanField(_("replied on the clinic's own page"), default=False)

    objects = ClinicRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to a clinic")
        verbose_name_plural = _("requests to clinics")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(question=""), name="clinicrequest_question"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, reply="", by_clinic=False)
                | (Q(answered_at__isnull=False, answered_at__gte=F("asked_at")) & ~Q(reply="")),
                name="clinicrequest_answered",
            ),
            models.UniqueConstraint(
                fields=["appeal", "clinic"], condition=UNANSWERED, name="clinicrequest_one_open"
            ),
        ]
        indexes = [
            # The clinic's page: what waits for a reply, the most urgent first; then all, the newest first.
            models.Index(fields=["clinic", "due_on", "id"], name="clinicrequest_open", condition=UNANSWERED),
            models.Index(fields=["clinic", "-id"], name="clinicrequest_all"),
            # The sweep that ends a wait in vain.
            models.Index(fields=["due_on"], name="clinicrequest_due", condition=UNANSWERED),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.clinic_id}"
