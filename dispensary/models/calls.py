"""The list of people to be called, and what came of each attempt."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispensary.models.aftercare import Recommendation
from dispensary.models.campaigns import Invitation
from dispensary.models.observation import ObservationCase
from dispensary.models.policy import Reason
from registry.models import InsuredPerson, Organization, Region, User
from registry.scoping import Role, Scope, ScopedQuerySet

# Who calls at which level of representatives.
LEVEL_OF_ROLE = {Role.CASE_WORKER: 2, Role.EXPERT: 3}


class CallKind(models.TextChoices):
    INVITATION = "invitation", _("invitation to an exam")
    ABSENCE = "absence", _("survey: why not attended")
    SATISFACTION = "satisfaction", _("survey: how the exam went")
    VISIT = "visit", _("missed visit of observation")
    ADVICE = "advice", _("recommendations after the exam")


class CallOutcome(models.TextChoices):
    WILL_COME = "will_come", _("will come on…")
    CAME = "came", _("has come already")
    REFUSED = "refused", _("refused")
    ANSWERED = "answered", _("answered the survey")
    NO_ANSWER = "no_answer", _("no answer")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    MOVED = "moved", _("moved away")
    DIED = "died", _("died")
    # Closed by the portal: the person came, died, withdrew the consent, or the campaign ended.
    NOT_NEEDED = "not_needed", _("no longer needed")


class CallQuerySet(ScopedQuerySet["Call"]):
    def visible_to(self, scope: Scope) -> Self:
        """Level 2 of the insurer: its level 2; experts and supervisors: both; the fund: its region."""
        callers = scope.organizations(Role.CASE_WORKER)
        seniors = scope.organizations(Role.EXPERT, Role.SUPERVISOR)
        regions = scope.regions(Role.FUND_ADMIN)
        return self.any_of(
            Q(insurer__in=callers, level=2) if callers else None,
            Q(insurer__in=seniors) if seniors else None,
            Q(region__in=regions) if regions else None,
        )


class Call(models.Model):
    """One person to be reached by phone about one matter. Leased to one caller at a time."""

    person = models.ForeignKey(InsuredPerson, on_delete=models.PROTECT, verbose_name=_("insured person"))
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("region")
    )
    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("insurer")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=[(2, "2"), (3, "3")])
    kind = models.CharField(_("kind"), max_length=12, choices=CallKind)
    invitation = models.ForeignKey(
        Invitation,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,  # the unique key below begins with it
        related_name="calls",
        verbose_name=_("invitation"),
    )
    case = models.ForeignKey(
        ObservationCase,
        null=True,
        on_delete=models.PROTECT,
        related_name="calls",
        verbose_name=_("observation case"),
    )
    # The most overdue of the person's; one call is about all of them.
    recommendation = models.ForeignKey(
        Recommendation,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="calls",
        verbose_name=_("recommendation"),
    )
    # The zone of the person on the day of listing: whoever sleeps is not offered to a caller.
    time_zone = models.CharField(_("time zone"), max_length=40)
    opened_at = models.DateTimeField(_("listed at"))
    due_at = models.DateTimeField(_("next attempt from"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), db_default=0)
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
    outcome = models.CharField(_("outcome"), max_length=12, choices=CallOutcome, blank=True, db_default="")

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.UniqueConstraint(fields=["invitation", "kind"], name="call_once_about_an_invitation"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(closed_at__isnull=True), name="call_one_open_about_a_case"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(closed_at__isnull=True, kind="advice"),
                name="call_one_open_about_advice",
            ),
            models.CheckConstraint(condition=Q(level__in=[2, 3]), name="call_level"),
            models.CheckConstraint(condition=Q(kind__in=CallKind.values), name="call_kind"),
            models.CheckConstraint(
                condition=Q(
                    kind="visit", case__isnull=False, invitation__isnull=True, recommendation__isnull=True
                )
                | Q(kind="advice", recommendation__isnull=False, invitation__isnull=True, case__isnull=True)
                | ~Q(kind__in=["visit", "advice"])
                & Q(case__isnull=True, recommendation__isnull=True, invitation__isnull=False),
                name="call_is_about_something",
            ),
            models.CheckConstraint(
                condition=Q(leased_by__isnull=True, leased_until__isnull=True)
                | Q(leased_by__isnull=False, leased_until__isnull=False, closed_at__isnull=True),
                name="call_lease",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | Q(closed_at__isnull=False) & ~Q(outcome=""),
                name="call_closed_with_outcome",
            ),
        ]
        indexes = [
            # The order in which callers get people; a claim reads its head and nothing else.
            models.Index(
                fields=["insurer", "level", "due_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="call_work",
            ),
            models.Index(fields=["leased_by"], condition=Q(leased_by__isnull=False), name="call_leases"),
            # What each colleague has done today, for the supervisor's balance.
            models.Index(
                fields=["insurer", "closed_at"], condition=Q(closed_at__isnull=False), name="call_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class CallAttemptQuerySet(ScopedQuerySet["CallAttempt"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.filter(call__in=Call.objects.visible_to(scope).values("pk"))


class CallAttempt(models.Model):
    """One time the phone was picked up to reach somebody. Append-only, held by a trigger."""

    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, related_name="attempts_made", verbose_name=_("call")
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=CallOutcome)
    on_day = models.DateField(_("day"), null=True, blank=True)
    reason = models.ForeignKey(
        Reason, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reason")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = CallAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt to call")
        verbose_name_plural = _("attempts to call")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["will_come", "came"], on_day__isnull=False)
                | ~Q(outcome__in=["will_come", "came"]) & Q(on_day__isnull=True),
                name="callattempt_day",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="refused") | Q(reason__isnull=False) | ~Q(note=""),
                name="callattempt_refusal_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["by", "at"], name="callattempt_by_caller")]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.outcome}"


class SurveyQuerySet(ScopedQuerySet["SurveyAnswer"]):
    def visible_to(self, scope: Scope) -> Self:
        """Level 2 and above of the insurer, the fund's region; the person's own answers."""
        insurers = scope.organizations(Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR)
        regions = scope.regions(Role.FUND_ADMIN)
        return self.any_of(
            Q(invitation__person__in=scope.own_people) if scope.own_people else None,
            Q(invitation__insurer__in=insurers) if insurers else None,
            Q(invitation__region__in=regions) if regions else None,
        )


class SurveyAnswer(models.Model):
    """What an invited person answered: why not attended, or whether content with the exam."""

    class Kind(models.TextChoices):
        ABSENCE = "absence", _("why not attended")
        SATISFACTION = "satisfaction", _("how the exam went")

    class Way(models.TextChoices):
        PHONE = "phone", _("by phone")
        WEB = "web", _("on the page of the letter or message")

    invitation = models.ForeignKey(
        Invitation,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="answers",
        verbose_name=_("invitation"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    way = models.CharField(_("how it was asked"), max_length=5, choices=Way)
    satisfied = models.BooleanField(_("satisfied"), null=True)
    reason = models.ForeignKey(
        Reason, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reason")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a survey")
        verbose_name_plural = _("answers to surveys")
        constraints = [
            models.UniqueConstraint(fields=["invitation", "kind"], name="surveyanswer_once"),
            models.CheckConstraint(
                condition=Q(kind="satisfaction", satisfied__isnull=False)
                | Q(kind="absence", satisfied__isnull=True, reason__isnull=False),
                name="surveyanswer_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.kind}"
