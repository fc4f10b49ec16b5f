"""What the calculation asks for: plain numbers, each with its unit and bounds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class Number(forms.FloatField):
    """A number with a slider beside it where there is JavaScript; `most_shown` is the slider's end."""

    def __init__(self, label: Any, low: float, high: float, step: float, **kwargs: Any) -> None:
        most_shown = kwargs.pop("most_shown", high)
        attrs = {"min": low, "max": high, "step": step, "inputmode": "decimal", "data-slider": most_shown}
        super().__init__(
            label=label,
            min_value=low,
            max_value=high,
            widget=forms.NumberInput(attrs=attrs),
            error_messages={"required": _("Enter a number."), "invalid": _("Enter a number.")},
            **kwargs,
        )


class WhatIfForm(forms.Form):
    organization = forms.ChoiceField(label=_("Organisation"), required=False)
    calls = Number(_("Calls on a working day"), 0, 100_000, 1, most_shown=2_000)
    handling = Number(_("Seconds a call, with the record made after it"), 10, 3_600, 5, most_shown=900)
    people = Number(_("Operators at their desks at one time"), 0, 2_000, 1, most_shown=100)
    target = Number(_("Answer within, seconds"), 0, 600, 5, most_shown=120)
    share = Number(_("Share to be answered in that time, %"), 1, 99, 1)
    patience = Number(
        _("Callers hang up after, seconds on average"),
        0,
        3_600,
        10,
        most_shown=600,
        help_text=_("0: they wait as long as it takes."),
    )
    away = Number(
        _("Share of working time away, %"), 0, 80, 1, help_text=_("Leave, illness, training, breaks.")
    )
    cases2 = Number(_("Written cases of level 2 on a working day"), 0, 100, 0.1, most_shown=50)
    hours2 = Number(_("Hours of work on a case of level 2"), 0.1, 40, 0.1, most_shown=16)
    level2 = Number(_("Specialists (level 2)"), 0, 200, 1, most_shown=60)
    cases3 = Number(_("Written cases of level 3 on a working day"), 0, 100, 0.1, most_shown=50)
    hours3 = Number(_("Hours of work on a case of level 3"), 0.1, 80, 0.1, most_shown=40)
    level3 = Number(_("Experts (level 3)"), 0, 200, 1, most_shown=60)
    hours = Number(_("Hours a day a person has for written cases"), 0.5, 12, 0.5)
    term = Number(_("Term, calendar days"), 1, 90, 1)

    CALLS = ("calls", "handling", "people", "target", "share", "patience")
    CASES = ("cases2", "hours2", "level2", "cases3", "hours3", "level3", "hours", "term")

    def __init__(
        self, data: Any, *, organizations: list[tuple[str, str]], defaults: dict[str, float]
    ) -> None:
        """What the address leaves out stands as measured."""
        given = {name: f"{value:g}" for name, value in defaults.items()} | {
            name: value for name, value in data.items() if value != ""
        }
        super().__init__(given)
        self.use_required_attribute = False
        field = self.fields["organization"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [("", _("the whole region")), *organizations]

    def of_calls(self) -> list[forms.BoundField]:
        return [self[name] for name in self.CALLS]

    def of_cases(self) -> list[forms.BoundField]:
        return [self[name] for name in self.CASES]
