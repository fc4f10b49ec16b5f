"""A talk on the phone becomes an appeal: registered, routed and answered, handed over or promised, all at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals import services
from appeals.actors import Actor
from appeals.calls import rules
from appeals.calls.call_backs import close_with
from appeals.calls.places import office_of
from appeals.errors import InvalidInput
from appeals.filing import Filing
from appeals.models import (
    ActingGround,
    Appeal,
    CallBack,
    CallBackKind,
    CallBackOutcome,
    CallResult,
    PhoneCall,
    ReplyChannel,
)
from appeals.selectors import working_scope
from appeals.services.filing import Filed
from appeals.terms import Channel, Form, Kind
from registry.models import InsuredPerson, Organization
from registry.phones import InvalidPhone, normalise_phone
from registry.scoping import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What an operator wrote down. `key` and `started_at` were given out by the server when the form was opened.

    `name`: who calls, when it is not the person on record. `insured_here`: of a caller the register does not
    know, whether they say that this insurer insures them. `call_at`: for when a call back is promised.
    """

    key: UUID
    started_at: datetime
    result: CallResult
    topic: str
    text: str
    phone: str
    name: str = ""
    ground: str = ActingGround.SELF
    person_id: int | None = None
    insured_here: bool = True
    answer: str = ""
    level: int | None = None
    note: str = ""
    call_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    call: PhoneCall
    repeated: bool


@transaction.atomic
def save_call(
    *, talk: Talk, scope: Scope, user_id: int, now: datetime, call_back: CallBack | None = None
) -> Saved:
    """Saves the talk once, however often it is sent. `call_back`: the recording that it answers, kept for the actor.

    Errors: InvalidInput by field; those of filing, answering and handing over; NoOffice; NotYours.
    """
    before = PhoneCall.objects.visible_to(scope).select_related("appeal").filter(key=talk.key).first()
    if before is not None:
        return Saved(before, repeated=True)
    office = office_of(scope)
    person = _person(talk, scope)
    actor = Actor.of(Scope(user_id=scope.user_id, grants=scope.grants))
    filing = _filing(talk, office, person, call_back)
    filed: Filed = services.file_appeal(filing=filing, actor=actor, now=now)
    if filed.repeated:
        # The second of two clicks at one moment waited in the filing for the first.
        return Saved(PhoneCall.objects.select_related("appeal").get(key=talk.key), repeated=True)
    kept = talk.result in (CallResult.ANSWERED, CallResult.CALL_BACK)
    appeal = services.route_appeal(
        appeal_id=filed.appeal.pk,
        now=now,
        kept_on_the_line=kept,
        note=talk.note if talk.result == CallResult.HANDED_OVER else "",
    )
    _finish(talk, appeal, office, actor, user_id, now)
    call = PhoneCall.objects.create(
        key=talk.key,
        appeal=appeal,
        call_back=call_back,
        region=office.region,
        organization=office,
        operator_id=user_id,
        result=talk.result,
        started_at=min(talk.started_at, now),
        ended_at=now,
    )
    if call_back is not None:
        done = talk.result != CallResult.CALL_BACK
        outcome = CallBackOutcome.ANSWERED if done else CallBackOutcome.ANOTHER_TIME
        close_with(call_back=call_back, outcome=outcome, user_id=user_id, now=now, appeal=appeal)
    return Saved(call, repeated=False)


def _person(talk: Talk, scope: Scope) -> InsuredPerson | None:
    if talk.person_id is None:
        return None
    visible = InsuredPerson.objects.visible_to(working_scope(scope))
    person = visible.filter(pk=talk.person_id).first()
    if person is None:
        raise InvalidInput({"person": _("Find the caller again: this person is not on your list.")})
    return person


def _filing(
    talk: Talk, office: Organization, person: InsuredPerson | None, call_back: CallBack | None
) -> Filing:
    himself = person is not None and not talk.name
    told = call_back is not None and call_back.kind == CallBackKind.VOICE
    known_here = office.pk if talk.insured_here and not office.is_fund else None
    return Filing(
        region=office.region_id,
        kind=Kind.CONSULTATION,
        form=Form.ORAL,
        channel=Channel.VOICE_MESSAGE if told else Channel.PHONE,
        topic=talk.topic,
        text=talk.text,
        applicant_name=talk.name or (person.full_name if person else ""),
        applicant_phone=_phone(talk, person),
        applicant_id=person.pk if person is not None and himself else None,
        reply_channel=ReplyChannel.PHONE,
        acting_ground=ActingGround.SELF if himself else talk.ground,
        concerned_person_id=person.pk if person else None,
        concerned_name=person.full_name if person else "",
        concerned_birth_date=person.birth_date if person else None,
        concerned_enp=person.enp if person else "",
        insurer_id=None if person else known_here,
        received_by_id=office.pk,
        received_at=call_back.opened_at if call_back is not None and told else talk.started_at,
        submission_key=talk.key,
    )


def _phone(talk: Talk, person: InsuredPerson | None) -> str:
    typed = talk.phone or (person.phone if person else "")
    if not typed:
        raise InvalidInput({"phone": _("Ask for the number to call back on.")})
    try:
        return normalise_phone(typed)
    except InvalidPhone as error:
        raise InvalidInput({"phone": str(error)}) from error


def _finish(
    talk: Talk, appeal: Appeal, office: Organization, actor: Actor, user_id: int, now: datetime
) -> None:
    """What the talk came to, on the routed appeal."""
    if talk.result == CallResult.ANSWERED:
        services.answer(appeal_id=appeal.pk, text=talk.answer, actor=actor, now=now)
    elif talk.result == CallResult.CALL_BACK:
        _promise(talk, appeal, office, actor, user_id, now)
    elif office.is_fund:
        _to_insurer(talk, appeal, office, actor, now)
    elif appeal.organization_id == office.pk and appeal.level == 1:
        services.hand_over(appeal_id=appeal.pk, level=talk.level or 2, note=talk.note, actor=actor, now=now)


def _promise(
    talk: Talk, appeal: Appeal, office: Organization, actor: Actor, user_id: int, now: datetime
) -> None:
    if talk.call_at is None:
        raise InvalidInput({"call_at": _("Choose when you will call back.")})
    services.take(appeal_id=appeal.pk, actor=actor, now=now)
    CallBack.objects.create(
        kind=CallBackKind.PROMISE,
        region=office.region,
        organization=office,
        appeal=appeal,
        phone=appeal.applicant_phone,
        note=talk.note,
        opened_at=now,
        opened_by_id=user_id,
        due_at=talk.call_at,
        next_at=rules.first_ring(talk.call_at, now),
    )


def _to_insurer(talk: Talk, appeal: Appeal, office: Organization, actor: Actor, now: datetime) -> None:
    """A fund has no levels of its own: what its contact centre cannot answer goes to the person's insurer."""
    insurer = appeal.insurer
    if insurer is None or insurer.is_fund or insurer.region_id != office.region_id:
        raise InvalidInput(
            {"result": _("The caller's insurer is not known: answer, or promise to call back yourself.")}
        )
    services.reroute(
        appeal_id=appeal.pk,
        organization_id=insurer.pk,
        level=talk.level or 2,
        reason=talk.note,
        actor=actor,
        now=now,
    )
