"""The outbox: one row for each message, written in the transaction that causes it."""

from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.events import Priority, Purpose
from notifications.states import State as PureState
from registry.models import InsuredPerson, Organization, Region
from registry.models.people import ContactChannel
from registry.scoping import Role, Scope, ScopedQuerySet

Channel = ContactChannel
PURPOSES = [(Purpose.SERVICE, _("about one's own appeal")), (Purpose.INVITATION, _("invitation or reminder"))]


class State(models.TextChoices):
    """The states of `notifications.states`, with names for people."""

    PENDING = PureState.PENDING, pgettext_lazy("message", "waiting to be sent")
    CLAIMED = PureState.CLAIMED, pgettext_lazy("message", "being sent")
    CARRIED = PureState.CARRIED, pgettext_lazy("message", "leaves inside another message")
    CANCELLED = PureState.CANCELLED, pgettext_lazy("message", "cancelled")
    EXPIRED = PureState.EXPIRED, pgettext_lazy("message", "too late to send")
    EXCLUDED = PureState.EXCLUDED, pgettext_lazy("message", "not allowed to be sent")
    UNKNOWN = PureState.UNKNOWN, pgettext_lazy("message", "outcome unknown")
    SENT = PureState.SENT, pgettext_lazy("message", "sent")
    FAILED = PureState.FAILED, pgettext_lazy("message", "failed")
    DELIVERED = PureState.DELIVERED, pgettext_lazy("message", "delivered")


class MessageQuerySet(ScopedQuerySet["Message"]):
    def visible_to(self, scope: Scope) -> Self:
        """One's own and the wards' messages; staff of the insurer from level 2; the fund's region."""
        organizations = scope.organizations(Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR)
        regions = scope.regions(Role.FUND_OPERATOR, Role.FUND_ADMIN)
        return self.any_of(
            Q(person__in=scope.own_people) if scope.own_people else None,
            Q(insurer__in=organizations) if organizations else None,
            Q(region__in=regions) if regions else None,
        )


class Message(models.Model):
    """What is to be sent to one person by one channel, and what became of it.

    A campaign writes its rows with one `INSERT … SELECT … ON CONFLICT (dedupe_key) DO NOTHING`. It gives
    `dedupe_key, event, channel, purpose, priority, region_id, due_at, payload`; for invitations `person_id`;
    the address of the channel (`email`, `phone` or `address`); where known `campaign_key, insurer_id, name,
    addressee, language, time_zone, expires_at`. All other columns have defaults in the database. `payload` is a
    JSON object of strings with exactly the fields `EVENTS[event].given(channel)`. Afterwards: `hints.dispatch_soon()`.
    """

    # Unique by a constraint, not by the field: Django would add a second index for LIKE.
    dedupe_key = models.CharField(_("key against doubles"), max_length=200)
    campaign_key = models.CharField(_("campaign"), max_length=60, null=True, blank=True)  # noqa: DJ001
    event = models.CharField(_("event"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    purpose = models.CharField(pgettext_lazy("message", "purpose"), max_length=12, choices=PURPOSES)
    priority = models.PositiveSmallIntegerField(_("priority"), db_default=Priority.CAMPAIGN)
    person = models.ForeignKey(
        InsuredPerson, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("insured person")
    )
    # Neither gets an index: nobody lists millions of messages by region, and each index slows a campaign.
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, verbose_name=_("region"), related_name="+"
    )
    insurer = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        verbose_name=_("insurer"),
        related_name="+",
    )

    # The recipient as known when the message was written: `name` is the first name and patronymic of the greeting,
    # `addressee` the full name on an envelope.
    addressee = models.CharField(_("addressee"), max_length=310, blank=True, db_default="")
    name = models.CharField(_("name"), max_length=210, blank=True, db_default="")
    email = models.EmailField(_("e-mail"), blank=True, db_default="")
    phone = models.CharField(_("phone"), max_length=16, blank=True, db_default="")
    address = models.CharField(_("address"), max_length=300, blank=True, db_default="")
    language = models.CharField(_("language"), max_length=5, db_default="ru")
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True, db_default="")

    payload = models.JSONField(_("facts"))
    template = models.ForeignKey(
        "notifications.MessageTemplate",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        verbose_name=_("template"),
        related_name="+",
    )
    # Rendered before the first attempt and kept: a repeat under the same reference must say the same.
    subject = models.CharField(pgettext_lazy("message", "subject"), max_length=300, blank=True, db_default="")
    body = models.TextField(_("text"), blank=True, db_default="")

    created_at = models.DateTimeField(_("written at"), db_default=Now())
    # While unknown: when the provider is asked next.
    due_at = models.DateTimeField(_("due at"))
    expires_at = models.DateTimeField(_("useless after"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, db_default=State.PENDING)
    lease_until = models.DateTimeField(_("held by a worker until"), null=True, blank=True)
    # Counts claims, and so tells a worker whether the row is still in its hands.
    claims = models.PositiveIntegerField(_("claims"), db_default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), db_default=0)
    provider_reference = models.UUIDField(_("our reference"), unique=True, db_default=RandomUUID())
    # Which of the channel's providers took it, or may have: whoever asks or repeats turns to the same one.
    provider = models.CharField(
        pgettext_lazy("message", "provider"), max_length=30, blank=True, db_default=""
    )
    # The message that says this one's words too; both are to the same person at the same address.
    carried_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="carried",
        verbose_name=_("left inside"),
    )
    provider_id = models.CharField(_("provider's number"), max_length=100, blank=True, db_default="")
    sending_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    # When a letter got its envelope: see `notifications.prints`.
    batched_at = models.DateTimeField(_("put into a print batch at"), null=True, blank=True)
    # Why it was not sent, or why it waits.
    error_code = models.CharField(
        pgettext_lazy("message", "reason"), max_length=40, blank=True, db_default=""
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="message_dedupe_key"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="message_state"),
            models.CheckConstraint(
                condition=Q(channel="email") & ~Q(email="")
                | Q(channel__in=["sms", "phone"], phone__regex=r"^\+[0-9]{8,15}$")
                | Q(channel="post") & ~Q(address=""),
                name="message_has_address",
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.SERVICE) | Q(purpose=Purpose.INVITATION, person__isnull=False),
                name="message_invites_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state="claimed", lease_until__isnull=False)
                | ~Q(state="claimed") & Q(lease_until__isnull=True),
                name="message_claim_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="carried") | Q(carried_by__isnull=False), name="message_carried_by"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["unknown", "sent", "delivered"])
                | Q(sending_at__isnull=False) & ~Q(body=""),
                name="message_left_with_text",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered"]) | Q(sent_at__isnull=False),
                name="message_sent_at",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | ~Q(state="delivered") & Q(delivered_at__isnull=True),
                name="message_delivered_at",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", failed_at__isnull=False)
                | ~Q(state="failed") & Q(failed_at__isnull=True),
                name="message_failed_at",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "excluded", "cancelled", "expired"]) | ~Q(error_code=""),
                name="message_end_has_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["carried_by"], condition=Q(carried_by__isnull=False), name="message_carried"
            ),
            # The order of claims: a worker reads the head of this index and nothing else.
            models.Index(
                fields=["priority", "due_at", "id"], condition=Q(state="pending"), name="message_claims"
            ),
            models.Index(fields=["lease_until"], condition=Q(state="claimed"), name="message_leases"),
            models.Index(fields=["due_at"], condition=Q(state="unknown"), name="message_unknown"),
            models.Index(
                fields=["campaign_key", "state"],
                condition=Q(campaign_key__isnull=False),
                name="message_campaign",
            ),
            # Letters that wait to be printed; those that were printed pile up over the years.
            models.Index(
                fields=["insurer", "id"],
                condition=Q(
                    channel="post",
                    purpose="invitation",
                    state="sent",
                    batched_at__isnull=True,
                    carried_by__isnull=True,
                ),
                name="message_to_print",
            ),
            # For the monthly cap.
            models.Index(
                fields=["person", "sent_at"],
                condition=Q(purpose="invitation", sent_at__isnull=False),
                name="message_contacts",
            ),
            # Who was written to at a number that answers STOP.
            models.Index(
                fields=["phone"], condition=Q(channel="sms", purpose="invitation"), name="message_sms_phone"
            ),
            # The few rows that still hold an access code, for the sweep that erases it.
            models.Index(F("id"), condition=Q(payload__has_key="code"), name="message_secrets"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.channel} {self.pk}"
