"""A field for long lists: typed into with the browser's own suggestions, never scrolled through."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PickedField(forms.CharField):
    """Typed with the browser's own suggestions; the number in front is what counts. `options` maps it to words."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        self.options: dict[str, str] = {}
        super().__init__(
            label=label,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={"required": _("Type the beginning and pick from the list.")},
            **kwargs,
        )

    def offer(self, options: Iterable[tuple[object, str]], name: str) -> None:
        self.options = {str(key): f"{key} {text}" for key, text in options}
        self.list_id = f"list_{name}"
        self.widget.attrs["list"] = self.list_id

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        key = text.split()[0]
        if key not in self.options:
            # The words alone will do where they leave no doubt.
            folded = text.lower()
            keys = [key for key, words in self.options.items() if folded in words.lower()]
            if len(keys) != 1:
                raise forms.ValidationError(_("There is no such entry; pick one from the list."))
            key = keys[0]
        return key


def offer(form: forms.BaseForm, name: str, options: Iterable[tuple[object, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, PickedField)  # noqa: S101 - narrows the type
    field.offer(options, name)
