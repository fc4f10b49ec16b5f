"""Appeals that belong together: several matters split out of one text, the same matter again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals import hints
from appeals.actors import Actor
from appeals.deadlines import local_day
from appeals.errors import InvalidInput
from appeals.lifecycle import Action, State, step
from appeals.models import (
    Appeal,
    AppealEvent,
    AppealLink,
    AppealLinkQuerySet,
    AppealTopic,
    LinkKind,
    Validity,
)
from appeals.services.base import Move, begin, finish
from appeals.services.filing import next_number
from appeals.terms import Kind
from appeals.typed import clean_text
from registry.models.dated import valid_on

MOST_PARTS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One matter of a text that has several."""

    kind: Kind
    topic: str
    text: str


@transaction.atomic
def split(
    *,
    appeal_id: int,
    parts: Sequence[Part],
    reason: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> list[Appeal]:
    """Makes a linked appeal of each part; the first one keeps its matter and its number.

    A part has the applicant, the access code and the lawful dates of the first: splitting gives nobody more
    time. It is routed like any other. Errors: InvalidInput.
    """
    move = begin(
        appeal_id=appeal_id,
        action=Action.SPLIT,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"parts": parts or None, "reason": reason},
    )
    if len(parts) > MOST_PARTS:
        raise InvalidInput({"text": _("At most %(limit)s parts at once.") % {"limit": MOST_PARTS}})
    made = [_part(move, part, reason) for part in parts]
    finish(move, note=reason, data={"parts": [one.number for one in made]})
    return made


@transaction.atomic
def link(
    *,
    appeal_id: int,
    earlier: str,
    kind: str,
    actor: Actor,
    now: datetime,
    note: str = "",
    expected_version: int | None = None,
) -> AppealLink:
    """Links the appeal to an earlier one the actor sees, by its number. Errors: InvalidInput."""
    move = begin(
        appeal_id=appeal_id,
        action=Action.LINK,
        actor=actor,
        now=now,
        expected_version=expected_version,
        given={"number": earlier, "kind": kind},
    )
    other = Appeal.objects.visible_to(actor.scope).filter(number=earlier.strip()).first()
    if other is None or other.pk == appeal_id:
        raise InvalidInput({"earlier": _("There is no such appeal.")})
    if kind not in (LinkKind.REPEAT, LinkKind.RELATED):
        raise InvalidInput({"kind": _("Choose what the two have to do with each other.")})
    if linked(move.appeal).filter(Q(appeal=other) | Q(earlier=other)).exists():
        raise InvalidInput({"earlier": _("The two are linked already.")})
    made = AppealLink.objects.create(
        appeal=move.appeal, earlier=other, kind=kind, note=note, at=now, user_id=actor.user_id
    )
    finish(move, note=note, data={"earlier": other.number, "kind": kind})
    return made


def linked(appeal: Appeal) -> AppealLinkQuerySet:
    """The links of an appeal, whichever side it is on."""
    return AppealLink.objects.filter(Q(appeal=appeal) | Q(earlier=appeal))


def _part(move: Move, part: Part, reason: str) -> Appeal:
    whole, now = move.appeal, move.now
    text = clean_text(part.text)
    topic = AppealTopic.objects.filter(valid_on(local_day(now, whole.region.zone)), code=part.topic).first()
    if topic is None or not topic.selectable or topic.kind not in ("", part.kind.value):
        raise InvalidInput({"topic": _("Choose a topic from the list.")})
    if not text:
        raise InvalidInput({"text": _("Write what the part is about.")})
    made: Appeal = Appeal.objects.get(pk=whole.pk)
    made.pk, made.submission_key, made.submission_digest = None, uuid4(), ""
    made._state.adding = True
    for name, value in _fresh(part, topic, text).items():
        setattr(made, name, value)
    made.number = next_number(whole.region_id, whole.registered_on.year)
    made.save(force_insert=True)
    _record(move, made, reason)
    AppealLink.objects.create(
        appeal=made, earlier=whole, kind=LinkKind.SPLIT, note=reason, at=now, user_id=move.actor.user_id
    )
    hints.route_soon(appeal_id=made.pk)
    return made


def _fresh(part: Part, topic: AppealTopic, text: str) -> dict[str, object]:
    """What a part does not share with the whole."""
    return {
        "kind": part.kind.value,
        "topic": topic,
        "text": text,
        "wish": "",
        "state": State.REGISTERED.value,
        "organization": None,
        "level": None,
        "offered_level": None,
        "assignee": None,
        "worker": None,
        "addressee": None,
        "urgency": "normal",
        "routing_reasons": [],
        "routing_attempts": 0,
        "route_after": None,
        "copy_to_supervisor": False,
        "passed_by_first_level": False,
        "routed_at": None,
        "taken_at": None,
        "forward_by": None,
        "target_on": None,
        "wait_until": None,
        "close_at": None,
        "answer": "",
        "validity": Validity.PENDING.value if part.kind is Kind.COMPLAINT else "",
        "version": 1,
    }


def _record(move: Move, made: Appeal, reason: str) -> None:
    row = step(State.DRAFT, Action.FILE, role=move.role, given={"text": made.text, "topic": made.topic})
    AppealEvent.objects.create(
        appeal=made,
        at=move.now,
        action=Action.FILE,
        from_state=row.state,
        to_state=row.to,
        actor_user_id=move.actor.user_id,
        actor_role=move.role,
        public=True,
        note=reason,
        data={"split_from": move.appeal.number, "due_on": made.due_on.isoformat()},
    )
