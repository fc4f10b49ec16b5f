"""The telephone: talks that were registered, people who are owed a call, and each attempt to reach them."""

import uuid
from typing import Self, TypeVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.models.appeals import Appeal
from registry.models import Organization, Region, User
from registry.models.dated import Dated, dated_constraints
from registry.scoping import Role, Scope, ScopedQuerySet

_AT_INSURER = (Role.OPERATOR, Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR)


class CallPolicy(Dated):
    """How often and at which hours people are called back. A region's row overrides the country's."""

    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("region")
    )
    attempts = models.PositiveSmallIntegerField(
        _("calls until a person counts as not reached"), validators=[MinValueValidator(1)]
    )
    lease_minutes = models.PositiveSmallIntegerField(
        _("minutes for which a call is kept for one operator"), validators=[MinValueValidator(1)]
    )
    hours_from = models.TimeField(_("people are called from"))
    hours_to = models.TimeField(_("people are called until"))

    version_key = ("region",)

    class Meta:
        verbose_name = _("rules of calling back")
        verbose_name_plural = _("rules of calling back")
        ordering = ["region", "-valid_from"]
        constraints = dated_constraints(
            models.UniqueConstraint(
                fields=["region", "valid_from"], name="callpolicy_version", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(attempts__gte=1, lease_minutes__gte=1, hours_to__gt=F("hours_from")),
                name="callpolicy_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.region_id or '—'}: {self.valid_from}"


M = TypeVar("M", bound=models.Model)


class OfficeQuerySet(ScopedQuerySet[M]):
    """Rows that belong to a contact centre: its insurer's desk sees them, or the fund that runs it."""

    def visible_to(self, scope: Scope) -> Self:
        offices = scope.organizations(*_AT_INSURER)
        funds = scope.funds(Role.FUND_OPERATOR, Role.FUND_ADMIN)
        regions = scope.regions(Role.FUND_ADMIN)
        return self.any_of(
            Q(organization__in=offices) if offices else None,
            Q(organization__in=funds) if funds else None,
            Q(region__in=regions) if regions else None,
        )


class CallBackQuerySet(OfficeQuerySet["CallBack"]):
    pass


class PhoneCallQuerySet(OfficeQuerySet["PhoneCall"]):
    pass


class CallBackKind(models.TextChoices):
    PROMISE = "promise", pgettext_lazy("call back", "promised")
    VOICE = "voice", pgettext_lazy("call back", "voice message")


class CallBackOutcome(models.TextChoices):
    ANSWERED = "answered", pgettext_lazy("call back", "answered")
    ANOTHER_TIME = "another_time", pgettext_lazy("call back", "asked to call at another time")
    NO_ANSWER = "no_answer", pgettext_lazy("call back", "nobody picks up")
    WRONG_NUMBER = "wrong_number", pgettext_lazy("call back", "wrong number")
    NOT_NEEDED = "not_needed", pgettext_lazy("call back", "no longer needed")
    # After as many attempts as the rules ask for.
    NOT_REACHED = "not_reached", pgettext_lazy("call back", "not reached")


class CallBack(models.Model):
    """Somebody who is owed a call. Leased to one operator at a time; open until the question is answered."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=CallBackKind)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("region")
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("contact centre"),
    )
    appeal = models.ForeignKey(
        Appeal,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="call_backs",
        verbose_name=_("appeal"),
    )
    # Empty for a message from a hidden number.
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    note = models.TextField(_("note"), blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("opened by"),
    )
    due_at = models.DateTimeField(_("promised until"))
    next_at = models.DateTimeField(_("next attempt from"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_by = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("kept for"),
    )
    leased_until = models.DateTimeField(_("kept until"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=CallBackOutcome, blank=True)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("call back")
        verbose_name_plural = _("calls back")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CallBackKind.values), name="callback_kind"),
            models.CheckConstraint(
                condition=~Q(kind="promise") | (Q(appeal__isnull=False) & ~Q(phone="")),
                name="callback_promise_is_about_an_appeal",
            ),
            # One promise at a time about a case: a second one would be forgotten behind the first.
            models.UniqueConstraint(
                fields=["appeal"],
                condition=Q(closed_at__isnull=True, kind="promise"),
                name="callback_one_open_about_an_appeal",
            ),
            models.CheckConstraint(
                condition=Q(leased_by__isnull=True, leased_until__isnull=True)
                | Q(leased_by__isnull=False, leased_until__isnull=False, closed_at__isnull=True),
                name="callback_lease",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & Q(outcome__in=CallBackOutcome.values)),
                name="callback_closed_with_outcome",
            ),
            # No question without an answer: what was asked aloud ends in the register, or says why it need not.
            models.CheckConstraint(
                condition=~Q(outcome="answered") | Q(appeal__isnull=False),
                name="callback_answer_is_registered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "due_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="callback_work",
            ),
            models.Index(
                fields=["leased_by"],
                condition=Q(leased_by__isnull=False),
                name="callback_leases",
            ),
            models.Index(
                fields=["organization", "-closed_at"],
                condition=Q(closed_at__isnull=False),
                name="callback_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class CallBackAttemptQuerySet(ScopedQuerySet["CallBackAttempt"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.filter(call_back__in=CallBack.objects.visible_to(scope).values("pk"))


class CallBackAttempt(models.Model):
    """One time the phone was picked up to call back. Append-only, held by a trigger."""

    call_back = models.ForeignKey(
        CallBack, on_delete=models.PROTECT, related_name="tries", verbose_name=_("call back")
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=CallBackOutcome)
    note = models.CharField(_("note"), max_length=300, blank=True)
    next_at = models.DateTimeField(_("next attempt from"), null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = CallBackAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt to call back")
        verbose_name_plural = _("attempts to call back")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=CallBackOutcome.values), name="callbackattempt_outcome"
            )
        ]

    def __str__(self) -> str:
        return f"{self.call_back_id}: {self.outcome}"


class CallResult(models.TextChoices):
    ANSWERED = "answered", pgettext_lazy("result of a call", "answered")
    HANDED_OVER = "handed_over", pgettext_lazy("result of a call", "handed over")
    CALL_BACK = "call_back", pgettext_lazy("result of a call", "call back promised")


class PhoneCall(models.Model):
    """A talk on the phone that became an appeal, with the time it took. Written once."""

    # The submission key of the appeal: a double click finds the first click's row.
    key = models.UUIDField(unique=True, editable=False)
    appeal = models.OneToOneField(
        Appeal, on_delete=models.PROTECT, related_name="phone_call", verbose_name=_("appeal")
    )
    call_back = models.ForeignKey(
        CallBack, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("call back")
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("region")
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("contact centre"),
    )
    operator = models.ForeignKey(
        User, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("operator")
    )
    result = models.CharField(_("result"), max_length=12, choices=CallResult)
    # Both by the server's clock.
    started_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("saved at"))

    objects = PhoneCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone call")
        verbose_name_plural = _("phone calls")
        constraints = [
            models.CheckConstraint(condition=Q(result__in=CallResult.values), name="phonecall_result"),
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="phonecall_order"),
        ]
        indexes = [
            models.Index(fields=["organization", "-ended_at"], name="phonecall_office"),
            models.Index(fields=["operator", "-ended_at"], name="phonecall_operator"),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.result}"

    @property
    def seconds(self) -> int:
        return round((self.ended_at - self.started_at).total_seconds())
