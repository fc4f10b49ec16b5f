import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.lifecycle import OPEN, State
from appeals.models import generated
from appeals.models.appeal_rules import (
    CONSTRAINTS,
    INDEXES,
    IS_OPEN,
    ActingGround,
    ReplyChannel,
    Validity,
)
from appeals.models.reference import AppealTopic, Body
from appeals.visibility import readers
from appeals.words import (
    CHANNELS,
    FORMS,
    INSURANCES,
    KINDS,
    STATES,
    SUSPICIONS,
    URGENCIES,
    choices,
)
from registry.models import Clinic, ConsentText, InsuredPerson, Organization, Region, User
from registry.scoping import Scope, ScopedQuerySet
from representatives.models import Representative


class AppealQuerySet(ScopedQuerySet["Appeal"]):
    def visible_to(self, scope: Scope) -> Self:
        """See `appeals.visibility.readers`."""
        return self.any_of(*readers(scope))

    def open(self) -> Self:
        return self.filter(IS_OPEN)

    def unrouted(self) -> Self:
        return self.filter(state=State.REGISTERED, routed_at__isnull=True)

    def to_try(self, now: datetime) -> Self:
        """In the order of the index `appeal_unrouted`: those never tried first, then whose pause ended first."""
        due = self.filter(Q(route_after__isnull=True) | Q(route_after__lte=now))
        return due.order_by(F("route_after").asc(nulls_first=True), "pk")


_AppealManager = models.Manager.from_queryset(AppealQuerySet)


class AppealManager(_AppealManager):  # type: ignore[type-arg]
    """Rows come without their search words: hundreds of bytes that nobody reads."""

    def get_queryset(self) -> AppealQuerySet:
        rows: Any = super().get_queryset()
        deferred: AppealQuerySet = rows.defer("search_words")
        return deferred


class Appeal(models.Model):
    """A registered appeal. Written by `appeals.services` only; drafts live in `AppealDraft`."""

    number = models.CharField(_("number"), max_length=17, unique=True)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=15, choices=choices(KINDS))
    form = models.CharField(_("form"), max_length=10, choices=choices(FORMS))
    channel = models.CharField(_("channel"), max_length=20, choices=choices(CHANNELS))
    topic = models.ForeignKey(
        AppealTopic, on_delete=models.PROTECT, related_name="appeals", verbose_name=_("topic")
    )
    state = models.CharField(_("state"), max_length=20, choices=choices(STATES), default=State.REGISTERED)

    # Who works it. Empty until routed.
    organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("organisation"),
        db_index=False,
    )
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    # The level of the open hand-over: whoever it is offered to must see what is offered.
    offered_level = models.PositiveSmallIntegerField(_("offered to level"), null=True, blank=True)
    assignee = models.ForeignKey(
        Representative,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appeals",
        verbose_name=_("representative"),
        db_index=False,
    )
    # The account that holds the case; a fund's own staff are no representatives.
    worker = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("in the hands of"),
        db_index=False,
    )
    addressee = models.ForeignKey(
        Body,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("competent body"),
        db_index=False,
    )
    urgency = models.CharField(_("urgency"), max_length=10, choices=choices(URGENCIES), default="normal")
    routing_reasons = models.JSONField(_("why it is here"), default=list, blank=True)
    copy_to_supervisor = models.BooleanField(_("the insurer's supervisor has a copy"), default=False)
    passed_by_first_level = models.BooleanField(_("handed over by level 1"), default=False)

    # The facts it was routed by.
    received_by = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("received by"),
        db_index=False,
    )
    insurer = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("insurer of the person"),
        db_index=False,
    )
    insurance = models.CharField(_("insurance"), max_length=20, choices=choices(INSURANCES))
    about_insurer = models.BooleanField(_("about the insurer"), default=False)
    suspicion = models.CharField(_("suspicion"), max_length=20, choices=choices(SUSPICIONS), blank=True)
    life_threat = models.BooleanField(_("threat to life"), default=False)

    # Who writes, and about whom.
    applicant = models.ForeignKey(
        InsuredPerson,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appeals_filed",
        verbose_name=_("applicant"),
    )
    applicant_user = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appeals",
        verbose_name=_("account of the applicant"),
    )
    applicant_name = models.CharField(_("name of the applicant"), max_length=310)
    applicant_email = models.EmailField(_("e-mail"), blank=True)
    applicant_phone = models.CharField(_("phone"), max_length=16, blank=True)
    applicant_address = models.CharField(_("postal address"), max_length=300, blank=True)
    reply_channel = models.CharField(_("how to answer"), max_length=10, choices=ReplyChannel)
    language = models.CharField(_("language"), max_length=5, default="ru")
    concerned_person = models.ForeignKey(
        InsuredPerson,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appeals_about",
        verbose_name=_("person concerned"),
    )
    concerned_name = models.CharField(_("name of the person concerned"), max_length=310, blank=True)
    concerned_birth_date = models.DateField(_("birth date"), null=True, blank=True)
    concerned_enp = models.CharField(_("policy number (ENP)"), max_length=16, blank=True)
    acting_ground = models.CharField(
        _("acts as"), max_length=20, choices=ActingGround, default=ActingGround.SELF
    )
    ground_document = models.CharField(_("document"), max_length=200, blank=True)
    consent_text = models.ForeignKey(
        ConsentText,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("consent"),
        db_index=False,
    )
    consent_at = models.DateTimeField(_("consent given at"), null=True, blank=True)
    consent_address = models.GenericIPAddressField(_("network address"), null=True, blank=True)

    # What happened.
    text = models.TextField(_("text"))
    wish = models.TextField(_("what the applicant wants"), blank=True)
    happened_on = models.DateField(_("happened on"), null=True, blank=True)
    clinic = models.ForeignKey(
        Clinic, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("clinic")
    )

    # Moments are UTC; days are those of the region.
    received_at = models.DateTimeField(_("received at"))
    registered_at = models.DateTimeField(_("registered at"))
    registered_on = models.DateField(_("registered on"))
    # When the lawful clock began: registration, or the moment an answered appeal was opened again.
    clock_from = models.DateTimeField(_("term counted from"))
    routed_at = models.DateTimeField(_("routed at"), null=True, blank=True)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    due_on = models.DateField(_("due on"))
    due_at = models.DateTimeField(_("end of the due day"))
    warn_on = models.DateField(_("last working day before"))
    forward_by = models.DateField(_("forward by"), null=True, blank=True)
    target_on = models.DateField(_("internal target"), null=True, blank=True)
    extended_on = models.DateField(_("extended on"), null=True, blank=True)
    extension_reason = models.TextField(_("reason of the extension"), blank=True)
    next_step_at = models.DateTimeField(_("next reminder at"), null=True, blank=True)
    # Why the rules could not place it, and when they try again. Empty once it is routed.
    routing_attempts = models.PositiveSmallIntegerField(_("attempts to route"), db_default=0, default=0)
    route_after = models.DateTimeField(_("next attempt to route at"), null=True, blank=True)
    routing_error = models.CharField(
        _("why it could not be routed"), max_length=300, blank=True, default="", db_default=""
    )

    # Until when somebody else is waited for, and when what is decided closes by itself: the tasks look here.
    wait_until = models.DateField(_("waits until"), null=True, blank=True)
    close_at = models.DateTimeField(_("closes at"), null=True, blank=True)

    # Until when the insurer reports to the fund; empty: nothing to report on.
    control_on = models.DateField(_("control date of the fund"), null=True, blank=True)

    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    forwarded_at = models.DateTimeField(_("forwarded at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    validity = models.CharField(_("validity"), max_length=12, choices=Validity, blank=True)
    # The code of a `DeclineGround` that was in force.
    decline_ground = models.CharField(_("ground to leave without an answer"), max_length=20, blank=True)

    access_code_hash = models.CharField(max_length=200, blank=True, editable=False)
    # A repeated POST or a double click carries the same key and gives the same appeal.
    submission_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission_digest = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_sample = models.BooleanField(_("sample data"), default=False)

    # What the queue is searched and sorted by; the database keeps them, see `appeals.models.generated`.
    applicant_key = generated.name_key("applicant_name")
    concerned_key = generated.name_key("concerned_name")
    urgency_rank = generated.urgency_rank()
    search_words = generated.search_words()

    objects = AppealManager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = CONSTRAINTS
        indexes = INDEXES

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
