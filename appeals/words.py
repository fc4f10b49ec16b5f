"""Words of the appeals wing for people: labels of stored values, as choices for fields and forms."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.lifecycle import Action, State
from appeals.reference import Unit
from appeals.terms import Channel, Form, Insurance, Kind, Suspicion, Urgency

KINDS: Mapping[StrEnum, Promise] = {
    Kind.CONSULTATION: _("consultation"),
    Kind.APPLICATION: _("application"),
    Kind.COMPLAINT: _("complaint"),
    Kind.PROPOSAL: _("proposal"),
    Kind.GRATITUDE: _("gratitude"),
}
FORMS: Mapping[StrEnum, Promise] = {Form.ORAL: _("oral"), Form.WRITTEN: _("written")}
CHANNELS: Mapping[StrEnum, Promise] = {
    Channel.SITE: _("site"),
    Channel.PHONE: _("phone"),
    Channel.VOICE_MESSAGE: _("voice message"),
    Channel.VISIT: _("visit"),
    Channel.DUTY_POST: _("duty post in a clinic"),
    Channel.POST: _("post"),
    Channel.EMAIL: _("e-mail"),
    Channel.API: _("API"),
    Channel.FROM_ANOTHER_BODY: _("from another body"),
}
URGENCIES: Mapping[StrEnum, Promise] = {
    Urgency.NORMAL: _("ordinary"),
    Urgency.URGENT: _("urgent"),
    Urgency.EMERGENCY: _("emergency"),
}
INSURANCES: Mapping[StrEnum, Promise] = {
    Insurance.OWN: _("insured by the receiving insurer"),
    Insurance.OTHER_INSURER: _("insured by another insurer"),
    Insurance.OTHER_REGION: _("insured in another region"),
    Insurance.UNKNOWN: _("insurer not known"),
    Insurance.FUND_AS_INSURER: _("the fund does the insurer's job"),
    Insurance.NO_LICENCE: _("the insurer has no licence"),
}
SUSPICIONS: Mapping[StrEnum, Promise] = {
    Suspicion.ONCOLOGY: _("suspected cancer"),
    Suspicion.CARDIOVASCULAR: _("suspected disease of heart or vessels"),
}
STATES: Mapping[StrEnum, Promise] = {
    State.REGISTERED: _("registered"),
    State.IN_PROGRESS: _("in progress"),
    State.AWAITING_APPLICANT: _("waiting for the applicant"),
    State.AWAITING_CLINIC: _("waiting for the clinic"),
    State.AWAITING_EXPERTISE: _("waiting for the expertise"),
    State.IN_REVIEW: _("answer under approval"),
    State.ANSWERED: _("answered"),
    State.FORWARDED: _("forwarded"),
    State.WITHDRAWN: _("withdrawn"),
    State.DECLINED: _("left without an answer"),
    State.CLOSED: _("closed"),
}
ACTIONS: Mapping[StrEnum, Promise] = {
    Action.FILE: _("file"),
    Action.ROUTE: _("route"),
    Action.REROUTE: _("route by hand"),
    Action.TAKE: _("take"),
    Action.ASSIGN: _("assign"),
    Action.HAND_OVER: _("hand over"),
    Action.ACCEPT_HAND_OVER: _("accept the hand-over"),
    Action.RETURN_HAND_OVER: _("return the hand-over"),
    Action.ASK_APPLICANT: _("ask the applicant"),
    Action.APPLICANT_REPLIED: _("record the applicant's reply"),
    Action.ASK_CLINIC: _("ask the clinic"),
    Action.CLINIC_REPLIED: _("record the clinic's reply"),
    Action.ORDER_EXPERTISE: _("order an expertise"),
    Action.EXPERTISE_RECEIVED: _("record the outcome of the expertise"),
    Action.RESUME: _("go on without waiting"),
    Action.SUBMIT_FOR_REVIEW: _("submit the answer for approval"),
    Action.SEND_BACK: _("send back"),
    Action.ANSWER: _("answer"),
    Action.FORWARD: _("forward"),
    Action.WITHDRAW: _("withdraw"),
    Action.DECLINE: _("leave without an answer"),
    Action.EXTEND: _("extend the term"),
    Action.REOPEN: _("reopen"),
    Action.CLOSE: _("close"),
    Action.CONVERT: _("change the kind"),
    Action.MARK_VALIDITY: _("judge the complaint"),
}
UNITS: Mapping[StrEnum, Promise] = {Unit.DAY: _("calendar day"), Unit.WORKING_DAY: _("working day")}


def choices(words: Mapping[StrEnum, Promise]) -> list[tuple[str, Promise]]:
    return [(str(value), label) for value, label in words.items()]
