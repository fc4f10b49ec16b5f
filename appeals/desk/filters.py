"""Narrowing a list. The address is the filter, so what one sees can be sent to a colleague or kept."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.desk.forms import TopicField
from appeals.models import Appeal
from appeals.models.appeals import IS_OPEN
from appeals.words import KINDS, URGENCIES, choices
from registry.models import InsuredPerson
from registry.names import sort_key

ANY = ("", _("any"))
DUE = {"late": _("overdue"), "0": _("today"), "3": _("in 3 days"), "7": _("in a week"), "30": _("in 30 days")}
FREE = "free"


class FilterForm(forms.Form):
    """Whatever in the address makes no sense is left out, never an error: addresses get cut and grow old."""

    q = forms.CharField(label=_("Number, last name or policy number"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ANY, *choices(KINDS)])
    topic = TopicField(label=_("Topic"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), required=False, choices=[ANY, *choices(URGENCIES)])
    due = forms.ChoiceField(label=pgettext_lazy("case", "Due"), required=False, choices=[ANY, *DUE.items()])
    who = forms.RegexField(regex=r"^(free|[0-9]{1,18})$", required=False)

    def __init__(self, data: Any) -> None:
        # An action's form on the same page has fields of the same names, and ids must be unique.
        super().__init__(data, auto_id="filter_%s")
        for name in ("kind", "urgency", "due"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["topic"].widget.attrs["class"] = "form-control"

    @property
    def given(self) -> dict[str, str]:
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


def narrow(rows: QuerySet[Appeal], given: Mapping[str, str], today: date) -> QuerySet[Appeal]:
    for name in ("kind", "urgency"):
        if name in given:
            rows = rows.filter(**{name: given[name]})
    if "topic" in given:
        code = given["topic"]
        rows = rows.filter(Q(topic__code=code) | Q(topic__code__startswith=f"{code}."))
    if "due" in given:
        rows = rows.filter(IS_OPEN, _due(given["due"], today))
    if "who" in given:
        who = given["who"]
        rows = rows.filter(worker=None) if who == FREE else rows.filter(assignee=int(who))
    return _search(rows, given["q"]) if "q" in given else rows


def _due(window: str, today: date) -> Q:
    if window == "late":
        return Q(due_on__lt=today)
    if window == "0":
        return Q(due_on=today)
    return Q(due_on__range=(today, today + timedelta(days=int(window))))


def _search(rows: QuerySet[Appeal], text: str) -> QuerySet[Appeal]:
    """A number or its beginning, a whole policy number, or the beginning of a name."""
    compact = re.sub(r"[\s\-‐‑–—]", "", text)
    if re.fullmatch(r"[0-9]{16}", compact):
        people = InsuredPerson.objects.filter(enp=compact).values("pk")
        return rows.filter(
            Q(concerned_enp=compact) | Q(applicant__in=people) | Q(concerned_person__in=people)
        )
    if re.fullmatch(r"[0-9]{2,14}", compact):
        return rows.filter(number__startswith=_dashed(compact))
    key = sort_key(text, "")
    if not key:
        return rows.none()
    people = InsuredPerson.objects.filter(sort_key__startswith=key).values("pk")
    return rows.alias(applicant_key=_key("applicant_name"), concerned_key=_key("concerned_name")).filter(
        Q(applicant__in=people)
        | Q(concerned_person__in=people)
        | Q(applicant_key__startswith=key)
        | Q(concerned_key__startswith=key)
    )


def _dashed(digits: str) -> str:
    parts = (digits[:2], digits[2:6], digits[6:13], digits[13:])
    return "-".join(part for part in parts if part)


def _key(field: str) -> Func:
    return Func(Lower(F(field)), Value("ё"), Value("е"), function="translate")
