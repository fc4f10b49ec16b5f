"""Ready texts of replies: which fields they may hold, filling them, and finding what stayed unfilled.

Pure. A field that has no value in this case stays in the text as it is, so that somebody fills it by hand; a
reply that still holds one is not sent.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

# What a template may hold; the words explain the field to whoever writes one.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "applicant": "имя и отчество заявителя",
        "name": "как зовут того, в чьих интересах обращение",
        "number": "номер обращения",
        "registered_on": "дата регистрации",
        "due_on": "срок ответа",
        "topic": "тема обращения",
        "clinic": "медицинская организация",
        "organization": "организация, которая отвечает",
        "phone": "телефон организации",
    }
)
_FIELD = re.compile(r"\{([a-z_]+)\}")


def fill(body: str, values: Mapping[str, str]) -> str:
    """The text with every field that has a value; the others stay."""
    return _FIELD.sub(lambda found: values.get(found[1]) or found[0], body)


def unfilled(text: str) -> list[str]:
    """Fields still in the text, each once, in the order they come."""
    return list(dict.fromkeys(f"{{{name}}}" for name in _FIELD.findall(text)))


def unknown(body: str) -> list[str]:
    """Fields that a template may not hold."""
    return [field for field in unfilled(body) if field[1:-1] not in FIELDS]
