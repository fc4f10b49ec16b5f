"""What the desk keeps besides the appeals: unsent texts, who has a case open, ready texts of replies."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.terms import Kind
from appeals.visibility import readers
from appeals.words import ACTIONS, KINDS, choices
from registry.models import Organization, User
from registry.scoping import Role, Scope, ScopedQuerySet


class WorkDraftQuerySet(ScopedQuerySet["WorkDraft"]):
    def visible_to(self, scope: Scope) -> Self:
        """The person who typed it, while the case can be seen."""
        if scope.user_id is None:
            return self.none()
        staff = Scope(grants=scope.grants)
        return self.any_of(*readers(staff, "appeal__")).filter(user=scope.user_id)


LEAVING = Q(leaves_at__isnull=False)


class WorkDraft(models.Model):
    """What somebody typed into the form of an action and has not sent: one for each person, case and action.

    With `leaves_at` it is on its way and can be taken back until then; `version` is that of the case its writer saw.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="+", verbose_name=_("appeal"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("user"))
    action = models.CharField(_("action"), max_length=20, choices=choices(ACTIONS))
    fields = models.JSONField(_("typed fields"), default=dict)
    updated_at = models.DateTimeField(_("updated at"))
    leaves_at = models.DateTimeField(_("leaves at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version of the case"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts to send"), default=0)

    objects = WorkDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsent text")
        verbose_name_plural = _("unsent texts")
        constraints = [
            models.UniqueConstraint(fields=["appeal", "user", "action"], name="workdraft_one"),
            # Two things on their way would cross: the second would speak of a case that has just moved on.
            models.UniqueConstraint(fields=["appeal"], condition=LEAVING, name="workdraft_one_leaves"),
            models.CheckConstraint(
                condition=Q(leaves_at__isnull=True, version__isnull=True)
                | Q(leaves_at__isnull=False, version__isnull=False),
                name="workdraft_leaves_paired",
            ),
        ]
        indexes = [models.Index(fields=["leaves_at"], name="workdraft_leaves", condition=LEAVING)]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.action}"


class PresenceQuerySet(ScopedQuerySet["Presence"]):
    def visible_to(self, scope: Scope) -> Self:
        """Colleagues who see the case."""
        return self.any_of(*readers(Scope(grants=scope.grants), "appeal__"))


class Presence(models.Model):
    """Somebody has the case open, and perhaps the form of an action; true while `seen_at` is fresh."""

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="+", verbose_name=_("appeal"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("user"))
    action = models.CharField(_("action"), max_length=20, blank=True)
    seen_at = models.DateTimeField(_("seen at"))

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [models.UniqueConstraint(fields=["appeal", "user"], name="presence_one")]
        indexes = [models.Index(fields=["seen_at"], name="presence_seen")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.appeal_id}"


HEADS = (Role.SUPERVISOR, Role.FUND_ADMIN)
AT_DESK = (Role.OPERATOR, Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR, Role.FUND_OPERATOR, Role.FUND_ADMIN)


class ReplyTemplateQuerySet(models.QuerySet["ReplyTemplate"]):
    def usable_by(self, scope: Scope) -> Self:
        """The portal's own, and those of the reader's organisations."""
        return self.filter(Q(organization=None) | Q(organization__in=scope.organizations(*AT_DESK)))

    def editable_by(self, scope: Scope) -> Self:
        return self.filter(organization__in=scope.organizations(*HEADS))


class ReplyTemplate(models.Model):
    """A ready text for an answer or a question, with `{fields}` of `appeals.replies.FIELDS` filled from the case."""

    # Empty: shipped with the portal, for everybody.
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=100)
    # A code of form ЗПЗ; one that ends early stands for everything below it.
    topic_code = models.CharField(_("topic"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=15, choices=choices(KINDS), blank=True)
    language = models.CharField(_("language"), max_length=5, default="ru")
    body = models.TextField(_("text"), max_length=10_000)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ReplyTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name", "language"],
                name="replytemplate_one_name",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["", *(str(kind) for kind in Kind)]), name="replytemplate_kind"
            ),
            models.CheckConstraint(condition=~Q(body="") & ~Q(name=""), name="replytemplate_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
