"""What follows a case of observation: visits that took place, reminders and calls, and what came of them."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dispensary.following import Step
from dispensary.models.observation import ObservationCase
from registry.models import User
from registry.scoping import Scope, ScopedQuerySet


class OfCaseQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, scope: Scope) -> Self:
        """Whoever sees the case."""
        return self.filter(case__in=ObservationCase.objects.visible_to(scope).values("pk"))


class ObservationVisit(models.Model):
    """A visit that took place, as level 3 heard of it; lists of clinics write the last day into the case."""

    case = models.ForeignKey(
        ObservationCase,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="visits",
        verbose_name=_("case"),
    )
    visited_on = models.DateField(_("visited on"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit of observation")
        verbose_name_plural = _("visits of observation")
        ordering = ["-visited_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "visited_on"], name="observationvisit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.visited_on}"


class ContactOutcome(models.TextChoices):
    """What a called person said of a missed visit."""

    VISITED = "visited", pgettext_lazy("observation", "has visited the doctor")
    WILL_VISIT = "will_visit", pgettext_lazy("observation", "will come")
    NO_ANSWER = "no_answer", pgettext_lazy("observation", "no answer, call again")
    NO_BOOKING = "no_booking", pgettext_lazy("observation", "cannot book a visit")
    REFUSED = "refused", pgettext_lazy("observation", "refused")
    WRONG_NUMBER = "wrong_number", pgettext_lazy("observation", "wrong number")


class StepChoice(models.TextChoices):
    REMIND = Step.REMIND, pgettext_lazy("observation", "reminder")
    REPEAT = Step.REPEAT, pgettext_lazy("observation", "reminder of a missed visit")
    CALL = Step.CALL, pgettext_lazy("observation", "call")


class ObservationContact(models.Model):
    """A reminder that was written, or a call and its outcome, about one window of a case's visits."""

    case = models.ForeignKey(
        ObservationCase,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="contacts",
        verbose_name=_("case"),
    )
    # The last day of the window it was about: the next window starts its steps anew.
    window_to = models.DateField(_("window until"))
    step = models.CharField(_("step"), max_length=6, choices=StepChoice)
    outcome = models.CharField(_("outcome"), max_length=12, choices=ContactOutcome, blank=True)
    on_day = models.DateField(_("on the day"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact about observation")
        verbose_name_plural = _("contacts about observation")
        ordering = ["-at", "-id"]
        constraints: ClassVar[list[Any]] = [
            # However many workers and ticks there are, a window has one reminder of each sort.
            models.UniqueConstraint(
                fields=["case", "window_to", "step"],
                condition=~Q(step="call"),
                name="observationcontact_one_reminder",
            ),
            models.CheckConstraint(
                condition=Q(step="call", by__isnull=False) & ~Q(outcome="")
                | ~Q(step="call") & Q(by__isnull=True, outcome=""),
                name="observationcontact_call",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["visited", "will_visit"], on_day__isnull=False)
                | ~Q(outcome__in=["visited", "will_visit"]) & Q(on_day__isnull=True),
                name="observationcontact_day",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="refused") | ~Q(note=""), name="observationcontact_refusal_reason"
            ),
        ]
        indexes = [models.Index(fields=["case", "-at"], name="observationcontact_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"
