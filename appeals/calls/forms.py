"""What the call form asks: few fields, in the order of a talk."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.desk.forms import TopicField
from appeals.models import ActingGround, CallBackOutcome, CallResult
from appeals.typed import clean_line, clean_text
from registry.models import InsuredPerson

GROUNDS = (ActingGround.SELF, ActingGround.PARENT, ActingGround.GUARDIAN)
STRANGER = "0"


class TopicChoice(TopicField):
    widget = forms.TextInput(attrs={"list": "call-topics", "autocomplete": "off"})


class CallForm(forms.Form):
    """`who` is looked up before the rest is sent; `person` chooses among those found."""

    who = forms.CharField(
        label=_("Phone or policy number of the caller"),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "tel", "class": "input-digits", "data-focus": ""}
        ),
        help_text=_("Enter finds the person and all that is known."),
    )
    person = forms.ChoiceField(label=_("Who calls"), required=False, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name of the caller"),
        required=False,
        max_length=310,
        help_text=_("Only where somebody else calls, or the person is not found."),
    )
    ground = forms.ChoiceField(
        label=_("On whose behalf"), required=False, choices=[(one.value, one.label) for one in GROUNDS]
    )
    phone = forms.CharField(
        label=_("Number to call back on"),
        required=False,
        max_length=40,
        help_text=_("Only where it is not the number above."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel", "class": "input-digits"}),
    )
    elsewhere = forms.BooleanField(
        label=_("Insured by another company, or does not know by which"), required=False
    )
    text = forms.CharField(
        label=_("What the caller asks"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In a few words: topics and answers appear beside it. Enter leads to the answer."),
        error_messages={"required": _("Write what the caller asks.")},
    )
    topic = TopicChoice(
        label=_("Topic"),
        required=False,
        help_text=_("Type a word or a code; the likely one is chosen by what is asked."),
    )
    answer = forms.CharField(
        label=_("What you answered"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The arrow down puts in an answer of the knowledge base, again the next one."),
    )
    result = forms.ChoiceField(
        label=_("Result"),
        choices=[(one.value, capfirst(one.label)) for one in CallResult],
        initial=CallResult.ANSWERED,
        widget=forms.RadioSelect,
    )
    level = forms.TypedChoiceField(
        label=_("To which level"),
        coerce=int,
        required=False,
        empty_value=None,
        initial=2,
        choices=[(2, _("Level 2, specialist")), (3, _("Level 3, expert"))],
        widget=forms.RadioSelect,
    )
    call_at = forms.ChoiceField(label=_("When to call back"), required=False)
    note = forms.CharField(
        label=_("Note to the colleague"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What is known already and what has to be done. The applicant does not see it."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        topics: Sequence[tuple[str, str]],
        people: Sequence[InsuredPerson],
        moments: Mapping[str, datetime],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.use_required_attribute = False
        self.topics = dict(topics)
        self.moments = dict(moments)
        self.people = {str(one.pk): one for one in people}
        person, call_at = self.fields["person"], self.fields["call_at"]
        assert isinstance(person, forms.ChoiceField)  # noqa: S101 - narrows the type
        assert isinstance(call_at, forms.ChoiceField)  # noqa: S101 - narrows the type
        person.choices = [
            *((key, _named(one)) for key, one in self.people.items()),
            (STRANGER, gettext("Somebody else: not on the list")),
        ]
        call_at.choices = moment_choices(self.moments)

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_answer(self) -> str:
        return clean_text(self.cleaned_data["answer"])

    def clean_note(self) -> str:
        return clean_text(self.cleaned_data["note"])

    def clean_topic(self) -> str:
        code: str = self.cleaned_data["topic"]
        if code and code not in self.topics:
            raise forms.ValidationError(gettext("There is no such topic; pick one from the list"))
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("person") in (None, "", STRANGER):
            data["person"] = next(iter(self.people), "") if data.get("person") != STRANGER else ""
        if not data["person"] and not data.get("name"):
            self.add_error("name", gettext("The person is not found: ask for the name and write it."))
        if not data.get("topic") and "topic" not in self.errors:
            self.add_error("topic", gettext("Choose a topic: none fits what is asked by itself."))
        self._clean_result(data)
        return data

    def _clean_result(self, data: dict[str, Any]) -> None:
        match data.get("result"):
            case CallResult.ANSWERED:
                if not data.get("answer"):
                    self.add_error("answer", gettext("Write what you answered."))
            case CallResult.HANDED_OVER:
                if not data.get("note"):
                    self.add_error("note", gettext("Write what the colleague has to know"))
            case CallResult.CALL_BACK:
                if not data.get("call_at"):
                    self.add_error("call_at", gettext("Choose when you will call back."))


class OutcomeForm(forms.Form):
    """What came of calling back. The outcome comes from the button that was pressed."""

    answer = forms.CharField(
        label=_("What you answered"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    call_at = forms.ChoiceField(label=_("When to call back"), required=False)

    def __init__(
        self, data: Any = None, *, moments: Mapping[str, datetime], offered: Sequence[CallBackOutcome]
    ) -> None:
        super().__init__(data)
        self.use_required_attribute = False
        self.moments, self.offered = dict(moments), offered
        call_at = self.fields["call_at"]
        assert isinstance(call_at, forms.ChoiceField)  # noqa: S101 - narrows the type
        call_at.choices = [("", gettext("not chosen")), *moment_choices(self.moments)]
        if CallBackOutcome.ANSWERED not in offered:
            del self.fields["answer"]

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Each outcome with the key that presses it."""
        return [
            {"value": one.value, "label": capfirst(one.label), "key": f"Digit{number}", "digit": number}
            for number, one in enumerate(self.offered, start=1)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outcome = self.data.get("outcome", "")
        if outcome not in self.offered:
            raise forms.ValidationError(gettext("Press the button that says what came of the call."))
        data["outcome"] = CallBackOutcome(outcome)
        if data["outcome"] == CallBackOutcome.ANOTHER_TIME and not data.get("call_at"):
            self.add_error("call_at", gettext("Choose when you will call back."))
        return data


def moment_choices(moments: Mapping[str, datetime]) -> list[tuple[str, str]]:
    """Moments in the reader's zone."""
    return [
        (code, date_format(timezone.localtime(moment), "j E, H:i").lower())
        for code, moment in moments.items()
    ]


def _named(person: InsuredPerson) -> str:
    born = date_format(person.birth_date, "DATE_FORMAT")
    return gettext("%(name)s, born %(day)s") % {"name": person.full_name, "day": born}
