"""The case page: one case with everything this reader may know and do, and its actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from appeals import selectors, services
from appeals.desk import acting, choosing, held, outgoing, presenting, ready_texts, unsent
from appeals.desk.access import desk_roles
from appeals.desk.evidence import evidence_of
from appeals.desk.fields import ActionForm, Setting
from appeals.desk.filters import kept
from appeals.desk.forms import FORMS
from appeals.desk.linking import links_of
from appeals.desk.listing import listing_of, topic_options
from appeals.desk.opinions import opinions_of
from appeals.errors import AppealError, AppealNotFound, BeingSent, FileRefused, InvalidInput
from appeals.lifecycle import Action, State
from appeals.models import Appeal, Attachment, Direction, ReplyTemplate, ScanVerdict, WorkDraft
from appeals.preview import DOCUMENT, can_show
from appeals.selectors import CaseView, working_scope
from appeals.terms import Urgency
from appeals.uploads import dropped, takes_files
from appeals.words import ACTIONS
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import InsuredPerson
from registry.subjects import Subject


@dataclass(frozen=True, slots=True)
class Attempt:
    """An action that was asked for and not done: its form with what was typed, and what stood in the way.

    `verdict`: what a check came to, shown before it is noted.
    """

    action: Action
    form: ActionForm
    refusal: str = ""
    verdict: dict[str, Any] | None = None
    restored: datetime | None = None


def find(request: ScopedRequest, number: str) -> CaseView:
    try:
        return selectors.case(working_scope(request.scope), number)
    except AppealNotFound:
        raise Http404("No such case, or not for this reader") from None


@desk_roles
@require_safe
def case_page(request: ScopedRequest, number: str) -> HttpResponse:
    return show(request, find(request, number))


@desk_roles
@takes_files
@require_http_methods(["GET", "POST"])
def act(request: ScopedRequest, number: str, action: str) -> HttpResponse:
    """GET opens the form of the action in the case; POST does it. What was typed survives every refusal."""
    if action not in FORMS:
        raise Http404("No such action")
    wanted = Action(action)
    view = find(request, number)
    form_class = FORMS[wanted]
    setting = acting.setting_for(wanted, view.appeal, scope=request.scope, today=timezone.localdate())
    if request.method == "GET":
        drafts = unsent.unsent_of(view.appeal, request.scope)
        if any(one.leaves_at for one in drafts.values()):
            # What is on its way is taken back first: the page of the case offers that.
            return HttpResponseRedirect(back(request, view.appeal))
        return show(request, view, _begun(drafts.get(wanted), wanted, setting))
    if "template" in request.POST:
        return _with_text(request, view, wanted, setting)
    form = form_class(request.POST, request.FILES, setting=setting)
    for problem in dropped(request):
        form.add_error("papers" if "papers" in form.fields else None, problem)
    if not form.is_valid():
        return show(request, view, Attempt(wanted, form), status=422)
    try:
        if held.is_leaving(view.appeal):
            raise BeingSent
        if held.waits(wanted):
            return _held(request, view, wanted, form)
        acting.perform(wanted, form, appeal=view.appeal, scope=request.scope, now=timezone.now())
    except AppealNotFound:
        raise Http404("The case left this reader's sight meanwhile") from None
    except InvalidInput as error:
        for name, text in error.fields.items():
            field = acting.field_of(wanted, name)
            form.add_error(field if field in form.fields else None, str(text))
        return show(request, view, Attempt(wanted, form), status=422)
    except FileRefused as error:
        form.add_error("papers" if "papers" in form.fields else None, str(error))
        return show(request, view, Attempt(wanted, form), status=422)
    except AppealError as error:
        return _refused(request, number, wanted, form, str(error))
    unsent.forget(appeal_id=view.appeal.pk, action=wanted, scope=request.scope)
    messages.success(request, f"{number}: {presenting.DONE[wanted]}")
    return HttpResponseRedirect(back(request, view.appeal))


def _held(request: ScopedRequest, view: CaseView, action: Action, form: ActionForm) -> HttpResponse:
    """Leaves in a few seconds; until then the page of the case offers to take it back."""
    typed = unsent.typed_in(action, request.POST)
    held.hold(action, form, appeal=view.appeal, typed=typed, scope=request.scope, now=timezone.now())
    return HttpResponseRedirect(back(request, view.appeal))


def _begun(draft: WorkDraft | None, action: Action, setting: Setting) -> Attempt:
    """The form of an action with what this person typed before and did not send."""
    if draft is not None:
        setting.initial.update({name: value for name, value in draft.fields.items() if value})
    return Attempt(action, FORMS[action](setting=setting), restored=draft.updated_at if draft else None)


def _with_text(request: ScopedRequest, view: CaseView, action: Action, setting: Setting) -> HttpResponse:
    """The form again with a ready text after what is typed; nothing is done yet."""
    key, name = str(request.POST["template"]), ready_texts.TARGETS.get(action)
    usable = ReplyTemplate.objects.usable_by(request.scope)
    template = usable.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    if template is None or name is None:
        raise Http404("No such text")
    typed = unsent.typed_in(action, request.POST)
    typed[name] = "\n\n".join(
        part for part in (typed[name].strip(), ready_texts.filled(template, view.appeal)) if part
    )
    unsent.keep(appeal=view.appeal, action=action, typed=typed, scope=request.scope, now=timezone.now())
    setting.initial.update(typed)
    setting.initial["version"] = request.POST.get("version", "")
    return show(request, view, Attempt(action, FORMS[action](setting=setting)))


def _refused(
    request: ScopedRequest, number: str, action: Action, form: ActionForm, refusal: str
) -> HttpResponse:
    """Shows the case as it is now with the typed text; sent again, the form speaks of the new version."""
    view = find(request, number)
    data = request.POST.copy()
    data["version"] = str(view.appeal.version)
    fresh = acting.setting_for(action, view.appeal, scope=request.scope, today=timezone.localdate())
    return show(request, view, Attempt(action, FORMS[action](data, setting=fresh), refusal), status=409)


def back(request: ScopedRequest, appeal: Appeal) -> str:
    """The case again, in its list; the list alone when the case has left this reader's sight."""
    query = kept(request.GET).urlencode()
    tail = f"?{query}" if query else ""
    visible = Appeal.objects.visible_to(working_scope(request.scope))
    if visible.filter(pk=appeal.pk).exists():
        return reverse("staff_case", args=[appeal.number]) + tail
    return reverse("staff_queue") + tail


def show(
    request: ScopedRequest, view: CaseView, attempt: Attempt | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of a case, beside its list where it was opened from one. Each showing is logged."""
    now, today = timezone.now(), timezone.localdate()
    appeal = view.appeal
    record_read(
        scope=request.scope,
        subject=Subject.APPEAL,
        key=appeal.number,
        page=request.path,
        now=now,
        person_id=appeal.concerned_person_id or appeal.applicant_id,
        region_id=appeal.region_id,
        request_id=request.request_id,
    )
    if _answers_for(request, view) and any(message.read_at is None for message in view.messages):
        services.mark_read(
            appeal=appeal, direction=Direction.FROM_APPLICANT, user_id=request.scope.user_id, now=now
        )
    beside = bool(request.GET.get("tab"))
    context: dict[str, Any] = {"case": case_context(request, view, attempt, now, today), "today": today}
    if beside:
        context["listing"] = listing_of(
            request.GET, scope=request.scope, today=today, now=now, current=appeal.number
        )
        context["case_open"] = True
    if attempt is not None and attempt.form.is_bound:
        # The page's title says "Error" in front, for those who hear it.
        context["form"] = attempt.form
    template = "appeals/desk/queue.html" if beside else "appeals/desk/case.html"
    return render(request, template, context, status=status)


def _answers_for(request: ScopedRequest, view: CaseView) -> bool:
    """Whoever holds the case has read what came; while nobody holds it, whoever may act on it."""
    holder = view.appeal.worker_id
    return holder == request.scope.user_id if holder is not None else bool(view.actions)


def case_context(
    request: ScopedRequest, view: CaseView, attempt: Attempt | None, now: datetime, today: date
) -> dict[str, Any]:
    appeal = view.appeal
    offer = acting.open_offer(view.hand_overs)
    actions = acting.offered(view, today=today)
    query = kept(request.GET).urlencode()
    tail = f"?{query}" if query else ""
    known = {pk for pk in (appeal.applicant_id, appeal.concerned_person_id) if pk}
    people = InsuredPerson.objects.visible_to(working_scope(request.scope)).filter(pk__in=known)
    return {
        "appeal": appeal,
        "url": reverse("staff_case", args=[appeal.number]) + tail,
        "status_kind": presenting.status_kind(appeal),
        "urgency": "" if appeal.urgency == Urgency.NORMAL else appeal.urgency,
        "holder": presenting.holder(appeal, request.scope.user_id),
        "facts": presenting.facts_of(
            appeal, {one.pk: one for one in people.select_related("insurer", "clinic")}, today
        ),
        "reasons": [reason["text"] for reason in appeal.routing_reasons],
        "reminders": presenting.reminders_of(view.reminders),
        "story": presenting.story_of(view.events, reader=request.scope.user_id),
        "papers": _papers([paper for paper in view.attachments if paper.came_with_filing]),
        "messages": _messages(view),
        **evidence_of(view, _papers),
        **links_of(view, working_scope(request.scope), actions),
        "letters": [outgoing.row_of(letter) for letter in view.letters],
        "opinions": opinions_of(appeal, working_scope(request.scope)) if appeal.answered_at else [],
        "marks": Action.MARK_PAPER in view.actions,
        "offer": _offer(offer) if offer and sees_offer(view) else None,
        "actions": _actions(appeal, actions, attempt, tail),
        "tail": tail,
        **_typed(request, view, attempt, tail, now),
        "check_waiting_url": _waiting_url(appeal, actions, tail),
        **_form(request, actions, attempt, view, tail),
    }


def sees_offer(view: CaseView) -> bool:
    return bool(view.hand_overs)


def _offer(offer: Any) -> dict[str, str]:
    words = gettext("Level %(from)s offers the case to level %(to)s")
    return {"title": words % {"from": offer.from_level, "to": offer.to_level}, "note": offer.note}


def _messages(view: CaseView) -> list[dict[str, Any]]:
    """What was written both ways, the oldest first, each with its files."""
    return [
        {
            "ours": message.direction == Direction.TO_APPLICANT,
            "message": message,
            "papers": _papers([paper for paper in view.attachments if paper.message_id == message.pk]),
        }
        for message in view.messages
    ]


def _papers(found: Sequence[Attachment]) -> list[dict[str, Any]]:
    papers = []
    for paper in found:
        marks = [str(paper.held_back)] if paper.held_back else []
        marks += [gettext("medical document")] if paper.medical else []
        marks += [gettext("sealed: level 3 only")] if paper.sealed else []
        url = reverse("staff_file", args=[paper.key]) if paper.verdict == ScanVerdict.CLEAN else ""
        papers.append(
            {
                "key": paper.key,
                "name": paper.name,
                "size": paper.size,
                "url": url,
                "look_url": reverse("staff_file_look", args=[paper.key]) if url and can_show(paper) else "",
                # The browser's viewer takes the whole tab, so it gets one of its own.
                "in_tab": paper.content_type == DOCUMENT,
                "marks": marks,
            }
        )
    return papers


def _actions(
    appeal: Appeal, actions: list[Action], attempt: Attempt | None, tail: str
) -> dict[str, list[dict[str, Any]]]:
    buttons, menu = acting.arranged(actions, State(appeal.state))

    def drawn(action: Action, look: str) -> dict[str, Any]:
        return {
            "url": reverse("staff_act", args=[appeal.number, action]) + tail,
            "label": str(
                presenting.BUTTONS[action] if action in acting.AT_ONCE else ACTIONS[action]
            ).capitalize(),
            "at_once": action in acting.AT_ONCE,
            "look": look,
            "current": attempt is not None and attempt.action is action,
        }

    first = [
        drawn(action, "btn btn-secondary" if index else "btn btn-primary")
        for index, action in enumerate(buttons)
    ]
    rest = [drawn(action, "") for action in menu]
    return {"first": first, "rest": rest, "all": first + rest}


def _typed(
    request: ScopedRequest, view: CaseView, attempt: Attempt | None, tail: str, now: datetime
) -> dict[str, Any]:
    """Texts of this person in the case: what is on its way, and drafts, each with the way to its form."""
    if attempt is not None:
        return {}
    drafts = unsent.unsent_of(view.appeal, request.scope)
    leaving = next((one for one in drafts.values() if one.leaves_at is not None), None)
    waiting = {action: one for action, one in drafts.items() if one.leaves_at is None}
    number, query = view.appeal.number, tail.removeprefix("?")
    return {
        "unsent": _unsent(waiting, number, tail),
        "held": held.waiting_words(leaving, number, query, now) if leaving else None,
    }


def _unsent(drafts: dict[str, WorkDraft], number: str, tail: str) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("staff_act", args=[number, action]) + tail,
            "label": str(ACTIONS[Action(action)]).capitalize(),
            "at": draft.updated_at,
            "words": next((value for value in draft.fields.values() if value), ""),
        }
        for action, draft in drafts.items()
    ]


def _form(
    request: ScopedRequest, actions: list[Action], attempt: Attempt | None, view: CaseView, tail: str
) -> dict[str, Any]:
    """The open form; when its action is not possible any more, what was typed and why it cannot be done."""
    if attempt is None:
        return {}
    appeal = view.appeal
    if attempt.action not in actions:
        refusal = attempt.refusal or gettext("This is not possible any more: the case has moved on.")
        typed = acting.typed_text(attempt.form) if attempt.form.is_bound else ""
        return {"refusal": f"{refusal} {_news(view)}", "kept_text": typed}
    if attempt.action in acting.AT_ONCE:
        return {"refusal": f"{attempt.refusal} {_news(view)}".strip() if attempt.refusal else ""}
    return {
        "form": attempt.form,
        "form_url": reverse("staff_act", args=[appeal.number, attempt.action]) + tail,
        "form_title": str(ACTIONS[attempt.action]).capitalize(),
        "form_button": presenting.BUTTONS[attempt.action],
        "refusal": attempt.refusal,
        "news": _news(view) if attempt.refusal else "",
        "topics": topic_options(getattr(attempt.form, "topics", [])),
        "clinics": topic_options(getattr(attempt.form, "clinics", [])),
        "people": choosing.options(getattr(attempt.form, "people", [])),
        "restored": attempt.restored,
        "draft_url": reverse("staff_draft", args=[appeal.number, attempt.action]),
        "texts": ready_texts.offered(appeal, request.scope) if attempt.action in ready_texts.TARGETS else [],
        "doing": attempt.action,
        "verdict": attempt.verdict,
        "checks": attempt.action is Action.CHECK_WAITING,
    }


def _waiting_url(appeal: Appeal, actions: list[Action], tail: str) -> str:
    """Offered beside the text where the matter is waiting; elsewhere it stands in the menu."""
    if Action.CHECK_WAITING not in actions or not appeal.topic.waiting:
        return ""
    return reverse("staff_act", args=[appeal.number, Action.CHECK_WAITING]) + tail


def _news(view: CaseView) -> str:
    """The last thing that happened, so that a refusal says what came in between."""
    if not view.events:
        return ""
    last = presenting.story_of(view.events[-1:], reader=None)[0]
    return gettext("Last: %(what)s (%(who)s).") % {"what": last.title, "who": last.who}
