"""Fields of the citizen's forms: forgiving about how a thing is typed, exact about what it means."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from appeals.typed import clean_line, clean_text
from registry.identifiers import check
from registry.names import InvalidName, Part, clean_name
from registry.phones import InvalidPhone, normalise_phone

# The registry's own messages are Russian. These are the same ones for readers of English.
_ENP_ENGLISH = {
    "length": "A policy number has 16 digits. Check that none is missing",
    "letters": "A policy number has digits only. Remove the letters",
    "symbols": "A policy number has digits only. Remove the other characters",
    "zeros": "A policy number cannot be all zeros",
    "check_digit": "The last digit does not fit. Check whether two digits next to each other are swapped",
    "birth_date": "The policy number holds another date of birth. This happens after a correction;"
    " otherwise check the number",
    "birth_part": "The date of birth inside the policy number is impossible. Compare it with the policy",
    "region_unknown": "The first two digits do not look like a region. Compare the number with the policy",
}
_NAME_ENGLISH = {
    "empty": "Fill in this part of the name",
    "length": "This part of the name is too long: 100 characters at most",
    "digits": "Remove the digits from the name",
    "symbols": "Remove the characters that do not belong in a name",
    "marks": "There is a hyphen, apostrophe or full stop too many",
    "alphabet": "Russian and Latin letters are mixed in one word. Type the word again",
}
_PHONE_ENGLISH = {
    "empty": "Enter the phone number",
    "letters": "There is a letter in the phone number. Leave only the digits",
    "unreadable": "We could not read the number. Example: +7 900 000-00-00",
    "length": "A Russian number has 11 digits. Example: +7 900 000-00-00",
    "unknown": "There is no such number. Check the code and the digits",
}
_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_MONTHS_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def in_language(code: str, russian: str, english: Mapping[str, str]) -> str:
    """A message of the registry in the reader's language."""
    if (get_language() or "ru").startswith("ru"):
        return russian
    return english.get(code, russian)


def enp_warnings(number: str, birth_date: date | None) -> list[str]:
    """What a policy number disagrees with, without being wrong for it."""
    found = check("enp", number, birth_date=birth_date).warnings
    return [in_language(item.code, item.text, _ENP_ENGLISH) for item in found]


class LineField(forms.CharField):
    """One line of text without anything invisible."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class StoryField(forms.CharField):
    """A text of several lines with a limit that never cuts what was typed.

    No `maxlength` on the page: browsers would silently drop the end of a pasted text.
    """

    def __init__(self, *, limit: int, rows: int, counter: str, **kwargs: Any) -> None:
        self.limit = limit
        attrs = {"rows": rows, "data-counter": counter, "data-limit": limit}
        super().__init__(widget=forms.Textarea(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.limit:
            raise ValidationError(
                _(
                    "The text is too long: %(length)s characters, %(limit)s at most. Shorten it or attach a file."
                ),
                code="too_long",
                params={"length": len(value), "limit": self.limit},
            )


class NameField(forms.CharField):
    def __init__(self, part: Part, **kwargs: Any) -> None:
        self.part = part
        words = {"last": "family-name", "first": "given-name", "middle": "additional-name"}
        attrs = {
            "autocomplete": kwargs.pop("autocomplete", words[part]),
            "spellcheck": "false",
            "class": "w-medium",
        }
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return clean_name(str(value or ""), self.part, required=self.required)
        except InvalidName as error:
            raise ValidationError(
                in_language(error.code, str(error), _NAME_ENGLISH), code=error.code
            ) from error


class EnpField(forms.CharField):
    """A policy number; only its check digit and shape can be wrong, see `enp_warnings` for the rest."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "class": "input-digits"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        typed = str(value or "").strip()
        if not clean_line(typed):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        verdict = check("enp", typed)
        if verdict.errors:
            wrong = verdict.errors[0]
            raise ValidationError(in_language(wrong.code, wrong.text, _ENP_ENGLISH), code=wrong.code)
        return verdict.normalised


class PhoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "class": "w-medium"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        typed = clean_line(str(value or ""))
        if not typed:
            return ""
        try:
            return normalise_phone(typed)
        except InvalidPhone as error:
            raise ValidationError(
                in_language(error.code, str(error), _PHONE_ENGLISH), code=error.code
            ) from error


class DayField(forms.CharField):
    """A date typed as people write it: 12.07.1985, 12 7 1985, 12071985, 12 июля 1985, 1985-07-12.

    A text field on purpose: picking a year of birth from a calendar takes an old person minutes.
    """

    default_error_messages = {
        "unreadable": _("Write the date as day, month and year, for example 12.07.1985"),
        "impossible": _("There is no such date. Check the day and the month"),
        "future": _("This date has not come yet. Check the year"),
        "long_ago": _("This date is too long ago. Check the year"),
    }

    def __init__(self, *, autocomplete: str = "off", **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": autocomplete, "class": "w-date input-digits"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)
        self.latest: date | None = None  # set by the form, which knows what day it is

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d.%m.%Y}" if isinstance(value, date) else value

    def clean(self, value: Any) -> date | None:
        typed = clean_line(str(value or "")).lower()
        if not typed:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        day = self._read(typed)
        if self.latest and day > self.latest:
            raise ValidationError(self.error_messages["future"], code="future")
        if day.year < 1900:
            raise ValidationError(self.error_messages["long_ago"], code="long_ago")
        return day

    def _read(self, typed: str) -> date:
        typed = "".join(str(unicodedata.decimal(char, char)) for char in typed)
        parts = re.findall(r"[0-9]+|[a-zа-яё]+", typed)
        if len(parts) == 1 and re.fullmatch(r"[0-9]{8}", parts[0]):
            parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
        if len(parts) > 3 and parts[3].startswith(("г", "y")):
            parts = parts[:3]
        if len(parts) != 3 or not all(part.isdigit() or place == 1 for place, part in enumerate(parts)):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        first, month, last = parts
        day, year = (last, first) if len(first) == 4 else (first, last)
        number = int(month) if month.isdigit() else _month(month)
        if number is None or len(year) != 4 or len(day) > 2:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        try:
            return date(int(year), number, int(day))
        except ValueError as error:
            raise ValidationError(self.error_messages["impossible"], code="impossible") from error


def _month(word: str) -> int | None:
    for names in (_MONTHS, _MONTHS_ENGLISH):
        for number, beginning in enumerate(names, start=1):
            if word.startswith(beginning):
                return number
    return None
