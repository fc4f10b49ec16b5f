"""Who works an appeal, at which level and how soon: facts in, one decision with its reasons out.

The rules themselves are in `routing_rules`; who of the people at that level takes it is decided elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from appeals.deadlines import Deadlines, WorkCalendar, deadlines, local_day
from appeals.facts import BadFacts, Facts
from appeals.reference import Terms, TopicNotValid, Topics, UnknownTopic
from appeals.routing_rules import COMPETENCE, LEVEL, NOTES, PACE, Case, Competence, Level, Note, Pace, Rule
from appeals.terms import Organisation, Reason, Urgency


@dataclass(frozen=True, slots=True)
class Policy:
    """What the region decides by: its dictionary of topics, terms, time zone and working calendar."""

    topics: Topics
    terms: Terms
    zone: ZoneInfo
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class Decision:
    """`level` None: not for representatives. `addressee`: the body outside OMS it must be forwarded to.

    `forward_by` is set where the receiving organisation must pass the appeal on. `copy_to_supervisor`: the
    supervisor of the insurer complained about gets a copy, though the fund decides.
    """

    organisation: Organisation
    level: int | None
    addressee: str | None
    urgency: Urgency
    forward_by: date | None
    copy_to_supervisor: bool
    dates: Deadlines
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, object]:
        """The answer of `explain_routing`: dates in ISO form."""
        return {
            "organisation": self.organisation.value,
            "level": self.level,
            "addressee": self.addressee,
            "urgency": self.urgency.value,
            "forward_by": self.forward_by.isoformat() if self.forward_by else None,
            "due_on": self.dates.due_on.isoformat(),
            "warn_on": self.dates.warn_on.isoformat(),
            "reasons": [reason.as_json() for reason in (*self.reasons, *self.dates.reasons)],
        }


def route(facts: Facts, policy: Policy) -> Decision:
    """The one decision for these facts.

    Total over all facts with a topic valid on the day of receipt; raises BadFacts for another topic. Errors
    of the calendar and of missing terms pass through: nothing is routed without lawful dates. `dates` take
    the moment of receipt for that of registration; the service counts them anew if it registers later.
    """
    case = _case(facts, policy)
    competence, why = _decide(COMPETENCE, case)
    reasons = [why]
    level: int | None = None
    if competence.levelled:
        chosen, why = _decide(LEVEL, case)
        level = chosen.level
        reasons.append(why)
    pace, why = _decide(PACE, case)
    dates = deadlines(facts.kind, facts.received_at, policy.zone, policy.calendar, policy.terms)
    passed_on = competence.addressee is not None or competence.organisation.value != facts.received_by.value
    return Decision(
        organisation=competence.organisation,
        level=level,
        addressee=competence.addressee,
        urgency=pace.urgency,
        forward_by=dates.forward_by if passed_on else None,
        copy_to_supervisor=competence.copy_to_supervisor,
        dates=dates,
        reasons=(*reasons, why, *(reason for _, reason in _said(NOTES, case))),
    )


def _case(facts: Facts, policy: Policy) -> Case:
    received_on = local_day(facts.received_at, policy.zone)
    try:
        return Case(facts, policy.topics.at(facts.topic, received_on), received_on)
    except UnknownTopic as error:
        raise BadFacts("unknown_topic", str(error)) from error
    except TopicNotValid as error:
        raise BadFacts("topic_not_valid", str(error)) from error


T = TypeVar("T", Competence, Level, Pace, Note)


def _said(rules: Sequence[Rule[T]], case: Case) -> Iterator[tuple[T, Reason]]:
    for rule in rules:
        if rule.valid_from <= case.received_on <= rule.valid_to:
            part = rule.say(case)
            if part is not None:
                yield part, Reason(rule.code, part.text)


def _decide(rules: Sequence[Rule[T]], case: Case) -> tuple[T, Reason]:
    return next(_said(rules, case))
