"""Searches of the queue that are kept: what was typed stays in the database, the address carries a key alone."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Organization, User
from registry.scoping import Role, Scope, ScopedQuerySet

SHARING = (
    Role.OPERATOR,
    Role.CASE_WORKER,
    Role.EXPERT,
    Role.SUPERVISOR,
    Role.FUND_OPERATOR,
    Role.FUND_ADMIN,
)


class QueueSearchQuerySet(ScopedQuerySet["QueueSearch"]):
    def visible_to(self, scope: Scope) -> Self:
        """The own ones, and those that colleagues of the same organisation share."""
        offices = scope.organizations(*SHARING)
        return self.any_of(
            Q(owner=scope.user_id) if scope.user_id is not None else None,
            Q(shared=True, organization__in=offices) if offices else None,
        )


class QueueSearch(models.Model):
    """Words somebody searched for, and with a name a saved view: the words together with the plain filters.

    Without a name it is forgotten after `expires_at`.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("owner"))
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # A name or a policy number may be among the words, which is why they never travel in an address.
    words = models.CharField(_("words"), max_length=100, blank=True)
    # The plain filters, as in the address of the list.
    address = models.JSONField(_("filters"), default=dict, blank=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    shared = models.BooleanField(_("shared with colleagues"), default=False)
    digest = models.BooleanField(_("a mail each working morning"), default=False)
    # A mail on the first check of a day that finds more cases than this.
    alert_over = models.PositiveIntegerField(_("mail when there are more than"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("forgotten after"), null=True, blank=True)

    objects = QueueSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("search of the queue")
        verbose_name_plural = _("searches of the queue")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=~Q(name=""), name="queuesearch_one_name"
            ),
            models.CheckConstraint(
                condition=Q(name="", expires_at__isnull=False, shared=False, digest=False, alert_over=None)
                | (~Q(name="") & Q(expires_at__isnull=True)),
                name="queuesearch_saved_or_passing",
            ),
            models.CheckConstraint(
                condition=Q(shared=False) | Q(organization__isnull=False), name="queuesearch_shared_where"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="queuesearch_expiring", condition=Q(name="")),
            models.Index(fields=["organization"], name="queuesearch_shared", condition=Q(shared=True)),
            models.Index(
                fields=["id"],
                name="queuesearch_minded",
                condition=Q(digest=True) | Q(alert_over__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.key)
