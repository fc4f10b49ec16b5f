"""What can be written to a person, and which facts each message may carry.

Pure. An event is a fixed point of the code (somebody has to raise it); its wording is a `MessageTemplate`. The
fields are a whitelist per channel: an SMS and the subject of a mail are read on locked screens and by
strangers, so they never hold a reason, a result or the text of an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Purpose(StrEnum):
    """Why a message is sent, which decides what it needs."""

    # About the person's own appeal: part of the service asked for, no further consent.
    SERVICE = "service"
    # An invitation or reminder: only with a consent to information support for the very channel.
    INVITATION = "invitation"


class Priority:
    """Smaller goes first: an answer never waits behind a campaign."""

    ANSWER = 10
    REMINDER = 50
    CAMPAIGN = 90


# Filled by the portal itself for every message.
COMMON_FIELDS = frozenset({"greeting", "sender", "hotline"})


@dataclass(frozen=True, kw_only=True)
class Event:
    """`fields` may stand anywhere; `extra` only in the body of a channel; `secret` is erased after sending.

    `any_hour`: the person waits for it at this very moment, so quiet hours do not hold it back.
    """

    purpose: Purpose
    priority: int
    fields: frozenset[str]
    extra: Mapping[str, frozenset[str]] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    any_hour: bool = False
    # Parts that an SMS with values of real length may take.
    sms_parts: int = 2
    # Filled by the portal itself for this event, in the body of longer messages alone.
    own: frozenset[str] = frozenset()

    def given(self, channel: str) -> frozenset[str]:
        """What the caller puts into the payload: exactly these."""
        return self.fields | self.extra.get(channel, frozenset())

    def in_body(self, channel: str) -> frozenset[str]:
        return (
            self.given(channel) | COMMON_FIELDS | (self.own if channel in ("email", "post") else frozenset())
        )

    def in_subject(self) -> frozenset[str]:
        return (self.fields | COMMON_FIELDS) - self.secret


def _appeal(
    *fields: str,
    long: tuple[str, ...] = (),
    email: tuple[str, ...] = (),
    post: tuple[str, ...] = (),
    **rest: object,
) -> Event:
    extra = {"email": frozenset((*long, *email)), "post": frozenset((*long, *post))}
    return Event(
        purpose=Purpose.SERVICE,
        priority=Priority.ANSWER,
        fields=frozenset(("number", "link", *fields)),
        extra=extra,
        **rest,  # type: ignore[arg-type]
    )


def _exam(priority: int) -> Event:
    return Event(
        purpose=Purpose.INVITATION,
        priority=priority,
        fields=frozenset({"exam", "period", "clinic", "phone", "link"}),
        own=frozenset({"reply"}),
        extra={"email": frozenset({"clinic_address"}), "post": frozenset({"clinic_address"})},
    )


def _staff(priority: int = Priority.REMINDER) -> Event:
    """To colleagues about cases: how many, a link to the queue, and in a mail the numbers with their days."""
    return Event(
        purpose=Purpose.SERVICE,
        priority=priority,
        fields=frozenset({"count", "link"}),
        extra={"email": frozenset({"cases"})},
    )


EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        "appeal_registered": _appeal("due_on", email=("calendar",)),
        "appeal_answered": _appeal(post=("answer", "verify")),
        "appeal_extended": _appeal("due_on", long=("reason",)),
        "appeal_forwarded": _appeal(long=("addressee",)),
        "appeal_message": _appeal(post=("text",)),
        "access_code_new": _appeal("code", secret=frozenset({"code"}), any_hour=True),
        # To staff: how many cases a saved view of the queue holds. Its name may hold a person's, so not in a subject.
        "staff_view": Event(
            purpose=Purpose.SERVICE,
            priority=Priority.REMINDER,
            fields=frozenset({"count", "link"}),
            extra={"email": frozenset({"view", "overdue"})},
        ),
        # To staff who asked for it: figures of a period, no persons.
        "report_ready": Event(
            purpose=Purpose.SERVICE,
            priority=Priority.REMINDER,
            fields=frozenset({"place", "period", "link"}),
            extra={"email": frozenset({"figures", "stop"})},
        ),
        "appeal_survey": _appeal(),
        "follower_allowed": _appeal("code", secret=frozenset({"code"})),
        "follower_ended": _appeal(),
        "follower_added": _appeal(),
        "follower_removed": _appeal(),
        "cases_half": _staff(),
        "cases_most": _staff(),
        "cases_overdue": _staff(Priority.ANSWER),
        "cases_unrouted": _staff(Priority.ANSWER),
        # What somebody was asked for is due soon or overdue: to the clinic, to whoever has the case.
        "clinic_due": _staff(),
        "clinic_overdue": _staff(Priority.ANSWER),
        "reply_overdue": _staff(),
        "expertise_due": _staff(),
        "expertise_overdue": _staff(Priority.ANSWER),
        # To the staff of a clinic: somebody who checks an appeal needs a reply.
        "clinic_asked": Event(
            purpose=Purpose.SERVICE, priority=Priority.ANSWER, fields=frozenset({"number", "due_on", "link"})
        ),
        "staff_notices": _staff(),
        # A code that proves a contact, in the wizard and for the cabinet; no appeal exists yet.
        "contact_code": Event(
            purpose=Purpose.SERVICE,
            priority=Priority.ANSWER,
            fields=frozenset({"code"}),
            secret=frozenset({"code"}),
            any_hour=True,
        ),
        "exam_invitation": _exam(Priority.CAMPAIGN),
        "exam_reminder": _exam(Priority.REMINDER),
        # What the doctor told after an exam: what it is stands in the cabinet alone.
        "advice_reminder": Event(
            purpose=Purpose.INVITATION,
            priority=Priority.REMINDER,
            fields=frozenset({"clinic", "phone", "link"}),
            extra={"email": frozenset({"clinic_address"}), "post": frozenset({"clinic_address"})},
        ),
        # A lawful wait was broken: what the person waits for is no message's business.
        "hospital_wait": Event(
            purpose=Purpose.INVITATION, priority=Priority.REMINDER, fields=frozenset({"link"})
        ),
        # The wording of several of the reminders around it, when they leave together; see `merging`.
        "several_reminders": Event(
            purpose=Purpose.INVITATION,
            priority=Priority.REMINDER,
            fields=frozenset({"lines", "link"}),
            sms_parts=4,
        ),
        # A visit of dispensary observation: no diagnosis, no doctor, no reason anywhere.
        "visit_reminder": Event(
            purpose=Purpose.INVITATION,
            priority=Priority.REMINDER,
            fields=frozenset({"period", "clinic", "phone", "link"}),
            extra={"email": frozenset({"clinic_address"}), "post": frozenset({"clinic_address"})},
        ),
    }
)
SECRET_FIELDS = frozenset(name for event in EVENTS.values() for name in event.secret)

# Values as long as real ones, for previews and for counting the segments of an SMS before it is ever sent.
SAMPLE: Mapping[str, str] = MappingProxyType(
    {
        "greeting": "Здравствуйте, Мария Петровна!",
        "sender": "СК «Образец»",
        "hotline": "8 800 000-00-00",
        "number": "39-2026-0000412-7",
        "link": "https://oms.example.ru/appeals/track/",
        "due_on": "12 сентября 2026",
        "code": "4F7K-92QD",
        "reply": "https://oms.example.ru/reply/0f8fad5bd9cb469fa16570867728950e:WzQxMiwiYTFiMmMzIl0/",
        "reason": "Ждём документы из медицинской организации.",
        "addressee": "Министерство здравоохранения области",
        "text": "Уточните, пожалуйста, когда вы обращались к врачу.",
        "calendar": "https://oms.example.ru/appeals/calendar/WzQxMiwiYTFiMmMzIl0/",
        "verify": "https://oms.example.ru/verify/k7f2m9xd4tzb6q8rw3yhncvjpa/",
        "answer": "Мы проверили ваше обращение. Очередь на исследование сокращена.",
        "count": "3",
        "cases": "39-2026-0000412-7, ответить до 12.09.2026\n39-2026-0000413-5, ответить до 14.09.2026",
        "exam": "диспансеризацию",
        "overdue": "2",
        "view": "Жалобы на ожидание",
        "period": "до 30 сентября 2026",
        "lines": "— Диспансеризация, до 30 сентября 2026: Поликлиника № 3, 8 4012 00-00-00\n"
        "— Плановый приём у врача, до 12 сентября 2026: Поликлиника № 3, 8 4012 00-00-00",
        "clinic": "Поликлиника № 3",
        "clinic_address": "г. Калининград, ул. Примерная, д. 1",
        "phone": "8 4012 00-00-00",
    }
)
