import uuid
from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.lifecycle import OPEN, RESTING, WAITING, WORKING, State
from appeals.models import generated
from appeals.models.reference import AppealTopic, Body
from appeals.terms import Kind
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

IS_OPEN = Q(state__in=sorted(OPEN))
OFFERABLE = [State.IN_PROGRESS.value, State.REGISTERED.value]


class ActingGround(models.TextChoices):
    SELF = "self", _("for oneself")
    PARENT = "parent", _("parent")
    GUARDIAN = "guardian", _("guardian")
    POWER_OF_ATTORNEY = "power_of_attorney", _("power of attorney")


class ReplyChannel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    POST = "post", _("letter by post")
    PHONE = "phone", _("phone call")
    CABINET = "cabinet", _("personal cabinet")


class Validity(models.TextChoices):
    PENDING = "pending", _("not yet judged")
    JUSTIFIED = "justified", _("justified")
    REPEATED = "repeated", _("justified again")
    UNJUSTIFIED = "unjustified", _("unjustified")


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
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]{2}-[0-9]{4}-[0-9]{7}-[0-9]$")
                & Q(number__startswith=F("region")),
                name="appeal_number_shape",
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(STATES)), name="appeal_state"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(KINDS), form__in=sorted(FORMS), channel__in=sorted(CHANNELS))
                & Q(urgency__in=sorted(URGENCIES), insurance__in=sorted(INSURANCES))
                & Q(suspicion__in=["", *sorted(SUSPICIONS)]),
                name="appeal_words",
            ),
            models.CheckConstraint(
                condition=Q(reply_channel__in=ReplyChannel.values, acting_ground__in=ActingGround.values)
                & Q(decline_ground__regex=r"^[a-z_]{0,20}$"),
                name="appeal_choices",
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__range=(1, 3)), name="appeal_level"
            ),
            models.CheckConstraint(
                condition=Q(offered_level__isnull=True)
                | (Q(offered_level__range=(1, 3), state__in=OFFERABLE) & ~Q(offered_level=F("level"))),
                name="appeal_offered_level",
            ),
            models.CheckConstraint(
                condition=Q(routed_at__isnull=True, organization__isnull=True, level__isnull=True)
                | Q(routed_at__isnull=False, organization__isnull=False),
                name="appeal_routed",
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True)
                | Q(level__isnull=False, organization__isnull=False, taken_at__isnull=False),
                name="appeal_assignee",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(WORKING)) | Q(taken_at__isnull=False, routed_at__isnull=False),
                name="appeal_working",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ANSWERED) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="appeal_answered",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True)
                | (~Q(answer="") & Q(state__in=[State.ANSWERED, State.CLOSED])),
                name="appeal_answer_given",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.IN_REVIEW) | ~Q(answer=""), name="appeal_in_review"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.FORWARDED) | Q(addressee__isnull=False, forwarded_at__isnull=False),
                name="appeal_forwarded",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DECLINED) | ~Q(decline_ground=""), name="appeal_declined"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.CLOSED, State.WITHDRAWN], closed_at__isnull=False)
                | (~Q(state__in=[State.CLOSED, State.WITHDRAWN]) & Q(closed_at__isnull=True)),
                name="appeal_closed",
            ),
            models.CheckConstraint(
                condition=(Q(wait_until__isnull=True) | Q(state__in=sorted(WAITING)))
                & (Q(close_at__isnull=True) | Q(state__in=sorted(RESTING))),
                name="appeal_timed",
            ),
            models.CheckConstraint(
                condition=Q(extended_on__isnull=True, extension_reason="")
                | (Q(extended_on__isnull=False) & ~Q(extension_reason="")),
                name="appeal_extension",
            ),
            models.CheckConstraint(
                condition=(Q(kind=Kind.COMPLAINT) & Q(validity__in=Validity.values))
                | (~Q(kind=Kind.COMPLAINT) & Q(validity="")),
                name="appeal_validity",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("registered_on"), warn_on__lte=F("due_on"))
                & Q(registered_at__gte=F("received_at"), clock_from__gte=F("registered_at"))
                & Q(due_at__gt=F("clock_from")),
                name="appeal_dates",
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(applicant_name=""), name="appeal_not_empty"),
            models.CheckConstraint(
                condition=(~Q(reply_channel=ReplyChannel.EMAIL) | ~Q(applicant_email=""))
                & (~Q(reply_channel=ReplyChannel.POST) | ~Q(applicant_address=""))
                & (~Q(reply_channel=ReplyChannel.PHONE) | ~Q(applicant_phone=""))
                & (~Q(reply_channel=ReplyChannel.CABINET) | Q(applicant_user__isnull=False)),
                name="appeal_reply_contact",
            ),
            models.CheckConstraint(
                condition=~Q(acting_ground=ActingGround.POWER_OF_ATTORNEY) | ~Q(ground_document=""),
                name="appeal_power_of_attorney",
            ),
            models.CheckConstraint(
                condition=Q(concerned_enp="") | Q(concerned_enp__regex=r"^[0-9]{16}$"),
                name="appeal_enp_shape",
            ),
            models.CheckConstraint(
                condition=Q(consent_text__isnull=True, consent_at__isnull=True)
                | Q(consent_text__isnull=False, consent_at__isnull=False),
                name="appeal_consent_paired",
            ),
        ]
        indexes = [
            # The queues: one index for each order a page shows, over open appeals alone.
            models.Index(
                fields=["organization", "level", "due_on", "id"], name="appeal_queue_level", condition=IS_OPEN
            ),
            models.Index(
                fields=["organization", "due_on", "id"], name="appeal_queue_office", condition=IS_OPEN
            ),
            models.Index(fields=["worker", "due_on", "id"], name="appeal_queue_worker", condition=IS_OPEN),
            models.Index(
                fields=["assignee", "due_on", "id"], name="appeal_queue_assignee", condition=IS_OPEN
            ),
            models.Index(fields=["region", "due_on", "id"], name="appeal_queue_region", condition=IS_OPEN),
            # Who sees several regions or offices at once walks the order of all.
            models.Index(
                fields=["urgency_rank", "due_on", "id"], name="appeal_queue_urgency", condition=IS_OPEN
            ),
            models.Index(fields=["due_on", "id"], name="appeal_queue_all", condition=IS_OPEN),
            models.Index(
                fields=["organization", "due_on", "id"],
                name="appeal_queue_waiting",
                condition=Q(state__in=sorted(WAITING)),
            ),
            # "Next case": one look-up for each urgency.
            models.Index(
                fields=["organization", "level", "urgency", "due_on", "id"],
                name="appeal_queue_next",
                condition=Q(state=State.REGISTERED, routed_at__isnull=False),
            ),
            # The fund's supervision: instructions not reported on, complaints answered in a period.
            models.Index(
                fields=["organization", "control_on"],
                name="appeal_instructed",
                condition=Q(control_on__isnull=False),
            ),
            models.Index(
                fields=["answered_at", "organization", "validity"],
                name="appeal_judged",
                condition=Q(kind=Kind.COMPLAINT, answered_at__isnull=False),
            ),
            # The sweeps: what waits for routing, whose next reminder has come.
            models.Index(
                F("route_after").asc(nulls_first=True),
                F("id"),
                name="appeal_unrouted",
                condition=Q(state=State.REGISTERED, routed_at__isnull=True),
            ),
            models.Index(fields=["next_step_at"], name="appeal_ladder", condition=IS_OPEN),
            models.Index(fields=["wait_until"], name="appeal_waits", condition=Q(state__in=sorted(WAITING))),
            models.Index(fields=["close_at"], name="appeal_rests", condition=Q(state__in=sorted(RESTING))),
            # Open appeals of a contact: shown before the same matter is sent once more.
            models.Index(
                fields=["applicant_email"],
                name="appeal_open_email",
                condition=IS_OPEN & ~Q(applicant_email=""),
            ),
            models.Index(
                fields=["applicant_phone"],
                name="appeal_open_phone",
                condition=IS_OPEN & ~Q(applicant_phone=""),
            ),
            # The register, newest first, closed ones included.
            models.Index(fields=["organization", "-registered_at", "-id"], name="appeal_register_office"),
            models.Index(fields=["region", "-registered_at", "-id"], name="appeal_register_region"),
            models.Index(fields=["-registered_at", "-id"], name="appeal_register_all"),
            # Search: names by their beginning, policy number and phone whole, everything else by words.
            models.Index(fields=["applicant_key"], name="appeal_applicant_key"),
            models.Index(
                fields=["concerned_key"], name="appeal_concerned_key", condition=~Q(concerned_key="")
            ),
            models.Index(
                fields=["concerned_enp"], name="appeal_concerned_enp", condition=~Q(concerned_enp="")
            ),
            models.Index(fields=["applicant_phone"], name="appeal_phone", condition=~Q(applicant_phone="")),
            GinIndex(fields=["search_words"], name="appeal_search_words"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
