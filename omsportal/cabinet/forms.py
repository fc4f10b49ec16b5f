"""Forms of the cabinet."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.identifiers import check


class LinkForm(forms.Form):
    """Whose policy it is. Only the shape is checked here: whether such a person exists is never told."""

    enp = forms.CharField(
        label=_("Policy number (ENP)"),
        help_text=_("16 digits on the front of the policy, for example 3994 8997 8400 0015"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Enter the policy number: 16 digits")},
    )
    birth_date = forms.DateField(
        label=_("Birth date"),
        help_text=_("As in the passport"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages={
            "required": _("Enter the birth date"),
            "invalid": _("Enter the date as day, month and year, for example 12.06.1985"),
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_enp(self) -> str:
        found = check("enp", self.cleaned_data["enp"])
        if found.errors:
            raise forms.ValidationError([error.text for error in found.errors])
        return found.normalised

    def clean_birth_date(self) -> date:
        day: date = self.cleaned_data["birth_date"]
        if day > self.today or day.year < 1900:
            raise forms.ValidationError(_("Check the year of the birth date"))
        return day


class LinkCodeForm(forms.Form):
    code = forms.RegexField(
        r"^\s*\d{3}[\s-]?\d{3}\s*$",
        label=_("Code from the letter"),
        help_text=_("Six digits"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}
        ),
        error_messages={
            "required": _("Enter the code from the letter: six digits"),
            "invalid": _("Enter the code from the letter: six digits"),
        },
    )

    def clean_code(self) -> str:
        return "".join(char for char in self.cleaned_data["code"] if char.isdigit())
