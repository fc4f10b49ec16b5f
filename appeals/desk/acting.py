"""From an action on the page to the service that does it, and which actions the page offers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.forms import Textarea, TextInput
from django.utils import timezone
from django.utils.translation import gettext

from appeals import services
from appeals.actors import Actor
from appeals.desk.board import people_for
from appeals.desk.fields import ActionForm, Setting
from appeals.desk.forms import FORMS, topic_choices
from appeals.lifecycle import Action, State
from appeals.models import Appeal, ClinicRequest, Expertise, HandOver, HandOverState
from appeals.selectors import CaseView
from appeals.terms import Kind
from appeals.workload import suggested
from registry.models import Clinic, Organization
from registry.names import short_name
from registry.scoping import Scope

# The check of a wait shows its verdict first and has a view of its own.
OFFERED = frozenset({*FORMS, Action.CHECK_WAITING})
# Done by one press: nothing has to be said.
AT_ONCE = frozenset(action for action, form in FORMS.items() if form is ActionForm)
# What stands on buttons, in this order; the rest is in the menu.
FIRST = (
    Action.ACCEPT_HAND_OVER,
    Action.RETURN_HAND_OVER,
    Action.TAKE,
    Action.SEND_BACK,
    Action.ANSWER,
    Action.CLOSE,
    Action.ASK_APPLICANT,
    Action.HAND_OVER,
    Action.APPLICANT_REPLIED,
    Action.CLINIC_REPLIED,
    Action.EXPERTISE_RECEIVED,
    Action.RESUME,
    Action.REOPEN,
    Action.REPORT_BACK,
    Action.INSTRUCT,
)
ENDS_WAIT = {
    State.AWAITING_APPLICANT: Action.APPLICANT_REPLIED,
    State.AWAITING_CLINIC: Action.CLINIC_REPLIED,
    State.AWAITING_EXPERTISE: Action.EXPERTISE_RECEIVED,
}
ON_BUTTONS = 3


def open_offer(offers: Sequence[HandOver]) -> HandOver | None:
    return next((offer for offer in offers if offer.state == HandOverState.OFFERED), None)


def offered(view: CaseView, *, today: date) -> list[Action]:
    """Of what the lifecycle allows, what would succeed now: the page offers nothing that must be refused."""
    appeal = view.appeal
    refused = _without_object(view)
    if appeal.level is None:
        refused.add(Action.ASSIGN)
    if today > appeal.due_on:
        refused.add(Action.EXTEND)
    if appeal.state == State.REGISTERED and appeal.routed_at is None:
        # The router has it for a few seconds more, and whoever acts now would only cross its way; unless the
        # rules could not place it.
        return [Action.REROUTE] if appeal.routing_attempts and Action.REROUTE in view.actions else []
    return [action for action in view.actions if action in OFFERED and action not in refused]


def _without_object(view: CaseView) -> set[Action]:
    """What cannot be done because there is nothing to do it to."""
    refused: set[Action] = set()
    if all(one.answered_at is not None for one in view.requests):
        refused.add(Action.CLINIC_REPLIED)
    if all(one.received_at is not None for one in view.expertises):
        refused.add(Action.EXPERTISE_RECEIVED)
    else:
        refused.add(Action.ORDER_EXPERTISE)
    return refused


def arranged(actions: Sequence[Action], state: State) -> tuple[list[Action], list[Action]]:
    """What stands on buttons, what ends the wait first; and what is in the menu."""
    order = sorted(FIRST, key=lambda action: action is not ENDS_WAIT.get(state))
    buttons = [action for action in order if action in actions][:ON_BUTTONS]
    return buttons, [action for action in actions if action not in buttons]


def setting_for(action: Action, appeal: Appeal, *, scope: Scope, today: date) -> Setting:
    """What the action's form offers to choose from; only what this form needs is looked up."""
    people: list[tuple[int, str]] = []
    organizations: list[tuple[int, str]] = []
    initial: dict[str, Any] = {"version": appeal.version}
    more = evidence_setting(action, appeal, today, initial)
    hint = ""
    if action is Action.ASSIGN and appeal.organization_id and appeal.level:
        people = [
            (one.pk, load_words(one))
            for one in people_for(scope, appeal.organization_id, appeal.level, today)
        ]
        choice = suggested(appeal, timezone.now())
        if choice is not None:
            initial |= {"assignee": choice.representative_id}
            # The suggested one stands first: in a contact centre the list is long.
            people.sort(key=lambda one: one[0] != choice.representative_id)
            hint = gettext("The portal suggests: %(why)s") % {"why": choice.text}
    if action is Action.REROUTE:
        rows = Organization.objects.filter(region=appeal.region_id).order_by("-kind", "short_name")
        organizations = list(rows.values_list("pk", "short_name"))
        initial |= {"organization": appeal.organization_id, "level": appeal.level}
    if action in (Action.ANSWER, Action.SUBMIT_FOR_REVIEW):
        initial["answer"] = appeal.answer
    if action is Action.CONVERT:
        initial |= {"kind": appeal.kind}
    return Setting(today, appeal.level, people, organizations, initial=initial, hint=hint, **more)


def evidence_setting(action: Action, appeal: Appeal, today: date, initial: dict[str, Any]) -> dict[str, Any]:
    """What the forms of requests, expertises and parts choose from; the clinic of the appeal is filled in."""
    if action in (Action.ASK_CLINIC, Action.ORDER_EXPERTISE):
        rows = Clinic.objects.filter(region=appeal.region_id, closed_on=None).order_by("short_name")
        if appeal.clinic is not None:
            initial["clinic"] = f"{appeal.clinic.mo_code} {appeal.clinic.short_name}"
        if appeal.happened_on is not None:
            initial |= {"period_from": appeal.happened_on, "period_to": appeal.happened_on}
        return {"region": appeal.region_id, "clinics": list(rows.values_list("mo_code", "short_name"))}
    if action is Action.SPLIT:
        return {"topics": topic_choices(today)}
    if action is Action.CLINIC_REPLIED:
        asked = (
            ClinicRequest.objects.unanswered().filter(appeal=appeal).select_related("clinic").order_by("pk")
        )
        return {"requests": [(one.pk, one.clinic.short_name) for one in asked]}
    if action is Action.EXPERTISE_RECEIVED:
        under_way = Expertise.objects.filter(appeal=appeal, received_at__isnull=True).first()
        kind = under_way.kind if under_way else ""
        return {"expertise": kind, "is_complaint": appeal.kind == Kind.COMPLAINT}
    return {}


def load_words(one: Any) -> str:
    """A representative of `people_for` with the load, as a choice of who takes a case."""
    name = short_name(one.last_name, one.first_name, one.middle_name)
    words = gettext("%(name)s: %(open)s of %(capacity)s open cases")
    said = words % {"name": name, "open": one.open_cases, "capacity": one.capacity}
    return f"{said}, {gettext('absent today')}" if one.is_absent else said


Doer = Callable[..., object]
# The service of each action, and under which of its names it takes the form's fields.
SERVICES: Mapping[Action, tuple[Doer, Mapping[str, str]]] = {
    Action.TAKE: (services.take, {}),
    Action.ASSIGN: (services.assign, {"assignee": "representative_id"}),
    Action.HAND_OVER: (services.hand_over, {}),
    Action.ACCEPT_HAND_OVER: (services.accept_hand_over, {}),
    Action.RETURN_HAND_OVER: (services.return_hand_over, {}),
    Action.ASK_APPLICANT: (services.ask_applicant, {}),
    Action.INFORM_APPLICANT: (services.inform_applicant, {}),
    Action.APPLICANT_REPLIED: (services.receive_reply, {"papers": "files"}),
    Action.ASK_CLINIC: (services.ask_clinic, {"clinic": "clinic_id"}),
    Action.CLINIC_REPLIED: (services.clinic_replied, {"papers": "files"}),
    Action.ORDER_EXPERTISE: (services.order_expertise, {"clinic": "clinic_id"}),
    Action.EXPERTISE_RECEIVED: (services.record_expertise, {"papers": "files"}),
    Action.RESUME: (services.resume, {}),
    Action.SUBMIT_FOR_REVIEW: (services.submit_for_review, {}),
    Action.SEND_BACK: (services.send_back, {}),
    Action.ANSWER: (services.answer, {"answer": "text"}),
    Action.FORWARD: (services.forward, {}),
    Action.WITHDRAW: (services.withdraw, {}),
    Action.DECLINE: (services.decline, {}),
    Action.EXTEND: (services.extend, {}),
    Action.REOPEN: (services.reopen, {}),
    Action.CLOSE: (services.close, {}),
    Action.CONVERT: (services.convert, {}),
    Action.REROUTE: (services.reroute, {"organization": "organization_id"}),
    Action.MARK_VALIDITY: (services.mark_validity, {}),
    Action.SPLIT: (services.split, {}),
    Action.LINK: (services.link, {}),
    Action.INSTRUCT: (services.instruct, {}),
    Action.REPORT_BACK: (services.report_back, {}),
}


def perform(action: Action, form: ActionForm, *, appeal: Appeal, scope: Scope, now: datetime) -> None:
    """Does what a valid form says. Errors: `AppealError` of the service, nothing written."""
    doer, renamed = SERVICES[action]
    given = {renamed.get(name, name): value for name, value in form.cleaned_data.items() if name != "version"}
    if action is Action.CONVERT:
        given["kind"] = Kind(given["kind"])
    if action is Action.SPLIT:
        part = services.Part(Kind(given["kind"]), given["topic"], given["text"])
        given = {"parts": [part], "reason": given["reason"]}
    if action is Action.ORDER_EXPERTISE:
        given = {"order": services.Order(**given)}
    if action is Action.EXPERTISE_RECEIVED:
        beside: dict[str, Any] = {name: given.pop(name) for name in ("validity", "files") if name in given}
        beside["outcome"] = services.Outcome(**given)
        given = beside
    doer(
        appeal_id=appeal.pk,
        actor=Actor.of(scope),
        now=now,
        expected_version=form.cleaned_data["version"],
        **given,
    )


def field_of(action: Action, name: str) -> str:
    """The form's field for a name the service uses."""
    back = {service_name: field for field, service_name in SERVICES[action][1].items()}
    return back.get(name, name)


def typed_text(form: ActionForm) -> str:
    """What the person typed, to be kept when the action itself is gone."""
    typed = [name for name, field in form.fields.items() if isinstance(field.widget, Textarea | TextInput)]
    parts = [str(form.data.get(name, "")).strip() for name in typed]
    return "\n\n".join(part for part in parts if part)
