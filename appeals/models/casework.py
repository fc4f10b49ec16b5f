from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.escalation import Step
from appeals.lifecycle import Action
from appeals.models.appeals import Appeal
from appeals.visibility import citizens, readers
from appeals.words import ACTIONS, choices
from registry.scoping import Scope, ScopedQuerySet
from representatives.models import Representative


class AppealEventQuerySet(ScopedQuerySet["AppealEvent"]):
    def visible_to(self, scope: Scope) -> Self:
        """Staff see the whole story of an appeal they see; its citizens the public part."""
        staff = Scope(grants=scope.grants)
        return self.any_of(
            *readers(staff, "appeal__"),
            *(condition & Q(public=True) for condition in citizens(scope, "appeal__") if condition),
        )


class AppealEvent(models.Model):
    """One step in the life of an appeal. Append-only, held by a trigger; replaying them gives the state.

    `public_text` is what the citizen reads in the timeline, `note` is for colleagues.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=20, choices=choices(ACTIONS))
    from_state = models.CharField(_("from state"), max_length=20)
    to_state = models.CharField(_("to state"), max_length=20)
    # No foreign key: the record outlives the account it names.
    actor_user_id = models.BigIntegerField(_("user"), null=True)
    actor_role = models.CharField(_("role"), max_length=20)
    public = models.BooleanField(_("shown to the citizen"), default=False)
    public_text = models.TextField(_("text for the citizen"), blank=True)
    note = models.TextField(_("internal note"), blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)

    objects = AppealEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of an appeal")
        verbose_name_plural = _("events of appeals")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(action__in=sorted(ACTIONS)), name="appealevent_action"),
        ]
        indexes = [
            models.Index(fields=["appeal", "id"], name="appealevent_story"),
            # The few routings by hand, for the report of rules that people put right.
            models.Index(fields=["at"], name="appealevent_rerouted", condition=Q(action=Action.REROUTE)),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class HandOverState(models.TextChoices):
    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("returned")


class HandOverQuerySet(ScopedQuerySet["HandOver"]):
    def visible_to(self, scope: Scope) -> Self:
        """For staff only: a citizen sees the level that has the case, in the timeline."""
        return self.any_of(*readers(Scope(grants=scope.grants), "appeal__"))


class HandOver(models.Model):
    """An appeal offered to another level with a note; whoever takes it accepts or returns it with a reason."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="hand_overs")
    from_level = models.PositiveSmallIntegerField(_("from level"))
    to_level = models.PositiveSmallIntegerField(_("to level"))
    from_assignee = models.ForeignKey(
        Representative, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=HandOverState, default=HandOverState.OFFERED)
    note = models.TextField(_("note"))
    offered_by_user_id = models.BigIntegerField(_("offered by"), null=True)
    offered_at = models.DateTimeField(_("offered at"))
    decided_by_user_id = models.BigIntegerField(_("decided by"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.TextField(_("reason of the return"), blank=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.UniqueConstraint(
                fields=["appeal"], condition=Q(state="offered"), name="handover_one_open"
            ),
            models.CheckConstraint(
                condition=Q(from_level__range=(1, 3), to_level__range=(1, 3)) & ~Q(from_level=F("to_level")),
                name="handover_levels",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", decided_at__isnull=True)
                | Q(state="accepted", decided_at__isnull=False)
                | (Q(state="returned", decided_at__isnull=False) & ~Q(reason="")),
                name="handover_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.from_level} → {self.to_level}"


class LadderStepQuerySet(ScopedQuerySet["LadderStep"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.any_of(*readers(Scope(grants=scope.grants), "appeal__"))


class LadderStep(models.Model):
    """A reminder that was given; the pair is unique, so that no step is taken twice."""

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="ladder", db_index=False)
    step = models.CharField(_("step"), max_length=10, choices=[(step.value, step.value) for step in Step])
    recipient = models.CharField(_("recipient"), max_length=12)
    at = models.DateTimeField(_("at"))

    objects = LadderStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder step")
        verbose_name_plural = _("reminder steps")
        constraints = [models.UniqueConstraint(fields=["appeal", "step"], name="ladderstep_once")]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.step}"
