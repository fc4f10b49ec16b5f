"""Reading a list's address. The address is the filter, so what one sees can be sent to a colleague or kept."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.desk.forms import LEVELS, TopicField
from appeals.desk.query import Query
from appeals.desk.tabs import Tab
from appeals.models import QueueSearch
from appeals.words import CHANNELS, KINDS, STATES, URGENCIES, choices

ANY = ("", _("any"))
DUE = {"late": _("overdue"), "0": _("today"), "3": _("in 3 days"), "7": _("in a week"), "30": _("in 30 days")}
SORTED = {"due": _("by the term"), "received": _("newest first"), "urgency": _("urgent first")}
JUDGED = {
    "proved": _("justified"),
    "unjustified": _("unjustified"),
    "pending": _("not yet judged"),
}
CONTROL = {"any": _("not reported on yet"), "late": _("not reported on in time")}
USUAL = ("", _("as usual"))
# What of the address belongs to the list; the rest is dropped when it is passed on.
PLAIN = (
    "tab", "kind", "topic", "clinic", "channel", "urgency", "due", "due_from", "due_to", "state", "level",
    "who", "sort", "office", "validity", "control", "answered_from",
)  # fmt: skip
KEPT = (*PLAIN, "search", "after", "before")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class FilterForm(forms.Form):
    """Whatever in the address makes no sense is left out, never an error: addresses get cut and grow old."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ANY, *choices(KINDS)])
    urgency = forms.ChoiceField(label=_("Urgency"), required=False, choices=[ANY, *choices(URGENCIES)])
    due = forms.ChoiceField(label=pgettext_lazy("case", "Due"), required=False, choices=[ANY, *DUE.items()])
    topic = TopicField(label=_("Topic"), required=False)
    clinic = forms.CharField(
        label=_("Clinic"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "filter-clinics", "autocomplete": "off"}),
    )
    channel = forms.ChoiceField(label=_("Came by"), required=False, choices=[ANY, *choices(CHANNELS)])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *choices(STATES)])
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[ANY, *((str(n), word) for n, word in LEVELS.items())]
    )
    due_from = _day(_("Due from"))
    due_to = _day(_("Due until"))
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=[USUAL, *SORTED.items()])
    validity = forms.ChoiceField(label=_("Complaint judged"), required=False, choices=[ANY, *JUDGED.items()])
    control = forms.ChoiceField(
        label=_("Instruction of the fund"), required=False, choices=[ANY, *CONTROL.items()]
    )
    answered_from = _day(_("Answered from"))
    office = forms.RegexField(regex=r"^[0-9]{1,18}$", required=False)
    who = forms.RegexField(regex=r"^(free|[0-9]{1,18})$", required=False)

    def __init__(self, data: Any) -> None:
        # An action's form on the same page has fields of the same names, and ids must be unique.
        super().__init__(data, auto_id="filter_%s")
        self.fields["topic"].widget.attrs["list"] = "filter-topics"
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"


def kept(params: Mapping[str, Any]) -> QueryDict:
    """The list's own part of an address, to come back to the same place."""
    clean = QueryDict(mutable=True)
    for name in KEPT:
        if value := params.get(name, ""):
            clean[name] = str(value)
    return clean


def read(params: Mapping[str, Any], search: QueueSearch | None = None) -> Query:
    """The query an address asks for; `search` is the one its key leads to."""
    wanted = str(params.get("tab", ""))
    form = FilterForm(params)
    form.full_clean()
    given = {name: value for name, value in form.cleaned_data.items() if value}
    tab = Tab(wanted) if wanted in list(Tab) else Tab.MINE
    return Query(tab=tab, words=search.words if search else "", **given)
