"""Forms of the wizard, one a page. Input shape only: what it means is decided by the services."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.citizen.fields import DayField, EnpField, LineField, NameField, PhoneField, StoryField
from appeals.citizen.steps import ABOUT, ADULT, APPLICANT, CHILD, MYSELF, Answers
from appeals.terms import Kind

Choices = list[tuple[str, str | Promise]]
TEXT_LIMIT = 10_000
WISH_LIMIT = 2_000
# From this age a person agrees to the use of their data and applies to authorities without a parent.
WRITES_ALONE_FROM = 14
# The first place of the country where a new day begins: a date is in the future only if it is so everywhere.
EASTERNMOST = timezone(timedelta(hours=12))

KINDS: Choices = [
    (Kind.COMPLAINT, _("Complain: my rights were broken")),
    (Kind.CONSULTATION, _("Ask a question")),
    (Kind.APPLICATION, _("Submit an application: policy, insurer, register")),
    (Kind.PROPOSAL, _("Suggest an improvement")),
    (Kind.GRATITUDE, _("Say thank you")),
]


class StepForm(forms.Form):
    """Base: knows the answers so far and what day it is; gives its own answers as JSON."""

    def __init__(
        self,
        data: Any = None,
        *,
        answers: Answers,
        now: datetime,
        initial: Mapping[str, Any] | None = None,
        choices: Mapping[str, Choices] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.answers = answers
        for name, offered in (choices or {}).items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.latest = now.astimezone(EASTERNMOST).date()

    def given(self) -> dict[str, Any]:
        """What the draft keeps of this page."""
        return {name: _as_json(value) for name, value in self.cleaned_data.items()}


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


class WhatForm(StepForm):
    kind = forms.ChoiceField(
        label=_("What do you want to do?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you want to do"),
            "invalid_choice": _("Choose one of the lines"),
        },
    )
    text = StoryField(
        label=_("Tell it in your own words"),
        help_text=_(
            "What happened, whom you asked, what you were told. Diagnoses and passport numbers are not needed here."
        ),
        limit=TEXT_LIMIT,
        rows=8,
        counter="text-left",
        error_messages={"required": _("Write what happened, one sentence is enough")},
    )


class TopicForm(StepForm):
    topic = forms.ChoiceField(
        label=_("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the line that fits best. If none does, choose “other”"),
            "invalid_choice": _("Choose one of the lines"),
        },
    )


class AboutForm(StepForm):
    about = forms.ChoiceField(
        label=_("Who is it about?"),
        widget=forms.RadioSelect,
        choices=[
            (MYSELF, _("About me")),
            (CHILD, _("About my child or my ward")),
            (ADULT, _("About another adult who asked me to write")),
        ],
        error_messages={"required": _("Choose who the appeal is about")},
    )


class _NameForm(StepForm):
    last_name = NameField("last", label=_("Last name"))
    first_name = NameField("first", label=_("First name"))
    middle_name = NameField("middle", label=_("Patronymic"), required=False)


class ApplicantForm(_NameForm):
    """Who writes for somebody else, and on what ground."""

    ground = forms.ChoiceField(
        label=_("Who are you to this person?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who you are to this person")},
    )
    document = LineField(
        label=_("Document that confirms it"),
        help_text=_("For example: power of attorney of 12.05.2026, No. 77. A copy can be attached later."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self._about_adult:
            # A minor may write for themselves, but not act for an adult: no attorney, no guardian under 18.
            self.fields["of_age"] = forms.BooleanField(
                label=_("I am 18 or older"),
                error_messages={
                    "required": _(
                        "Only somebody of 18 or older may act for an adult. If you are younger, ask an adult to"
                        " write, or call the insurance company"
                    )
                },
            )
            grounds: Choices = [
                ("power_of_attorney", _("I act under a power of attorney")),
                ("guardian", _("I am the guardian appointed by the authority or the court")),
            ]
            self.fields["document"].required = True
            self.fields["document"].error_messages["required"] = _(
                "Name the document: what it is, date and number"
            )
        else:
            grounds = [("parent", _("Mother or father")), ("guardian", _("Guardian or foster parent"))]
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]

    @property
    def _about_adult(self) -> bool:
        return bool(self.answers.get(ABOUT, {}).get("about") == ADULT)


class PersonForm(_NameForm):
    """Whom the appeal is about: as the policy says it."""

    birth_date = DayField(
        label=_("Date of birth"),
        help_text=_("For example, 12.07.1985"),
        autocomplete="bday",
        error_messages={"required": _("Write the date of birth")},
    )
    enp = EnpField(
        label=_("Policy number"),
        help_text=_(
            "16 digits on the policy or in Gosuslugi, for example 3952 4108 8700 0019."
            " With it we find the right insurer faster."
        ),
        required=False,
    )
    region = forms.ChoiceField(
        label=_("Region where the policy was issued"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the region")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.answers.get(ABOUT, {}).get("about", MYSELF) != MYSELF:
            # The browser would offer the writer's own data for somebody else.
            for name in ("last_name", "first_name", "middle_name", "birth_date"):
                self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_birth_date(self) -> date:
        born: date = self.cleaned_data["birth_date"]
        latest = self.fields["birth_date"].latest  # type: ignore[attr-defined]
        ground = self.answers.get(APPLICANT, {}).get("ground")
        about = self.answers.get(ABOUT, {}).get("about")
        if about == MYSELF and latest and _full_years(born, latest) < WRITES_ALONE_FROM:
            raise forms.ValidationError(
                _(
                    "By this date you are under 14. If you write about your child, go back and choose “about my"
                    " child”. If you are a child yourself, ask a parent to write with you, or call."
                ),
                code="child",
            )
        if ground == "parent" and latest and _full_years(born, latest) >= 18:
            raise forms.ValidationError(
                _(
                    "This person is already 18. Check the year, or go back and choose “another adult”:"
                    " a document will be needed."
                ),
                code="adult",
            )
        return born


def _full_years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class InsurerForm(StepForm):
    insurer = forms.ChoiceField(
        label=_("Which company issued the policy?"),
        help_text=_("Its name is on the policy. If you do not know it, we will find it out."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the company, or “I do not know”")},
    )


class WhenForm(StepForm):
    happened_on = DayField(
        label=_("When was it?"),
        help_text=_("For example, 02.06.2026. If it lasts, write the first day."),
        required=False,
    )
    wish = StoryField(
        label=_("What do you want us to do?"),
        help_text=_("For example: help me get an MRI sooner, check the treatment, return the money."),
        limit=WISH_LIMIT,
        rows=4,
        counter="wish-left",
        required=False,
    )


class ContactsForm(StepForm):
    reply_channel = forms.ChoiceField(
        label=_("How shall we answer?"),
        widget=forms.RadioSelect,
        choices=[
            ("email", _("By e-mail")),
            ("post", _("By a letter on paper")),
            ("phone", _("By phone")),
        ],
        error_messages={"required": _("Choose how we shall answer")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "class": "w-medium"}),
        error_messages={"invalid": _("This does not look like an e-mail address. Example: name@mail.ru")},
    )
    phone = PhoneField(
        label=_("Phone"),
        help_text=_("If something is unclear, we will call. For example, 8 900 000-00-00"),
        required=False,
    )
    address = LineField(
        label=_("Postal address"),
        help_text=_("Postcode, town, street, house, flat"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    _NEEDED = {
        "email": ("email", _("Write the e-mail address for the answer")),
        "post": ("address", _("Write the postal address for the letter")),
        "phone": ("phone", _("Write the phone number to call")),
    }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name, message = self._NEEDED.get(cleaned.get("reply_channel", ""), ("", ""))
        if name and not cleaned.get(name) and name not in self.errors:
            self.add_error(name, forms.ValidationError(message, code="required"))
        return cleaned


class ConsentForm(StepForm):
    text_id = forms.IntegerField(widget=forms.HiddenInput)
    agree = forms.BooleanField(
        label=_("I have read the text and I agree"),
        error_messages={
            "required": _("Without consent we may not consider the appeal. Tick the box to go on")
        },
    )

    def clean_text_id(self) -> int:
        given: int = self.cleaned_data["text_id"]
        if given != self.initial["text_id"]:
            # A new version came out, or the language was switched, while the page stood open.
            raise forms.ValidationError(
                _("The text of the consent has changed. Please read it again"), code="changed"
            )
        return given
