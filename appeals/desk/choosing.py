"""Choosing who takes a case: the few who could take it best on buttons, everybody else by typing a part of the name."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

AT_HAND = 6
_KEY = re.compile(r"№\s*(\d{1,18})\s*$")
People = Sequence[tuple[int, str]]


def assignee_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Who takes it"), coerce=int, required=False, empty_value=None, widget=forms.RadioSelect
    )


def other_field() -> forms.CharField:
    return forms.CharField(
        label=_("Somebody else"),
        required=False,
        max_length=200,
        help_text=_("Type a part of the name and pick from the list."),
        widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
    )


def offer(form: forms.Form, people: People) -> None:
    """Fills the buttons; `other` is not shown where everybody stands on a button, but the board's drag uses it."""
    assignee = form.fields["assignee"]
    assert isinstance(assignee, forms.TypedChoiceField)  # noqa: S101 - narrows the type
    assignee.choices = list(people[:AT_HAND])
    if len(people) <= AT_HAND:
        form.fields["other"].widget = forms.HiddenInput()


def chosen(form: forms.Form, people: People, given: dict[str, Any]) -> None:
    """Puts the one chosen by either field into `assignee`; what was typed counts before what was pressed."""
    typed = " ".join(str(given.pop("other", "") or "").split())
    if typed:
        found = named(typed, people)
        if len(found) == 1:
            given["assignee"] = found[0]
        elif found:
            form.add_error("other", gettext("Several people fit: pick one from the list."))
        else:
            form.add_error("other", gettext("Nobody of this level is called so. Pick from the list."))
    elif given.get("assignee") is None and "assignee" not in form.errors:
        form.add_error("assignee", gettext("Choose who takes the case"))


def named(typed: str, people: People) -> list[int]:
    """Who is meant: by the key that the list gives, else by a part of the name."""
    if key := _KEY.search(typed):
        return [pk for pk, _words in people if pk == int(key[1])]
    part = _plain(typed)
    return [pk for pk, words in people if part in _plain(words)]


def options(people: People) -> SafeString:
    """Options of a datalist in one piece; the key at the end tells namesakes apart."""
    return format_html_join("", '<option value="{} №{}"></option>', [(words, pk) for pk, words in people])


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е").replace("\N{NO-BREAK SPACE}", " ")
