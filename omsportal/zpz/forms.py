from datetime import date
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from representatives.services.zpz import LARGEST
from representatives.zpz import periods
from representatives.zpz.layout import Filled
from representatives.zpz.periods import Period


class PeriodForm(forms.Form):
    """Which period the board shows; by default the last quarter that is over."""

    period = forms.ChoiceField(label=_("Period"), choices=periods.choices())
    year = forms.IntegerField(
        label=_("Year"),
        min_value=periods.FIRST_YEAR,
        max_value=periods.LAST_YEAR,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )

    @classmethod
    def asked(cls, params: QueryDict, today: date) -> Self:
        usual, data = periods.last_quarter(today), params.copy()
        data["period"] = params.get("period") or usual.code
        data["year"] = params.get("year") or str(usual.year)
        return cls(data)

    def chosen(self, today: date) -> Period:
        """The period asked for; the usual one while the form has a mistake."""
        if not self.is_valid():
            return periods.last_quarter(today)
        return Period(self.cleaned_data["year"], self.cleaned_data["period"])


class ReasonForm(forms.Form):
    """Why a form is returned, taken back or corrected; the other side reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("The other side reads it word for word."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason: the other side reads it.")},
    )


class EnteredForm(forms.Form):
    """The rows that the portal cannot count."""

    def __init__(self, *args: Any, filled: Filled, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = {}
        for number, line in enumerate(line for line in filled.lines if line.row.entered):
            name = f"row_{number}"
            self.codes[name] = line.row.code
            self.fields[name] = forms.IntegerField(
                label=f"{line.row.code}. {line.row.title}",
                min_value=0,
                max_value=LARGEST,
                initial=line.cells.get("total"),
                widget=forms.NumberInput(attrs={"class": "input-short"}),
                error_messages={"required": _("Enter a number, 0 where there was nothing.")},
            )

    def values(self) -> dict[str, int]:
        return {code: self.cleaned_data[name] for name, code in self.codes.items()}
