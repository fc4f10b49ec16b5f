"""From a template and the facts of a message to the text as it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.conf import settings
from phonenumbers import NumberParseException

from notifications import reply_links, templating
from notifications.events import EVENTS, Event
from notifications.merging import TOGETHER, lines
from notifications.models import Channel, MessageTemplate
from notifications.queue import Claimed
from notifications.segments import count_segments
from registry.models.dated import valid_on
from registry.phones import display_phone

# A template fits into two parts; a clinic with a very long name may need more, but there is an end.
LONGEST_SMS = 4
_GREETING = {"ru": ("Здравствуйте!", "Здравствуйте, {}!"), "en": ("Hello!", "Dear {},")}
_PORTAL = {"ru": "Портал застрахованного", "en": "Portal of the insured person"}


@dataclass(frozen=True, slots=True)
class Text:
    template_id: int | None
    subject: str
    body: str


@dataclass
class Wordings:
    """The templates in force on a day, read once for a run of the sender."""

    today: date
    _known: dict[tuple[str, str, str], MessageTemplate] = field(init=False)

    def __post_init__(self) -> None:
        rows = MessageTemplate.objects.filter(valid_on(self.today)).order_by("version")
        self._known = {(row.event, row.channel, row.language): row for row in rows}

    def text(self, message: Claimed) -> Text:
        """What was rendered before the first attempt, else the newest wording, in Russian where there is no other.

        Errors: `templating.TemplateError` where there is no wording, a fact is missing, or an SMS is far too long.
        """
        if message.body:
            return Text(message.template_id, message.subject, message.body)
        template = self._template(message.event, message)
        facts = {**_strings(message.payload), **common_values(message, template.language)}
        return self._filled(template, message, EVENTS[message.event], facts)

    def together(self, messages: Sequence[Claimed]) -> Text:
        """One text for several reminders to a person; the first of them carries it. Errors: as of `text`."""
        carrier = messages[0]
        template = self._template(TOGETHER, carrier)
        facts = {
            **common_values(carrier, template.language),
            "lines": lines(messages, template.language),
            "link": _link(),
        }
        return self._filled(template, carrier, EVENTS[TOGETHER], facts)

    def _template(self, event: str, message: Claimed) -> MessageTemplate:
        for language in (message.language, "ru"):
            found = self._known.get((event, message.channel, language))
            if found is not None:
                return found
        raise templating.TemplateError(f"нет шаблона: {event}, {message.channel}")

    def _filled(
        self, template: MessageTemplate, message: Claimed, event: Event, values: Mapping[str, str | None]
    ) -> Text:
        body = templating.render(template.body, values, event.in_body(message.channel))
        if message.channel == Channel.SMS and count_segments(body).count > LONGEST_SMS:
            raise templating.TemplateError("СМС длиннее четырёх частей")
        subject = templating.render_line(template.subject, values, event.in_subject())
        return Text(template.pk, subject[:300], body)


def _link() -> str:
    return f"{settings.PORTAL_URL}/cabinet/exams/"


def _strings(payload: object) -> dict[str, str | None]:
    """Facts written by SQL may be numbers; what is no object at all has no facts."""
    facts = payload if isinstance(payload, dict) else {}
    return {name: None if value is None else str(value) for name, value in facts.items()}


def common_values(message: Claimed, language: str) -> dict[str, str]:
    """`events.COMMON_FIELDS` for one message."""
    own = {}
    # Signing costs as much as the rest of a message: not for an SMS, which has no room for the link.
    if EVENTS[message.event].own and message.channel != Channel.SMS:
        own = {"reply": reply_links.link(message.provider_reference)}
    plain, named = _GREETING.get(language, _GREETING["ru"])
    return {
        "greeting": named.format(message.name) if message.name else plain,
        "sender": sender_name(message, language),
        "hotline": _shown(message.insurer_phone) if message.insurer_phone else settings.PORTAL_URL,
        **own,
    }


@lru_cache(maxsize=1024)  # a campaign names the same few hotlines a million times
def _shown(phone: str) -> str:
    """An organisation's number as people read it; what cannot be read as a number is shown as it is."""
    try:
        return display_phone(phone)
    except NumberParseException:
        return phone


def sender_name(message: Claimed, language: str) -> str:
    """Who writes: the person's insurer, else the portal."""
    return message.insurer_name or _PORTAL.get(language, _PORTAL["ru"])
