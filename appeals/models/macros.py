"""Named sets of actions that staff do in one go."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals.macros import Step, steps_from
from appeals.models.desk import AT_DESK, HEADS
from appeals.words import KINDS, choices
from registry.models import Organization
from registry.scoping import Scope


class MacroQuerySet(models.QuerySet["Macro"]):
    def usable_by(self, scope: Scope) -> Self:
        """The portal's own, and those of the reader's organisations."""
        return self.filter(Q(organization=None) | Q(organization__in=scope.organizations(*AT_DESK)))

    def editable_by(self, scope: Scope) -> Self:
        return self.filter(organization__in=scope.organizations(*HEADS))


class Macro(models.Model):
    """`steps`: a list of `appeals.macros.Step` as JSON, in the order they are done."""

    # Empty: shipped with the portal, for everybody.
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=80)
    # A code of form ЗПЗ; one that ends early stands for everything below it.
    topic_code = models.CharField(_("topic"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=15, choices=choices(KINDS), blank=True)
    steps = models.JSONField(_("steps"), default=list)
    next_case = models.BooleanField(_("take the next case afterwards"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = MacroQuerySet.as_manager()

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="macro_one_name", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["", *(str(kind) for kind in KINDS)]), name="macro_kind"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(steps=[]), name="macro_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def plan(self) -> tuple[Step, ...]:
        return steps_from(self.steps)
