"""Forms of the case page of observation: their shape; what is possible is the services' business."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dispensary.forms import DayInput
from dispensary.models.following import ContactOutcome
from dispensary.models.observation import TakenOffReason


class CallForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What came of the call"),
        choices=[(value, capfirst(label)) for value, label in ContactOutcome.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of the call.")},
    )
    on_day = forms.DateField(
        label=_("Day of the visit"),
        help_text=_("For «has visited» and «will come»."),
        required=False,
        widget=DayInput(),
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For a refusal: the reason in the person's words."),
        required=False,
        max_length=300,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        with_day = data.get("outcome") in {ContactOutcome.VISITED, ContactOutcome.WILL_VISIT}
        if with_day and not data.get("on_day") and "on_day" not in self.errors:
            self.add_error("on_day", _("Give the day of the visit."))
        if data.get("outcome") and not with_day:
            data["on_day"] = None
        if data.get("outcome") == ContactOutcome.REFUSED and not data.get("note"):
            self.add_error("note", _("Write down why the person refused."))
        return data


class VisitForm(forms.Form):
    visited_on = forms.DateField(
        label=_("Day of the visit"),
        widget=DayInput(),
        error_messages={"required": _("Give the day of the visit.")},
    )


class OffForm(forms.Form):
    day = forms.DateField(
        label=_("Taken off on"), widget=DayInput(), error_messages={"required": _("Give the day.")}
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(value, capfirst(label)) for value, label in TakenOffReason.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )


FORMS: dict[str, type[forms.Form]] = {"call": CallForm, "visit": VisitForm, "off": OffForm}
