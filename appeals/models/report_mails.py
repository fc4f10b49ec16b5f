from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals.models.letters import new_secret
from registry.models import User
from registry.scoping import Scope, ScopedQuerySet


class Every(models.TextChoices):
    WEEK = "week", _("every week")
    MONTH = "month", _("every month")


class Ending(models.TextChoices):
    ASKED = "asked", _("the reader did not want it any more")
    RIGHTS = "rights", _("the reader may not see the report any more")


class ReportMailQuerySet(ScopedQuerySet["ReportMail"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.any_of(Q(user=scope.user_id) if scope.user_id is not None else None)

    def running(self) -> Self:
        return self.filter(ended_at__isnull=True)


class ReportMail(models.Model):
    """A reader who wants a report by e-mail. `place` is written as in the report's address (R39, O12, C7).

    `told_to` is the last day that a mail has told about, or the day before the wish.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("reader"))
    place = models.CharField(_("whose appeals"), max_length=20)
    every = models.CharField(_("how often"), max_length=5, choices=Every)
    told_to = models.DateField(_("told up to"))
    secret = models.CharField(max_length=26, unique=True, default=new_secret, editable=False)
    created_at = models.DateTimeField(_("created at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_because = models.CharField(_("why it ended"), max_length=6, choices=Ending, blank=True)

    objects = ReportMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("report by e-mail")
        verbose_name_plural = _("reports by e-mail")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "place", "every"],
                condition=Q(ended_at__isnull=True),
                name="reportmail_one_running",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | Q(ended_at__isnull=False, ended_because__in=Ending.values),
                name="reportmail_ended",
            ),
            models.CheckConstraint(condition=Q(every__in=Every.values), name="reportmail_every"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(ended_at__isnull=True), name="reportmail_running")]

    def __str__(self) -> str:
        return f"{self.place} {self.every}"
