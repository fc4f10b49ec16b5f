"""Letters on their way out of the house: print batches, and what became of each letter on paper."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.deadlines import local_day
from appeals.errors import AppealError, AppealNotFound, InvalidInput
from appeals.models import (
    AppealLetter,
    Letterhead,
    LetterOutcome,
    LetterWay,
    PrintBatch,
    ReturnReason,
)
from appeals.models.letters import TO_PRINT
from appeals.models.posting import offices_of
from registry.models import Organization
from registry.models.dated import valid_on
from registry.scoping import Scope

# As many as one person puts into envelopes at a sitting; the rest waits for the next batch.
BATCH = 100


class BatchMoved(AppealError):
    """The batch is not where this step begins: a colleague was faster, or the step was taken already."""

    code = "batch_moved"

    def __init__(self) -> None:
        super().__init__(_("The batch has moved on meanwhile. Look at what is possible now."))


@transaction.atomic
def form_batch(
    *, organization_id: int, registered_mail: bool, scope: Scope, now: datetime
) -> PrintBatch | None:
    """Takes up to `BATCH` letters that wait for print, the oldest first; None where none waits.

    Two people at once get different letters. Errors: AppealNotFound for another office.
    """
    if organization_id not in offices_of(scope):
        raise AppealNotFound
    waiting = (
        AppealLetter.objects.select_for_update(skip_locked=True)
        .filter(TO_PRINT, organization=organization_id)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    taken = list(waiting[:BATCH])
    if not taken:
        return None
    batch = PrintBatch.objects.create(
        organization_id=organization_id,
        registered_mail=registered_mail,
        size=len(taken),
        formed_at=now,
        formed_by_user_id=scope.user_id,
    )
    AppealLetter.objects.filter(pk__in=taken).update(batch=batch)
    return batch


@transaction.atomic
def batch_printed(*, batch_id: int, scope: Scope, now: datetime) -> PrintBatch:
    """Everything came out of the printer. Errors: AppealNotFound, BatchMoved."""
    batch = _locked(batch_id, scope)
    if batch.printed_at is not None:
        raise BatchMoved
    batch.printed_at, batch.printed_by_user_id = now, scope.user_id
    batch.save(update_fields=["printed_at", "printed_by_user_id"])
    return batch


@transaction.atomic
def batch_posted(*, batch_id: int, on: date, scope: Scope, now: datetime) -> PrintBatch:
    """The envelopes lie at the post since a day. Errors: AppealNotFound, BatchMoved, InvalidInput."""
    batch = _locked(batch_id, scope)
    if batch.printed_at is None or batch.posted_on is not None:
        raise BatchMoved
    zone = batch.organization.region.zone
    if not local_day(batch.formed_at, zone) <= on <= local_day(now, zone):
        raise InvalidInput({"on": _("A day from the forming of the batch until today.")})
    batch.posted_on, batch.posted_by_user_id = on, scope.user_id
    batch.save(update_fields=["posted_on", "posted_by_user_id"])
    return batch


@transaction.atomic
def dissolve_batch(*, batch_id: int, scope: Scope) -> None:
    """Before it is printed: its letters wait for print again. Errors: AppealNotFound, BatchMoved."""
    batch = _locked(batch_id, scope)
    if batch.printed_at is not None:
        raise BatchMoved
    batch.letters.update(batch=None)
    batch.delete()


@transaction.atomic
def note_outcome(
    *, letter_id: int, outcome: str, on: date, reason: str, scope: Scope, now: datetime
) -> AppealLetter:
    """What became of a letter on paper; a slip is put right by noting it again.

    Errors: AppealNotFound; InvalidInput by argument, also for a letter that has not left yet.
    """
    rows = AppealLetter.objects.select_for_update(of=("self",)).select_related(
        "batch", "organization__region"
    )
    letter = rows.filter(pk=letter_id, organization__in=offices_of(scope)).first()
    if letter is None:
        raise AppealNotFound
    posted = letter.batch is not None and letter.batch.posted_on is not None
    if letter.way not in (LetterWay.POST, LetterWay.HAND) or (letter.way == LetterWay.POST and not posted):
        raise InvalidInput({"outcome": _("The letter has not been handed to the post yet.")})
    if outcome not in LetterOutcome.values:
        raise InvalidInput({"outcome": _("Choose what became of the letter.")})
    if outcome == LetterOutcome.RETURNED and reason not in ReturnReason.values:
        raise InvalidInput({"reason": _("Choose why the letter came back.")})
    if not letter.issued_on <= on <= local_day(now, letter.organization.region.zone):
        raise InvalidInput({"on": _("A day from the date of the letter until today.")})
    letter.outcome, letter.outcome_on, letter.outcome_by_user_id = outcome, on, scope.user_id
    letter.return_reason = reason if outcome == LetterOutcome.RETURNED else ""
    letter.save(update_fields=["outcome", "outcome_on", "outcome_by_user_id", "return_reason"])
    return letter


@transaction.atomic
def save_letterhead(*, organization: Organization, head: Letterhead, today: date) -> Letterhead:
    """A letterhead in force from today; the one before ends yesterday. Letters keep the one they were written on.

    The caller has validated `head` and shown that it is the own office's.
    """
    Organization.objects.select_for_update().only("pk").get(pk=organization.pk)
    known = Letterhead.objects.filter(valid_on(today), organization=organization).first()
    if known is not None and known.valid_from == today:
        head.pk = known.pk
    elif known is not None:
        Letterhead.objects.filter(pk=known.pk).update(valid_to=today.fromordinal(today.toordinal() - 1))
    head.organization, head.valid_from, head.valid_to = organization, today, None
    head.source, head.confirmed = "", True
    head.save()
    return head


def _locked(batch_id: int, scope: Scope) -> PrintBatch:
    rows = PrintBatch.objects.select_for_update(of=("self",)).select_related("organization__region")
    batch = rows.visible_to(scope).filter(pk=batch_id).first()
    if batch is None:
        raise AppealNotFound
    return batch
