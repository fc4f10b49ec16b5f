"""The call form. One address: every button posts what is typed, and nothing typed is ever in an address."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from appeals.calls import call_backs, rules, saving, ticket
from appeals.calls.callers import Caller, find_caller, known_of
from appeals.calls.forms import CallForm
from appeals.calls.helping import answer_of, help_for, topics_today
from appeals.calls.places import office_of, rules_of
from appeals.desk.access import desk_roles
from appeals.desk.listing import topic_options
from appeals.errors import AppealError, AppealNotFound, InvalidInput
from appeals.models import CallBack, CallBackKind, CallResult, PhoneCall
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.subjects import Subject

LAST = 5
# Buttons that look something up and save nothing.
LOOKS = ("find", "look", "pick", "use")
# Where an error of a service belongs on the form.
_FIELDS = {"applicant_phone": "phone", "applicant_name": "name", "person": "who", "result": "result"}


@desk_roles
@require_http_methods(["GET", "POST"])
def call_form(request: ScopedRequest, call_back_key: UUID | None = None) -> HttpResponse:
    """A talk from hello to saved. With a key it answers a recording that is kept for the reader."""
    recording = _recording(request, call_back_key)
    if "begin" in request.POST:
        return HttpResponse(ticket.fresh(timezone.now()).signed(), content_type="text/plain")
    if request.method == "GET":
        return _page(request, QueryDict(), recording)
    if any(name in request.POST for name in LOOKS):
        return _looked(request, recording)
    return _save(request, recording)


def _recording(request: ScopedRequest, key: UUID | None) -> CallBack | None:
    if key is None:
        return None
    try:
        found = call_backs.find(request.scope, key)
    except AppealNotFound:
        raise Http404("No such recording, or not for this reader") from None
    if found.kind != CallBackKind.VOICE or found.closed_at is not None:
        raise Http404("Nothing to be called back about here")
    return found


def _looked(request: ScopedRequest, recording: CallBack | None) -> HttpResponse:
    data = request.POST.copy()
    if request.POST.get("pick"):
        data["topic"] = request.POST["pick"]
    if request.POST.get("use"):
        data["answer"] = answer_of(request.POST["use"])
    return _page(request, data, recording)


def _form(data: QueryDict, caller: Caller, *, bound: bool, request: ScopedRequest) -> CallForm:
    now = timezone.now()
    office = office_of(request.scope)
    calling = rules_of(office.region, now)
    moments = rules.promises(now, zone=calling.zone, calendar=calling.calendar, hours=calling.hours)
    topics = [(one.code, one.title) for one in topics_today(timezone.localdate())]
    given: dict[str, Any] = {"topics": topics, "people": caller.people, "moments": moments}
    if bound:
        return CallForm(data, **given)
    typed = {name: value for name, value in data.items() if value}
    if caller.people and typed.get("person") not in {str(one.pk) for one in caller.people} | {"0"}:
        typed["person"] = str(caller.people[0].pk)
    return CallForm(initial=typed, **given)


def _page(
    request: ScopedRequest,
    data: QueryDict,
    recording: CallBack | None,
    form: CallForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    typed = data.get("who", recording.phone if recording is not None and not data else "")
    caller = find_caller(typed, scope=request.scope)
    if form is None:
        if typed and not data:
            data = data.copy()
            data["who"] = typed
        form = _form(data, caller, bound=False, request=request)
    picked = data.get("person", "")
    chosen = form.people.get(picked) or (None if picked == "0" else next(iter(form.people.values()), None))
    _log(request, caller, recording)
    context: dict[str, Any] = {
        "form": form,
        "caller": caller,
        "chosen": chosen,
        "panels": known_of(caller, chosen, scope=request.scope, today=today) if caller.asked else [],
        "help": help_for(data.get("text", ""), topics_today(today)),
        "recording": recording,
        "ticket": ticket.read(data.get("ticket", ""), now=now).signed(),
        "topics": topic_options(list(form.topics.items())),
        "last": _last(request),
        "here": request.path,
    }
    partial = bool(request.headers.get("HX-Request"))
    template = "appeals/calls/parts/looked.html" if partial else "appeals/calls/call.html"
    return render(request, template, context, status=status)


def _save(request: ScopedRequest, recording: CallBack | None) -> HttpResponse:
    now = timezone.now()
    data = request.POST.copy()
    caller = find_caller(data.get("who", ""), scope=request.scope)
    if not data.get("topic"):
        likely = help_for(data.get("text", ""), topics_today(timezone.localdate())).topics
        data["topic"] = likely[0].code if likely else ""
    form = _form(data, caller, bound=True, request=request)
    if caller.problem:
        form.add_error("who", caller.problem)
    if not form.is_valid():
        return _page(request, data, recording, form, status=422)
    seen = ticket.read(data.get("ticket", ""), now=now)
    try:
        saved = saving.save_call(
            talk=_talk(form, caller, seen),
            scope=request.scope,
            user_id=_user_id(request),
            now=now,
            call_back=_held(request, recording),
        )
    except InvalidInput as error:
        for name, text in error.fields.items():
            field = _FIELDS.get(name, name)
            form.add_error(field if field in form.fields else None, str(text))
        return _page(request, data, recording, form, status=422)
    except AppealError as error:
        form.add_error(None, str(error))
        return _page(request, data, recording, form, status=409)
    messages.success(request, _said(saved, request))
    return HttpResponseRedirect(reverse("staff_calls" if recording is not None else "staff_call"))


def _talk(form: CallForm, caller: Caller, seen: ticket.Ticket) -> saving.Talk:
    data = form.cleaned_data
    person = form.people.get(data["person"])
    return saving.Talk(
        key=seen.key,
        started_at=seen.began_at,
        result=CallResult(data["result"]),
        topic=data["topic"],
        text=data["text"],
        phone=data["phone"] or caller.phone,
        name=data["name"],
        ground=data["ground"] or "self",
        person_id=person.pk if person is not None else None,
        insured_here=not data["elsewhere"],
        answer=data["answer"],
        level=data["level"],
        note=data["note"],
        call_at=form.moments.get(data["call_at"]),
    )


def _held(request: ScopedRequest, recording: CallBack | None) -> CallBack | None:
    if recording is None:
        return None
    return call_backs.held(
        scope=request.scope, key=recording.key, user_id=_user_id(request), now=timezone.now()
    )


def _said(saved: saving.Saved, request: ScopedRequest) -> str:
    call = saved.call
    number, seconds = call.appeal.number, call.seconds
    if saved.repeated:
        return gettext("This call is saved already: %(number)s.") % {"number": number}
    if call.appeal.organization_id != call.organization_id:
        words = gettext(
            "%(number)s is saved and passed on to %(office)s: tell the caller so. It took %(seconds)s s."
        )
        return words % {"number": number, "office": call.appeal.organization, "seconds": seconds}
    words = gettext("%(number)s is saved: %(result)s. It took %(seconds)s s.")
    return words % {"number": number, "result": call.get_result_display(), "seconds": seconds}


def _last(request: ScopedRequest) -> list[PhoneCall]:
    """What this operator saved of late, so that nobody has to remember whether it was saved."""
    rows = PhoneCall.objects.visible_to(request.scope).filter(operator=_user_id(request))
    return list(rows.select_related("appeal__topic").order_by("-ended_at")[:LAST])


def _user_id(request: ScopedRequest) -> int:
    user_id = request.scope.user_id
    assert user_id is not None  # noqa: S101 - the access rule has let only signed-in staff in
    return user_id


def _log(request: ScopedRequest, caller: Caller, recording: CallBack | None) -> None:
    """Everybody who was found is somebody whose data was read."""
    given: dict[str, Any] = {
        "scope": request.scope,
        "page": request.path,
        "now": timezone.now(),
        "request_id": request.request_id,
    }
    for person in caller.people:
        record_read(subject=Subject.CALLER, person_id=person.pk, region_id=person.region_id, **given)
    if caller.asked and not caller.people and not caller.problem:
        record_read(subject=Subject.CALLER, rows=0, **given)
    if recording is not None:
        record_read(
            subject=Subject.VOICE_MESSAGE, key=str(recording.key), region_id=recording.region_id, **given
        )
