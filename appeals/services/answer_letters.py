"""The letter that carries an answer: issued once for each answer, verified and judged by whoever holds it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from appeals import letters
from appeals.actors import Actor
from appeals.models import Appeal, AppealLetter, LetterKind
from appeals.services.outgoing import is_on_paper, issue, told_by


@transaction.atomic
def issue_answer_letter(*, appeal: Appeal, now: datetime, actor: Actor | None = None) -> AppealLetter:
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
    # An answer older than the register, or one given by telephone, gets its letter when it is asked for.
    return issue(
        appeal=appeal,
        kind=LetterKind.ANSWER,
        body=appeal.answer,
        actor=actor,
        now=appeal.answered_at,
        due_on=appeal.due_on,
    )


def send_answer(*, appeal: Appeal, actor: Actor, now: datetime) -> None:
    """The answer on its way: a registered letter, and the message that announces it."""
    reference = letters.answered(appeal, now)
    if is_on_paper(appeal):
        told_by(issue_answer_letter(appeal=appeal, now=now, actor=actor), reference)


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
