"""Which clinic it was about: a search by GET, then a choice among what was found. Works without a script."""

from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat, Lower, Replace
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals.citizen import steps
from appeals.citizen.drafts import door, keep, remember
from appeals.citizen.fields import LineField
from appeals.citizen.wizard import url_of, wrong_turn
from appeals.models import AppealDraft
from appeals.typed import clean_line
from registry.access import by_secret
from registry.models import Clinic

SHOWN = 10
OTHER, NONE = "other", "none"


class ClinicForm(forms.Form):
    clinic = forms.CharField(error_messages={"required": _("Choose a clinic, or one of the lines below")})
    other = LineField(max_length=200, required=False)

    def __init__(self, data: Any = None, *, region: str, required: bool) -> None:
        super().__init__(data)
        self.region, self.must_name = region, required
        self.chosen: Clinic | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        value = cleaned.get("clinic", "")
        if value == OTHER and not cleaned.get("other"):
            self.add_error(
                "other",
                forms.ValidationError(_("Write the name of the clinic as you know it"), code="required"),
            )
        elif value.isascii() and value.isdigit():
            self.chosen = Clinic.objects.filter(
                pk=int(value[:18]), region=self.region, closed_on=None
            ).first()
            if self.chosen is None:
                self.add_error(
                    "clinic", forms.ValidationError(_("Choose one of the lines"), code="invalid_choice")
                )
        elif value and (value != OTHER) and (value != NONE or self.must_name):
            self.add_error(
                "clinic", forms.ValidationError(_("Choose one of the lines"), code="invalid_choice")
            )
        return cleaned

    def given(self) -> dict[str, Any]:
        if self.chosen is not None:
            return {"clinic_id": self.chosen.pk, "name": self.chosen.name, "region": self.region}
        name = self.cleaned_data["other"] if self.cleaned_data["clinic"] == OTHER else ""
        return {"clinic_id": None, "name": name, "region": self.region}


def find(region: str, query: str) -> QuerySet[Clinic]:
    """Open clinics of a region whose name or address has every word, ё as е, in any case."""
    folded = Replace(
        Lower(Concat(F("name"), Value(" "), F("short_name"), Value(" "), F("address"))),
        Value("ё"),
        Value("е"),
    )
    rows = Clinic.objects.filter(region=region, closed_on=None).annotate(words=folded)
    asked = Q()
    for word in clean_line(query).lower().replace("ё", "е").replace("№", " ").split()[:8]:
        # Word endings differ: «детская» finds «детской».
        asked &= Q(words__contains=word[: max(len(word) - 2, 4)])
    return rows.filter(asked).order_by("name")


@by_secret
@never_cache
@require_http_methods(["GET", "POST"])
def clinic(request: HttpRequest) -> HttpResponseBase:
    now = timezone.now()
    opened = door(request, now=now, lock=request.method == "POST")
    moved = wrong_turn(steps.CLINIC, opened)
    if moved is not None or opened.draft is None:
        return moved or HttpResponseRedirect(reverse("appeal_new"))
    draft = opened.draft
    region = draft.data[steps.PERSON]["region"]
    must_name = bool(draft.data[steps.TOPIC]["needs_clinic"])
    if request.method == "POST":
        form = ClinicForm(request.POST, region=region, required=must_name)
        if form.is_valid():
            keep(draft, steps.CLINIC, form.given(), request=request, now=now)
            response = HttpResponseRedirect(url_of(steps.after(steps.CLINIC, draft.data)))
            remember(response, draft)
            return response
        return _show(request, draft, form, request.POST.get("q", ""))
    return _show(request, draft, ClinicForm(region=region, required=must_name), request.GET.get("q", ""))


def _show(request: HttpRequest, draft: AppealDraft, form: ClinicForm, query: str) -> HttpResponse:
    answers = draft.data
    number, total = steps.place(steps.CLINIC, answers)
    query = clean_line(query)[:100]
    found = list(find(form.region, query)[: SHOWN + 1]) if query else []
    saved = answers.get(steps.CLINIC)
    earlier = Clinic.objects.filter(pk=saved["clinic_id"]).first() if saved and saved["clinic_id"] else None
    if earlier is not None and not query:
        found = [earlier]
    context = {
        "form": form,
        "q": query,
        "found": found[:SHOWN],
        "more": len(found) > SHOWN,
        "current": _current(form, saved),
        "other": form["other"].value() or (saved["name"] if saved and not saved["clinic_id"] else ""),
        "must_name": form.must_name,
        "heading": _("Which clinic is it about?"),
        "step": number,
        "steps_total": total,
        "back_url": url_of(steps.before(steps.CLINIC, answers) or steps.WHAT),
    }
    return render(request, "appeals/citizen/clinic.html", context)


def _current(form: ClinicForm, saved: Any) -> str:
    if form.is_bound:
        return str(form["clinic"].value() or "")
    if not saved:
        return ""
    if saved["clinic_id"]:
        return str(saved["clinic_id"])
    return OTHER if saved["name"] else NONE
