"""Sample data of the citizen's side: letters of the newest answers, so that their codes lead somewhere."""

from random import Random

from appeals.deadlines import local_day
from appeals.models import Appeal, AppealLetter
from appeals.models.letters import secret_from
from appeals.terms import Form

LETTERS = 300


def seed(*, random: Random) -> None:
    """Letters of the newest written answers, a part of them read, a few disputed."""
    answered = Appeal.objects.filter(is_sample=True, form=Form.WRITTEN, answered_at__isnull=False)
    newest = answered.select_related("organization", "received_by", "region").order_by("-pk")[:LETTERS]
    letters = []
    for appeal in newest:
        moment = appeal.answered_at
        assert moment is not None  # noqa: S101 - filtered above
        read = random.random() < 0.6
        letters.append(
            AppealLetter(
                appeal=appeal,
                number=f"{appeal.number}/1",
                sender=(appeal.organization or appeal.received_by).name,
                body=appeal.answer,
                issued_at=moment,
                issued_on=local_day(moment, appeal.region.zone),
                secret=secret_from(random.choice),
                read_at=moment if read else None,
            )
        )
    AppealLetter.objects.bulk_create(letters)
