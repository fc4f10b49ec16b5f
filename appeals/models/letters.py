"""Letters that left the house, each with a secret by which anybody who holds it can have it verified."""

import secrets
from collections.abc import Callable
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.visibility import readers
from registry.scoping import Scope, ScopedQuerySet

# No 0, 1, i, l, o: the address under the square code may have to be typed from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 26


def new_secret() -> str:
    """128 bits: nobody finds a letter by trying."""
    return secret_from(secrets.choice)


def secret_from(choice: Callable[[str], str]) -> str:
    return "".join(choice(_LETTERS) for _place in range(_LENGTH))


class LetterKind(models.TextChoices):
    ANSWER = "answer", _("answer to an appeal")


class AppealLetterQuerySet(ScopedQuerySet["AppealLetter"]):
    def visible_to(self, scope: Scope) -> Self:
        """Whoever sees the appeal sees its letters."""
        return self.any_of(*readers(scope, "appeal__"))


class AppealLetter(models.Model):
    """A letter as it was sent. `body` is kept: a second answer does not change what the first letter said.

    `secret` opens the page of verification. It stands in the square code of the letter and is no key to the
    appeal: the page says number, date and sender, and takes what the reader thinks of the answer.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(_("kind"), max_length=20, choices=LetterKind, default=LetterKind.ANSWER)
    number = models.CharField(_("number of the letter"), max_length=24, unique=True)
    sender = models.CharField(_("who it is from"), max_length=300)
    body = models.TextField(_("text"))
    issued_at = models.DateTimeField(_("issued at"))
    issued_on = models.DateField(_("date of the letter"))
    secret = models.CharField(max_length=_LENGTH, unique=True, default=new_secret, editable=False)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    disputed_at = models.DateTimeField(_("disputed at"), null=True, blank=True)

    objects = AppealLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.CheckConstraint(
                condition=Q(secret__regex=rf"^[{_LETTERS}]{{{_LENGTH}}}$"), name="appealletter_secret"
            ),
            models.CheckConstraint(
                condition=(Q(read_at__isnull=True) | Q(read_at__gte=F("issued_at")))
                & (Q(disputed_at__isnull=True) | Q(disputed_at__gte=F("issued_at"))),
                name="appealletter_order",
            ),
            models.CheckConstraint(condition=~Q(body="") & ~Q(number=""), name="appealletter_whole"),
        ]

    def __str__(self) -> str:
        return self.number
