"""Forms of the register. Input shape only; what may be is said by the models and the services."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from registry.models import Organization
from registry.phones import InvalidPhone, normalise_phone
from representatives.forms import DayForm
from representatives.models import (
    Absence,
    AbsenceKind,
    ContactCentre,
    EmploymentType,
    Level,
    Representative,
    Training,
)
from representatives.picking import PickedField, offer

FORMATS = ["%Y-%m-%d", "%d.%m.%Y"]
STATES = [
    ("working", _("working on that day")),
    ("left", _("left before that day")),
    ("coming", _("not yet begun")),
    ("any", _("everybody")),
]


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=FORMATS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Enter the day."),
            "invalid": _("Enter a date such as 02.06.2026."),
        },
    )


def clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Enter a time such as 09:00.")},
    )


def one_of(label: Any, choices: Any, *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        help_text=help_text,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )


class ListForm(DayForm):
    """The filters of the list. They hold nothing personal, so that the address may carry them."""

    organization = forms.ChoiceField(label=_("Organisation"), required=False)
    level = forms.TypedChoiceField(
        label=_("Level"),
        choices=[("", _("all levels")), *Level.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    centre = forms.ChoiceField(
        label=_("Contact centre"), choices=[("", _("any")), *ContactCentre.choices], required=False
    )
    employment = forms.ChoiceField(
        label=_("Employment"), choices=[("", _("any")), *EmploymentType.choices], required=False
    )
    trained = forms.ChoiceField(
        label=_("Special training"),
        choices=[
            ("", _("any")),
            ("yes", _("valid")),
            ("ending", _("valid, ends within 60 days")),
            ("no", _("none valid")),
        ],
        required=False,
    )
    state = forms.ChoiceField(label=_("Who"), choices=STATES, required=False)

    @classmethod
    def for_places(cls, params: QueryDict, today: date, places: list[Organization]) -> "ListForm":
        form = cls.asked(params, today)
        field = form.fields["organization"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [("", _("all organisations")), *((one.code, one.short_name) for one in places)]
        return form

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or "working"


class NameForm(forms.Form):
    """A name goes by POST: an address stays in logs and histories."""

    name = forms.CharField(
        label=_("Find by name"),
        max_length=100,
        help_text=_("The beginning of the last name, then of the first name."),
        error_messages={"required": _("Type the beginning of a last name.")},
    )


class RegisterForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the database refuses is said by the services, beside the field it is about and not above the form."""

    def _post_clean(self) -> None:
        # Django offers no other switch: the instance alone decides whether its constraints are looked at.
        self.instance.validate_constraints = lambda exclude=None: None
        super()._post_clean()  # type: ignore[misc]
        del self.instance.validate_constraints


class PersonFields(RegisterForm):
    """What belongs to a person whatever the position."""

    phone = forms.CharField(
        label=_("Published phone"),
        required=False,
        max_length=40,
        help_text=_("Citizens see it. Without it they see the organisation's hotline."),
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    snils = forms.CharField(
        label=_("SNILS"),
        max_length=20,
        help_text=_("It tells namesakes apart and stops a person from being counted at two organisations."),
        error_messages={"required": _("Enter the SNILS, 11 digits.")},
    )
    works_from = clock(_("Works from"))
    works_until = clock(_("Works until"))
    account = forms.EmailField(
        label=_("E-mail of the working account"),
        required=False,
        help_text=_("The account with which this person signs in and gets cases. It needs a role already."),
    )

    class Meta:
        model = Representative
        fields = [
            "last_name",
            "first_name",
            "middle_name",
            "snils",
            "phone",
            "email",
            "specialty",
            "expert_register_number",
            "works_from",
            "works_until",
            "capacity",
        ]

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        if not typed.strip():
            return ""
        try:
            return normalise_phone(typed)
        except InvalidPhone as error:
            raise forms.ValidationError(str(error)) from error

    def clean_snils(self) -> str:
        return "".join(char for char in self.cleaned_data["snils"] if char not in " -\u00a0\u2011\u2013")

    def clean_last_name(self) -> str:
        return " ".join(self.cleaned_data["last_name"].split())

    def clean_first_name(self) -> str:
        return " ".join(self.cleaned_data["first_name"].split())

    def clean_middle_name(self) -> str:
        return " ".join(self.cleaned_data["middle_name"].split())


class CorrectForm(PersonFields):
    hired_on = day(_("First day in this position"))

    class Meta(PersonFields.Meta):
        fields = [*PersonFields.Meta.fields, "hired_on"]


POSITION = ("level", "contact_centre", "employment_type")


class AddForm(PersonFields):
    organization = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organization.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    level = one_of(_("Level"), Level.choices)
    contact_centre = one_of(
        _("Contact centre"),
        [("", _("not in a contact centre")), *ContactCentre.choices],
        required=False,
        help_text=_("Level 1 works in a contact centre, the others do not."),
    )
    employment_type = one_of(_("Employment"), EmploymentType.choices)
    hired_on = day(_("First day at work"))
    certificate_number = forms.CharField(
        label=_("Certificate of special training"),
        max_length=40,
        required=False,
        help_text=_("Leave it empty if the training is still ahead; cases come only after it."),
    )
    passed_on = day(_("Training passed on"), required=False)
    valid_to = day(_("Certificate valid to"), required=False, help_text=_("Empty: without a term."))

    class Meta(PersonFields.Meta):
        fields = ["organization", *POSITION, "hired_on", *PersonFields.Meta.fields]

    def __init__(self, data: Any = None, *, places: list[Organization], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = Organization.objects.filter(pk__in=[one.pk for one in places]).select_related(
            "region"
        )
        if len(places) == 1:
            self.initial.setdefault("organization", places[0].pk)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("certificate_number") and not data.get("passed_on"):
            self.add_error("passed_on", _("Enter the day on which the training was passed."))
        if data.get("passed_on") and not data.get("certificate_number"):
            self.add_error("certificate_number", _("Enter the number of the certificate."))
        return data

    def training(self) -> Training | None:
        data = self.cleaned_data
        if not data.get("certificate_number"):
            return None
        return Training(
            certificate_number=data["certificate_number"],
            passed_on=data["passed_on"],
            valid_to=data["valid_to"],
        )


class MoveForm(RegisterForm):
    on = day(_("From which day"), help_text=_("The present position ends the day before."))
    level = one_of(_("Level"), Level.choices)
    contact_centre = one_of(
        _("Contact centre"),
        [("", _("not in a contact centre")), *ContactCentre.choices],
        required=False,
        help_text=_("Level 1 works in a contact centre, the others do not."),
    )
    employment_type = one_of(_("Employment"), EmploymentType.choices)

    class Meta:
        model = Representative
        fields = [*POSITION, "specialty", "expert_register_number", "capacity"]
        help_texts = {
            "specialty": _("For level 3."),
            "expert_register_number": _("For level 3; other levels leave it empty."),
        }


class LeaveForm(forms.Form):
    left_on = day(_("Last day at work"))
    successor = PickedField(
        _("Who takes over the open cases"),
        required=False,
        help_text=_("Without a name each case goes to whoever fits best: free, trained, without a conflict."),
    )
    hand_over_now = forms.BooleanField(
        label=_("Hand the open cases over at once"),
        required=False,
        initial=True,
        help_text=_("Otherwise they are handed over on the day after the last one."),
    )

    def __init__(self, data: Any = None, *, people: list[Representative], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "successor", [(one.pk, one.full_name) for one in people])


class TrainingForm(RegisterForm):
    passed_on = day(_("Training passed on"))
    valid_to = day(_("Certificate valid to"), required=False, help_text=_("Empty: without a term."))

    class Meta:
        model = Training
        fields = ["certificate_number", "passed_on", "valid_to"]


class AbsenceForm(RegisterForm):
    first_day = day(_("First day"))
    last_day = day(_("Last day"))
    kind = one_of(_("Kind"), AbsenceKind.choices)

    class Meta:
        model = Absence
        fields = ["first_day", "last_day", "kind"]
