"""Sample data of the citizen's side: letters of the newest answers and what people thought of them."""

from datetime import timedelta
from random import Random

from appeals.deadlines import local_day
from appeals.models import Appeal, AppealLetter, AppealSurvey, Solved
from appeals.models.letters import secret_from
from appeals.terms import Form

LETTERS = 300
COMMENTS = {
    Solved.YES: ["", "Спасибо, записали на следующий день.", "Всё объяснили по телефону, очень вежливо."],
    Solved.PARTLY: ["", "Записали, но через месяц.", "Ответ длинный, по делу два предложения."],
    Solved.NO: ["", "В поликлинике сказали, что ничего не знают.", "Деньги так и не вернули."],
}


def seed(*, random: Random) -> None:
    """Letters of the newest written answers, a part of them read, a few disputed."""
    answered = Appeal.objects.filter(is_sample=True, form=Form.WRITTEN, answered_at__isnull=False)
    newest = answered.select_related("organization", "received_by", "region").order_by("-pk")[:LETTERS]
    letters, surveys = [], []
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
        if random.random() < 0.4:
            surveys.append(_survey(appeal, random))
    AppealLetter.objects.bulk_create(letters)
    AppealSurvey.objects.bulk_create(surveys)


def _survey(appeal: Appeal, random: Random) -> AppealSurvey:
    moment = appeal.answered_at
    assert moment is not None  # noqa: S101 - filtered by the caller
    solved = random.choices([Solved.YES, Solved.PARTLY, Solved.NO], weights=[6, 3, 2])[0]
    mark = {Solved.YES: random.choice([4, 5]), Solved.PARTLY: 3, Solved.NO: random.choice([1, 2])}[solved]
    return AppealSurvey(
        appeal=appeal,
        answered_at=moment,
        secret=secret_from(random.choice),
        given_at=moment + timedelta(hours=random.randrange(2, 60)),
        solved=solved,
        satisfaction=mark,
        comment=random.choice(COMMENTS[solved]),
    )
