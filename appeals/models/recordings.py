"""Voice messages left outside hours: the sound, and the keys of the exchanges that bring it."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.models.calls import CallBack
from registry.models import Organization
from registry.models.dated import valid_on
from registry.scanning import ScanVerdict
from registry.scoping import Scope, ScopedQuerySet


class VoiceKeyQuerySet(models.QuerySet["VoiceKey"]):
    def in_force(self, day: date) -> Self:
        return self.filter(valid_on(day), revoked_at__isnull=True)


class VoiceKey(models.Model):
    """Lets the telephone exchange of one contact centre send recordings. Only the digest of the key is kept."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", verbose_name=_("contact centre")
    )
    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = VoiceKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key of a telephone exchange")
        verbose_name_plural = _("keys of telephone exchanges")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="voicekey_term"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RecordingQuerySet(ScopedQuerySet["Recording"]):
    def visible_to(self, scope: Scope) -> Self:
        return self.filter(call_back__in=CallBack.objects.visible_to(scope).values("pk"))


def sound_name(recording: "Recording", filename: str) -> str:
    """Nothing that came from outside becomes part of a path."""
    name = recording.key.hex
    return f"recordings/{name[:2]}/{name}"


class Recording(models.Model):
    """The sound of a voice message, in private storage, played only through a view that asks who listens."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call_back = models.OneToOneField(
        CallBack, on_delete=models.PROTECT, related_name="recording", verbose_name=_("call back")
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        db_index=False,  # the unique key below begins with it
        related_name="+",
        verbose_name=_("contact centre"),
    )
    # The exchange repeats a request after a broken connection: the same key is the same message.
    source_key = models.UUIDField(_("key of the request"))
    file = models.FileField(_("file"), upload_to=sound_name, max_length=120)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content_type = models.CharField(_("type by content"), max_length=40)
    seconds = models.PositiveIntegerField(_("seconds"), null=True)
    verdict = models.CharField(
        _("verdict of the scanner"), max_length=10, choices=ScanVerdict, default=ScanVerdict.PENDING
    )
    scan_after = models.DateTimeField(_("not checked again before"), null=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        constraints = [
            models.UniqueConstraint(fields=["organization", "source_key"], name="recording_once"),
            models.CheckConstraint(condition=Q(verdict__in=ScanVerdict.values), name="recording_verdict"),
        ]
        indexes = [
            models.Index(
                F("scan_after").asc(nulls_first=True),
                F("id"),
                name="recording_to_scan",
                condition=Q(verdict=ScanVerdict.PENDING),
            )
        ]

    def __str__(self) -> str:
        return str(self.key)
