"""Forms of conflicts of interest, norms and staff plans."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.identifiers import check
from registry.models import Clinic, InsuredPerson, Organization
from registry.scoping import Scope
from representatives.models import Conflict, Level, PlannedPositions, StaffingNorm
from representatives.picking import PickedField, offer
from representatives.register_forms import RegisterForm, day, one_of

LARGEST_NORM = 10_000_000
LARGEST_PLAN = 10_000


class ConflictForm(RegisterForm):
    """Either a clinic, or a person by policy number; the number goes by POST and is looked up, never kept."""

    clinic_code = PickedField(_("Clinic"), required=False)
    enp = forms.CharField(
        label=_("Policy number of the person"),
        required=False,
        max_length=40,
        help_text=_("Fill in either the clinic or the person: a relative, for example."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-digits"}
        ),
    )
    valid_from = day(_("From which day"))
    valid_to = day(_("Last day"), required=False, help_text=_("Empty: until further notice."))

    class Meta:
        model = Conflict
        fields = ["reason", "valid_from", "valid_to"]
        help_texts = {
            "reason": _("For example: worked there until 2025. Cases will go to colleagues."),
        }

    field_order = ["clinic_code", "enp", "reason", "valid_from", "valid_to"]

    def __init__(self, data: Any = None, *, clinics: list[Clinic], scope: Scope, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.clinics, self.scope = {one.mo_code: one for one in clinics}, scope
        offer(self, "clinic_code", [(one.mo_code, one.short_name) for one in clinics])

    def clean_enp(self) -> str:
        typed: str = self.cleaned_data["enp"]
        if not typed.strip():
            return ""
        found = check("enp", typed)
        if not found.valid:
            raise forms.ValidationError([error.text for error in found.errors])
        return found.normalised

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        code, enp = data.get("clinic_code", ""), data.get("enp", "")
        if "clinic_code" in self.errors or "enp" in self.errors:
            return data
        if bool(code) is bool(enp):
            self.add_error("clinic_code", _("Name either a clinic or a person."))
        elif enp:
            self.instance.person = InsuredPerson.objects.visible_to(self.scope).filter(enp=enp).first()
            if self.instance.person is None:
                self.add_error("enp", _("Nobody with this number is among the people you may see."))
        else:
            self.instance.clinic = self.clinics[code]
        return data

    def _get_validation_exclusions(self) -> set[str]:
        # What is wrong with them is said beside the field that asks for them.
        return {*super()._get_validation_exclusions(), "clinic", "person"}  # type: ignore[misc]


class LastDayForm(forms.Form):
    last_day = day(_("Last day"), help_text=_("One that has not begun by then is removed."))


class NormForm(RegisterForm):
    level = one_of(_("Level"), Level.choices)
    insured_per_representative = forms.IntegerField(
        label=_("Insured per representative"),
        min_value=1,
        max_value=LARGEST_NORM,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
        error_messages={
            "required": _("Enter a number above zero."),
            "min_value": _("A norm must be above zero."),
        },
    )
    valid_from = day(
        _("First day"), help_text=_("The norm that is in force now ends the day before; the past stays.")
    )
    valid_to = day(_("Last day"), required=False, help_text=_("Empty: until further notice."))
    source = forms.CharField(
        label=_("Document"),
        max_length=300,
        help_text=_("What sets the norm: an order of the fund, an agreement. The report quotes it."),
        error_messages={"required": _("Name the document.")},
    )
    confirmed = forms.BooleanField(label=_("The document is at hand and sets exactly this"), required=False)

    class Meta:
        model = StaffingNorm
        fields = ["level", "insured_per_representative", "valid_from", "valid_to", "source", "confirmed"]


class PlanForm(RegisterForm):
    organization = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organization.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    level = one_of(_("Level"), Level.choices)
    positions = forms.IntegerField(
        label=_("Positions by the staff plan"),
        min_value=0,
        max_value=LARGEST_PLAN,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
        error_messages={"required": _("Enter a number, 0 where there is none.")},
    )
    valid_from = day(
        _("First day"), help_text=_("The plan that is in force now ends the day before; the past stays.")
    )
    source = forms.CharField(
        label=_("Document"), max_length=300, required=False, help_text=_("Number and day of the staff plan.")
    )

    class Meta:
        model = PlannedPositions
        fields = ["organization", "level", "positions", "valid_from", "source"]

    def __init__(self, data: Any = None, *, places: list[Organization], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = Organization.objects.filter(pk__in=[one.pk for one in places])
        if len(places) == 1:
            self.initial.setdefault("organization", places[0].pk)
