"""Macros kept in order by heads of staff."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals import macros, replies
from appeals.desk.access import heads_only
from appeals.desk.fields import LONGEST
from appeals.desk.forms import LEVELS, TopicField, topic_choices
from appeals.desk.listing import topic_options
from appeals.desk.macros import title_of
from appeals.lifecycle import Action
from appeals.macros import MOST, SHAPES, Step
from appeals.models import Macro, Validity
from appeals.models.desk import HEADS
from appeals.words import ACTIONS, KINDS, choices
from registry.middleware import ScopedRequest

NOTHING = ("", _("no step"))
LEVEL_CHOICES = [(str(level), words) for level, words in LEVELS.items()]
VERDICTS = [(one.value, one.label) for one in Validity if one is not Validity.PENDING]


class MacroForm(forms.ModelForm):  # type: ignore[type-arg]
    topic_code = TopicField(
        label=_("Topic"),
        required=False,
        help_text=_("Empty: for all topics. A code stands for everything below it."),
    )

    class Meta:
        model = Macro
        fields = ("name", "kind", "next_case", "is_active")
        labels = {"name": _("Name of the macro"), "is_active": _("Offer it in cases")}

    field_order = ("name", "topic_code", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - narrows the type
        kind.choices = [("", _("any")), *choices(KINDS)]
        self.fields["topic_code"].initial = self.instance.topic_code
        self.topics = topic_choices(timezone.localdate())
        known = list(self.instance.plan)
        for number in range(1, MOST + 1):
            self._add_step(number, known[number - 1] if number <= len(known) else None)
        self.order_fields([*self.fields])
        for name in ("next_case", "is_active"):
            self.fields[name] = self.fields.pop(name)

    def _add_step(self, number: int, known: Step | None) -> None:
        steps = [NOTHING, *((str(one), str(ACTIONS[one]).capitalize()) for one in SHAPES)]
        self.fields[f"action_{number}"] = forms.ChoiceField(
            label=_("Step %(number)s") % {"number": number},
            choices=steps,
            required=False,
            initial=known.action if known else "",
        )
        self.fields[f"text_{number}"] = forms.CharField(
            label=_("Text of step %(number)s") % {"number": number},
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 3}),
            initial=known.text if known else "",
        )
        self.fields[f"choice_{number}"] = forms.ChoiceField(
            label=_("Choice of step %(number)s: level or verdict") % {"number": number},
            required=False,
            choices=[("", "—"), *LEVEL_CHOICES, *VERDICTS],
            initial=known.choice if known else "",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        plan = []
        for number in range(1, MOST + 1):
            action = given.get(f"action_{number}")
            if not action:
                continue
            shape = SHAPES[Action(action)]
            text = given.get(f"text_{number}", "") if shape.text else ""
            choice = _choice(Action(action), given.get(f"choice_{number}", ""))
            plan.append(Step(Action(action), text, choice))
        for reason in macros.problems(plan):
            self.add_error(None, reason.text)
        self.instance.steps = [step.as_json() for step in plan]
        return given


def _choice(action: Action, given: str) -> str:
    """A choice of the other kind counts as none."""
    known = {Action.HAND_OVER: LEVEL_CHOICES, Action.MARK_VALIDITY: VERDICTS}.get(action, [])
    return given if given in [value for value, _words in known] else ""


@heads_only
@require_safe
def macro_list(request: ScopedRequest) -> HttpResponse:
    rows = Macro.objects.usable_by(request.scope).select_related("organization").order_by("name", "pk")
    context = {
        "macros": [(one, [title_of(step) for step in one.plan]) for one in rows[:200]],
        "own": request.scope.organizations(*HEADS),
    }
    return render(request, "appeals/desk/macros.html", context)


@heads_only
@require_http_methods(["GET", "POST"])
def edit_macro(request: ScopedRequest, pk: int | None = None) -> HttpResponse:
    """A new macro of the own organisation, or one of its macros."""
    office = next((g.organization for g in request.scope.grants if g.role in HEADS and g.organization), None)
    if office is None:
        raise Http404("A head without an organisation has no macros")
    macro = Macro(organization_id=office)
    if pk is not None:
        found = Macro.objects.editable_by(request.scope).filter(pk=pk).first()
        if found is None:
            raise Http404("No such macro, or another organisation's")
        macro = found
    form = MacroForm(request.POST if request.method == "POST" else None, instance=macro)
    if request.method == "POST" and form.is_valid():
        form.instance.topic_code = form.cleaned_data["topic_code"]
        try:
            with transaction.atomic():
                form.save()
        except IntegrityError:
            form.add_error("name", gettext("There is a macro of this name. Choose another."))
        else:
            messages.success(
                request, gettext("The macro “%(name)s” is saved.") % {"name": form.instance.name}
            )
            return HttpResponseRedirect(reverse("staff_macros"))
    context = {
        "form": form,
        "fields": [(f"{{{name}}}", words) for name, words in replies.FIELDS.items()],
        "topics": topic_options(form.topics),
    }
    return render(request, "appeals/desk/macro_edit.html", context, status=422 if form.errors else 200)
