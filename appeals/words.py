"""Words of the appeals wing for people: labels of stored values, as choices for fields and forms."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.lifecycle import Action, State
from appeals.reference import Unit
from appeals.terms import Channel, Form, Insurance, Kind, Suspicion, Urgency
from appeals.waiting import Service, WaitUnit

KINDS: Mapping[StrEnum, Promise] = {
    Kind.CONSULTATION: pgettext_lazy("kind of appeal", "consultation"),
    Kind.APPLICATION: pgettext_lazy("kind of appeal", "application"),
    Kind.COMPLAINT: pgettext_lazy("kind of appeal", "complaint"),
    Kind.PROPOSAL: pgettext_lazy("kind of appeal", "proposal"),
    Kind.GRATITUDE: pgettext_lazy("kind of appeal", "gratitude"),
}
FORMS: Mapping[StrEnum, Promise] = {Form.ORAL: _("oral"), Form.WRITTEN: _("written")}
CHANNELS: Mapping[StrEnum, Promise] = {
    Channel.SITE: pgettext_lazy("intake channel", "site"),
    Channel.PHONE: pgettext_lazy("intake channel", "phone"),
    Channel.VOICE_MESSAGE: pgettext_lazy("intake channel", "voice message"),
    Channel.VISIT: pgettext_lazy("intake channel", "visit"),
    Channel.DUTY_POST: pgettext_lazy("intake channel", "duty post in a clinic"),
    Channel.POST: pgettext_lazy("intake channel", "post"),
    Channel.EMAIL: pgettext_lazy("intake channel", "e-mail"),
    Channel.API: pgettext_lazy("intake channel", "API"),
    Channel.FROM_ANOTHER_BODY: pgettext_lazy("intake channel", "from another body"),
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
    State.REGISTERED: pgettext_lazy("state of an appeal", "registered"),
    State.IN_PROGRESS: pgettext_lazy("state of an appeal", "in progress"),
    State.AWAITING_APPLICANT: pgettext_lazy("state of an appeal", "waiting for the applicant"),
    State.AWAITING_CLINIC: pgettext_lazy("state of an appeal", "waiting for the clinic"),
    State.AWAITING_EXPERTISE: pgettext_lazy("state of an appeal", "waiting for the expertise"),
    State.IN_REVIEW: pgettext_lazy("state of an appeal", "answer under approval"),
    State.ANSWERED: pgettext_lazy("state of an appeal", "answered"),
    State.FORWARDED: pgettext_lazy("state of an appeal", "forwarded"),
    State.WITHDRAWN: pgettext_lazy("state of an appeal", "withdrawn"),
    State.DECLINED: pgettext_lazy("state of an appeal", "left without an answer"),
    State.CLOSED: pgettext_lazy("state of an appeal", "closed"),
}
ACTIONS: Mapping[StrEnum, Promise] = {
    Action.FILE: pgettext_lazy("action", "file"),
    Action.ROUTE: pgettext_lazy("action", "route"),
    Action.REROUTE: pgettext_lazy("action", "route by hand"),
    Action.TAKE: pgettext_lazy("action", "take"),
    Action.ASSIGN: pgettext_lazy("action", "assign"),
    Action.HAND_OVER: pgettext_lazy("action", "hand over"),
    Action.ACCEPT_HAND_OVER: pgettext_lazy("action", "accept the hand-over"),
    Action.RETURN_HAND_OVER: pgettext_lazy("action", "return the hand-over"),
    Action.ASK_APPLICANT: pgettext_lazy("action", "ask the applicant"),
    Action.INFORM_APPLICANT: pgettext_lazy("action", "write to the applicant"),
    Action.APPLICANT_REPLIED: pgettext_lazy("action", "record the applicant's reply"),
    Action.ASK_CLINIC: pgettext_lazy("action", "ask the clinic"),
    Action.CLINIC_REPLIED: pgettext_lazy("action", "record the clinic's reply"),
    Action.ORDER_EXPERTISE: pgettext_lazy("action", "order an expertise"),
    Action.EXPERTISE_RECEIVED: pgettext_lazy("action", "record the outcome of the expertise"),
    Action.RESUME: pgettext_lazy("action", "go on without waiting"),
    Action.SUBMIT_FOR_REVIEW: pgettext_lazy("action", "submit the answer for approval"),
    Action.SEND_BACK: pgettext_lazy("action", "send back"),
    Action.ANSWER: pgettext_lazy("action", "answer"),
    Action.FORWARD: pgettext_lazy("action", "forward"),
    Action.WITHDRAW: pgettext_lazy("action", "withdraw"),
    Action.DECLINE: pgettext_lazy("action", "leave without an answer"),
    Action.EXTEND: pgettext_lazy("action", "extend the term"),
    Action.REOPEN: pgettext_lazy("action", "reopen"),
    Action.CLOSE: pgettext_lazy("action", "close"),
    Action.CONVERT: pgettext_lazy("action", "change the kind"),
    Action.SPLIT: pgettext_lazy("action", "split into several"),
    Action.LINK: pgettext_lazy("action", "link to an earlier one"),
    Action.MARK_PAPER: pgettext_lazy("action", "say who may open a file"),
    Action.INSTRUCT: pgettext_lazy("action", "instruct the insurer"),
    Action.REPORT_BACK: pgettext_lazy("action", "report to the fund"),
    Action.MARK_VALIDITY: pgettext_lazy("action", "judge the complaint"),
    Action.CHECK_WAITING: pgettext_lazy("action", "check the waiting time"),
}
UNITS: Mapping[StrEnum, Promise] = {Unit.DAY: _("calendar day"), Unit.WORKING_DAY: _("working day")}
SERVICES: Mapping[StrEnum, Promise] = {
    Service.GP: _("district physician, general practitioner or paediatrician"),
    Service.SPECIALIST: _("consultation of a specialist doctor"),
    Service.DIAGNOSTICS: _("X-ray, ultrasound, functional and laboratory tests"),
    Service.CT_MRI: _("CT, MRI or angiography"),
    Service.HOSPITAL: _("planned care in a hospital"),
    Service.AMBULANCE: _("arrival of an ambulance"),
    Service.URGENT_CARE: _("urgent care without a threat to life"),
}
WAIT_UNITS: Mapping[StrEnum, Promise] = {
    WaitUnit.MINUTE: pgettext_lazy("unit", "minute"),
    WaitUnit.HOUR: pgettext_lazy("unit", "hour"),
    WaitUnit.DAY: _("calendar day"),
    WaitUnit.WORKING_DAY: _("working day"),
}


def choices(words: Mapping[StrEnum, Promise]) -> list[tuple[str, Promise]]:
    return [(str(value), label) for value, label in words.items()]


# Named once more for the API document, which has to call the same set by the same name everywhere.
KIND_CHOICES = choices(KINDS)
