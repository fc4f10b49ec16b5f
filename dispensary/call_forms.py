from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dispensary.forms import DayInput
from dispensary.models import CallKind, CallOutcome, Reason
from dispensary.outcomes import Answer

# What can come of a call, in the order of the buttons and their keys.
_ENDS = (CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER, CallOutcome.MOVED, CallOutcome.DIED)
OUTCOMES = {
    CallKind.INVITATION: (CallOutcome.WILL_COME, CallOutcome.CAME, CallOutcome.REFUSED, *_ENDS),
    CallKind.VISIT: (CallOutcome.WILL_COME, CallOutcome.CAME, CallOutcome.REFUSED, *_ENDS),
    CallKind.ADVICE: (CallOutcome.WILL_COME, CallOutcome.CAME, CallOutcome.REFUSED, *_ENDS),
    CallKind.ABSENCE: (CallOutcome.ANSWERED, CallOutcome.CAME, CallOutcome.REFUSED, *_ENDS),
    CallKind.SATISFACTION: (CallOutcome.ANSWERED, CallOutcome.REFUSED, *_ENDS),
}
_WITH_DAY = (CallOutcome.WILL_COME, CallOutcome.CAME)


class CallForm(forms.Form):
    """What a caller writes down. The outcome comes from the button that was pressed."""

    on_day = forms.DateField(
        label=_("Day"), required=False, widget=DayInput(), help_text=_("For «will come» and «has come».")
    )
    satisfied = forms.TypedChoiceField(
        label=_("Is the person content with the exam?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.ModelChoiceField(
        label=_("Reason"), required=False, queryset=Reason.objects.none(), empty_label=_("Not chosen")
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        help_text=_("In the person's words. No diagnoses."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    leave_alone = forms.BooleanField(
        label=_("The person asks not to be called or written to any more"), required=False
    )

    def __init__(
        self, *args: Any, kind: CallKind, reasons: Iterable[Reason], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.today = kind, today
        field = self.fields["reason"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = Reason.objects.filter(pk__in=[reason.pk for reason in reasons])
        field.label = _("What was not satisfactory") if kind == CallKind.SATISFACTION else _("Why not coming")
        if kind != CallKind.SATISFACTION:
            del self.fields["satisfied"]
        if kind == CallKind.SATISFACTION:
            del self.fields["on_day"]

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Each outcome with the key that presses it."""
        return [
            {
                "value": outcome.value,
                "label": capfirst(outcome.label),
                "key": f"Digit{number}",
                "digit": number,
            }
            for number, outcome in enumerate(OUTCOMES[self.kind], start=1)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outcome = self.data.get("outcome", "")
        if outcome not in OUTCOMES[self.kind]:
            raise forms.ValidationError(_("Press the button that says what came of the call."))
        data["outcome"] = CallOutcome(outcome)
        self._check_day(data)
        self._check_reason(data)
        return data

    def _check_day(self, data: dict[str, Any]) -> None:
        day, outcome = data.get("on_day"), data["outcome"]
        if outcome not in _WITH_DAY:
            data["on_day"] = None
        elif day is None and "on_day" not in self.errors:
            self.add_error("on_day", _("Give the day."))
        elif day and outcome == CallOutcome.WILL_COME and day < self.today:
            self.add_error("on_day", _("This day has passed already."))
        elif day and outcome == CallOutcome.CAME and day > self.today:
            self.add_error("on_day", _("This day is still to come."))

    def _check_reason(self, data: dict[str, Any]) -> None:
        outcome, told = data["outcome"], data.get("reason") or data.get("note")
        if outcome == CallOutcome.REFUSED and not told:
            self.add_error("reason", _("Choose why the person refused, or write it in the note."))
        if outcome == CallOutcome.ANSWERED and self.kind == CallKind.ABSENCE and not data.get("reason"):
            self.add_error("reason", _("Choose the reason that was given."))
        asked = outcome == CallOutcome.ANSWERED and self.kind == CallKind.SATISFACTION
        if asked and data.get("satisfied") is None:
            self.add_error("satisfied", _("Choose «Yes» or «No»."))

    def answer(self) -> Answer:
        data = self.cleaned_data
        return Answer(
            outcome=data["outcome"],
            on_day=data.get("on_day"),
            reason=data.get("reason"),
            note=data.get("note", ""),
            satisfied=data.get("satisfied"),
            leave_alone=data.get("leave_alone", False),
        )
