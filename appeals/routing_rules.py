"""The rules of routing, in three ladders and one list of notes.

Each ladder answers one question: which organisation is competent, which level of representative, how urgent.
The first rule in force that has an opinion decides; the last one always has, so there is always an answer.
Notes add reasons and decide nothing. A changed rule changes its rows in the table of cases beside the tests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from appeals.facts import Facts
from appeals.reference import Topic
from appeals.terms import Channel, Form, Insurance, Kind, Organisation, ReceivedBy, Suspicion, Urgency

FEDERAL_FUND = "federal_fund"


@dataclass(frozen=True, slots=True)
class Case:
    """The facts with the version of the topic that was in force on the day they came."""

    facts: Facts
    topic: Topic
    received_on: date

    @property
    def oral_consultation(self) -> bool:
        return self.facts.kind is Kind.CONSULTATION and self.facts.form is Form.ORAL

    @property
    def judges_the_insurer(self) -> bool:
        """Praise, advice and questions about the insurer are its own to hear; a complaint is not."""
        return self.facts.kind is Kind.COMPLAINT and (self.facts.about_insurer or self.topic.about_insurer)


@dataclass(frozen=True, slots=True)
class Competence:
    """`levelled`: representatives of a level work it; otherwise the staff of the organisation itself."""

    organisation: Organisation
    text: str
    addressee: str | None = None
    levelled: bool = True
    copy_to_supervisor: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    level: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Pace:
    urgency: Urgency
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    text: str


T = TypeVar("T", Competence, Level, Pace, Note)


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """`code` is stored with the appeal and counted in the report of overridden rules: do not reuse one."""

    code: str
    say: Callable[[Case], T | None]
    valid_from: date = date.min
    valid_to: date = date.max


def _kept_on_the_line(case: Case) -> Competence | None:
    # Whoever promised, or has said all there is to say, keeps the question: nobody is sent from phone to phone.
    if not (case.oral_consultation and case.facts.kept_on_the_line):
        return None
    return Competence(
        Organisation(case.facts.received_by.value),
        "Устный вопрос взял на себя контакт-центр, который принял звонок: обращение остаётся у него",
    )


def _outside_competence(case: Case) -> Competence | None:
    if not case.topic.outside_competence:
        return None
    # Whoever holds it forwards it: sending it to another insurer or fund first would eat the seven days.
    return Competence(
        Organisation(case.facts.received_by.value),
        "Вопрос вне компетенции ОМС: перенаправляется в компетентный орган, заявитель уведомляется",
        addressee=case.topic.addressee,
        levelled=False,
    )


def _fund_judged_by_itself(case: Case) -> Competence | None:
    # 59-FZ art. 8 part 6: a complaint may not be sent to the body whose acts are appealed against.
    if not case.judges_the_insurer or case.facts.insurance is not Insurance.FUND_AS_INSURER:
        return None
    return Competence(
        Organisation.FUND,
        "Жалоба на фонд, который сам выполняет функции страховой компании: рассматривает Федеральный фонд",
        addressee=FEDERAL_FUND,
        levelled=False,
    )


def _about_the_insurer(case: Case) -> Competence | None:
    if not case.judges_the_insurer:
        return None
    return Competence(
        _fund_of(case),
        "Жалоба на страховую компанию: конфликт интересов, рассматривает фонд",
        levelled=False,
        copy_to_supervisor=case.facts.insurance in (Insurance.OWN, Insurance.OTHER_INSURER),
    )


def _fund_topic(case: Case) -> Competence | None:
    if not case.topic.fund_only:
        return None
    return Competence(
        _fund_of(case), "Тему рассматривает территориальный фонд", levelled=case.oral_consultation
    )


def _contact_centre_of_the_fund(case: Case) -> Competence | None:
    if not case.oral_consultation or case.facts.received_by is not ReceivedBy.FUND:
        return None
    return Competence(
        Organisation.FUND, "На устный вопрос отвечает контакт-центр фонда, где бы человек ни был застрахован"
    )


def _fund_acts_as_insurer(case: Case) -> Competence | None:
    if case.facts.insurance is not Insurance.FUND_AS_INSURER:
        return None
    return Competence(Organisation.FUND, "Функции страховой компании в регионе выполняет фонд")


def _insurer_without_licence(case: Case) -> Competence | None:
    if case.facts.insurance is not Insurance.NO_LICENCE:
        return None
    return Competence(
        Organisation.FUND, "У страховой компании нет действующей лицензии: её обязанности выполняет фонд"
    )


def _insured_elsewhere(case: Case) -> Competence | None:
    if case.facts.insurance is not Insurance.OTHER_REGION:
        return None
    return Competence(
        Organisation.OTHER_FUND,
        "Человек застрахован в другом регионе: обращение передаётся фонду того региона",
    )


def _person_not_found(case: Case) -> Competence | None:
    if case.facts.insurance is not Insurance.UNKNOWN:
        return None
    return Competence(
        Organisation.FUND, "Страховая принадлежность не установлена: её выясняет фонд по единому регистру"
    )


def _other_insurer(case: Case) -> Competence | None:
    if case.facts.insurance is not Insurance.OTHER_INSURER:
        return None
    return Competence(Organisation.OTHER_INSURER, "Человек застрахован в другой компании: передаётся ей")


def _own_insurer(case: Case) -> Competence:
    if case.facts.received_by is ReceivedBy.FUND:
        return Competence(
            Organisation.INSURER, "Рассматривает страховая компания человека по поручению фонда"
        )
    return Competence(Organisation.INSURER, "Рассматривает страховая компания человека")


def _fund_of(case: Case) -> Organisation:
    """The fund that supervises the person's insurer."""
    if case.facts.insurance is Insurance.OTHER_REGION:
        return Organisation.OTHER_FUND
    return Organisation.FUND


COMPETENCE: tuple[Rule[Competence], ...] = (
    Rule("kept_on_the_line", _kept_on_the_line),
    Rule("outside_competence", _outside_competence),
    Rule("fund_judged_by_itself", _fund_judged_by_itself),
    Rule("about_the_insurer", _about_the_insurer),
    Rule("fund_topic", _fund_topic),
    Rule("contact_centre_of_the_fund", _contact_centre_of_the_fund),
    Rule("fund_acts_as_insurer", _fund_acts_as_insurer),
    Rule("insurer_without_licence", _insurer_without_licence),
    Rule("insured_elsewhere", _insured_elsewhere),
    Rule("person_not_found", _person_not_found),
    Rule("other_insurer", _other_insurer),
    Rule("own_insurer", _own_insurer),
)


def _oral_consultation(case: Case) -> Level | None:
    if not case.oral_consultation:
        return None
    return Level(1, "Устная консультация: уровень 1, ответ даётся сразу")


def _complaint_above_contact_centre(case: Case) -> Level | None:
    if case.facts.kind is not Kind.COMPLAINT or case.topic.default_level != 1:
        return None
    return Level(2, "Жалобу не рассматривает контакт-центр: уровень 2, тему уточнит специалист")


def _written(case: Case) -> Level | None:
    if case.facts.form is not Form.WRITTEN or case.topic.written_level is None:
        return None
    return Level(
        case.topic.written_level,
        f"Письменное обращение по этой теме рассматривает уровень {case.topic.written_level}",
    )


def _topic_level(case: Case) -> Level:
    return Level(case.topic.default_level, f"По теме обращения: уровень {case.topic.default_level}")


LEVEL: tuple[Rule[Level], ...] = (
    Rule("oral_consultation", _oral_consultation),
    Rule("complaint_above_contact_centre", _complaint_above_contact_centre),
    Rule("written", _written),
    Rule("topic_level", _topic_level),
)


def _life_threat(case: Case) -> Pace | None:
    if not case.facts.life_threat:
        return None
    return Pace(Urgency.EMERGENCY, "Есть угроза жизни: сразу назовите 103 или 112 и сообщите руководителю")


def _suspected_disease(case: Case) -> Pace | None:
    if case.facts.suspicion is None or not case.topic.waiting:
        return None
    what = {
        Suspicion.ONCOLOGY: "онкологическое заболевание",
        Suspicion.CARDIOVASCULAR: "болезнь сердца или сосудов",
    }[case.facts.suspicion]
    return Pace(Urgency.URGENT, f"Подозрение на {what}: сроки ожидания помощи сокращены")


def _urgent_topic(case: Case) -> Pace | None:
    if case.topic.urgency is Urgency.NORMAL:
        return None
    return Pace(case.topic.urgency, "Тема требует срочного рассмотрения")


def _ordinary(_: Case) -> Pace:
    return Pace(Urgency.NORMAL, "Признаков срочности нет: обычный порядок")


PACE: tuple[Rule[Pace], ...] = (
    Rule("life_threat", _life_threat),
    Rule("suspected_disease", _suspected_disease),
    Rule("urgent_topic", _urgent_topic),
    Rule("ordinary", _ordinary),
)


def _kind_differs(case: Case) -> Note | None:
    if case.topic.kind in (None, case.facts.kind):
        return None
    return Note("Вид обращения не совпадает с разделом темы: уточните вид или тему")


def _form_not_usual(case: Case) -> Note | None:
    if case.facts.form in case.topic.forms:
        return None
    return Note("По этой теме нужно письменное заявление: помогите заявителю его оформить")


def _explain_orally(case: Case) -> Note | None:
    if case.facts.form is not Form.ORAL or not case.topic.outside_competence:
        return None
    return Note("Объясните человеку сразу, куда и как обратиться (59-ФЗ, ст. 13, ч. 5)")


def _on_instruction(case: Case) -> Note | None:
    if case.facts.channel is not Channel.FROM_ANOTHER_BODY:
        return None
    return Note("Поступило от другого органа: сообщите о результате и ему, если он просил")


def _email_proves_nobody(case: Case) -> Note | None:
    if case.facts.channel is not Channel.EMAIL or case.facts.received_by is not ReceivedBy.FUND:
        return None
    return Note(
        "Электронная почта не подтверждает личность: предложите заявителю войти через Госуслуги"
        " или прислать письмо"
    )


NOTES: tuple[Rule[Note], ...] = (
    Rule("kind_differs", _kind_differs),
    Rule("form_not_usual", _form_not_usual),
    Rule("explain_orally", _explain_orally),
    Rule("on_instruction", _on_instruction),
    # Since that day state bodies accept electronic appeals only from people they can identify.
    Rule("email_proves_nobody", _email_proves_nobody, valid_from=date(2025, 3, 30)),
)
