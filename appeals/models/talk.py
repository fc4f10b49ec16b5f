import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.visibility import readers
from appeals.words import CHANNELS, choices
from registry.scoping import Scope, ScopedQuerySet


class Direction(models.TextChoices):
    TO_APPLICANT = "to_applicant", _("to the applicant")
    FROM_APPLICANT = "from_applicant", _("from the applicant")


class Author(models.TextChoices):
    APPLICANT = "applicant", _("applicant")
    STAFF = "staff", _("staff")


class AppealMessageQuerySet(ScopedQuerySet["AppealMessage"]):
    def visible_to(self, scope: Scope) -> Self:
        """Whoever sees the appeal, the applicant as well: both sides read the same."""
        return self.any_of(*readers(scope, "appeal__"))

    def unread_by_staff(self) -> Self:
        return self.filter(UNREAD, direction=Direction.FROM_APPLICANT)


UNREAD = Q(read_at__isnull=True)


class AppealMessage(models.Model):
    """What the staff and the applicant wrote to each other. A trigger lets nothing change but the reading, once.

    `channel` is how it came; what was said on the phone or came by post is recorded by the staff, in `user_id`.
    `key` comes with the form: a repeated submission finds the message that is there already.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="messages", db_index=False)
    direction = models.CharField(_("direction"), max_length=15, choices=Direction)
    author_kind = models.CharField(_("author"), max_length=10, choices=Author)
    # No foreign key: the record outlives the account it names. Empty for a citizen with number and code.
    user_id = models.BigIntegerField(_("user"), null=True)
    channel = models.CharField(_("came by"), max_length=20, choices=choices(CHANNELS))
    # The applicant is expected to reply to it.
    is_question = models.BooleanField(_("question"), default=False)
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    read_by_user_id = models.BigIntegerField(_("read by"), null=True)

    objects = AppealMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message about an appeal")
        verbose_name_plural = _("messages about appeals")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(direction=Direction.TO_APPLICANT, author_kind=Author.STAFF)
                | Q(
                    direction=Direction.FROM_APPLICANT,
                    author_kind=Author.APPLICANT,
                    is_question=False,
                ),
                name="appealmessage_author",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="appealmessage_text"),
            models.CheckConstraint(condition=Q(channel__in=sorted(CHANNELS)), name="appealmessage_channel"),
            models.CheckConstraint(
                condition=Q(read_at__isnull=False) | Q(read_by_user_id__isnull=True),
                name="appealmessage_read_paired",
            ),
        ]
        indexes = [
            models.Index(fields=["appeal", "id"], name="appealmessage_story"),
            # What nobody of the staff has read yet.
            models.Index(
                fields=["appeal"],
                name="appealmessage_unread",
                condition=Q(read_at__isnull=True, direction="from_applicant"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.direction} {self.at:%Y-%m-%d %H:%M}"
