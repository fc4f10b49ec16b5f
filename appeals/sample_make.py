"""Makes one sample appeal: the rules decide where it goes, the table of moves what happened to it."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from appeals import codes, routing
from appeals.deadlines import Deadlines, deadlines, target_on
from appeals.escalation import next_step_at
from appeals.facts import Facts
from appeals.lifecycle import OPEN, RESTING, WAITING, Action, State
from appeals.models import (
    AppealTopic,
    Author,
    Body,
    Direction,
    Validity,
)
from appeals.policy import terms, topics
from appeals.routing import Decision, Policy
from appeals.sample_evidence import clinic_request, expertise
from appeals.sample_parts import dated, handed_over, insurance, reasons
from appeals.sample_places import YEAR, Person, Place, place_of
from appeals.sample_rows import DEFAULTS, Made
from appeals.sample_shares import CONSULTATIONS, OLD, ORAL, OTHER_KINDS, SAID, WRITTEN, YOUNG, pick
from appeals.sample_story import HANDED_OVER, ON_THE_LINE, PUBLIC, WAYS, Step, story
from appeals.sample_texts import NOTES, REASONS, STATEMENTS, Words, words_for
from appeals.terms import Channel, Form, Insurance, Kind, Organisation, ReceivedBy
from registry.models import Organization, Region
from registry.selectors import work_calendar

# Stavropol's own figures: 3.1 % complaints, 96.9 % consultations; the rest is counted in neither.
COMPLAINTS = 0.031
OTHERS = 0.008
JUDGED = ((Validity.JUSTIFIED, 9), (Validity.UNJUSTIFIED, 9), (Validity.REPEATED, 2))


class Maker:
    """Makes appeals one after the other from what the database holds."""

    def __init__(self, now: datetime, random: Random, *, consultations: float = CONSULTATIONS) -> None:
        self.now, self.random, self.consultations = now, random, consultations
        self.topics: dict[Kind, list[AppealTopic]] = {kind: [] for kind in Kind}
        for topic in AppealTopic.objects.filter(selectable=True, valid_to__isnull=True).order_by("pk"):
            for kind in [Kind(topic.kind)] if topic.kind else (Kind.COMPLAINT, Kind.CONSULTATION):
                self.topics[kind].append(topic)
        self.bodies = dict(Body.objects.filter(valid_to__isnull=True).values_list("code", "pk"))
        self.offices = Organization.objects.in_bulk()
        years = {(now - timedelta(days=YEAR + 10)).year, now.year, (now + timedelta(days=90)).year}
        known, rules = topics(), terms()
        regions = Region.objects.filter(organizations__is_sample=True).distinct().order_by("pk")
        self.places = [
            place_of(region, Policy(known, rules, region.zone, work_calendar(region.pk, years)))
            for region in regions
        ]
        self.places = [place for place in self.places if place.people]
        self.weights = [len(place.people) for place in self.places]
        self.desks = [place for place in self.places if place.served]

    def make(self, pk: int, filed_at: datetime, wanted: State | None) -> Made:
        random = self.random
        place = self._place(wanted)
        kind = self._kind(place, wanted)
        topic = self._topic(kind, wanted)
        written = (kind is not Kind.CONSULTATION and random.random() < 0.85) or random.random() < 0.03
        form = Form.WRITTEN if written or (wanted and kind is Kind.COMPLAINT) else Form.ORAL
        channel = pick(WRITTEN if form is Form.WRITTEN else ORAL, random)
        person = self._person(place, wanted)
        insurer = self.offices[person.insurer_id]
        received_by = place.fund if random.random() < 0.2 else insurer
        decision = self._decision(place, kind, form, topic.code, received_by, channel, filed_at)
        dates = self._dates(place, kind, filed_at)
        state = wanted or self._state(form, topic, filed_at)
        if state is State.AWAITING_EXPERTISE and decision.level != 3:
            state = State.IN_PROGRESS
        office = place.fund if decision.organisation is Organisation.FUND else insurer
        if decision.addressee and decision.organisation is Organisation.INSURER:
            office = received_by
        key = UUID(int=random.getrandbits(128), version=4)
        words = words_for(topic.code, random)
        shown = codes.code_for(key) if wanted and person.user_id else ""
        row: dict[str, Any] = {
            **DEFAULTS,
            "id": pk,
            "number": place.next_number(dates.registered_on.year),
            "region_id": place.region.pk,
            "kind": kind.value,
            "form": form.value,
            "channel": channel.value,
            "topic_id": topic.pk,
            "state": state.value,
            "organization_id": office.pk,
            **self._routed(place, kind, decision, dates),
            "received_by_id": received_by.pk,
            "insurer_id": insurer.pk,
            "insurance": insurance(insurer).value,
            "clinic_id": person.clinic_id,
            "text": words.text,
            "wish": words.wish if form is Form.WRITTEN else "",
            **dated(filed_at, dates, place),
            "validity": Validity.PENDING.value if kind is Kind.COMPLAINT else "",
            "access_code_hash": codes.hash_code(shown) if shown else "",
            "submission_key": key,
            **self._applicant(place, person, form, channel),
        }
        return self._live(row, place, state, form, shown, words)

    def _routed(self, place: Place, kind: Kind, decision: Decision, dates: Deadlines) -> dict[str, Any]:
        return {
            "level": decision.level,
            "urgency": decision.urgency.value,
            "addressee_id": self.bodies.get(decision.addressee or ""),
            "copy_to_supervisor": decision.copy_to_supervisor,
            "routing_reasons": reasons(decision, dates),
            "forward_by": dates.forward_by if decision.forward_by else None,
            "target_on": self._target(place, kind, decision.level, dates.registered_on),
        }

    def _place(self, wanted: State | None) -> Place:
        if wanted is not None and self.desks:
            return self.random.choice(self.desks)
        return self.random.choices(self.places, self.weights)[0]

    def _live(
        self, row: dict[str, Any], place: Place, state: State, form: Form, shown: str, words: Words
    ) -> Made:
        """Writes the story and what it leaves in the row."""
        random, filed_at, level = self.random, row["registered_at"], row["level"]
        actions = self._actions(state, form, level)
        end = self._end(filed_at, row["due_at"], state, form, actions)
        steps = story(actions, filed_at=filed_at, end=end, level=level, random=random)
        hand_over = None
        if Action.ACCEPT_HAND_OVER in actions:
            row["level"], row["passed_by_first_level"] = 2, True
            hand_over = handed_over(row["id"], steps)
        representative, user_id = self._hands(place, row["organization_id"], row["level"], state)
        at = {step.action: step.at for step in steps}
        row["routed_at"] = at[Action.ROUTE]
        if Action.TAKE in at:
            row["taken_at"], row["worker_id"], row["assignee_id"] = at[Action.TAKE], user_id, representative
        if row["validity"] and Action.ANSWER in at:
            row["validity"] = pick(JUDGED, random).value
        if Action.ANSWER in at or Action.SUBMIT_FOR_REVIEW in at:
            unjustified = row["validity"] == Validity.UNJUSTIFIED.value
            row["answer"] = (unjustified and words.answer_unjustified) or words.answer
        row["answered_at"] = at.get(Action.ANSWER)
        if state is State.FORWARDED:
            row["forwarded_at"] = at[Action.FORWARD]
            row["addressee_id"] = row["addressee_id"] or self.bodies["health_ministry"]
        if state is State.DECLINED:
            row["decline_ground"] = "meaning_unclear"
        row["closed_at"] = at.get(Action.CLOSE) or at.get(Action.WITHDRAW)
        if state in RESTING:
            row["close_at"] = max(step.at for step in steps) + timedelta(days=30)
        if state in WAITING:
            row["wait_until"] = max(step.at for step in steps).date() + timedelta(days=12)
            row["target_on"] = None
        if state in OPEN:
            row["next_step_at"] = next_step_at(filed_at, row["due_at"], ())
        row["version"] = len(steps)
        events = [self._event(row, step, user_id) for step in steps]
        return Made(
            row,
            events,
            hand_over,
            shown,
            messages=self._messages(row, steps, user_id),
            request=clinic_request(row, steps, user_id, random),
            expertise=expertise(row, steps, user_id, random),
        )

    def _messages(self, row: dict[str, Any], steps: list[Step], user_id: int | None) -> list[dict[str, Any]]:
        """What was asked and replied; a question is read by the time of the reply."""
        at = {step.action: step.at for step in steps}
        found = []
        for step in steps:
            if step.action not in SAID:
                continue
            ours = step.action is Action.ASK_APPLICANT
            read_at = at.get(Action.APPLICANT_REPLIED) if ours else at.get(Action.ANSWER)
            found.append(
                {
                    "key": UUID(int=self.random.getrandbits(128), version=4),
                    "appeal_id": row["id"],
                    "direction": Direction.TO_APPLICANT.value if ours else Direction.FROM_APPLICANT.value,
                    "author_kind": Author.STAFF.value if ours else Author.APPLICANT.value,
                    "user_id": user_id if ours else None,
                    "channel": Channel.SITE.value,
                    "is_question": ours,
                    "text": self.random.choice(SAID[step.action]),
                    "at": step.at,
                    "read_at": read_at,
                    "read_by_user_id": None if ours or read_at is None else user_id,
                }
            )
        return found

    def _event(self, row: dict[str, Any], step: Step, user_id: int | None) -> dict[str, Any]:
        said = {
            Action.WITHDRAW: STATEMENTS,
            Action.DECLINE: REASONS,
        }.get(step.action)
        answer = row["answer"] if step.action is Action.ANSWER else ""
        worked = step.role.value not in ("citizen", "system")
        return {
            "appeal_id": row["id"],
            "at": step.at,
            "action": step.action.value,
            "from_state": step.before.value,
            "to_state": step.after.value,
            "actor_user_id": user_id if worked else None,
            "actor_role": step.role.value,
            "public": step.action in PUBLIC,
            "public_text": self.random.choice(said) if said else answer,
            "note": NOTES[0] if step.action is Action.HAND_OVER else "",
            "data": "{}",
        }

    def _kind(self, place: Place, wanted: State | None) -> Kind:
        if wanted is None and not place.served:
            return self._kind_as_published(place)
        if wanted in (State.REGISTERED, State.IN_PROGRESS, None):
            if self.random.random() < self.consultations:
                return Kind.CONSULTATION
            return pick(OTHER_KINDS, self.random)
        return Kind.COMPLAINT

    def _kind_as_published(self, place: Place) -> Kind:
        """Where no desk has to be filled the shares are those of the press: each 32nd is a complaint."""
        if self.random.random() < OTHERS:
            return pick(OTHER_KINDS[1:], self.random)
        place.asked += 1
        complaints = round(place.asked * COMPLAINTS) - round((place.asked - 1) * COMPLAINTS)
        return Kind.COMPLAINT if complaints else Kind.CONSULTATION

    def _topic(self, kind: Kind, wanted: State | None) -> AppealTopic:
        fitting = self.topics[kind]
        if wanted is not None and kind is Kind.COMPLAINT:
            outside = wanted is State.FORWARDED
            level = 3 if wanted is State.AWAITING_EXPERTISE else None
            fitting = [
                topic
                for topic in fitting
                if topic.outside_competence == outside
                and (outside or topic.default_level in ((level,) if level else (2, 3)))
            ]
        elif self.random.random() < 0.97:
            fitting = [topic for topic in fitting if not topic.outside_competence]
        return self.random.choice(fitting)

    def _person(self, place: Place, wanted: State | None) -> Person:
        if wanted is not None and place.accounts and self.random.random() < 0.1:
            return self.random.choice(place.accounts)
        if wanted is not None and place.served:
            return self.random.choice(place.served)
        return self.random.choice(place.people)

    def _state(self, form: Form, topic: AppealTopic, filed_at: datetime) -> State:
        age = (self.now - filed_at).days
        if form is Form.ORAL:
            fresh = age < 4 and self.random.random() < 0.5
            return self.random.choice((State.REGISTERED, State.IN_PROGRESS)) if fresh else State.CLOSED
        if topic.outside_competence and age > 5:
            return State.FORWARDED
        return pick(YOUNG if age < 28 else OLD, self.random)

    def _actions(self, state: State, form: Form, level: int | None) -> tuple[Action, ...]:
        if form is Form.ORAL and state is State.CLOSED and level == 1:
            return (*HANDED_OVER, Action.CLOSE) if self.random.random() < 0.03 else ON_THE_LINE
        ways = [way for way in WAYS[state] if level == 3 or Action.ORDER_EXPERTISE not in way]
        return self.random.choice(ways or WAYS[State.IN_PROGRESS])

    def _end(
        self, filed_at: datetime, due_at: datetime, state: State, form: Form, actions: tuple[Action, ...]
    ) -> datetime:
        """When the last step happened: a call ends in minutes, a letter within its term, now and then later."""
        if actions == ON_THE_LINE:
            return min(filed_at + timedelta(minutes=self.random.randrange(2, 15)), self.now)
        limit = due_at if self.random.random() < 0.97 else due_at + timedelta(days=6)
        span = (limit - filed_at) * (0.1 + 0.8 * self.random.random())
        return min(filed_at + span, self.now)

    def _hands(
        self, place: Place, office: int, level: int | None, state: State
    ) -> tuple[int | None, int | None]:
        team = place.staff.get((office, level), []) if level is not None else []
        if not team:
            return None, None
        known = [one for one in team if one[1] is not None]
        # People with a sample account should find work on their desk.
        if known and state in OPEN and self.random.random() < 0.3:
            return self.random.choice(known)
        return self.random.choice(team)

    def _applicant(self, place: Place, person: Person, form: Form, channel: Channel) -> dict[str, Any]:
        child = self.now.date() - person.birth_date < timedelta(days=18 * 365)
        writer = self.random.choice(place.people) if child else person
        email = writer.email or f"applicant{person.pk}@sample.invalid"
        reply = "email" if form is Form.WRITTEN or not writer.phone else "phone"
        if channel is Channel.POST and writer.address:
            reply = "post"
        return {
            "applicant_id": None if child else person.pk,
            "applicant_user_id": person.user_id if channel is Channel.SITE and not child else None,
            "applicant_name": writer.name,
            "applicant_email": email,
            "applicant_phone": writer.phone,
            "applicant_address": writer.address,
            "reply_channel": reply,
            "acting_ground": "parent" if child else "self",
            "concerned_person_id": person.pk,
            "concerned_name": person.name,
            "concerned_birth_date": person.birth_date,
            "concerned_enp": person.enp,
        }

    def _dates(self, place: Place, kind: Kind, at: datetime) -> Deadlines:
        day = at.astimezone(place.policy.zone).date()
        if day not in place.dates:
            policy = place.policy
            place.dates[day] = deadlines(kind, at, policy.zone, policy.calendar, policy.terms)
        return place.dates[day]

    def _target(self, place: Place, kind: Kind, level: int | None, day: date) -> date | None:
        key = (day, kind, level)
        if key not in place.targets:
            policy = place.policy
            place.targets[key] = target_on(
                day, kind=kind, level=level, calendar=policy.calendar, terms=policy.terms
            )
        return place.targets[key]

    def _decision(
        self,
        place: Place,
        kind: Kind,
        form: Form,
        topic: str,
        received_by: Organization,
        channel: Channel,
        at: datetime,
    ) -> Decision:
        """The rules are asked once for each set of facts; the dates are put in for each appeal."""
        office = ReceivedBy.FUND if received_by.is_fund else ReceivedBy.INSURER
        key = (kind, form, topic, office, channel)
        if key not in place.decisions:
            facts = Facts(
                kind=kind,
                form=form,
                topic=topic,
                received_by=office,
                received_at=at,
                region=place.region.pk,
                insurance=Insurance.OWN,
                channel=channel,
            )
            place.decisions[key] = routing.route(facts, place.policy)
        return place.decisions[key]
