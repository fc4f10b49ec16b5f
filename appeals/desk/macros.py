"""Macros beside a case: what fits, what each would do, and doing it all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from appeals import replies
from appeals.desk import acting, held
from appeals.desk.access import desk_roles
from appeals.desk.case import back, find
from appeals.desk.fields import LONGEST
from appeals.desk.filters import kept
from appeals.desk.forms import FORMS, LEVELS
from appeals.desk.ready_texts import values_of
from appeals.errors import AppealError, AppealNotFound, BeingSent, ChangedMeanwhile
from appeals.lifecycle import Action, State
from appeals.macros import Step
from appeals.models import Appeal, Macro, Validity
from appeals.selectors import CaseView, working_scope
from appeals.words import ACTIONS
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.scoping import Scope
from registry.subjects import Subject

OFFERED = 9  # as many as there are digits on the keyboard


class StepRefused(Exception):
    """A step could not be done, so none was; `number` counts from 1."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__(words)
        self.number, self.words = number, words


@dataclass(frozen=True, slots=True)
class Drawn:
    """A step as the page shows it before it is done."""

    name: str
    title: str
    text: str
    takes_text: bool
    note: str


def fitting(appeal: Appeal, scope: Scope) -> list[Macro]:
    """Macros for this case whose first step is possible: of its topic first, then general ones. One query."""
    parts = appeal.topic.code.split(".")
    codes = ["", *(".".join(parts[:length]) for length in range(1, len(parts) + 1))]
    rows = Macro.objects.usable_by(scope).filter(
        Q(kind="") | Q(kind=appeal.kind), is_active=True, topic_code__in=codes
    )
    found = sorted(rows.order_by("name", "pk")[:100], key=lambda one: -len(one.topic_code))
    return found[:OFFERED]


def possible(macros: Sequence[Macro], view: CaseView) -> list[Macro]:
    """Those that could begin now: a first step that must be refused is not offered."""
    can = set(acting.offered(view, today=timezone.localdate()))
    level = str(view.appeal.level)
    return [
        one
        for one in macros
        if one.plan
        and _first(one.plan, view.appeal) in can
        and not any(step.action is Action.HAND_OVER and step.choice == level for step in one.plan)
    ]


def _first(plan: Sequence[Step], appeal: Appeal) -> Action | None:
    return next((step.action for step in plan if not _passes(step, appeal)), None)


def _passes(step: Step, appeal: Appeal) -> bool:
    """To take what is taken already is passed over."""
    return step.action is Action.TAKE and appeal.state != State.REGISTERED


def run(
    plan: Sequence[Step],
    texts: Mapping[int, str],
    *,
    appeal: Appeal,
    version: int,
    scope: Scope,
    now: datetime,
) -> None:
    """Does all the steps in one transaction, each by the service of its action. Errors: StepRefused, and then
    nothing is done."""
    with transaction.atomic():
        for number, step in enumerate(plan, start=1):
            fresh = _fresh(appeal.pk, scope)
            if fresh is None:
                raise StepRefused(number, str(AppealNotFound()))
            if number == 1 and fresh.version != version:
                raise StepRefused(number, str(ChangedMeanwhile(fresh.version)))
            if not _passes(step, fresh):
                _do(number, step, texts.get(number, step.text), fresh, scope, now)


def _fresh(pk: int, scope: Scope) -> Appeal | None:
    rows = Appeal.objects.visible_to(working_scope(scope))
    return rows.select_related("topic", "organization", "region", "clinic").filter(pk=pk).first()


def _do(number: int, step: Step, text: str, appeal: Appeal, scope: Scope, now: datetime) -> None:
    setting = acting.setting_for(step.action, appeal, scope=scope, today=timezone.localdate(now))
    data = {"version": appeal.version, step.shape.text: text, step.shape.choice: step.choice}
    form = FORMS[step.action](data, setting=setting)
    if not form.is_valid():
        wrong = [str(text) for errors in form.errors.values() for text in errors]
        raise StepRefused(number, " ".join(wrong))
    try:
        acting.perform(step.action, form, appeal=appeal, scope=scope, now=now)
    except AppealError as error:
        raise StepRefused(number, str(error)) from error


def drawn(plan: Sequence[Step], appeal: Appeal, typed: Mapping[int, str] | None = None) -> list[Drawn]:
    values = values_of(appeal)
    return [
        Drawn(
            name=f"text_{number}",
            title=title_of(step),
            text=(typed or {}).get(number, replies.fill(step.text, values)),
            takes_text=bool(step.shape.text),
            note=gettext("done already, passed over") if _passes(step, appeal) else "",
        )
        for number, step in enumerate(plan, start=1)
    ]


def title_of(step: Step) -> str:
    title = str(ACTIONS[step.action]).capitalize()
    if step.action is Action.HAND_OVER and step.choice.isdecimal():
        return f"{title}: {LEVELS.get(int(step.choice), step.choice)}"
    if step.action is Action.MARK_VALIDITY and step.choice in Validity.values:
        return f"{title}: {Validity(step.choice).label}"
    return title


@desk_roles
@require_safe
def offered(request: ScopedRequest, number: str) -> HttpResponse:
    """The macros of a case, asked for by its page; alone it is a page of its own for those without scripts."""
    view = find(request, number)
    query = kept(request.GET).urlencode()
    context = {
        "number": number,
        "macros": possible(fitting(view.appeal, request.scope), view),
        "tail": f"?{query}" if query else "",
        "back_url": back(request, view.appeal),
    }
    part = "HX-Request" in request.headers
    template = "appeals/desk/parts/macros.html" if part else "appeals/desk/macros_of_case.html"
    return render(request, template, context)


@desk_roles
@require_http_methods(["GET", "POST"])
def use(request: ScopedRequest, number: str, pk: int) -> HttpResponse:
    """GET shows what would be done, with the texts to change; POST does it."""
    view = find(request, number)
    macro = Macro.objects.usable_by(request.scope).filter(pk=pk, is_active=True).first()
    if macro is None:
        raise Http404("No such macro, or another organisation's")
    if request.method == "GET":
        return _preview(request, view, macro)
    typed = {
        place: str(request.POST.get(f"text_{place}", ""))[:LONGEST].strip()
        for place, step in enumerate(macro.plan, start=1)
        if step.shape.text
    }
    version = request.POST.get("version", "")
    try:
        if held.is_leaving(view.appeal):
            raise StepRefused(1, str(BeingSent()))
        seen = int(version) if version.isdecimal() and len(version) < 10 else 0
        run(
            macro.plan,
            typed,
            appeal=view.appeal,
            version=seen,
            scope=request.scope,
            now=timezone.now(),
        )
    except StepRefused as error:
        return _preview(request, find(request, number), macro, typed=typed, refused=error)
    messages.success(request, gettext("%(number)s: %(macro)s.") % {"number": number, "macro": macro.name})
    if macro.next_case:
        return render(request, "appeals/desk/macro_next.html", {"back_url": back(request, view.appeal)})
    return HttpResponseRedirect(back(request, view.appeal))


def _preview(
    request: ScopedRequest,
    view: CaseView,
    macro: Macro,
    *,
    typed: Mapping[int, str] | None = None,
    refused: StepRefused | None = None,
) -> HttpResponse:
    record_read(
        scope=request.scope,
        subject=Subject.APPEAL,
        key=view.appeal.number,
        page=request.path,
        now=timezone.now(),
        person_id=view.appeal.concerned_person_id or view.appeal.applicant_id,
        region_id=view.appeal.region_id,
        request_id=request.request_id,
    )
    context: dict[str, Any] = {
        "appeal": view.appeal,
        "macro": macro,
        "steps": drawn(macro.plan, view.appeal, typed),
        "refused": refused,
        "back_url": back(request, view.appeal),
        "url": request.get_full_path(),
        "today": timezone.localdate(),
    }
    return render(request, "appeals/desk/macro.html", context, status=409 if refused else 200)
