from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dispensary.forms import DayInput
from dispensary.models import CallOutcome, Reason, ReasonKind
from dispensary.outcomes import Answer

_CAME, _WILL, _NOT = CallOutcome.CAME.value, CallOutcome.WILL_COME.value, CallOutcome.REFUSED.value
# An exam of longer ago was not this invitation's.
_AGO = timedelta(days=366)


class ReplyForm(forms.Form):
    """What an invited person says of an invitation, in one question and what follows from it."""

    outcome = forms.ChoiceField(
        label=_("What shall we note?"),
        choices=[(_CAME, _("I have been there")), (_WILL, _("I will come")), (_NOT, _("I will not come"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three answers.")},
    )
    on_day = forms.DateField(
        label=_("On which day?"),
        required=False,
        widget=DayInput(),
        help_text=_("If you have been there or will come."),
    )
    satisfied = forms.TypedChoiceField(
        label=_("If you have been there: are you content?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    complaint = forms.ModelChoiceField(
        label=_("If not content: what was wrong?"),
        required=False,
        queryset=Reason.objects.none(),
        empty_label=_("Not chosen"),
    )
    reason = forms.ModelChoiceField(
        label=_("If you will not come: why?"),
        required=False,
        queryset=Reason.objects.none(),
        empty_label=_("Not chosen"),
    )
    leave_alone = forms.BooleanField(label=_("Do not remind me of exams any more"), required=False)

    def __init__(self, *args: Any, reasons: Iterable[Reason], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        given = list(reasons)
        for name, kind in (("reason", ReasonKind.ABSENCE), ("complaint", ReasonKind.COMPLAINT)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
            field.queryset = Reason.objects.filter(pk__in=[row.pk for row in given if row.kind == kind])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outcome, day = data.get("outcome"), data.get("on_day")
        if outcome in (_CAME, _WILL) and day is None and "on_day" not in self.errors:
            self.add_error("on_day", _("Give the day."))
        elif outcome == _CAME and day and not self.today - _AGO <= day <= self.today:
            self.add_error("on_day", _("Give the day of your visit within the last year."))
        elif outcome == _WILL and day and day < self.today:
            self.add_error("on_day", _("This day has passed already."))
        if outcome == _NOT and data.get("reason") is None:
            self.add_error("reason", _("Choose why: it helps us to do better."))
        return data

    def answer(self) -> Answer:
        data = self.cleaned_data
        outcome = CallOutcome(data["outcome"])
        came = outcome == CallOutcome.CAME
        satisfied = data.get("satisfied") if came else None
        reason = data.get("reason") if outcome == CallOutcome.REFUSED else None
        return Answer(
            outcome=outcome,
            on_day=None if outcome == CallOutcome.REFUSED else data["on_day"],
            reason=data.get("complaint") if satisfied is False else reason,
            satisfied=satisfied,
            leave_alone=data.get("leave_alone", False),
        )
