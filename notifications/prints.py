"""Letters to paper: collecting a batch, the sheets, printed, posted, and what came back.

A letter of an invitation is ready when the channel «post» has made it; here it gets its envelope. Whoever lives at
one address shares an envelope, each with an own sheet, and each only while the own consent holds: somebody who
withdrew it or died since the letter was written gets none.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from notifications import queue
from notifications.channels.base import Outgoing
from notifications.channels.post import letter_of
from notifications.events import Purpose
from notifications.households import envelopes
from notifications.letters import Leaf, render_batch
from notifications.models import Channel, InvitationBatch, Message, PrintedLetter, PrintState
from notifications.models.prints import PRINTERS
from notifications.queue import Report
from notifications.states import State
from registry.enp import luhn_digit
from registry.models import Consent, Organization, User
from registry.scoping import Scope

# Letters of one batch: what an office printer takes in one go.
BATCH = 200
# Household members are looked for among so many of the oldest letters.
LOOK_AHEAD = 5_000
# More sheets make the envelope heavier than the cheapest tariff.
SHEETS = 4
PAGE = 50
RETURNS = 20


class PrintRefusedError(ValueError):
    """A step that the state does not allow; for a return with the code `known` or `not_posted`."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Letters of one insurer that wait for a batch; `many` where there are more than were counted."""

    insurer: Organization
    letters: int
    many: bool
    oldest: datetime | None


def number_of(letter_id: int) -> str:
    """The number in the window: the key and a Luhn digit, so that a slip of the finger names nobody's letter."""
    return f"{letter_id}{luhn_digit(str(letter_id))}"


def letter_id_of(number: str) -> int | None:
    """The key in a number as it was scanned or typed; None where it cannot be one."""
    digits = "".join(sign for sign in number if not sign.isspace() and sign not in "-–№")
    if not (digits.isascii() and digits.isdecimal() and 2 <= len(digits) <= 18):
        return None
    return int(digits[:-1]) if luhn_digit(digits[:-1]) == int(digits[-1]) else None


def waiting(scope: Scope) -> list[Waiting]:
    """By insurer of the reader, how many letters wait; counted to 1,000."""
    found = []
    for insurer in Organization.objects.filter(pk__in=scope.organizations(*PRINTERS)).order_by("short_name"):
        moments = list(_ready(insurer.pk).order_by("pk").values_list("sent_at", flat=True)[:1001])
        if moments:
            oldest = min(moment for moment in moments if moment)
            found.append(
                Waiting(
                    insurer=insurer, letters=min(len(moments), 1000), many=len(moments) > 1000, oldest=oldest
                )
            )
    return found


def _ready(insurer: int) -> QuerySet[Message]:
    """Through the partial index of letters that are ready and in no batch yet."""
    return Message.objects.filter(
        insurer=insurer,
        channel=Channel.POST,
        purpose=Purpose.INVITATION,
        state=State.SENT,
        batched_at__isnull=True,
        # What another letter carries stands in that letter.
        carried_by__isnull=True,
    )


@transaction.atomic
def collect(*, insurer: Organization, actor: User, scope: Scope, now: datetime) -> InvitationBatch | None:
    """The oldest letters into a new batch, households together; None where nothing waits.

    Errors: Organization.DoesNotExist for an insurer that is not the actor's own.
    """
    Organization.objects.select_for_update().get(pk__in=scope.organizations(*PRINTERS), pk=insurer.pk)
    consent = Consent.objects.filter(
        person=OuterRef("person"), purpose="information_support", withdrawn_at__isnull=True
    )
    rows = _ready(insurer.pk).filter(Exists(consent), person__died_on__isnull=True)
    letters = list(rows.order_by("pk").values_list("pk", "address")[:LOOK_AHEAD])
    chosen: list[list[int]] = []
    for together in envelopes(letters, most=SHEETS):
        if sum(map(len, chosen)) + len(together) > BATCH:
            break
        chosen.append([int(str(mark)) for mark in together])
    if not chosen:
        return None
    batch = InvitationBatch.objects.create(
        insurer=insurer,
        letters=sum(map(len, chosen)),
        envelopes=len(chosen),
        made_by=actor,
        made_at=now,
    )
    PrintedLetter.objects.bulk_create(
        PrintedLetter(batch=batch, message_id=message, envelope=envelope, sheet=sheet)
        for envelope, together in enumerate(chosen, start=1)
        for sheet, message in enumerate(together, start=1)
    )
    Message.objects.filter(printed__batch=batch).update(batched_at=now)
    return batch


def pdf_of(batch: InvitationBatch) -> bytes:
    """All sheets of the batch, in the order of the envelopes; made anew each time from what was written then.

    Errors: typst.TypstError for a text the layout cannot set.
    """
    return render_batch(leaves_of(batch), title=f"{batch.insurer.short_name}, {batch.pk}")


def leaves_of(batch: InvitationBatch) -> list[Leaf]:
    """The letters in the order of the envelopes."""
    rows = list(batch.sheets.select_related("message__insurer").order_by("envelope", "sheet"))
    sizes = Counter(row.envelope for row in rows)
    return [_leaf(row, sizes[row.envelope]) for row in rows]


def _leaf(row: PrintedLetter, of: int) -> Leaf:
    message = row.message
    insurer = message.insurer.short_name if message.insurer else ""
    outgoing = Outgoing(
        reference=message.provider_reference,
        to=message.address,
        name=message.addressee or message.name,
        sender=insurer,
        subject=message.subject,
        body=message.body,
        language=message.language,
        written_at=message.created_at,
    )
    return Leaf(
        letter=letter_of(outgoing), number=number_of(row.pk), envelope=row.envelope, sheet=row.sheet, of=of
    )


@transaction.atomic
def step(*, batch_id: int, to: PrintState, actor: User, scope: Scope, now: datetime) -> InvitationBatch:
    """Marks a batch printed, or posted. Errors: InvitationBatch.DoesNotExist for a foreign one; PrintRefusedError for
    a step out of order, such as a second click."""
    batch = InvitationBatch.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=batch_id)
    if (batch.state, to) == (PrintState.OPEN, PrintState.PRINTED):
        batch.printed_by, batch.printed_at = actor, now
    elif (batch.state, to) == (PrintState.PRINTED, PrintState.POSTED):
        batch.posted_by, batch.posted_at = actor, now
    else:
        raise PrintRefusedError
    batch.state = to
    batch.save(update_fields=["state", "printed_by", "printed_at", "posted_by", "posted_at"])
    return batch


@transaction.atomic
def note_return(*, number: str, reason: str, actor: User, scope: Scope, now: datetime) -> PrintedLetter:
    """A letter that the post brought back, by the number in its window: its message counts as failed, and whoever
    wrote it goes on from there, an invitation to the next channel.

    Errors: PrintedLetter.DoesNotExist for a number that is wrong or another office's; PrintRefusedError for a letter
    that was not posted, or was noted before.
    """
    key = letter_id_of(number)
    rows = PrintedLetter.objects.visible_to(scope).select_for_update(of=("self",))
    letter = rows.select_related("message", "batch").get(pk=key if key is not None else -1)
    if letter.returned_at is not None or letter.batch.state != PrintState.POSTED:
        raise PrintRefusedError("known" if letter.returned_at else "not_posted")
    letter.returned_at, letter.returned_by, letter.returned_reason = now, actor, reason
    letter.save(update_fields=["returned_at", "returned_by", "returned_reason"])
    report = Report(letter.message.provider_reference, State.FAILED, now, f"returned_{reason}")
    queue.apply_reports([report])
    return letter


def batches(scope: Scope, *, before: int | None = None) -> tuple[list[InvitationBatch], int | None]:
    """One page, newest first, and the key of the next."""
    rows = InvitationBatch.objects.visible_to(scope).select_related("insurer", "made_by")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    page = found[:PAGE]
    return page, page[-1].pk if len(found) > PAGE else None


def returned(scope: Scope) -> list[PrintedLetter]:
    """The last returns, for whoever works through a pile of them."""
    rows = PrintedLetter.objects.visible_to(scope).filter(returned_at__isnull=False)
    return list(rows.select_related("message").order_by("-returned_at", "-id")[:RETURNS])
