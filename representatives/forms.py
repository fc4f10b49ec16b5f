from datetime import date
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from registry.identifiers import check
from representatives.models import ContactCentre, EmploymentType, Level


class DayForm(forms.Form):
    """The day a report is asked for."""

    on = forms.DateField(
        label=_("As of"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a date such as 02.06.2026.")},
    )

    @classmethod
    def asked(cls, params: QueryDict, today: date) -> Self:
        """A form bound to an address; without a day it asks for today."""
        data = params.copy()
        data["on"] = params.get("on") or today.isoformat()
        return cls(data)

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        # Year-of-birth slips and endless futures give an empty report that would pass for an answer.
        if not 2016 <= on.year <= 2100:
            raise forms.ValidationError(_("Representatives have existed since 2016: enter a later date."))
        return on


class PeopleForm(DayForm):
    """Which people stand behind a number of the report."""

    organization = forms.CharField(required=False, max_length=5)
    level = forms.TypedChoiceField(choices=Level.choices, coerce=int, empty_value=None, required=False)
    centre = forms.ChoiceField(choices=[("", ""), *ContactCentre.choices], required=False)
    employment = forms.ChoiceField(choices=[("", ""), *EmploymentType.choices], required=False)
    trained = forms.ChoiceField(choices=[("", ""), ("yes", ""), ("no", "")], required=False)

    after = forms.CharField(required=False, max_length=400)

    def filters(self) -> dict[str, Any]:
        """Conditions on Representative; `trained` apart, because it depends on the day."""
        names = {
            "organization": "organization__code",
            "level": "level",
            "centre": "contact_centre",
            "employment": "employment_type",
        }
        return {column: self.cleaned_data[name] for name, column in names.items() if self.cleaned_data[name]}


class PolicyForm(forms.Form):
    """A policy number, of which only the region is used. It goes by POST and is kept nowhere."""

    enp = forms.CharField(
        label=_("Policy number"),
        max_length=40,
        help_text=_(
            "16 digits, as on the policy. By the number we learn only the region, never who you are."
        ),
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "class": "input-digits",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Enter the number of the policy")},
    )

    def clean_enp(self) -> str:
        found = check("enp", self.cleaned_data["enp"])
        if not found.valid:
            # The registry tells in Russian what exactly is wrong; readers of English get the gist.
            told = [error.text for error in found.errors] if get_language() == "ru" else []
            raise forms.ValidationError(
                told or _("This is not a policy number. It has 16 digits: compare it with the policy")
            )
        return found.normalised


class FindForm(forms.Form):
    q = forms.CharField(label=_("Insurance company or clinic"), max_length=100, required=False)
