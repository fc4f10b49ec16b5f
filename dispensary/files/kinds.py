"""What each kind of clinic file holds, field by field. One description makes the checks, the help page, the empty
templates, the XML schema and the order of values in the staging table.

Pure. Titles and hints are Russian: they stand in the clinics' own files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

# More than the largest clinic can examine in a day; a larger number is a slip of the finger.
MAX_PLACES = 5_000


class Type(StrEnum):
    """How a field is read. The checks are in `dispensary.files.fields`."""

    CLINIC = "clinic"
    ENP = "enp"
    SNILS = "snils"
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    BIRTH_DATE = "birth_date"
    # A day that has come already, and a day of the plan that may lie ahead.
    PAST_DAY = "past_day"
    PLAN_DAY = "plan_day"
    # A day not before today: nobody states the free places of yesterday.
    COMING_DAY = "coming_day"
    PROGRAMME = "programme"
    YEAR = "year"
    CHOICE = "choice"
    PLACES = "places"
    ICD10 = "icd10"
    # Another organisation of the register, such as the hospital a person is sent to.
    OTHER_CLINIC = "other_clinic"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Field:
    """`code` heads a column or an XML element; `title` is the same column in Russian, equally understood.

    `allowed` maps what people write (lower case, ё as е) to the value that is kept.
    """

    code: str
    title: str
    type: Type
    required: bool = False
    hint: str = ""
    example: str = ""
    allowed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileKind:
    code: str
    title: str
    about: str
    fields: tuple[Field, ...]
    # Whether a row is about a person, to be matched with the register.
    personal: bool = True

    def position(self, code: str) -> int:
        """The place of a field in the staging row's array of values, from 1 as SQL counts."""
        return [one.code for one in self.fields].index(code) + 1


def _words(**values: str) -> Mapping[str, str]:
    return MappingProxyType({word: value for value, words in values.items() for word in words.split("|")})


_CLINIC = Field(
    "MO",
    "Код медицинской организации",
    Type.CLINIC,
    required=True,
    hint="Реестровый номер вашей организации, 6 цифр, в каждой строке",
    example="390901",
)
_PERSON = (
    Field(
        "ENP",
        "Номер полиса (ЕНП)",
        Type.ENP,
        hint="16 цифр, столбец в формате «Текст». По нему человека находят прежде всего",
        example="3952410887000019",
    ),
    Field("SNILS", "СНИЛС", Type.SNILS, hint="11 цифр, можно с дефисами", example="112-233-445 95"),
    Field("FAM", "Фамилия", Type.LAST_NAME, required=True, example="Примерова"),
    Field("IM", "Имя", Type.FIRST_NAME, required=True, example="Анна"),
    Field("OT", "Отчество", Type.MIDDLE_NAME, hint="Если есть", example="Петровна"),
    Field(
        "DR",
        "Дата рождения",
        Type.BIRTH_DATE,
        required=True,
        hint="ДД.ММ.ГГГГ",
        example="12.07.1985",
    ),
    Field(
        "W",
        "Пол",
        Type.CHOICE,
        hint="М или Ж; можно 1 и 2",
        example="Ж",
        allowed=_words(M="м|муж|мужской|1|m", F="ж|жен|женский|2|f|w"),
    ),
)
_PROGRAMME = Field(
    "PROGRAMME",
    "Программа",
    Type.PROGRAMME,
    required=True,
    hint="Диспансеризация, Профилактический медицинский осмотр и другие; можно кодом",
    example="Диспансеризация",
)
_YEAR = Field("YEAR", "Год", Type.YEAR, required=True, hint="Год мероприятия", example="2026")

NAME_LIST = FileKind(
    "name_list",
    "Список на информирование",
    "Кого пригласить: план-график по лицам, со сроком информирования каждого",
    (
        _CLINIC,
        *_PERSON,
        _PROGRAMME,
        _YEAR,
        Field(
            "ROUND",
            "Вид информирования",
            Type.CHOICE,
            required=True,
            hint="1 — первичное, 2 — повторное",
            example="1",
            allowed=_words(**{"1": "1|первичное|primary", "2": "2|повторное|repeat"}),
        ),
        Field("PLAN_FROM", "Период с", Type.PLAN_DAY, hint="Когда ждёте человека", example="01.09.2026"),
        Field("PLAN_TO", "Период по", Type.PLAN_DAY, hint="Не раньше начала", example="30.09.2026"),
        Field(
            "INFORM_BY",
            "Информировать до",
            Type.PLAN_DAY,
            required=True,
            hint="Последний день, когда человек должен узнать о приглашении",
            example="25.08.2026",
        ),
    ),
)
RESULTS = FileKind(
    "results",
    "Результаты осмотров",
    "Кто пришёл, какой этап прошёл, какая группа здоровья; кто отказался и почему",
    (
        _CLINIC,
        *_PERSON,
        _PROGRAMME,
        _YEAR,
        Field("CAME_ON", "Дата явки", Type.PAST_DAY, hint="Первый день осмотра", example="03.09.2026"),
        Field("STAGE1_ON", "Завершён 1 этап", Type.PAST_DAY, hint="Дата окончания", example="05.09.2026"),
        Field("STAGE2_ON", "Завершён 2 этап", Type.PAST_DAY, hint="Если назначался", example=""),
        Field(
            "STAGE2_NEEDED",
            "Направлен на 2 этап",
            Type.CHOICE,
            hint="да или нет",
            example="нет",
            allowed=_words(yes="да|1|yes|true", no="нет|0|no|false"),
        ),
        Field(
            "GROUP",
            "Группа здоровья",
            Type.CHOICE,
            hint="1, 2, 3а или 3б; нужна, когда 1 этап завершён",
            example="2",
            allowed=_words(**{"1": "1|i", "2": "2|ii", "3a": "3а|3a|iiiа|iiia", "3b": "3б|3b|iiiб|iiib"}),
        ),
        Field("REFUSED_ON", "Дата отказа", Type.PAST_DAY, hint="Вместо явки", example=""),
        Field("REFUSAL", "Причина отказа", Type.TEXT, hint="Обязательна при отказе", example=""),
    ),
)
OBSERVATION = FileKind(
    "observation",
    "Диспансерное наблюдение",
    "Кого поставили под наблюдение, кого сняли и почему, когда был последний приём",
    (
        _CLINIC,
        *_PERSON,
        Field(
            "ACTION",
            "Действие",
            Type.CHOICE,
            required=True,
            hint="Взят или Снят",
            example="Взят",
            allowed=_words(on="взят|поставлен|on|1", off="снят|снять|off|2"),
        ),
        Field("DS", "Код МКБ-10", Type.ICD10, required=True, hint="Как I10 или E11.9", example="I10"),
        Field("PUT_ON", "Дата постановки", Type.PAST_DAY, required=True, example="15.01.2026"),
        Field("LAST_VISIT", "Последний приём", Type.PAST_DAY, hint="Если был", example="15.05.2026"),
        Field("TAKEN_OFF", "Дата снятия", Type.PAST_DAY, hint="Обязательна при снятии", example=""),
        Field(
            "REASON",
            "Причина снятия",
            Type.CHOICE,
            hint="выздоровление, стойкая ремиссия, другая организация, переезд, отказ, смерть, ошибка",
            example="",
            allowed=_words(
                recovered="выздоровление|1|recovered",
                remission="стойкая ремиссия|ремиссия|2|remission",
                other_clinic="другая организация|перевод|3|other_clinic",
                moved="переезд|4|moved",
                refused="отказ|5|refused",
                died="смерть|6|died",
                mistake="ошибка|ошибочная постановка|7|mistake",
            ),
        ),
    ),
)
CAPACITY = FileKind(
    "capacity",
    "Свободные места",
    "Сколько человек сможете осмотреть в каждый день: приглашения не превысят этих чисел",
    (
        _CLINIC,
        _PROGRAMME,
        Field("DAY", "День", Type.COMING_DAY, required=True, hint="Сегодня или позже", example="07.09.2026"),
        Field(
            "PLACES",
            "Свободных мест",
            Type.PLACES,
            required=True,
            hint="Целое число от 0; ноль — в этот день не принимаем",
            example="25",
        ),
    ),
    personal=False,
)
ADVICE = FileKind(
    "advice",
    "Рекомендации после осмотра",
    "Что врач назначил после диспансеризации: обследования, лекарства, второй этап; к какому дню и что выполнено",
    (
        _CLINIC,
        *_PERSON,
        Field(
            "KIND",
            "Вид рекомендации",
            Type.CHOICE,
            required=True,
            hint="обследование, лекарство, специалист или 2 этап",
            example="обследование",
            allowed=_words(
                test="обследование|анализ|исследование|1|test",
                medicine="лекарство|лекарственный препарат|прием лекарств|2|medicine",
                specialist="специалист|консультация|консультация специалиста|3|specialist",
                stage2="2 этап|второй этап|4|stage2",
            ),
        ),
        Field(
            "WHAT",
            "Что назначено",
            Type.TEXT,
            required=True,
            hint="Словами врача, до 200 знаков; человек увидит их в личном кабинете",
            example="УЗИ брахиоцефальных артерий",
        ),
        Field("GIVEN_ON", "Дата рекомендации", Type.PAST_DAY, required=True, example="05.09.2026"),
        Field(
            "DUE_ON",
            "Выполнить до",
            Type.PLAN_DAY,
            required=True,
            hint="Не раньше даты рекомендации",
            example="05.11.2026",
        ),
        Field(
            "RESULT",
            "Итог",
            Type.CHOICE,
            hint="пусто, пока не выполнено; выполнено, отказ или не нужно",
            example="",
            allowed=_words(
                done="выполнено|сделано|1|done", refused="отказ|2|refused", not_needed="не нужно|3|not_needed"
            ),
        ),
        Field("RESULT_ON", "Дата итога", Type.PAST_DAY, hint="Обязательна при итоге", example=""),
        Field("NOTE", "Примечание", Type.TEXT, hint="При отказе обязательно: причина", example=""),
    ),
)
HOSPITAL = FileKind(
    "hospital",
    "Плановая госпитализация",
    "Кого направили в стационар, на какой день назначено, кто госпитализирован, кому отказано и почему",
    (
        _CLINIC,
        *_PERSON,
        Field(
            "NUMBER",
            "Номер направления",
            Type.TEXT,
            required=True,
            hint="До 40 знаков",
            example="Н-2026-00417",
        ),
        Field(
            "HOSPITAL",
            "Код стационара",
            Type.OTHER_CLINIC,
            required=True,
            hint="Реестровый номер организации, куда направлен, 6 цифр",
            example="390902",
        ),
        Field(
            "CARE",
            "Вид стационара",
            Type.CHOICE,
            required=True,
            hint="круглосуточный или дневной",
            example="круглосуточный",
            allowed=_words(inpatient="круглосуточный|1|inpatient", day="дневной|2|day"),
        ),
        Field(
            "PROFILE", "Профиль помощи", Type.TEXT, hint="Без диагноза, до 100 знаков", example="кардиология"
        ),
        Field(
            "SUSPICION",
            "Сокращённый срок",
            Type.CHOICE,
            hint="онкология или сердце и сосуды; иначе пусто",
            example="",
            allowed=_words(
                oncology="онкология|онкологическое заболевание|1|oncology",
                cardiovascular="сердце и сосуды|сердечно-сосудистое заболевание|2|cardiovascular",
            ),
        ),
        Field("REFERRED_ON", "Дата направления", Type.PAST_DAY, required=True, example="07.09.2026"),
        Field(
            "PLANNED_ON",
            "Назначено на",
            Type.PLAN_DAY,
            hint="День, названный стационаром",
            example="21.09.2026",
        ),
        Field("ADMITTED_ON", "Госпитализирован", Type.PAST_DAY, example=""),
        Field(
            "CANCELLED_ON", "Дата отказа или отмены", Type.PAST_DAY, hint="Вместо госпитализации", example=""
        ),
        Field(
            "REASON",
            "Причина отмены",
            Type.CHOICE,
            hint="отказ пациента, неявка, нет мест, нет показаний, нет документов, другой стационар, смерть, другое",
            example="",
            allowed=_words(
                patient="отказ пациента|отказ|1|patient",
                no_show="неявка|2|no_show",
                no_beds="нет мест|3|no_beds",
                no_indication="нет показаний|4|no_indication",
                papers="нет документов|не обследован|5|papers",
                elsewhere="другой стационар|6|elsewhere",
                died="смерть|7|died",
                other="другое|8|other",
            ),
        ),
    ),
)
KINDS: Mapping[str, FileKind] = MappingProxyType(
    {kind.code: kind for kind in (NAME_LIST, RESULTS, OBSERVATION, CAPACITY, ADVICE, HOSPITAL)}
)
