"""What follows an exam: the doctor's recommendations, and referrals to planned hospital care."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispensary.models.following import ContactOutcome, StepChoice
from registry.models import Clinic, InsuredPerson, Organization, Region, User
from registry.scoping import Role, Scope, ScopedQuerySet


class OfPerson(models.Model):
    """The keys by which rows of a person are scoped; the insurer is that of the day the row was written."""

    person = models.ForeignKey(
        InsuredPerson, on_delete=models.PROTECT, db_index=False, verbose_name=_("insured person")
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("region")
    )
    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("insurer")
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("clinic")
    )
    # Which file stated it, by content: an equal row of the next list changes nothing.
    hash = models.UUIDField(_("mark of the content"), null=True)
    stated_at = models.DateTimeField(_("stated at"))

    class Meta:
        abstract = True


class RecommendationQuerySet(ScopedQuerySet["Recommendation"]):
    def visible_to(self, scope: Scope) -> Self:
        """One's own and the wards'; level 3 of the insurer; the clinic that gave it. It tells of health."""
        insurers = scope.organizations(Role.EXPERT)
        clinics = scope.clinics(Role.CLINIC_STAFF)
        return self.any_of(
            Q(person__in=scope.own_people) if scope.own_people else None,
            Q(insurer__in=insurers) if insurers else None,
            Q(clinic__in=clinics) if clinics else None,
        )


class RecommendationKind(models.TextChoices):
    TEST = "test", pgettext_lazy("recommendation", "test or examination")
    MEDICINE = "medicine", pgettext_lazy("recommendation", "medicine to be taken")
    SPECIALIST = "specialist", pgettext_lazy("recommendation", "visit to a specialist")
    STAGE2 = "stage2", pgettext_lazy("recommendation", "second stage of dispensarization")


class RecommendationEnd(models.TextChoices):
    DONE = "done", pgettext_lazy("recommendation", "done")
    REFUSED = "refused", pgettext_lazy("recommendation", "refused")
    NOT_NEEDED = "not_needed", pgettext_lazy("recommendation", "no longer needed")
    MOVED = "moved", pgettext_lazy("recommendation", "moved away")
    DIED = "died", pgettext_lazy("recommendation", "died")


class Recommendation(OfPerson):
    """One thing the doctor told a person to do after an exam, followed until it is done or refused."""

    kind = models.CharField(
        pgettext_lazy("recommendation", "kind"), max_length=10, choices=RecommendationKind
    )
    what = models.CharField(pgettext_lazy("recommendation", "what was recommended"), max_length=200)
    given_on = models.DateField(_("given on"))
    due_on = models.DateField(_("to be done by"))
    end = models.CharField(
        pgettext_lazy("recommendation", "outcome"), max_length=10, choices=RecommendationEnd, blank=True
    )
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_note = models.CharField(_("note"), max_length=300, blank=True, db_default="")
    # Empty where a clinic's list said so.
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    call_after = models.DateField(_("call again from"), null=True, blank=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["person", "kind", "what", "given_on"], name="recommendation_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RecommendationKind.values) & ~Q(what=""), name="recommendation_says_what"
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("given_on")), name="recommendation_days"),
            models.CheckConstraint(
                condition=Q(end="", ended_on__isnull=True)
                | Q(end__in=RecommendationEnd.values, ended_on__gte=F("given_on")),
                name="recommendation_ended",
            ),
            models.CheckConstraint(
                condition=~Q(end="refused") | ~Q(end_note=""), name="recommendation_refusal_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["insurer", "due_on", "id"], condition=Q(end=""), name="recommendation_due"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class RecommendationContactQuerySet(ScopedQuerySet["RecommendationContact"]):
    def visible_to(self, scope: Scope) -> Self:
        """Whoever sees the recommendation."""
        return self.filter(recommendation__in=Recommendation.objects.visible_to(scope).values("pk"))


class RecommendationContact(models.Model):
    """A reminder that was written, or a call and what the person said."""

    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="contacts",
        verbose_name=_("recommendation"),
    )
    step = models.CharField(_("step"), max_length=6, choices=StepChoice)
    outcome = models.CharField(_("outcome"), max_length=12, choices=ContactOutcome, blank=True)
    on_day = models.DateField(_("on the day"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    objects = RecommendationContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact about a recommendation")
        verbose_name_plural = _("contacts about recommendations")
        ordering = ["-at", "-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["recommendation", "step"],
                condition=~Q(step="call"),
                name="recommendationcontact_one_reminder",
            ),
            models.CheckConstraint(
                condition=Q(step="call", by__isnull=False) & ~Q(outcome="")
                | ~Q(step="call") & Q(by__isnull=True, outcome=""),
                name="recommendationcontact_call",
            ),
        ]
        indexes = [models.Index(fields=["recommendation", "-at"], name="recommendationcontact_of")]

    def __str__(self) -> str:
        return f"{self.recommendation_id} {self.step}"


class HospitalReferralQuerySet(ScopedQuerySet["HospitalReferral"]):
    def visible_to(self, scope: Scope) -> Self:
        """One's own and the wards'; the insurer from level 2 up, whose task is control of hospital care; the clinic
        that referred; the fund. No diagnosis is kept here."""
        insurers = scope.organizations(Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR)
        regions = scope.regions(Role.FUND_ADMIN)
        clinics = scope.clinics(Role.CLINIC_STAFF)
        return self.any_of(
            Q(person__in=scope.own_people) if scope.own_people else None,
            Q(insurer__in=insurers) if insurers else None,
            Q(region__in=regions) if regions else None,
            Q(clinic__in=clinics) if clinics else None,
        )


class CareKind(models.TextChoices):
    INPATIENT = "inpatient", _("round-the-clock hospital")
    DAY = "day", _("day hospital")


class Suspicion(models.TextChoices):
    """What shortens the lawful wait; the values of the norms of waiting."""

    ONCOLOGY = "oncology", _("oncology")
    CARDIOVASCULAR = "cardiovascular", _("heart and vessels")


class CancelReason(models.TextChoices):
    PATIENT = "patient", pgettext_lazy("hospital", "the person refused")
    NO_SHOW = "no_show", pgettext_lazy("hospital", "the person did not come")
    NO_BEDS = "no_beds", pgettext_lazy("hospital", "no free bed")
    NO_INDICATION = "no_indication", pgettext_lazy("hospital", "no indication found")
    PAPERS = "papers", pgettext_lazy("hospital", "not examined before, or no papers")
    ELSEWHERE = "elsewhere", pgettext_lazy("hospital", "admitted to another hospital")
    DIED = "died", pgettext_lazy("hospital", "died")
    OTHER = "other", pgettext_lazy("hospital", "another reason")


class HospitalReferral(OfPerson):
    """A referral to planned hospital care, followed until the person is admitted or the referral cancelled."""

    number = models.CharField(_("referral number"), max_length=40)
    hospital = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("hospital")
    )
    care = models.CharField(_("kind of hospital"), max_length=10, choices=CareKind)
    profile = models.CharField(_("profile of care"), max_length=100, blank=True)
    suspicion = models.CharField(_("shortened wait"), max_length=14, choices=Suspicion, blank=True)
    referred_on = models.DateField(_("referred on"))
    # By the norm in force on the day of the referral; empty where none is known.
    latest_on = models.DateField(_("to be admitted by"), null=True, blank=True)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    admitted_on = models.DateField(_("admitted on"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    cancel_reason = models.CharField(_("why cancelled"), max_length=14, choices=CancelReason, blank=True)
    # When the person was told that the wait may be complained of.
    offered_at = models.DateTimeField(_("complaint offered at"), null=True, blank=True)

    objects = HospitalReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral to hospital")
        verbose_name_plural = _("referrals to hospital")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["clinic", "number"], name="hospitalreferral_number"),
            models.CheckConstraint(
                condition=Q(admitted_on__isnull=True) | Q(admitted_on__gte=F("referred_on")),
                name="hospitalreferral_admitted",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True, cancel_reason="")
                | Q(cancelled_on__gte=F("referred_on"), admitted_on__isnull=True)
                & Q(cancel_reason__in=CancelReason.values),
                name="hospitalreferral_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(suspicion__in=["", *Suspicion.values]) & Q(care__in=CareKind.values),
                name="hospitalreferral_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["insurer", "latest_on", "id"],
                condition=Q(admitted_on__isnull=True, cancelled_on__isnull=True),
                name="hospitalreferral_open",
            ),
            models.Index(
                fields=["insurer", "-id"],
                condition=Q(admitted_on__isnull=False) | Q(cancelled_on__isnull=False),
                name="hospitalreferral_ended",
            ),
            models.Index(fields=["person"], name="hospitalreferral_person"),
        ]

    def __str__(self) -> str:
        return self.number


class HospitalEventQuerySet(ScopedQuerySet["HospitalEvent"]):
    def visible_to(self, scope: Scope) -> Self:
        """Whoever sees the referral."""
        return self.filter(referral__in=HospitalReferral.objects.visible_to(scope).values("pk"))


class HospitalAct(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("hospital", "day named")
    ADMITTED = "admitted", pgettext_lazy("hospital", "admitted")
    CANCELLED = "cancelled", pgettext_lazy("hospital", "cancelled")
    TALKED = "talked", pgettext_lazy("hospital", "talk with the hospital or the person")
    OFFERED = "offered", pgettext_lazy("hospital", "told of the right to complain")


class HospitalEvent(models.Model):
    """What a colleague did about a referral. Append-only, held by a trigger."""

    referral = models.ForeignKey(
        HospitalReferral, on_delete=models.PROTECT, related_name="events", verbose_name=_("referral")
    )
    act = models.CharField(_("what was done"), max_length=10, choices=HospitalAct)
    on_day = models.DateField(_("on the day"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    # Empty where the portal itself wrote to the person.
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = HospitalEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("step about a referral to hospital")
        verbose_name_plural = _("steps about referrals to hospital")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(act="talked") | ~Q(note=""), name="hospitalevent_talk_has_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.act}"
