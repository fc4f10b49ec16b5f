"""Letters that left the house: their register, and the secret by which whoever holds one has it verified."""

import secrets
from collections.abc import Callable
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.models import generated
from appeals.models.appeals import Appeal
from appeals.models.posting import PrintBatch, offices_of
from appeals.visibility import citizens, readers
from notifications.models import Message
from registry.models import Organization
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
    INTERIM = "interim", _("interim answer")
    QUESTION = "question", _("question to the applicant")
    EXTENSION = "extension", _("notice of a longer term")
    FORWARDING = "forwarding", _("forwarding to the competent body")
    FORWARD_NOTICE = "forward_notice", _("notice of forwarding")
    DECLINE = "decline", _("notice of leaving without an answer")
    CLINIC_REQUEST = "clinic_request", _("letter to a clinic with a request")


# What the applicant may read; what goes to bodies and clinics is correspondence between offices.
TO_APPLICANT = frozenset(LetterKind) - {LetterKind.FORWARDING, LetterKind.CLINIC_REQUEST}


class LetterWay(models.TextChoices):
    EMAIL = "email", _("on the portal, with a notice by e-mail")
    PAGE = "page", _("on the portal")
    POST = "post", _("on paper by post")
    HAND = "hand", _("handed over by the office itself")


class LetterOutcome(models.TextChoices):
    DELIVERED = "delivered", pgettext_lazy("letter", "delivered")
    RETURNED = "returned", pgettext_lazy("letter", "came back")


class ReturnReason(models.TextChoices):
    """What the post writes on a letter that comes back."""

    EXPIRED = "expired", _("not fetched in time")
    REFUSED = "refused", _("the addressee refused it")
    GONE = "gone", _("the addressee has moved")
    WRONG_ADDRESS = "wrong_address", _("wrong or incomplete address")
    DIED = "died", _("the addressee has died")
    OTHER = "other", _("another reason")


ON_PAPER = [LetterWay.POST.value, LetterWay.HAND.value]
TO_PRINT = Q(way=LetterWay.POST, batch__isnull=True, outcome="")
TO_HAND = Q(way=LetterWay.HAND, outcome="")


class AppealLetterQuerySet(ScopedQuerySet["AppealLetter"]):
    def visible_to(self, scope: Scope) -> Self:
        """Staff who see the appeal see all its letters; its citizens those that were written to them.

        Who posts the letters of an office sees them also when the case has gone elsewhere meanwhile.
        """
        own = Q(kind__in=sorted(TO_APPLICANT))
        offices = offices_of(scope)
        return self.any_of(
            Q(organization__in=offices) if offices else None,
            *readers(Scope(grants=scope.grants), "appeal__"),
            *(condition & own for condition in citizens(scope, "appeal__") if condition),
        )


class AppealLetter(models.Model):
    """A letter as it was sent, with its number in the register of the organisation that wrote it.

    What was sent is kept: a trigger refuses to change the sheet; only what becomes of the letter is noted later.
    `secret` opens the page of verification. It stands in the square code of the letter and is no key to the
    appeal: the page says number, date and sender, and takes what the reader thinks of the answer.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(_("kind"), max_length=20, choices=LetterKind, default=LetterKind.ANSWER)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("organisation"),
        db_index=False,
    )
    number = models.CharField(_("number of the letter"), max_length=24, unique=True)
    # Empty in letters older than the register, whose number is that of the appeal.
    year = models.PositiveSmallIntegerField(_("year of the register"), null=True, editable=False)
    running = models.PositiveIntegerField(_("number in the register"), null=True, editable=False)

    # The sheet. `head` is the letterhead of that day, see `Letterhead.as_head`.
    language = models.CharField(_("language"), max_length=5, default="ru", db_default="ru")
    sender = models.CharField(_("who it is from"), max_length=300)
    head = models.JSONField(_("letterhead"), default=dict, db_default={}, blank=True)
    addressee = models.CharField(
        pgettext_lazy("letter", "addressee"), max_length=310, blank=True, db_default=""
    )
    address = models.CharField(_("address"), max_length=300, blank=True, db_default="")
    subject = models.CharField(pgettext_lazy("letter", "heading"), max_length=300, blank=True, db_default="")
    body = models.TextField(_("text"))
    enclosure = models.TextField(_("enclosure"), blank=True, db_default="")
    executor = models.CharField(_("prepared by"), max_length=200, blank=True, db_default="")
    issued_by_user_id = models.BigIntegerField(_("issued by"), null=True)
    issued_at = models.DateTimeField(_("issued at"))
    issued_on = models.DateField(_("date of the letter"))
    # The last day on which it was in time: the law's or the portal's, as of the day of the letter.
    due_on = models.DateField(_("had to leave by"), null=True, blank=True)
    secret = models.CharField(max_length=_LENGTH, unique=True, default=new_secret, editable=False)

    # How it goes, and what becomes of it.
    way = models.CharField(
        _("how it goes"), max_length=10, choices=LetterWay, default=LetterWay.PAGE, db_default=LetterWay.PAGE
    )
    message = models.ForeignKey(
        Message,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("message"),
        db_index=False,
    )
    batch = models.ForeignKey(
        PrintBatch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters",
        verbose_name=_("print batch"),
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=LetterOutcome, blank=True, db_default="")
    outcome_by_user_id = models.BigIntegerField(_("noted by"), null=True)
    outcome_on = models.DateField(_("day of the outcome"), null=True, blank=True)
    return_reason = models.CharField(
        _("why it came back"), max_length=20, choices=ReturnReason, blank=True, db_default=""
    )
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    disputed_at = models.DateTimeField(_("disputed at"), null=True, blank=True)

    addressee_key = generated.name_key("addressee")

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
            models.CheckConstraint(
                condition=Q(kind__in=LetterKind.values, way__in=LetterWay.values), name="appealletter_words"
            ),
            # One number, one letter: whoever draws it, see `services.outgoing.next_number`.
            models.UniqueConstraint(
                fields=["organization", "year", "running"], name="appealletter_registered_once"
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=True, running__isnull=True) | Q(year__isnull=False, running__gte=1),
                name="appealletter_register",
            ),
            models.CheckConstraint(
                condition=~Q(way=LetterWay.POST) | (~Q(addressee="") & ~Q(address="")),
                name="appealletter_address",
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=True) | Q(way=LetterWay.POST), name="appealletter_printed"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", outcome_on__isnull=True, return_reason="")
                | Q(way__in=ON_PAPER, outcome_on__isnull=False, outcome_on__gte=F("issued_on"))
                & (
                    Q(outcome=LetterOutcome.DELIVERED, return_reason="")
                    | Q(outcome=LetterOutcome.RETURNED, return_reason__in=ReturnReason.values)
                ),
                name="appealletter_outcome",
            ),
        ]
        indexes = [
            # The register: all of an office or a region's offices, newest first; what waits; what came back.
            models.Index(fields=["organization", "-id"], name="appealletter_register_page"),
            models.Index(fields=["organization", "kind", "-id"], name="appealletter_kind_page"),
            models.Index(fields=["organization", "id"], name="appealletter_to_print", condition=TO_PRINT),
            models.Index(fields=["organization", "-id"], name="appealletter_to_hand", condition=TO_HAND),
            models.Index(
                fields=["organization", "-id"],
                name="appealletter_returned",
                condition=Q(outcome=LetterOutcome.RETURNED),
            ),
            models.Index(fields=["organization", "addressee_key", "-id"], name="appealletter_addressee"),
            # How many matters of others were passed on in time.
            models.Index(
                fields=["organization", "issued_on"],
                name="appealletter_forwarded",
                condition=Q(kind=LetterKind.FORWARDING),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def late_by(self) -> int:
        """Days past the term; nought where it left in time or had none."""
        return max(0, (self.issued_on - self.due_on).days) if self.due_on else 0
