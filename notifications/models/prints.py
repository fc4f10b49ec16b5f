"""Letters on paper: which are printed together, which share an envelope, and which came back."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.models.outbox import Message
from registry.models import Organization, User
from registry.scoping import Role, Scope, ScopedQuerySet

PRINTERS = (Role.CASE_WORKER, Role.SUPERVISOR)


class InvitationBatchQuerySet(ScopedQuerySet["InvitationBatch"]):
    def visible_to(self, scope: Scope) -> Self:
        """The insurer's own office."""
        insurers = scope.organizations(*PRINTERS)
        return self.any_of(Q(insurer__in=insurers) if insurers else None)


class PrintState(models.TextChoices):
    OPEN = "open", pgettext_lazy("print batch", "to be printed")
    PRINTED = "printed", pgettext_lazy("print batch", "printed, to be posted")
    POSTED = "posted", pgettext_lazy("print batch", "posted")


class InvitationBatch(models.Model):
    """Letters that one insurer prints in one go. The sheets are made from the messages whenever they are asked for."""

    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("insurer")
    )
    state = models.CharField(_("state"), max_length=8, choices=PrintState, default=PrintState.OPEN)
    letters = models.PositiveIntegerField(_("letters"))
    envelopes = models.PositiveIntegerField(_("envelopes"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))
    printed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("printed by")
    )
    printed_at = models.DateTimeField(_("printed at"), null=True, blank=True)
    posted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("posted by")
    )
    posted_at = models.DateTimeField(_("posted at"), null=True, blank=True)

    objects = InvitationBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("print batch")
        verbose_name_plural = _("print batches")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PrintState.values), name="invitationbatch_state"),
            models.CheckConstraint(
                condition=Q(state="open", printed_at__isnull=True, printed_by__isnull=True)
                | ~Q(state="open") & Q(printed_at__isnull=False, printed_by__isnull=False),
                name="invitationbatch_printed",
            ),
            models.CheckConstraint(
                condition=Q(state="posted", posted_at__isnull=False, posted_by__isnull=False)
                | ~Q(state="posted") & Q(posted_at__isnull=True, posted_by__isnull=True),
                name="invitationbatch_posted",
            ),
        ]
        indexes = [models.Index(fields=["insurer", "-id"], name="invitationbatch_of_insurer")]

    def __str__(self) -> str:
        return f"{self.insurer_id}: {self.pk}"


class PrintedLetterQuerySet(ScopedQuerySet["PrintedLetter"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.filter(batch__in=InvitationBatch.objects.visible_to(scope).values("pk"))


class ReturnReason(models.TextChoices):
    """As the post marks returned mail."""

    UNKNOWN = "unknown", _("the addressee does not live there")
    NO_ADDRESS = "no_address", _("no such address")
    NOT_FETCHED = "not_fetched", _("not fetched from the post office in time")
    REFUSED = "refused", _("the addressee refused to take it")
    DIED = "died", _("the addressee has died")
    OTHER = "other", _("another reason")


class PrintedLetter(models.Model):
    """One letter's place in a batch. Its number stands in the window of the envelope: see `notifications.prints`."""

    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, related_name="printed", verbose_name=_("message")
    )
    batch = models.ForeignKey(
        InvitationBatch,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="sheets",
        verbose_name=_("batch"),
    )
    envelope = models.PositiveIntegerField(_("envelope"))
    sheet = models.PositiveSmallIntegerField(_("sheet in the envelope"))
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    returned_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("noted by")
    )
    returned_reason = models.CharField(
        _("why returned"), max_length=12, choices=ReturnReason, blank=True, default=""
    )

    objects = PrintedLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("printed letter")
        verbose_name_plural = _("printed letters")
        constraints = [
            models.UniqueConstraint(fields=["batch", "envelope", "sheet"], name="printedletter_place"),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_by__isnull=True, returned_reason="")
                | Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(returned_reason=""),
                name="printedletter_returned",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-returned_at", "-id"],
                condition=Q(returned_at__isnull=False),
                name="printedletter_returns",
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.envelope}.{self.sheet}"
