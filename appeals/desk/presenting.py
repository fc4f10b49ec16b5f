"""How a case is told to the people who work it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from appeals.escalation import Recipient, Step
from appeals.lifecycle import WAITING, Action, State
from appeals.models import ActingGround, Appeal, AppealEvent, DeclineGround, LadderStep
from appeals.terms import Role, Urgency
from appeals.words import STATES
from registry import names
from registry.models import InsuredPerson, User
from registry.scoping import Role as Granted
from registry.scoping import Scope

# The steps of a case as things done; the words of `appeals.words.ACTIONS` name what can be done.
DONE: Mapping[Action, Promise] = {
    Action.FILE: _("The appeal was registered"),
    Action.ROUTE: _("Routed by the rules"),
    Action.REROUTE: _("Routed by hand"),
    Action.TAKE: _("Taken to work"),
    Action.ASSIGN: _("Given to a representative"),
    Action.HAND_OVER: _("Offered to another level"),
    Action.ACCEPT_HAND_OVER: _("The hand-over was accepted"),
    Action.RETURN_HAND_OVER: _("The hand-over was returned"),
    Action.ASK_APPLICANT: _("The applicant was asked"),
    Action.INFORM_APPLICANT: _("The applicant was told"),
    Action.APPLICANT_REPLIED: _("The applicant replied"),
    Action.ASK_CLINIC: _("The clinic was asked"),
    Action.CLINIC_REPLIED: _("The clinic replied"),
    Action.ORDER_EXPERTISE: _("An expertise was ordered"),
    Action.EXPERTISE_RECEIVED: _("The expertise came back"),
    Action.RESUME: _("Work goes on without waiting"),
    Action.SUBMIT_FOR_REVIEW: _("The answer went for approval"),
    Action.SEND_BACK: _("The answer was sent back"),
    Action.ANSWER: _("The answer was sent"),
    Action.FORWARD: _("Passed on to the competent body"),
    Action.WITHDRAW: _("The applicant withdrew the appeal"),
    Action.DECLINE: _("Left without an answer"),
    Action.EXTEND: _("The term was extended"),
    Action.REOPEN: _("Opened again"),
    Action.CLOSE: _("Closed"),
    Action.CONVERT: _("The kind was changed"),
    Action.INSTRUCT: _("The fund instructed the insurer"),
    Action.REPORT_BACK: _("The insurer reported to the fund"),
    Action.MARK_VALIDITY: _("The complaint was judged"),
    Action.SPLIT: _("Another matter was split off"),
    Action.LINK: _("Linked to an earlier appeal"),
    Action.MARK_PAPER: _("It was noted who may open a file"),
    Action.CHECK_WAITING: _("The waiting time was checked"),
}
ROLES: Mapping[str, Promise] = {
    Role.CITIZEN: _("applicant"),
    Role.OPERATOR: _("operator"),
    Role.CASE_WORKER: pgettext_lazy("role", "specialist"),
    Role.EXPERT: _("expert"),
    Role.SUPERVISOR: _("supervisor"),
    Role.FUND_OPERATOR: _("fund's operator"),
    Role.FUND_ADMIN: _("fund's administrator"),
    Role.CLINIC_STAFF: _("clinic"),
    Role.SYSTEM: _("the portal"),
}


@dataclass(frozen=True, slots=True)
class Row:
    url: str
    number: str
    topic: str
    person: str
    due_on: date
    owner: str
    mine: bool
    urgency: str
    urgency_word: str
    waits: str
    closed_word: str
    current: bool
    version: int


@dataclass(frozen=True, slots=True)
class Told:
    """One step of the story."""

    title: str
    who: str
    at: datetime
    public: bool
    public_text: str
    note: str


class Fact(NamedTuple):
    """`kind` says how the value is drawn: text, phone, mail."""

    label: str
    value: object
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Facts:
    title: str
    rows: list[Fact]


def rows_of(cases: Iterable[Appeal], *, scope: Scope, address: QueryDict, current: str) -> list[Row]:
    several = len({grant.organization for grant in scope.grants}) > 1 or scope.has(
        Granted.FUND_ADMIN, Granted.FUND_OPERATOR
    )
    query = address.urlencode()
    return [
        Row(
            url=f"{reverse('staff_case', args=[case.number])}?{query}",
            number=case.number,
            topic=case.topic.plain_title,
            person=short_name(case.concerned_name or case.applicant_name),
            due_on=case.due_on,
            owner=holder(case, scope.user_id),
            mine=case.worker_id is not None and case.worker_id == scope.user_id,
            urgency="" if case.urgency == Urgency.NORMAL else case.urgency,
            urgency_word=case.get_urgency_display(),
            waits=_waits(case, with_office=several),
            closed_word="" if case.is_open else str(STATES[State(case.state)]),
            current=case.number == current,
            version=case.version,
        )
        for case in cases
    ]


def _waits(case: Appeal, *, with_office: bool) -> str:
    words = [str(STATES[State(case.state)])] if State(case.state) in WAITING else []
    if with_office and case.organization is not None:
        words.append(case.organization.short_name)
    if case.control_on is not None:
        words.append(
            gettext("instruction of the fund until %(day)s") % {"day": date_format(case.control_on, "j E")}
        )
    return " · ".join(words)


def holder(case: Appeal, reader: int | None) -> str:
    """In whose hands a case is, as a word for the reader."""
    if case.worker_id is None and case.assignee is None:
        return pgettext("case", "free") if case.is_open else ""
    if case.worker_id is not None and case.worker_id == reader:
        return gettext("you")
    if case.assignee is not None:
        one = case.assignee
        return names.short_name(one.last_name, one.first_name, one.middle_name)
    return str(case.worker)


def short_name(full: str) -> str:
    """«И. И. Петров» of a name typed as «Петров Иван Иванович»; anything longer or shorter stays as it is."""
    parts = full.split()
    return names.short_name(*parts) if 2 <= len(parts) <= 3 else full


def status_kind(case: Appeal) -> str:
    """Which of the status marks fits the state."""
    if case.state in WAITING:
        return "warn"
    if case.is_open:
        return "info"
    return "ok" if case.state in (State.ANSWERED, State.CLOSED) else "idle"


def story_of(events: Sequence[AppealEvent], *, reader: int | None) -> list[Told]:
    """Newest first, with names of colleagues. At most one query."""
    actors = {event.actor_user_id for event in events if event.actor_user_id not in (None, reader)}
    known = {user.pk: str(user) for user in User.objects.filter(pk__in=actors)}
    return [
        Told(
            title=str(DONE[Action(event.action)]),
            who=_who(event, known, reader),
            at=event.at,
            public=event.public and event.actor_role != Role.CITIZEN,
            public_text=event.public_text,
            note=event.note,
        )
        for event in reversed(events)
    ]


STEPS: Mapping[str, Promise] = {
    Step.HALF: _("half of the term is over"),
    Step.MOST: _("80 % of the term is over"),
    Step.ALL: _("the term is over"),
}
TOLD: Mapping[str, Promise] = {
    Recipient.ASSIGNEE: pgettext_lazy("reminded", "whoever has the case"),
    Recipient.SUPERVISOR: pgettext_lazy("reminded", "supervisor"),
    Recipient.FUND: pgettext_lazy("reminded", "fund"),
}


def reminders_of(steps: Iterable[LadderStep]) -> list[str]:
    """Each reminder as a line: when, what, who was told."""
    return [
        gettext("%(day)s: %(step)s; told: %(who)s")
        % {
            "day": date_format(timezone.localtime(one.at), "j E, H:i"),
            "step": STEPS[one.step],
            "who": TOLD[one.recipient],
        }
        for one in steps
    ]


def _who(event: AppealEvent, known: Mapping[int, str], reader: int | None) -> str:
    role = str(ROLES.get(event.actor_role, event.actor_role))
    if event.actor_user_id is None:
        return role
    if event.actor_user_id == reader:
        return gettext("you")
    name = known.get(event.actor_user_id)
    return f"{name}, {role}" if name else role


def facts_of(case: Appeal, people: Mapping[int, InsuredPerson], today: date) -> list[Facts]:
    """What is known around a case, in groups. `people` are the records this reader may see."""
    groups = [_applicant(case), _concerned(case, people, today), _dates(case), _matter(case)]
    return [Facts(group.title, rows) for group in groups if (rows := [r for r in group.rows if r.value])]


def _applicant(case: Appeal) -> Facts:
    ground = "" if case.acting_ground == ActingGround.SELF else case.get_acting_ground_display()
    if case.ground_document:
        ground = f"{ground}: {case.ground_document}"
    return Facts(
        gettext("Applicant"),
        [
            Fact(gettext("Name"), case.applicant_name),
            Fact(gettext("Acts as"), ground),
            Fact(gettext("Phone"), case.applicant_phone, "phone"),
            Fact(gettext("E-mail"), case.applicant_email, "mail"),
            Fact(gettext("Postal address"), case.applicant_address),
            Fact(gettext("How to answer"), case.get_reply_channel_display()),
        ],
    )


def _concerned(case: Appeal, people: Mapping[int, InsuredPerson], today: date) -> Facts:
    person = people.get(case.concerned_person_id or 0) or (
        people.get(case.applicant_id or 0) if case.acting_ground == ActingGround.SELF else None
    )
    born = person.birth_date if person else case.concerned_birth_date
    enp = person.enp if person else case.concerned_enp
    insurer = person.insurer if person else case.insurer
    return Facts(
        gettext("Person concerned"),
        [
            Fact(gettext("Name"), person.full_name if person else case.concerned_name),
            Fact(gettext("Born"), _born(born, today) if born else ""),
            Fact(gettext("Policy number"), grouped_enp(enp)),
            Fact(gettext("Insurer"), insurer.short_name if insurer else case.get_insurance_display()),
            Fact(
                gettext("Clinic of attachment"), person.clinic.short_name if person and person.clinic else ""
            ),
            Fact(
                gettext("Phone"),
                person.phone if person and person.phone != case.applicant_phone else "",
                "phone",
            ),
        ],
    )


def _dates(case: Appeal) -> Facts:
    return Facts(
        gettext("Terms"),
        [
            Fact(gettext("Answer due"), _day(case.due_on)),
            Fact(
                gettext("Last working day before"), _day(case.warn_on) if case.warn_on != case.due_on else ""
            ),
            Fact(gettext("Forward by"), _day(case.forward_by) if case.is_open else ""),
            Fact(gettext("Internal target"), _day(case.target_on) if case.is_open else ""),
            Fact(gettext("Registered"), _day(case.registered_on)),
            Fact(gettext("Extended"), _day(case.extended_on)),
        ],
    )


def _matter(case: Appeal) -> Facts:
    level = gettext("level %(level)s") % {"level": case.level} if case.level else ""
    office = ", ".join(
        part for part in (case.organization.short_name if case.organization else "", level) if part
    )
    return Facts(
        gettext("Matter"),
        [
            Fact(gettext("Topic of form ЗПЗ"), f"{case.topic.code} {case.topic.title}"),
            Fact(gettext("Came by"), case.get_channel_display()),
            Fact(gettext("Works it"), office),
            Fact(gettext("Clinic"), case.clinic.short_name if case.clinic else ""),
            Fact(gettext("Happened on"), _day(case.happened_on)),
            Fact(gettext("Suspicion"), case.get_suspicion_display() if case.suspicion else ""),
            Fact(gettext("Competent body"), case.addressee.title if case.addressee else ""),
            Fact(gettext("Complaint"), case.get_validity_display() if case.validity else ""),
            Fact(
                gettext("Ground of leaving"),
                DeclineGround.title_of(case.decline_ground, case.due_on) if case.decline_ground else "",
            ),
        ],
    )


def _born(born: date, today: date) -> str:
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    age = ngettext("%(years)s year", "%(years)s years", years) % {"years": years}
    return f"{_day(born)}, {age}"


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def grouped_enp(enp: str) -> str:
    return " ".join(enp[start : start + 4] for start in range(0, len(enp), 4))


BUTTONS: Mapping[Action, Promise] = {
    Action.ASSIGN: pgettext_lazy("button", "Give the case"),
    Action.HAND_OVER: pgettext_lazy("button", "Offer the case"),
    Action.RETURN_HAND_OVER: pgettext_lazy("button", "Return the case"),
    Action.ASK_APPLICANT: pgettext_lazy("button", "Send the question"),
    Action.INFORM_APPLICANT: pgettext_lazy("button", "Send the message"),
    Action.APPLICANT_REPLIED: pgettext_lazy("button", "Record the reply"),
    Action.ASK_CLINIC: pgettext_lazy("button", "Send the request"),
    Action.CLINIC_REPLIED: pgettext_lazy("button", "Record the reply"),
    Action.ORDER_EXPERTISE: pgettext_lazy("button", "Order the expertise"),
    Action.EXPERTISE_RECEIVED: pgettext_lazy("button", "Record the outcome"),
    Action.RESUME: pgettext_lazy("button", "Go on"),
    Action.SUBMIT_FOR_REVIEW: pgettext_lazy("button", "Send for approval"),
    Action.SEND_BACK: pgettext_lazy("button", "Send back"),
    Action.ANSWER: pgettext_lazy("button", "Send the answer"),
    Action.FORWARD: pgettext_lazy("button", "Forward"),
    Action.WITHDRAW: pgettext_lazy("button", "Record the withdrawal"),
    Action.DECLINE: pgettext_lazy("button", "Leave without an answer"),
    Action.EXTEND: pgettext_lazy("button", "Extend the term"),
    Action.REOPEN: pgettext_lazy("button", "Open again"),
    Action.CONVERT: pgettext_lazy("button", "Change and route anew"),
    Action.REROUTE: pgettext_lazy("button", "Route"),
    Action.SPLIT: pgettext_lazy("button", "Split off"),
    Action.LINK: pgettext_lazy("button", "Link"),
    Action.INSTRUCT: pgettext_lazy("button", "Give the instruction"),
    Action.REPORT_BACK: pgettext_lazy("button", "Send the report"),
    Action.MARK_VALIDITY: pgettext_lazy("button", "Record the judgement"),
    Action.CHECK_WAITING: pgettext_lazy("button", "Note it in the case"),
    Action.TAKE: pgettext_lazy("button", "Take"),
    Action.ACCEPT_HAND_OVER: pgettext_lazy("button", "Accept"),
    Action.CLOSE: pgettext_lazy("button", "Close the case"),
}
