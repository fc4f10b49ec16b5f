"""Following an appeal by number and access code: no personal data, no hint why a pair is wrong, few attempts.

Attempts are counted in Redis before the pair is looked at, by number and by network address, so a thousand
guesses at once count as a thousand. When they cannot be counted nobody is let in: a code that may be guessed
freely is none.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from redis.exceptions import RedisError

from appeals import codes
from appeals.errors import TryLater, WrongPair
from appeals.lifecycle import Action, State
from appeals.models import (
    TO_APPLICANT,
    Appeal,
    AppealEvent,
    AppealFollower,
    AppealLetter,
    AppealQuerySet,
    AppealSurvey,
    Attachment,
    LetterKind,
    ScanVerdict,
)
from appeals.numbering import BadNumber, parse_number
from appeals.selectors import public_state
from appeals.services.objecting import is_late
from appeals.terms import Role
from representatives.models import Representative

WINDOW = 15 * 60
# Behind one address there may be a whole clinic or a mobile operator.
PER_ADDRESS = 10
MAX_FOLLOWERS = 3


@dataclass(frozen=True, slots=True)
class PublicEvent:
    at: datetime
    action: Action
    state: State
    role: Role


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """What number and code show: nothing that tells who wrote, about whom or what."""

    appeal_id: int
    number: str
    state: State
    state_text: str | Promise
    kind: str
    registered_on: date
    due_on: date
    # The day has passed, the answer has not come.
    overdue: bool
    extended: bool
    extension_reason: str
    organization: str
    phone: str
    level: int | None
    representative: str
    representative_phone: str
    addressee: str
    events: tuple[PublicEvent, ...]


def public_status(*, number: str, code: str, address: str, now: datetime) -> PublicStatus:
    """The status behind number and code. Errors: WrongPair, TryLater.

    Every failure looks and takes the same: a malformed number, an unknown one, a wrong code.
    """
    return status_of(opened(number=number, code=code, address=address).appeal, now=now)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a right pair opens. The applicant acts as `Actor.holder(appeal.pk)`; a follower only reads."""

    appeal: Appeal
    follower: AppealFollower | None


def opened(*, number: str, code: str, address: str) -> Opened:
    """The appeal behind number and code. Errors: WrongPair, TryLater."""
    try:
        known = str(parse_number(number))
    except BadNumber:
        known = ""
    # What cannot be a number is counted as typed: one person's slips must not lock out another's.
    keys = _count(known or number.strip()[:100], address)
    appeal = Appeal.objects.filter(number=known).first()
    relatives = AppealFollower.objects.active().filter(appeal__number=known)
    followers = list(relatives.order_by("pk")[:MAX_FOLLOWERS])
    hashes = [
        appeal.access_code_hash if appeal is not None else "",
        *(one.access_code_hash for one in followers),
    ]
    # As many comparisons for a number that does not exist as for one with relatives.
    hashes += [""] * (1 + MAX_FOLLOWERS - len(hashes))
    right = [codes.matches(code, stored) for stored in hashes]
    if appeal is None or not any(right):
        raise WrongPair
    _forgive(keys)
    place = right.index(True)
    return Opened(appeal, followers[place - 1] if place else None)


def status_of(appeal: Appeal, *, now: datetime) -> PublicStatus:
    """For a pair already proved, e.g. kept in the session for some minutes."""
    office = appeal.organization or appeal.received_by
    # Only while somebody works on it: whose desk it lay on last is nobody's address.
    worker = appeal.assignee if appeal.is_open else None
    events = AppealEvent.objects.filter(appeal=appeal, public=True, at__lte=now).order_by("pk")
    return PublicStatus(
        appeal_id=appeal.pk,
        number=appeal.number,
        state=State(appeal.state),
        state_text=public_state(appeal),
        kind=appeal.kind,
        registered_on=appeal.registered_on,
        due_on=appeal.due_on,
        overdue=is_late(appeal, now),
        extended=appeal.extended_on is not None,
        extension_reason=appeal.extension_reason,
        organization=office.name,
        phone=office.phone,
        level=appeal.level,
        representative=full_name(worker) if worker else "",
        representative_phone=worker.phone if worker else "",
        addressee=appeal.addressee.title if appeal.addressee and appeal.forwarded_at else "",
        events=tuple(
            PublicEvent(at, Action(action), State(state), Role(role))
            for at, action, state, role in events.values_list("at", "action", "to_state", "actor_role")
        ),
    )


def full_name(worker: Representative) -> str:
    """First name and patronymic before the last name, as one introduces oneself."""
    return " ".join(part for part in (worker.first_name, worker.middle_name, worker.last_name) if part)


def page_rows(rows: AppealQuerySet) -> AppealQuerySet:
    """Appeals with all that their page tells, in one query: who has it, how the files fare, the open survey."""
    papers = Attachment.objects.filter(appeal=OuterRef("pk"), sealed=False).order_by().values("appeal")
    counted = papers.annotate(number=Count("pk")).values("number")
    # The answer has a place of its own on the page.
    sent = AppealLetter.objects.filter(
        appeal=OuterRef("pk"), kind__in=sorted(TO_APPLICANT - {LetterKind.ANSWER})
    )
    asked = AppealSurvey.objects.filter(
        appeal=OuterRef("pk"), answered_at=OuterRef("answered_at"), given_at__isnull=True
    )
    return rows.select_related(
        "organization", "received_by", "region", "addressee", "topic", "assignee"
    ).annotate(
        files_waiting=Coalesce(Subquery(counted.filter(verdict=ScanVerdict.PENDING)), 0),
        files_refused=Coalesce(Subquery(counted.filter(verdict=ScanVerdict.REJECTED)), 0),
        has_letters=Exists(sent),
        survey_secret=Subquery(asked.values("secret")[:1]),
    )


def _count(number: str, address: str) -> tuple[str, ...]:
    keys = (_key("number", number), _key("address", address))
    limits = (settings.TRACKING_ATTEMPTS, settings.TRACKING_ATTEMPTS * PER_ADDRESS)
    try:
        for key, limit in zip(keys, limits, strict=True):
            cache.add(key, 0, WINDOW)
            if cache.incr(key) > limit:
                raise TryLater(WINDOW)
    except (RedisError, OSError) as error:
        raise TryLater(60) from error
    except ValueError as error:  # the counter expired between the two commands
        raise TryLater(1) from error
    return keys


def _forgive(keys: tuple[str, ...]) -> None:
    """A right pair was no guess."""
    try:
        for key in keys:
            cache.decr(key)
    except (RedisError, OSError, ValueError):
        return


def _key(what: str, value: str) -> str:
    # Hashed, so that neither numbers nor addresses lie about in a cache.
    return f"appeals.tracking.{what}.{hashlib.sha256(value.encode()).hexdigest()[:32]}"
