"""Sample data of the citizen's side: what people thought of the newest answers."""

from datetime import timedelta
from random import Random

from appeals.models import Appeal, AppealSurvey, Solved
from appeals.models.letters import secret_from
from appeals.terms import Form

LETTERS = 300
COMMENTS = {
    Solved.YES: ["", "Спасибо, записали на следующий день.", "Всё объяснили по телефону, очень вежливо."],
    Solved.PARTLY: ["", "Записали, но через месяц.", "Ответ длинный, по делу два предложения."],
    Solved.NO: ["", "В поликлинике сказали, что ничего не знают.", "Деньги так и не вернули."],
}


def seed(*, random: Random) -> None:
    """What a part of those who got one of the newest written answers said of it."""
    answered = Appeal.objects.filter(is_sample=True, form=Form.WRITTEN, answered_at__isnull=False)
    newest = answered.order_by("-pk")[:LETTERS]
    AppealSurvey.objects.bulk_create([_survey(appeal, random) for appeal in newest if random.random() < 0.4])


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
