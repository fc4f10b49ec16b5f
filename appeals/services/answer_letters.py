"""The letter that carries an answer: issued once for each answer, verified and judged by whoever holds it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from appeals.deadlines import local_day
from appeals.models import Appeal, AppealLetter, LetterKind


@transaction.atomic
def issue_answer_letter(*, appeal: Appeal, now: datetime) -> AppealLetter:
    """The letter of the answer now in force; the one issued before where there is one.

    The caller has shown that the appeal is answered, and holds its row where two could come at once.
    """
    if appeal.answered_at is None:
        raise ValueError("Only an answer becomes a letter")
    Appeal.objects.select_for_update(of=("self",)).only("pk").get(pk=appeal.pk)
    issued = appeal.letters.filter(kind=LetterKind.ANSWER)
    known = issued.filter(issued_at=appeal.answered_at).first()
    if known is not None:
        return known
    office = appeal.organization or appeal.received_by
    return AppealLetter.objects.create(
        appeal=appeal,
        number=f"{appeal.number}/{appeal.letters.count() + 1}",
        sender=office.name,
        body=appeal.answer,
        issued_at=appeal.answered_at,
        issued_on=local_day(appeal.answered_at, appeal.region.zone),
    )


def letter_read(*, letter_id: int, now: datetime) -> None:
    """The reader says that the letter has come and was read; the first time counts."""
    AppealLetter.objects.filter(pk=letter_id).update(
        read_at=Coalesce(F("read_at"), Greatest(now, F("issued_at")))
    )


def letter_disputed(*, letter_id: int, now: datetime) -> None:
    """The reader does not agree with the answer; the first time counts."""
    AppealLetter.objects.filter(pk=letter_id).update(
        read_at=Coalesce(F("read_at"), Greatest(now, F("issued_at"))),
        disputed_at=Coalesce(F("disputed_at"), Greatest(now, F("issued_at"))),
    )
