"""Forms of what is asked of a clinic or an expert. Input shape only, as in `forms`."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.desk.fields import ActionForm, Setting, words
from appeals.models import ExpertiseKind, Validity, ViolationCode
from appeals.uploads import FilesField
from registry.models import Clinic
from registry.models.dated import valid_on

# A sum no act has ever named; beyond it somebody typed kopecks for roubles.
LARGEST = 100_000_000_00


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date", "class": "w-short"}, format="%Y-%m-%d")
        formats = ["%Y-%m-%d", "%d.%m.%Y"]
        super().__init__(**{"widget": widget, "input_formats": formats, **kwargs})
        self.error_messages["invalid"] = _("Write the date as day, month and year, for example 12.06.2026")


class KopecksField(forms.CharField):
    """Roubles as people write them, «1 234,56»; kopecks as a whole number."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "w-short", "autocomplete": "off"})
        super().__init__(**{"required": False, "max_length": 20, "widget": widget, **kwargs})

    def clean(self, value: Any) -> int:
        text = "".join(super().clean(value).split()).replace(",", ".").removesuffix("₽")
        if not text:
            return 0
        try:
            sum_ = Decimal(text) * 100
        except InvalidOperation:
            raise forms.ValidationError(gettext("Write the sum in roubles, for example 1 234,56")) from None
        if not sum_.is_finite() or sum_ != sum_.to_integral_value() or not 0 <= sum_ <= LARGEST:
            raise forms.ValidationError(gettext("Write the sum in roubles, for example 1 234,56"))
        return int(sum_)


class ClinicField(forms.CharField):
    """A clinic typed by its code or picked from the browser's own list; the code in front is what counts."""

    widget = forms.TextInput(attrs={"list": "clinics", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).strip().partition(" ")[0]


class _OfClinic(ActionForm):
    clinic = ClinicField(
        label=_("Medical organisation"),
        help_text=_("Type a word of the name or the code and pick from the list."),
        error_messages={"required": _("Choose the medical organisation")},
    )

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, setting=setting)
        self.clinics = setting.clinics

    def clean_clinic(self) -> int:
        found = Clinic.objects.filter(region=self.setting.region, mo_code=self.cleaned_data["clinic"]).first()
        if found is None:
            raise forms.ValidationError(
                gettext("There is no such clinic in the region; pick one from the list")
            )
        return found.pk


class AskClinicForm(_OfClinic):
    question = words(
        _("What is asked"),
        help_text=_(
            "The clinic reads it as you write it, with the name, birth date and policy number of the person."
            " It does not see the appeal itself."
        ),
        required=_("Write what the clinic is asked"),
    )
    due_on = DayField(
        label=_("Reply by"),
        required=False,
        help_text=_("Left empty: the usual term. The lawful term does not stop."),
    )


class ClinicReplyForm(ActionForm):
    """A reply that came by letter; what the clinic writes on its own page comes by itself."""

    request_id = forms.TypedChoiceField(
        label=_("To which request"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the request")},
    )
    reply = words(_("What the clinic replied"), required=_("Write what the clinic replied"))
    papers = FilesField()
    medical = forms.BooleanField(
        label=_("The files are medical documents"),
        help_text=_("Only level 3 and the fund open them, with a reason."),
        required=False,
        initial=True,
    )

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, setting=setting)
        choice = self.fields["request_id"]
        assert isinstance(choice, forms.TypedChoiceField)  # noqa: S101 - narrows the type
        choice.choices = list(setting.requests)
        if len(choice.choices) == 1:
            choice.initial = choice.choices[0][0]


class OrderExpertiseForm(_OfClinic):
    kind = forms.ChoiceField(
        label=_("Kind of expertise"),
        choices=ExpertiseKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of expertise")},
    )
    period_from = DayField(
        label=_("Care from"), error_messages={"required": _("Write the first day of the care")}
    )
    period_to = DayField(label=_("Care to"), error_messages={"required": _("Write the last day of the care")})
    expert = forms.CharField(
        label=_("Expert"),
        max_length=200,
        help_text=_("Surname and initials, speciality."),
        error_messages={"required": _("Write who checks")},
    )
    task = words(
        _("What the expert has to find out"), rows=3, required=_("Write what the expert has to find out")
    )
    due_on = DayField(label=_("Act by"), required=False, help_text=_("Left empty: the usual term."))
    field_order = ("version", "kind", "clinic")


class RecordExpertiseForm(ActionForm):
    act_number = forms.CharField(
        label=_("Number of the act"),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "w-short"}),
        error_messages={"required": _("Write the number of the act")},
    )
    act_on = DayField(label=_("Date of the act"), error_messages={"required": _("Write the date of the act")})
    conclusion = words(_("Conclusion"), required=_("Write what the expert found"))
    violations = forms.MultipleChoiceField(
        label=_("Violations found"),
        help_text=_("None marked: no violation was found."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    unpaid = KopecksField(label=_("Not paid to the clinic, roubles"))
    fine = KopecksField(label=_("Fine, roubles"))
    refund = KopecksField(label=_("Refund to the patient, roubles"))
    validity = forms.ChoiceField(
        label=_("The complaint is"),
        choices=[
            *((value.value, value.label) for value in Validity if value is not Validity.PENDING),
            ("", _("not judged yet")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    papers = FilesField(label=_("The act, sealed"))

    def __init__(self, data: Any = None, files: Any = None, *, setting: Setting) -> None:
        super().__init__(data, files, setting=setting)
        choice = self.fields["violations"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 - narrows the type
        codes = ViolationCode.objects.filter(valid_on(setting.on), expertise__in=["", setting.expertise])
        choice.choices = [(code.code, str(code)) for code in codes.order_by("pk")]
        if not setting.is_complaint:
            del self.fields["validity"]
