"""Linking an account to an insured person.

A policy number is printed on paper and known to clinics, so it proves nothing. The link is made only with a code
that went to the contact the insurer has on record. Whether such a person exists, has a contact or is linked
already is never told: every request gets the same answer, and the code is sent by a worker, so that even the
time of the answer tells nothing.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.core.cache import cache
from django.db import IntegrityError, transaction

from registry.attempts import count_attempt
from registry.models import InsuredPerson, User

CODE_SECONDS = 10 * 60
CODE_ATTEMPTS = 5
DAY = 24 * 60 * 60
REQUESTS_A_DAY = 5


class LinkAnswer(StrEnum):
    SENT = "sent"
    LINKED = "linked"
    WRONG_CODE = "wrong_code"
    EXPIRED = "expired"
    TOO_MANY = "too_many"
    LINKED_BEFORE = "linked_before"


@dataclass(frozen=True, slots=True)
class LinkResult:
    answer: LinkAnswer
    attempts_left: int = 0


@dataclass(frozen=True, slots=True)
class PendingLink:
    """What waits for the code: `person` is None when nobody matched, and then no code opens anything."""

    person: int | None
    code: str
    until: float


def request_link(*, user: User, enp: str, birth_date: date, now: datetime) -> LinkResult:
    """Prepares a code for the insured person with this number and birth date. The caller has it sent.

    `enp` is normalised. Attempts are counted for the account and for the number, found or not.
    """
    if user.person_id is not None:
        return LinkResult(LinkAnswer.LINKED_BEFORE)
    by_user = count_attempt("link_by_user", str(user.pk), seconds=DAY)
    by_number = count_attempt("link_by_enp", enp, seconds=DAY)
    if max(by_user, by_number) > REQUESTS_A_DAY:
        return LinkResult(LinkAnswer.TOO_MANY)
    # The one look-up outside a scope: it answers nobody and only chooses to whom a code goes.
    found = InsuredPerson.objects.filter(
        enp=enp, birth_date=birth_date, died_on__isnull=True, user__isnull=True
    ).first()
    pending = PendingLink(
        person=found.pk if found else None,
        code=f"{secrets.randbelow(1_000_000):06}",
        until=(now + timedelta(seconds=CODE_SECONDS)).timestamp(),
    )
    cache.set(_key(user.pk), asdict(pending), timeout=CODE_SECONDS)
    return LinkResult(LinkAnswer.SENT)


def pending_link(*, user_id: int, now: datetime) -> PendingLink | None:
    """The request that waits for its code, or None when there is none or its time is over."""
    stored = cache.get(_key(user_id))
    pending = PendingLink(**stored) if stored else None
    return pending if pending and now.timestamp() < pending.until else None


def link_person(*, user: User, code: str, now: datetime) -> LinkResult:
    """Links the account to the person whose contact received this code.

    After `CODE_ATTEMPTS` wrong codes the request is dropped. A person belongs to one account: whoever came
    first keeps it, and the answer to the second is that of a wrong code.
    """
    pending = pending_link(user_id=user.pk, now=now)
    if pending is None:
        return LinkResult(LinkAnswer.EXPIRED)
    tried = count_attempt("link_code", f"{user.pk}:{pending.until}", seconds=CODE_SECONDS)
    if tried > CODE_ATTEMPTS:
        cache.delete(_key(user.pk))
        return LinkResult(LinkAnswer.TOO_MANY)
    matches = secrets.compare_digest(code.encode(), pending.code.encode())
    if not (matches and pending.person is not None and _write_link(user, pending.person)):
        return LinkResult(LinkAnswer.WRONG_CODE, attempts_left=CODE_ATTEMPTS - tried)
    cache.delete(_key(user.pk))
    return LinkResult(LinkAnswer.LINKED)


def _write_link(user: User, person_id: int) -> bool:
    try:
        with transaction.atomic():
            free = User.objects.filter(pk=user.pk, person__isnull=True)
            return free.update(person_id=person_id) == 1
    except IntegrityError:
        return False


def _key(user_id: int) -> str:
    return f"link:{user_id}"
