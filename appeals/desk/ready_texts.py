"""Ready texts of replies: offered beside a case, and kept in order by heads of staff."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals import replies
from appeals.desk.access import heads_only
from appeals.desk.forms import TopicField, topic_choices
from appeals.desk.listing import topic_options
from appeals.lifecycle import Action
from appeals.models import Appeal, ReplyTemplate
from appeals.models.desk import HEADS
from appeals.words import KINDS, choices
from registry.middleware import ScopedRequest
from registry.names import polite_name
from registry.phones import display_phone
from registry.scoping import Scope

# The field of each action's form that takes a ready text.
TARGETS = {
    Action.ANSWER: "answer",
    Action.SUBMIT_FOR_REVIEW: "answer",
    Action.ASK_APPLICANT: "question",
    Action.INFORM_APPLICANT: "text",
}
OFFERED = 12


def offered(appeal: Appeal, scope: Scope) -> list[ReplyTemplate]:
    """Texts for this case: of its topic first, then general ones, in the applicant's language. One query."""
    parts = appeal.topic.code.split(".")
    codes = ["", *(".".join(parts[:length]) for length in range(1, len(parts) + 1))]
    rows = ReplyTemplate.objects.usable_by(scope).filter(
        Q(kind="") | Q(kind=appeal.kind), is_active=True, language=appeal.language, topic_code__in=codes
    )
    return sorted(rows.order_by("name", "pk")[:100], key=lambda one: -len(one.topic_code))[:OFFERED]


def filled(template: ReplyTemplate, appeal: Appeal) -> str:
    return replies.fill(template.body, values_of(appeal))


def values_of(appeal: Appeal) -> dict[str, str]:
    """What the case knows of each field; an empty value leaves the field in the text."""
    office = appeal.organization
    with translation.override(appeal.language):
        day = "j E Y" if appeal.language == "ru" else "j F Y"
        return {
            "applicant": _polite(appeal.applicant_name),
            "name": appeal.concerned_name or appeal.applicant_name,
            "number": appeal.number,
            "registered_on": formats.date_format(appeal.registered_on, day),
            "due_on": formats.date_format(appeal.due_on, day),
            "topic": appeal.topic.plain_title,
            "clinic": appeal.clinic.name if appeal.clinic else "",
            "organization": office.name if office else "",
            "phone": display_phone(office.phone) if office and office.phone else "",
        }


def _polite(full_name: str) -> str:
    parts = full_name.split()
    return polite_name(*parts[1:3]) if len(parts) > 1 else full_name


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    topic_code = TopicField(
        label=_("Topic"),
        required=False,
        help_text=_("Empty: for all topics. A code stands for everything below it."),
    )

    class Meta:
        model = ReplyTemplate
        fields = ("name", "kind", "language", "body", "is_active")
        widgets = {"body": forms.Textarea(attrs={"rows": 12})}
        labels = {"is_active": _("Offer it in cases")}

    field_order = ("name", "topic_code", "kind", "language", "body", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, language = self.fields["kind"], self.fields["language"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - narrows the type
        kind.choices = [("", _("any")), *choices(KINDS)]
        self.fields["language"] = forms.ChoiceField(
            label=language.label, choices=[("ru", _("Russian")), ("en", _("English"))]
        )
        self.fields["topic_code"].initial = self.instance.topic_code
        self.topics = topic_choices(timezone.localdate())

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if wrong := replies.unknown(body):
            raise forms.ValidationError(
                gettext("There are no such fields: %(fields)s. See the list below.")
                % {"fields": ", ".join(wrong)}
            )
        return body


@heads_only
@require_safe
def ready_texts(request: ScopedRequest) -> HttpResponse:
    rows = ReplyTemplate.objects.usable_by(request.scope).select_related("organization")
    own = request.scope.organizations(*HEADS)
    context = {"templates": rows.order_by("name", "pk")[:200], "own": own}
    return render(request, "appeals/desk/ready_texts.html", context)


@heads_only
@require_http_methods(["GET", "POST"])
def edit_text(request: ScopedRequest, pk: int | None = None) -> HttpResponse:
    """A new text of the own organisation, or one of its texts."""
    office = next((g.organization for g in request.scope.grants if g.role in HEADS and g.organization), None)
    if office is None:
        raise Http404("A head without an organisation has no texts")
    template = ReplyTemplate(organization_id=office)
    if pk is not None:
        found = ReplyTemplate.objects.editable_by(request.scope).filter(pk=pk).first()
        if found is None:
            raise Http404("No such text, or another organisation's")
        template = found
    form = TemplateForm(request.POST if request.method == "POST" else None, instance=template)
    if request.method == "POST" and form.is_valid():
        form.instance.topic_code = form.cleaned_data["topic_code"]
        try:
            with transaction.atomic():
                form.save()
        except IntegrityError:
            form.add_error("name", gettext("There is a text of this name. Choose another."))
        else:
            messages.success(request, gettext("The text “%(name)s” is saved.") % {"name": form.instance.name})
            return HttpResponseRedirect(reverse("staff_texts"))
    context = {
        "form": form,
        "fields": [(f"{{{name}}}", words) for name, words in replies.FIELDS.items()],
        "topics": topic_options(form.topics),
        "preview": replies.fill(str(form["body"].value() or ""), SAMPLE),
    }
    return render(request, "appeals/desk/ready_text.html", context, status=422 if form.errors else 200)


# What a text looks like filled: invented, as long as real ones.
SAMPLE = {
    "applicant": "Мария Петровна",
    "name": "Ёлкина Мария Петровна",
    "number": "39-2026-0000412-7",
    "registered_on": "12 августа 2026",
    "due_on": "11 сентября 2026",
    "topic": "Ожидание исследования",
    "clinic": "Городская поликлиника № 3",
    "organization": "СК «Образец»",
    "phone": "8 800 000-00-00",
}
