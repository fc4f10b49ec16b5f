"""The words of messages: dated, versioned, with whitelisted fields."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications import templating
from notifications.events import EVENTS, SAMPLE
from notifications.models.outbox import Channel
from notifications.segments import count_segments
from registry.models import User
from registry.models.dated import Dated, dated_constraints


class MessageTemplate(Dated):
    """One wording of one event for one channel and language.

    A wording that has been sent is not edited: the next version is a new row, so that a message always shows
    the template it came from.
    """

    event = models.CharField(_("event"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    language = models.CharField(_("language"), max_length=5, default="ru")
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    subject = models.CharField(pgettext_lazy("message", "subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    # Of the wordings written on the pages; those that came with the portal have none.
    written_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    published_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("published by"),
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ["event", "channel", "language", "-version"]
        constraints = dated_constraints(
            models.UniqueConstraint(
                fields=["event", "channel", "language", "version"], name="messagetemplate_version"
            ),
            models.CheckConstraint(
                condition=Q(channel="sms", subject="") | ~Q(channel="sms") & ~Q(subject=""),
                name="messagetemplate_subject",
                violation_error_message=_("An SMS has no subject; every other message needs one."),
            ),
            models.CheckConstraint(condition=~Q(body=""), name="messagetemplate_body"),
            models.CheckConstraint(
                condition=Q(written_by__isnull=True, published_by__isnull=True, published_at__isnull=True)
                | Q(written_by__isnull=False, published_by__isnull=False, published_at__isnull=False)
                & ~Q(published_by=F("written_by")),
                name="messagetemplate_four_eyes",
                violation_error_message=_("A wording is published by another person than its author."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.channel} {self.language} v{self.version}"

    def clean(self) -> None:
        """Errors: ValidationError for an unknown event or field, and for an SMS of more than two segments."""
        event = EVENTS.get(self.event)
        if event is None:
            raise ValidationError({"event": _("There is no such event.")})
        allowed = {"subject": event.in_subject(), "body": event.in_body(self.channel)}
        found = {
            name: [problem.text for problem in templating.check(getattr(self, name), fields)]
            for name, fields in allowed.items()
        }
        if any(found.values()):
            raise ValidationError({name: texts for name, texts in found.items() if texts})
        if self.channel == Channel.SMS and count_segments(self.preview()).count > event.sms_parts:
            raise ValidationError({"body": _("This SMS takes too many parts: shorten the text.")})

    def preview(self) -> str:
        """The body with sample values of real length."""
        return templating.render(self.body, SAMPLE, EVENTS[self.event].in_body(self.channel))


class TemplateDraft(models.Model):
    """A wording that waits for another person to publish it; one for each event, channel and language."""

    event = models.CharField(_("event"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(pgettext_lazy("message", "subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    valid_from = models.DateField(_("valid from"))
    # Whoever changed it last: the other person has to look at these very words.
    written_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("draft of a message template")
        verbose_name_plural = _("drafts of message templates")
        constraints = [
            models.UniqueConstraint(fields=["event", "channel", "language"], name="templatedraft_one"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.channel} {self.language}"
