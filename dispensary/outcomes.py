"""What came of a call, and everything that changes with it. Each service is one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils import timezone

from dispensary import aftercare_services, case_services
from dispensary.callbacks import other_time
from dispensary.calling import close, exclude, fail, held, put_back
from dispensary.models import (
    Call,
    CallAttempt,
    CallKind,
    CallOutcome,
    Invitation,
    InvitationState,
    Reason,
    SurveyAnswer,
)
from dispensary.models.campaigns import ExcludedReason, Informing, InformingOutcome
from dispensary.reference import policy_on
from notifications.rechecks import Rules
from notifications.services import cancel_person, note_call, withdraw_all
from registry.models import User
from registry.models.people import ContactChannel
from registry.scoping import Scope


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a caller writes down. `on_day` for «will come» and «has come»; a refusal needs a reason or a note."""

    outcome: CallOutcome
    on_day: date | None = None
    reason: Reason | None = None
    note: str = ""
    satisfied: bool | None = None
    # The person asked not to be called or written to any more.
    leave_alone: bool = False


@transaction.atomic
def record(*, call_id: int, actor: User, scope: Scope, answer: Answer, now: datetime) -> Call:
    """Writes down what came of a call, and moves the invitation, the consents and the list on at once.

    A lease that ran out while the caller was still talking counts as long as nobody else took the person.
    Errors: NotYours; IntegrityError for a day or a reason missing, see `CallAttempt`.
    """
    call = held(call_id, actor, scope)
    CallAttempt.objects.create(
        call=call,
        outcome=answer.outcome,
        on_day=answer.on_day,
        reason=answer.reason,
        note=answer.note,
        by=actor,
        at=now,
    )
    call.attempts += 1
    call.save(update_fields=["attempts"])
    if call.invitation is not None and call.kind == CallKind.INVITATION:
        _tell_invitation(call.invitation, answer, actor, now)
    elif call.invitation is not None and answer.outcome == CallOutcome.CAME:
        _came(call.invitation, answer.on_day)
    elif call.kind == CallKind.VISIT:
        case_services.hear(
            call=call, outcome=answer.outcome, on_day=answer.on_day, note=answer.note, actor=actor, now=now
        )
    elif call.kind == CallKind.ADVICE:
        aftercare_services.hear(
            call=call, outcome=answer.outcome, on_day=answer.on_day, note=answer.note, actor=actor, now=now
        )
    _settle(call, answer, actor, now)
    if answer.leave_alone:
        withdraw_all(person_id=call.person_id, now=now)
    if answer.outcome == CallOutcome.DIED:
        _report_death(call.person_id, now)
    return call


@transaction.atomic
def note(*, invitation_id: int, actor: User, scope: Scope, answer: Answer, now: datetime) -> Invitation:
    """A talk that the list did not arrange: the person called, or said so in passing. A waiting call is closed.

    Errors: Invitation.DoesNotExist for what the reader cannot see; IntegrityError as in `record`.
    """
    rows = Invitation.objects.visible_to(scope).select_for_update(of=("self",)).select_related("person")
    invitation = rows.get(pk=invitation_id)
    _tell_invitation(invitation, answer, actor, now)
    if answer.outcome != CallOutcome.NO_ANSWER:
        for call in invitation.calls.filter(
            kind=CallKind.INVITATION, closed_at__isnull=True
        ).select_for_update():
            close(call, answer.outcome, now)
    if answer.leave_alone:
        withdraw_all(person_id=invitation.person_id, now=now)
    if answer.outcome == CallOutcome.DIED:
        _report_death(invitation.person_id, now)
    return invitation


@transaction.atomic
def reply(*, invitation_id: int, channel: str, answer: Answer, now: datetime) -> None:
    """The person's own answer on the page of a letter or message; the secret of its address is the permission.

    Said again it is noted again, and the newest counts. Whoever was to be called about it is taken off the list.
    """
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("person")
    invitation = rows.get(pk=invitation_id)
    _tell_invitation(invitation, answer, None, now, channel)
    if answer.satisfied is not None or (answer.outcome == CallOutcome.REFUSED and answer.reason is not None):
        kind = SurveyAnswer.Kind.ABSENCE if answer.satisfied is None else SurveyAnswer.Kind.SATISFACTION
        SurveyAnswer.objects.update_or_create(
            invitation=invitation,
            kind=kind,
            defaults={
                "way": SurveyAnswer.Way.WEB,
                "satisfied": answer.satisfied,
                "reason": answer.reason,
                "note": answer.note,
                "by": None,
                "at": now,
            },
        )
    for call in invitation.calls.filter(closed_at__isnull=True).select_for_update():
        close(call, CallOutcome.NOT_NEEDED, now)
    if answer.leave_alone:
        withdraw_all(person_id=invitation.person_id, now=now)


# What a talk counts as under the monthly cap.
_EVENTS = {CallKind.VISIT: "visit_reminder", CallKind.ADVICE: aftercare_services.EVENT}
_TALKED = frozenset(
    {CallOutcome.WILL_COME, CallOutcome.CAME, CallOutcome.REFUSED, CallOutcome.ANSWERED, CallOutcome.MOVED}
)


def _settle(call: Call, answer: Answer, actor: User, now: datetime) -> None:
    """What becomes of the call itself."""
    if answer.outcome in _TALKED:
        event = _EVENTS.get(CallKind(call.kind), "exam_invitation")
        key = f"call:{call.pk}:{call.attempts}"
        note_call(person=call.person, event=event, dedupe_key=key, words=call.get_kind_display(), now=now)
    if call.kind in (CallKind.ABSENCE, CallKind.SATISFACTION) and answer.outcome == CallOutcome.ANSWERED:
        _keep_answer(call, answer, actor, now)
    if call.kind == CallKind.INVITATION and answer.outcome == CallOutcome.REFUSED and answer.reason:
        # Whoever refuses with a reason has answered the question why before it was asked.
        _keep_answer(call, answer, actor, now, kind=SurveyAnswer.Kind.ABSENCE)
    if answer.outcome != CallOutcome.NO_ANSWER:
        close(call, answer.outcome, now)
        return
    policy = policy_on(timezone.localdate(now), call.region_id)
    if call.attempts < policy.call_attempts:
        put_back(call, due_at=_next_attempt(call, now))
        return
    close(call, CallOutcome.NO_ANSWER, now)
    if call.invitation is not None and call.kind == CallKind.INVITATION:
        fail(call.invitation, now)


def _next_attempt(call: Call, now: datetime) -> datetime:
    try:
        zone = ZoneInfo(call.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = call.region.zone
    return Rules(now.date()).within_hours(other_time(now, zone), zone.key, call.region_id)


def _keep_answer(call: Call, answer: Answer, actor: User, now: datetime, kind: str = "") -> None:
    SurveyAnswer.objects.get_or_create(
        invitation=call.invitation,
        kind=kind or call.kind,
        defaults={
            "way": SurveyAnswer.Way.PHONE,
            "satisfied": answer.satisfied,
            "reason": answer.reason,
            "note": answer.note,
            "by": actor,
            "at": now,
        },
    )


_GONE = {CallOutcome.DIED: ExcludedReason.DIED, CallOutcome.MOVED: ExcludedReason.MOVED}
_TOLD = frozenset({CallOutcome.WILL_COME, CallOutcome.CAME, CallOutcome.REFUSED})


def _tell_invitation(
    invitation: Invitation,
    answer: Answer,
    actor: User | None,
    now: datetime,
    channel: str = ContactChannel.PHONE,
) -> None:
    """Notes the talk with the invitation and changes its state; a wrong number leaves a letter to try."""
    words = " — ".join(part for part in (str(answer.reason or ""), answer.note) if part)
    Informing.objects.create(
        invitation=invitation,
        channel=channel,
        outcome=InformingOutcome(answer.outcome),
        on_day=answer.on_day,
        note=words[:300],
        by=actor,
        at=now,
    )
    if answer.outcome == CallOutcome.CAME:
        _came(invitation, answer.on_day)
    if answer.outcome in _TOLD and invitation.state != InvitationState.EXCLUDED:
        invitation.state, invitation.informed_at = InvitationState.INFORMED, invitation.informed_at or now
        invitation.save(update_fields=["state", "informed_at"])
    elif answer.outcome in _GONE:
        exclude(invitation, _GONE[answer.outcome])
    elif answer.outcome == CallOutcome.WRONG_NUMBER and invitation.state == InvitationState.LISTED:
        fail(invitation, now)


def _came(invitation: Invitation, day: date | None) -> None:
    """A visit answers for every round of the campaign."""
    rounds = Invitation.objects.filter(person=invitation.person_id, campaign=invitation.campaign_id)
    rounds.filter(came_on__isnull=True).update(came_on=day)
    invitation.came_on = day


def _report_death(person_id: int, now: datetime) -> None:
    """Nobody of the family is disturbed again. The register of insured people learns of a death by itself."""
    cancel_person(person_id=person_id, code=ExcludedReason.DIED)
    Invitation.objects.filter(
        person=person_id, state__in=[InvitationState.PLANNED, InvitationState.LISTED]
    ).update(state=InvitationState.EXCLUDED, excluded_reason=ExcludedReason.DIED)
    Call.objects.filter(person=person_id, closed_at__isnull=True).update(
        closed_at=now, outcome=CallOutcome.DIED, leased_by=None, leased_until=None
    )
