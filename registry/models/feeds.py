"""The secret address of a person's own calendar."""

import secrets
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.accounts import User
from registry.scoping import Scope, ScopedQuerySet

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 26


def new_feed_secret() -> str:
    """128 bits from letters that are not taken for one another."""
    return "".join(secrets.choice(_LETTERS) for _place in range(_LENGTH))


class CalendarFeedQuerySet(ScopedQuerySet["CalendarFeed"]):
    def visible_to(self, scope: Scope) -> Self:
        """Its owner alone."""
        return self.any_of(Q(user=scope.user_id) if scope.user_id is not None else None)


class CalendarFeed(models.Model):
    """One calendar address of an account. Deleting the row ends it; a new row has a new secret."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    secret = models.CharField(max_length=_LENGTH, unique=True, default=new_feed_secret, editable=False)
    created_at = models.DateTimeField(_("created at"))

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.user_id)
