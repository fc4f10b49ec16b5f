"""What a colleague is told of in the portal: one row for a person, a case and an event."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.noticing import What
from appeals.visibility import readers
from registry.models import User
from registry.scoping import Scope, ScopedQuerySet

NOTICES = {
    What.ASSIGNED: _("The case was given to you"),
    What.TAKEN_AWAY: _("The case has gone to somebody else"),
    What.OFFERED: _("A colleague offers a case to your level"),
    What.OFFER_ACCEPTED: _("The case you offered was accepted"),
    What.OFFER_RETURNED: _("The case you offered was returned"),
    What.REPLIED: _("The applicant replied"),
    What.CLINIC_REPLIED: _("The clinic replied"),
    What.EXPERTISE_BACK: _("The expertise came back"),
    What.WAIT_OVER: _("The wait is over, no reply came"),
    What.TO_APPROVE: _("An answer waits for your approval"),
    What.APPROVED: _("Your answer was approved and sent"),
    What.SENT_BACK: _("Your answer was sent back"),
    What.REOPENED: _("The case was opened again"),
    What.WITHDRAWN: _("The applicant withdrew the appeal"),
    What.INSTRUCTED: _("The fund gave an instruction in the case"),
    What.REPORTED: _("The insurer reported on your instruction"),
    What.JUDGED: _("Your answer was judged for quality"),
    What.DISPUTED: _("A colleague objects to your judgement"),
    What.NOT_SENT: _("Your text could not be sent and is kept as a draft"),
    What.DUE_SOON: _("The term is running out"),
    What.OVERDUE: _("The term is over"),
}
UNSEEN = Q(read_at__isnull=True)


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    def visible_to(self, scope: Scope) -> Self:
        """The person told, while the case can be seen: rights that ended take the notices along."""
        if scope.user_id is None:
            return self.none()
        staff = Scope(grants=scope.grants)
        return self.any_of(*readers(staff, "appeal__")).filter(user=scope.user_id)

    def unseen(self) -> Self:
        return self.filter(UNSEEN)


class Notice(models.Model):
    """Written with the step it tells of, in the same transaction. `told_at`: it has gone out by e-mail as well."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=_("user"), db_index=False
    )
    appeal = models.ForeignKey(
        Appeal, on_delete=models.CASCADE, related_name="+", verbose_name=_("appeal"), db_index=False
    )
    what = models.CharField(
        _("what happened"), max_length=20, choices=[(str(key), words) for key, words in NOTICES.items()]
    )
    # Who took the step; empty: the portal or the applicant.
    by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    told_at = models.DateTimeField(_("told by e-mail at"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(condition=Q(what__in=[str(one) for one in NOTICES]), name="notice_what"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_newest"),
            models.Index(fields=["user", "-id"], name="notice_unseen", condition=UNSEEN),
            # Which notices of a case are settled by its next step, and what its page has shown.
            models.Index(fields=["appeal", "what"], name="notice_of_case", condition=UNSEEN),
            # Who gets the morning mail.
            models.Index(
                fields=["user"], name="notice_untold", condition=Q(read_at__isnull=True, told_at__isnull=True)
            ),
            models.Index(fields=["at"], name="notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what} {self.appeal_id}"


class NoticeSetting(models.Model):
    """A person's own switch; nobody has a row who has not touched it."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=_("user"), primary_key=True
    )
    digest = models.BooleanField(_("mail in the morning"), default=True)

    class Meta:
        verbose_name = _("setting of notices")
        verbose_name_plural = _("settings of notices")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.digest}"
