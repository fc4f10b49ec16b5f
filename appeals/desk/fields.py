"""What all forms of actions share."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext

from appeals import replies

LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Setting:
    """What the choices of a form depend on: the day, the level that has the case, whom and what it may name."""

    on: date
    level: int | None
    people: Iterable[tuple[int, str]] = ()
    organizations: Iterable[tuple[int, str]] = ()
    clinics: Iterable[tuple[str, str]] = ()
    topics: Iterable[tuple[str, str]] = ()
    requests: Iterable[tuple[int, str]] = ()
    # The kind of the expertise under way.
    expertise: str = ""
    region: str = ""
    is_complaint: bool = False
    hint: str = ""
    initial: dict[str, Any] = field(default_factory=dict)


def words(label: Any, *, rows: int = 4, help_text: Any = "", required: Any) -> forms.CharField:
    """A text of some length. Typed line ends and spaces inside stay as they are."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required},
    )


class ActionForm(forms.Form):
    """The version of the case the person saw goes with every action: see `appeals.services`."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, initial=setting.initial)
        self.setting = setting
        self.use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """A text with a field of a template that nobody filled is never sent."""
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and (left := replies.unfilled(value)):
                words = gettext("Fill in by hand: %(fields)s. The case does not know it.")
                self.add_error(name, words % {"fields": ", ".join(left)})
        return self.cleaned_data
