import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.models.clinic import ClinicRequest
from appeals.models.expertise import Expertise
from appeals.models.talk import AppealMessage
from appeals.visibility import citizens, readers
from registry.models import Region, User
from registry.scanning import ScanVerdict
from registry.scoping import Role, Scope, ScopedQuerySet


class NumberCounter(models.Model):
    """The last running number of a region in a year. Its row is locked until the filing commits."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.PositiveIntegerField(_("last running number"))

    class Meta:
        verbose_name = _("counter of numbers")
        verbose_name_plural = _("counters of numbers")
        constraints = [models.UniqueConstraint(fields=["region", "year"], name="numbercounter_one")]

    def __str__(self) -> str:
        return f"{self.region_id}-{self.year}: {self.value}"


class AppealDraftQuerySet(ScopedQuerySet["AppealDraft"]):
    def visible_to(self, scope: Scope) -> Self:
        """Drafts of the own account. A draft without an account opens by its secret key alone."""
        return self.any_of(Q(user=scope.user_id) if scope.user_id is not None else None)


class AppealDraft(models.Model):
    """What a person has typed so far. `key` is a secret: whoever has it may go on writing."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField(_("answers"), default=dict, blank=True)
    step = models.CharField(_("step"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("created at"))
    updated_at = models.DateTimeField(_("updated at"))
    expires_at = models.DateTimeField(_("expires at"), db_index=True)
    appeal = models.OneToOneField(
        Appeal, null=True, blank=True, on_delete=models.SET_NULL, related_name="draft"
    )

    objects = AppealDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of an appeal")
        verbose_name_plural = _("drafts of appeals")

    def __str__(self) -> str:
        return str(self.key)


_HELD_BACK: dict[str, Promise] = {
    ScanVerdict.PENDING: _("still being checked, it opens after that"),
    ScanVerdict.REJECTED: _("refused: it did not pass the check"),
}


class AttachmentQuerySet(ScopedQuerySet["Attachment"]):
    def visible_to(self, scope: Scope) -> Self:
        """Papers of the appeals one sees; medical ones not below level 3, sealed ones for level 3 and the fund.

        Papers of a draft open by the draft's key, or to the account it belongs to.
        """
        open_paper, unsealed = Q(medical=False, sealed=False), Q(sealed=False)
        conditions: list[Q | None] = [
            *(c & unsealed for c in citizens(scope, "appeal__") if c),
            Q(draft__user=scope.user_id) if scope.user_id is not None else None,
        ]
        for role in scope.roles:
            paper = _PAPERS_OF.get(role, unsealed)
            if role in (Role.OPERATOR, Role.CASE_WORKER, Role.FUND_OPERATOR):
                paper = open_paper
            own = Scope(grants=tuple(grant for grant in scope.grants if grant.role is role))
            conditions += [c & paper for c in readers(own, "appeal__") if c]
        return self.any_of(*conditions)


_PAPERS_OF = {Role.EXPERT: Q(), Role.FUND_ADMIN: Q()}


def storage_name(attachment: "Attachment", filename: str) -> str:
    """Nothing a person typed becomes part of a path; two levels keep folders small."""
    name = attachment.key.hex
    return f"attachments/{name[:2]}/{name}"


class Attachment(models.Model):
    """A file of a draft or of an appeal, in private storage, served only through a view that asks who reads."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    draft = models.ForeignKey(
        AppealDraft, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    appeal = models.ForeignKey(
        Appeal, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    # What it came with, when it came later than the appeal: a message, a clinic's reply, an expert's act.
    message = models.ForeignKey(
        AppealMessage, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    clinic_request = models.ForeignKey(
        ClinicRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    expertise = models.ForeignKey(
        Expertise, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    file = models.FileField(_("file"), upload_to=storage_name, max_length=120)
    name = models.CharField(_("name as given"), max_length=200)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content_type = models.CharField(_("type by content"), max_length=100)
    verdict = models.CharField(
        _("verdict of the scanner"), max_length=10, choices=ScanVerdict, default=ScanVerdict.PENDING
    )
    # When a worker may look at it next: pushed ahead by whoever takes it, so that one bad file holds up no other.
    scan_after = models.DateTimeField(_("not checked again before"), null=True, blank=True)
    medical = models.BooleanField(_("medical document"), default=False)
    sealed = models.BooleanField(_("sealed: level 3 only"), default=False)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by_user_id = models.BigIntegerField(_("uploaded by"), null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False, appeal__isnull=True)
                | Q(draft__isnull=True, appeal__isnull=False),
                name="attachment_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(message__isnull=True, clinic_request__isnull=True, expertise__isnull=True)
                | Q(appeal__isnull=False, clinic_request__isnull=True, expertise__isnull=True)
                | Q(appeal__isnull=False, message__isnull=True, expertise__isnull=True)
                | Q(appeal__isnull=False, message__isnull=True, clinic_request__isnull=True, sealed=True),
                name="attachment_came_with",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attachment_sha256_shape"
            ),
            models.CheckConstraint(condition=Q(verdict__in=ScanVerdict.values), name="attachment_verdict"),
        ]
        indexes = [
            models.Index(
                F("scan_after").asc(nulls_first=True),
                condition=Q(verdict="pending"),
                name="attachment_to_scan",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def came_with_filing(self) -> bool:
        return self.message_id is None and self.clinic_request_id is None and self.expertise_id is None

    @property
    def held_back(self) -> Promise | str:
        """Why nobody can open the file yet or any more, in words; empty when it can be opened."""
        return _HELD_BACK.get(self.verdict, "")
