from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.visibility import readers
from registry.scoping import Scope, ScopedQuerySet


class LinkKind(models.TextChoices):
    SPLIT = "split", _("split off: another matter of the same text")
    REPEAT = "repeat", _("repeated: the same matter again")
    RELATED = "related", _("related")


class AppealLinkQuerySet(ScopedQuerySet["AppealLink"]):
    def visible_to(self, scope: Scope) -> Self:
        """For staff who see the later appeal; what the other one is, only to those who see that one too."""
        return self.any_of(*readers(Scope(grants=scope.grants), "appeal__"))


class AppealLink(models.Model):
    """Two appeals that belong together. `appeal` is the later one: the part split off, or the repeat."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="links", db_index=False)
    earlier = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="later_links")
    kind = models.CharField(_("kind"), max_length=10, choices=LinkKind)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("at"))
    user_id = models.BigIntegerField(_("user"), null=True)

    objects = AppealLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link between appeals")
        verbose_name_plural = _("links between appeals")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "earlier"], name="appeallink_once"),
            models.CheckConstraint(
                condition=Q(kind__in=LinkKind.values) & ~Q(appeal=F("earlier")), name="appeallink_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} → {self.earlier_id}"
