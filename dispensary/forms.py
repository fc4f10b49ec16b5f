from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dispensary.ages import MAX_AGE
from dispensary.eligibility import PersonFacts
from dispensary.files.kinds import KINDS
from dispensary.models import Programme
from dispensary.planning import default_days
from dispensary.rules import Rules
from dispensary.selectors import Place
from registry.models import Clinic
from registry.models.people import Sex


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": "w-date"})


class CampaignForm(forms.Form):
    """The shape of a new campaign; whether it may be planned is the service's business."""

    programme = forms.ModelChoiceField(
        label=_("What to invite to"),
        queryset=Programme.objects.all(),
        empty_label=None,
        error_messages={"required": _("Choose a programme.")},
    )
    place = forms.ChoiceField(
        label=_("Whom to invite"), help_text=_("A whole region or one insurer's people.")
    )
    year = forms.IntegerField(
        label=_("Year"), widget=forms.NumberInput(attrs={"class": "w-short", "inputmode": "numeric"})
    )
    budget = forms.DecimalField(
        label=_("Budget, roubles"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("Sending stops before it is overdrawn. Leave empty for no limit."),
        widget=forms.NumberInput(attrs={"class": "w-date", "inputmode": "decimal", "step": "0.01"}),
    )
    holdout_percent = forms.IntegerField(
        label=_("Left uninvited by lot, %"),
        required=False,
        min_value=0,
        max_value=50,
        help_text=_("Comparing them with the invited shows later what inviting was worth. 0 to 50."),
        widget=forms.NumberInput(attrs={"class": "w-short", "inputmode": "numeric"}),
    )
    inform_by = forms.DateField(label=_("Inform everybody by"), widget=DayInput())
    attend_by = forms.DateField(label=_("Invite people to come by"), widget=DayInput())

    def __init__(self, *args: Any, places: list[Place], rules: Rules, today: date, **kwargs: Any) -> None:
        inform_by, attend_by = default_days(today.year)
        initial = {
            "year": today.year,
            "inform_by": max(inform_by, min(today, attend_by)),
            "attend_by": attend_by,
            "holdout_percent": 0,
        }
        super().__init__(*args, **kwargs)
        self.initial = {**initial, **self.initial}
        self.places = {place.key: place for place in places}
        self.rules, self.today = rules, today
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(key, str(place)) for key, place in self.places.items()]

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year not in (self.today.year, self.today.year + 1):
            raise forms.ValidationError(
                _("Campaigns are planned for %(this)s or %(next)s."),
                params={"this": self.today.year, "next": self.today.year + 1},
            )
        if not self.rules.for_year(year).programmes:
            raise forms.ValidationError(_("There are no rules for this year yet."))
        return year

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        year, inform_by, attend_by = (data.get(name) for name in ("year", "inform_by", "attend_by"))
        if attend_by and year and attend_by.year != year:
            self.add_error("attend_by", _("The exam belongs to its year: choose a day of that year."))
        elif attend_by and attend_by < self.today:
            self.add_error("attend_by", _("This day has passed already."))
        elif inform_by and attend_by and inform_by > attend_by:
            self.add_error("inform_by", _("People must be informed before the last day to come."))
        return data


class BudgetForm(forms.Form):
    budget = forms.DecimalField(
        label=_("Budget, roubles"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "w-date", "inputmode": "decimal", "step": "0.01"}),
    )


class ClinicFileForm(forms.Form):
    """A file of one of the sender's clinics; what is in it is a worker's business."""

    clinic_code = forms.ChoiceField(label=_("Clinic"))
    kind = forms.ChoiceField(
        label=_("What the file holds"),
        choices=[(one.code, one.title) for one in KINDS.values()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the file holds.")},
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX, CSV or XML."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.xml"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty. Choose it again."),
        },
    )
    rows = forms.IntegerField(
        label=_("Rows in the file"),
        help_text=_("If you know the number: a file that arrives incomplete is then refused."),
        required=False,
        min_value=0,
        widget=forms.NumberInput(attrs={"class": "w-short", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, clinics: list[Clinic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinics = {clinic.mo_code: clinic for clinic in clinics}
        field = self.fields["clinic_code"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(code, str(clinic)) for code, clinic in self.clinics.items()]
        if len(clinics) == 1:
            del self.fields["clinic_code"]

    @property
    def clinic(self) -> Clinic:
        """For whom the file is sent; of one clinic's staff nobody asks."""
        return self.clinics[self.cleaned_data.get("clinic_code") or next(iter(self.clinics))]


class ExamsForm(forms.Form):
    """What decides which exams are due, and nothing that says who asks."""

    # A text field on purpose: picking a year of birth from a calendar takes an old person minutes.
    birth_date = forms.DateField(
        label=_("Date of birth"),
        help_text=_("Day, month and year, for example 12.07.1985"),
        input_formats=["%d.%m.%Y", "%d/%m/%Y", "%d %m %Y", "%Y-%m-%d"],
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "w-date"}),
        error_messages={
            "required": _("Enter the date of birth."),
            "invalid": _("Write a real date as day, month and year, for example 12.07.1985."),
        },
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[(value, capfirst(label)) for value, label in Sex.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the sex: some tests differ.")},
    )
    categories = forms.MultipleChoiceField(
        label=_("What applies to you"),
        help_text=_("Leave empty if nothing does."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, rules: Rules, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        field = self.fields["categories"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [
            (category.category, capfirst(category.title))
            for category in rules.for_year(today.year).categories
        ]

    def clean_birth_date(self) -> date:
        born: date = self.cleaned_data["birth_date"]
        if born > self.today:
            raise forms.ValidationError(_("This date is in the future: check the year."))
        if self.today.year - born.year > MAX_AGE:
            raise forms.ValidationError(_("This date is too long ago: check the year."))
        return born

    def facts(self) -> PersonFacts:
        data = self.cleaned_data
        return PersonFacts(
            birth_date=data["birth_date"], sex=data["sex"], categories=frozenset(data["categories"])
        )
