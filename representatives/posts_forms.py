"""Forms of duty posts and direct lines. Long lists are typed into, never scrolled through."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from registry.models import Clinic, Organization
from registry.phones import InvalidPhone, normalise_phone
from representatives.models import Audience, DirectLine, DutyPost, Representative, Weekday
from representatives.picking import PickedField, offer
from representatives.register_forms import RegisterForm, clock, day, one_of


class PostForm(RegisterForm):
    clinic_code = PickedField(_("Clinic"))
    weekday = forms.TypedChoiceField(
        label=_("Weekday"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    starts = clock(_("From"))
    ends = clock(_("Until"))
    valid_from = day(_("First day of the schedule"))
    valid_to = day(
        _("Last day of the schedule"),
        required=False,
        help_text=_("Empty: until further notice. For a single day enter it twice."),
    )

    class Meta:
        model = DutyPost
        fields = ["weekday", "starts", "ends", "room", "valid_from", "valid_to"]

    field_order = ["clinic_code", "weekday", "starts", "ends", "room", "valid_from", "valid_to"]

    def __init__(self, data: Any = None, *, clinics: list[Clinic], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.clinics = {one.mo_code: one for one in clinics}
        offer(self, "clinic_code", [(one.mo_code, one.short_name) for one in clinics])
        for name in ("starts", "ends"):
            self.fields[name].required = True
        if self.instance.pk:
            clinic = self.instance.clinic
            self.initial["clinic_code"] = f"{clinic.mo_code} {clinic.short_name}"

    def _post_clean(self) -> None:
        clinic = self.clinics.get(self.cleaned_data.get("clinic_code", ""))
        if clinic is not None:
            self.instance.clinic = clinic
        super()._post_clean()

    def _get_validation_exclusions(self) -> set[str]:
        # The clinic is asked for by its code; what is wrong with it is said there.
        return {*super()._get_validation_exclusions(), "clinic"}  # type: ignore[misc]


class EndForm(forms.Form):
    last_day = day(_("Last day"), help_text=_("A post that has not begun by then is removed."))


class DayChangeForm(forms.Form):
    day = forms.ChoiceField(
        label=_("Which day"), widget=forms.RadioSelect, error_messages={"required": _("Choose one.")}
    )
    cover = PickedField(_("Who covers"), required=False, help_text=_("Empty: nobody is on duty on that day."))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=200,
        help_text=_("For the staff; citizens do not see it."),
    )

    def __init__(self, data: Any = None, *, days: list[date], people: list[Representative]) -> None:
        super().__init__(data)
        field = self.fields["day"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [(one.isoformat(), date_format(one, "j E Y, l")) for one in days]
        offer(self, "cover", [(one.pk, one.full_name) for one in people])


class LineForm(RegisterForm):
    clinic_code = PickedField(_("Clinic"))
    organization = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organization.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"type": "tel"}))
    audience = one_of(_("For whom"), Audience.choices)

    class Meta:
        model = DirectLine
        fields = ["organization", "phone", "audience"]

    field_order = ["clinic_code", "organization", "phone", "audience"]

    def __init__(
        self, data: Any = None, *, clinics: list[Clinic], places: list[Organization], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.clinics = {one.mo_code: one for one in clinics}
        offer(self, "clinic_code", [(one.mo_code, one.short_name) for one in clinics])
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = Organization.objects.filter(pk__in=[one.pk for one in places])
        if self.instance.pk:
            clinic = self.instance.clinic
            self.initial["clinic_code"] = f"{clinic.mo_code} {clinic.short_name}"

    def clean_phone(self) -> str:
        try:
            return normalise_phone(self.cleaned_data["phone"])
        except InvalidPhone as error:
            raise forms.ValidationError(str(error)) from error

    def clean_clinic_code(self) -> str:
        return re.sub(r"\D", "", self.cleaned_data["clinic_code"])

    def _post_clean(self) -> None:
        clinic = self.clinics.get(self.cleaned_data.get("clinic_code", ""))
        if clinic is not None:
            self.instance.clinic = clinic
        super()._post_clean()

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "clinic"}  # type: ignore[misc]
