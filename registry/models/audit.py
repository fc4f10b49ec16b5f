from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.scoping import Role, Scope, ScopedQuerySet
from registry.subjects import in_words


class AccessRecordQuerySet(ScopedQuerySet["AccessRecord"]):
    def visible_to(self, scope: Scope) -> Self:
        """Security officers read the log of their regions; nobody else reads it."""
        regions = scope.regions(Role.AUDITOR)
        return self.any_of(Q(region_id__in=regions) if regions else None)

    def about(self, people: frozenset[int]) -> Self:
        """Readings of these people's data, for themselves and whoever acts for them."""
        return self.filter(person_id__in=people)


class AccessRecord(models.Model):
    """One reading of personal data by staff: who, whose, what page, why. Append-only, held by a trigger.

    No foreign keys: the record outlives the rows it names.
    """

    at = models.DateTimeField(_("at"))
    user_id = models.BigIntegerField(_("user"))
    person_id = models.BigIntegerField(_("person"), null=True)
    region_id = models.CharField(_("region"), max_length=2, blank=True)
    subject = models.CharField(_("subject"), max_length=60)
    key = models.CharField(_("key"), max_length=60, blank=True)
    rows = models.PositiveIntegerField(_("rows"), null=True)
    page = models.CharField(_("page"), max_length=200)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    request_id = models.CharField(_("request"), max_length=36, blank=True)

    objects = AccessRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("access record")
        verbose_name_plural = _("access log")
        indexes = [
            models.Index(fields=["person_id", "at"], name="accessrecord_person"),
            models.Index(fields=["user_id", "at"], name="accessrecord_user"),
            models.Index(fields=["region_id", "-at", "-id"], name="accessrecord_region"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_id} {self.subject} {self.key}"

    @property
    def what(self) -> str:
        """What was read, in the words of the reader of the log."""
        return in_words(self.subject, self.key, self.rows)
