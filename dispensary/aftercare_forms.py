"""Forms of recommendations and referrals: their shape; what is possible is the services' business."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dispensary.case_forms import CallForm
from dispensary.forms import DayInput
from dispensary.models import RecommendationEnd, RecommendationKind
from dispensary.models.aftercare import CancelReason, HospitalAct
from registry.identifiers import normalise
from registry.models import InsuredPerson
from registry.scoping import Role, Scope


def _choices(pairs: Any) -> list[tuple[str, str]]:
    return [(value, capfirst(label)) for value, label in pairs]


class AdviceForm(forms.Form):
    """A recommendation that level 3 heard of. The person is found by policy number and birth date together."""

    enp = forms.CharField(
        label=_("Policy number"),
        max_length=25,
        help_text=_("16 digits"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    birth_date = forms.DateField(label=_("Date of birth"), widget=DayInput())
    kind = forms.ChoiceField(
        label=_("What kind of recommendation"),
        choices=_choices(RecommendationKind.choices),
        widget=forms.RadioSelect,
    )
    what = forms.CharField(
        label=_("What the doctor told to do"),
        max_length=200,
        help_text=_("In the doctor's words; the person will see them in the cabinet."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    given_on = forms.DateField(label=_("Day of the recommendation"), widget=DayInput())
    due_on = forms.DateField(label=_("To be done by"), widget=DayInput())

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        enp = normalise(data.get("enp", ""))
        if enp and data.get("birth_date"):
            people = InsuredPerson.objects.visible_to(self.scope).filter(
                insurer__in=self.scope.organizations(Role.EXPERT)
            )
            found = people.filter(enp=enp, birth_date=data["birth_date"]).first()
            if found is None:
                self.add_error(
                    "enp", _("Your insurer has nobody with this number and birth date. Check both.")
                )
            data["person"] = found
        return data


class AdviceCallForm(CallForm):
    on_day = forms.DateField(
        label=_("Day"), help_text=_("For «done» and «will do»."), required=False, widget=DayInput()
    )


class AdviceEndForm(forms.Form):
    end = forms.ChoiceField(
        label=_("Outcome"), choices=_choices(RecommendationEnd.choices), widget=forms.RadioSelect
    )
    day = forms.DateField(label=_("On the day"), widget=DayInput())
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For a refusal: the reason in the person's words."),
        required=False,
        max_length=300,
    )


class HospitalForm(forms.Form):
    """One step about a referral; which fields it needs depends on the step."""

    act = forms.ChoiceField(
        label=_("What happened"), choices=_choices(HospitalAct.choices), widget=forms.RadioSelect
    )
    on_day = forms.DateField(
        label=_("Day"),
        help_text=_("Planned for, admitted or cancelled on."),
        required=False,
        widget=DayInput(),
    )
    reason = forms.ChoiceField(
        label=_("Why cancelled"), required=False, choices=[("", "—"), *_choices(CancelReason.choices)]
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        help_text=_("For a talk: with whom and what was agreed. No diagnoses."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
