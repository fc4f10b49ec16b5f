"""Was the help offered in time: a small form on the case page, its verdict, and the verdict noted in the case."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from appeals import services
from appeals.actors import Actor
from appeals.desk import presenting
from appeals.desk.access import desk_roles
from appeals.desk.case import Attempt, back, find, show
from appeals.desk.fields import ActionForm, Setting
from appeals.errors import AppealError
from appeals.lifecycle import Action
from appeals.models import Appeal, WaitingTimeNorm
from appeals.terms import Suspicion
from appeals.waiting import BadWait, NormMissing, Service, Verdict, Wait
from appeals.words import SERVICES, SUSPICIONS, choices
from registry.middleware import ScopedRequest
from registry.models.dated import valid_on
from registry.workdays import CalendarMissing

# Norms that run by the clock from hour to hour: a day alone proves nothing.
NEEDS_TIME = frozenset({Service.AMBULANCE, Service.URGENT_CARE})


def _day(label: Any, *, help_text: Any = "", required: bool) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-medium"}),
        error_messages={"required": _("Write the day"), "invalid": _("Write a day like 02.06.2026")},
    )


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "w-short"}),
        error_messages={"invalid": _("Write a time like 14:30")},
    )


class WaitingForm(ActionForm):
    """What is asked of the norms; times are local to the region of the case."""

    service = forms.ChoiceField(
        label=_("What the person waited for"),
        choices=choices(SERVICES),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the person waited for")},
    )
    suspicion = forms.ChoiceField(
        label=_("Suspicion"),
        choices=[("", _("none")), *choices(SUSPICIONS)],
        required=False,
        widget=forms.RadioSelect,
    )
    start_on = _day(
        _("Waiting since"),
        help_text=_("The day of the request, the referral or the diagnosis."),
        required=True,
    )
    start_time = _time(_("At what time"))
    offered_on = _day(
        _("Offered or given on"),
        help_text=_("Leave empty while the person still waits: today counts."),
        required=False,
    )
    offered_time = _time(_("At what time it was given"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("service") in NEEDS_TIME and data.get("start_on") and not data.get("start_time"):
            self.add_error("start_time", gettext("This norm runs by the clock: write the time"))
        if data.get("offered_time") and not data.get("offered_on"):
            self.add_error("offered_on", gettext("Write the day"))
        if data.get("start_time") and data.get("offered_on") and not data.get("offered_time"):
            self.add_error("offered_time", gettext("Write both times, or neither"))
        if data.get("offered_time") and not data.get("start_time"):
            self.add_error("start_time", gettext("Write both times, or neither"))
        return data


def wait_of(form: WaitingForm, appeal: Appeal, now: datetime) -> Wait:
    """The question of a valid form; a person who still waits is judged by this moment."""
    data, zone = form.cleaned_data, appeal.region.zone

    def moment(day: date, time: Any) -> date | datetime:
        return datetime.combine(day, time, tzinfo=zone) if time else day

    local = now.astimezone(zone)
    still = local if data["start_time"] else local.date()
    return Wait(
        service=Service(data["service"]),
        start=moment(data["start_on"], data["start_time"]),
        offered=moment(data["offered_on"], data["offered_time"]) if data["offered_on"] else still,
        suspicion=Suspicion(data["suspicion"]) if data["suspicion"] else None,
    )


def initial_of(appeal: Appeal, today: date) -> dict[str, Any]:
    """The topic of a complaint about waiting says what the person waited for."""
    norms = WaitingTimeNorm.objects.filter(valid_on(today), topic=appeal.topic.code)
    service = norms.values_list("service", flat=True).first()
    return {"version": appeal.version, "service": service, "suspicion": appeal.suspicion}


@desk_roles
@require_http_methods(["GET", "POST"])
def check_waiting(request: ScopedRequest, number: str) -> HttpResponse:
    """GET opens the form; POST shows the verdict and, with the button `note`, keeps it in the case."""
    view, now = find(request, number), timezone.now()
    setting = Setting(timezone.localdate(), view.appeal.level, initial=initial_of(view.appeal, now.date()))
    if request.method == "GET":
        return show(request, view, Attempt(Action.CHECK_WAITING, WaitingForm(setting=setting)))
    form = WaitingForm(request.POST, setting=setting)
    attempt = Attempt(Action.CHECK_WAITING, form)
    if not form.is_valid():
        return show(request, view, attempt, status=422)
    wait = wait_of(form, view.appeal, now)
    try:
        verdict = services.judge_wait(wait, view.appeal.region)
        if "note" not in request.POST:
            return show(request, view, Attempt(Action.CHECK_WAITING, form, verdict=shown(verdict)))
        _note(request, view.appeal, wait, form, now)
    except (NormMissing, BadWait, CalendarMissing) as error:
        form.add_error("offered_on" if isinstance(error, BadWait) else "start_on", _said(error))
        return show(request, view, attempt, status=422)
    except AppealError as error:
        fresh = find(request, number)
        return show(request, fresh, _refreshed(request, fresh.appeal, setting, error), status=409)
    messages.success(request, f"{number}: {presenting.DONE[Action.CHECK_WAITING]}")
    return HttpResponseRedirect(back(request, view.appeal))


def shown(verdict: Verdict) -> dict[str, Any]:
    """The verdict for the page: status, and its reasons."""
    kind = "danger" if verdict.breached else "ok"
    word = gettext("The norm was broken") if verdict.breached else gettext("The norm was kept")
    return {"kind": kind, "word": word, "reasons": [reason.text for reason in verdict.reasons]}


def _note(request: ScopedRequest, appeal: Appeal, wait: Wait, form: WaitingForm, now: datetime) -> None:
    services.note_waiting(
        appeal_id=appeal.pk,
        wait=wait,
        actor=Actor.of(request.scope),
        now=now,
        expected_version=form.cleaned_data["version"],
    )


def _refreshed(request: ScopedRequest, appeal: Appeal, setting: Setting, error: AppealError) -> Attempt:
    data = request.POST.copy()
    data["version"] = str(appeal.version)
    return Attempt(Action.CHECK_WAITING, WaitingForm(data, setting=setting), str(error))


def _said(error: Exception) -> str:
    if isinstance(error, BadWait):
        return gettext("This is before the person began to wait")
    if isinstance(error, NormMissing):
        return gettext("No norm is known for this day")
    return str(error)
