"""One step for many cases: give them to somebody, put them under another topic, link them to an earlier one.

Each row has its own outcome.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appeals import services
from appeals.actors import Actor
from appeals.desk import choosing
from appeals.desk.access import desk_roles
from appeals.desk.acting import load_words
from appeals.desk.board import people_for
from appeals.desk.filters import kept
from appeals.desk.forms import TopicField, topic_choices
from appeals.desk.listing import topic_options
from appeals.errors import AppealError
from appeals.models import Appeal, LinkKind
from appeals.selectors import working_scope
from appeals.terms import Kind
from registry.middleware import ScopedRequest
from registry.scoping import Scope

# What one request does in a second or two; more is a job for the rules of routing, not for a hand.
MOST = 100


class What(StrEnum):
    ASSIGN = "assign"
    TOPIC = "topic"
    LINK = "link"


TITLES = {
    What.ASSIGN: _("Give the chosen cases to a representative"),
    What.TOPIC: _("Change the topic of the chosen cases"),
    What.LINK: _("Link the chosen cases to an earlier one"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case as it was seen when it was ticked."""

    number: str
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    number: str
    url: str
    done: bool
    words: str


class AssignManyForm(forms.Form):
    assignee = choosing.assignee_field()
    other = choosing.other_field()

    def __init__(self, data: Any, people: choosing.People) -> None:
        super().__init__(data)
        self.people = people
        self.fields["assignee"].label = _("Who takes them")
        choosing.offer(self, people)

    def clean(self) -> dict[str, Any]:
        choosing.chosen(self, self.people, self.cleaned_data)
        return self.cleaned_data


class LinkManyForm(forms.Form):
    earlier = forms.CharField(
        label=_("Number of the earlier appeal"),
        max_length=20,
        help_text=_("The chosen cases are linked to this one."),
        widget=forms.TextInput(attrs={"class": "w-short", "autocomplete": "off"}),
        error_messages={"required": _("Write the number")},
    )
    kind = forms.ChoiceField(
        label=_("What they have to do with each other"),
        choices=[(one.value, one.label) for one in (LinkKind.REPEAT, LinkKind.RELATED)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the two have to do with each other.")},
    )


class TopicManyForm(forms.Form):
    topic = TopicField(
        label=_("Topic"),
        help_text=_("Type a word or a code of form ЗПЗ and pick from the list."),
        error_messages={"required": _("Choose the topic")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Each case is routed anew by its new topic."),
        error_messages={"required": _("Write the reason: it stays in the case")},
    )


def chosen_in(values: Sequence[str]) -> list[Chosen]:
    """What was ticked, each case once; what makes no sense is left out."""
    found: dict[str, Chosen] = {}
    for value in values:
        number, _line, version = value.partition("_")
        if number and version.isdecimal() and len(version) < 10:
            found[number] = Chosen(number, int(version))
    return list(found.values())


@desk_roles
@require_POST
def bulk(request: ScopedRequest) -> HttpResponse:
    """First asks what is needed, then does it and tells of each case."""
    chosen = chosen_in(request.POST.getlist("case"))
    wanted = str(request.POST.get("what", ""))
    what = What(wanted) if wanted in list(What) else What.ASSIGN
    back = f"{reverse('staff_queue')}?{kept(request.POST).urlencode()}"
    context: dict[str, Any] = {"title": TITLES[what], "what": what, "back_url": back}
    context["address"] = kept(request.POST).items()
    if refusal := _refusal(chosen):
        return render(request, "appeals/desk/bulk.html", {**context, "refusal": refusal}, status=422)
    cases = _cases(chosen, request.scope)
    form = _form(request, what, cases)
    context |= {
        "chosen": [f"{one.number}_{one.version}" for one in chosen],
        "count": len(chosen),
        "form": form,
    }
    if isinstance(form, TopicManyForm):
        context["topics"] = topic_options(topic_choices(timezone.localdate()))
    elif isinstance(form, AssignManyForm):
        context["people"] = choosing.options(form.people)
    if isinstance(form, AssignManyForm) and not form.people:
        words = gettext(
            "The chosen cases are of different organisations or levels: choose those of one level."
        )
        return render(
            request, "appeals/desk/bulk.html", {**context, "form": None, "refusal": words}, status=422
        )
    if not form.is_bound or not form.is_valid():
        return render(request, "appeals/desk/bulk.html", context, status=422 if form.is_bound else 200)
    outcomes = _do(what, form.cleaned_data, chosen, cases, request.scope, timezone.now())
    done = sum(one.done for one in outcomes)
    said = ngettext("%(done)s case of %(all)s was changed", "%(done)s cases of %(all)s were changed", done)
    context |= {"outcomes": outcomes, "said": said % {"done": done, "all": len(outcomes)}, "form": None}
    return render(request, "appeals/desk/bulk.html", context)


def _refusal(chosen: Sequence[Chosen]) -> str:
    if not chosen:
        return gettext("No case is ticked. Go back and tick those you mean.")
    if len(chosen) > MOST:
        words = gettext("%(count)s cases are ticked; at most %(most)s go at once. Nothing was changed.")
        return words % {"count": len(chosen), "most": MOST}
    return ""


def _cases(chosen: Sequence[Chosen], scope: Scope) -> dict[str, Appeal]:
    numbers = [one.number for one in chosen]
    rows = Appeal.objects.visible_to(working_scope(scope)).filter(number__in=numbers)
    return {one.number: one for one in rows.select_related("organization")}


def _form(request: ScopedRequest, what: What, cases: dict[str, Appeal]) -> forms.Form:
    data = request.POST if "go" in request.POST else None
    if what is What.TOPIC:
        return TopicManyForm(data)
    if what is What.LINK:
        return LinkManyForm(data)
    return AssignManyForm(data, _people(cases, request.scope, timezone.localdate()))


def _people(cases: dict[str, Appeal], scope: Scope, today: date) -> list[tuple[int, str]]:
    """Who may be given all of them: representatives of the one organisation and level that they share."""
    places = {(one.organization_id, one.level) for one in cases.values()}
    if len(places) != 1:
        return []
    office, level = places.pop()
    if office is None or level is None:
        return []
    return [(one.pk, load_words(one)) for one in people_for(scope, office, level, today)]


def _do(
    what: What,
    given: dict[str, Any],
    chosen: Sequence[Chosen],
    cases: dict[str, Appeal],
    scope: Scope,
    now: datetime,
) -> list[Outcome]:
    actor = Actor.of(scope)

    def assign(case: Appeal, version: int) -> None:
        services.assign(
            appeal_id=case.pk,
            representative_id=given["assignee"],
            actor=actor,
            now=now,
            expected_version=version,
        )

    def retopic(case: Appeal, version: int) -> None:
        services.convert(
            appeal_id=case.pk,
            kind=Kind(case.kind),
            topic=given["topic"],
            reason=given["reason"],
            actor=actor,
            now=now,
            expected_version=version,
        )

    def link(case: Appeal, version: int) -> None:
        services.link(
            appeal_id=case.pk,
            earlier=given["earlier"],
            kind=given["kind"],
            actor=actor,
            now=now,
            expected_version=version,
        )

    doer = {What.ASSIGN: assign, What.TOPIC: retopic, What.LINK: link}[what]
    return [_outcome(one, cases.get(one.number), doer) for one in chosen]


def _outcome(one: Chosen, case: Appeal | None, doer: Callable[[Appeal, int], None]) -> Outcome:
    if case is None:
        return Outcome(one.number, "", False, gettext("There is no such appeal."))
    url = reverse("staff_case", args=[one.number])
    try:
        # Of its own: what is refused for one case must not undo the others.
        with transaction.atomic():
            doer(case, one.version)
    except AppealError as error:
        return Outcome(one.number, url, False, str(error))
    return Outcome(one.number, url, True, gettext("done"))
