"""Access to the page of an appeal: a lost code, and relatives who follow along."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from appeals import codes, letters
from appeals.actors import Actor
from appeals.errors import AppealError, AppealNotFound, InvalidInput
from appeals.models import Appeal, AppealFollower
from appeals.numbering import BadNumber, new_access_code, parse_number
from appeals.services.base import lock
from appeals.terms import Role
from appeals.tracking import MAX_FOLLOWERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Whom the applicant lets follow: a name to tell them apart, and where their own code goes."""

    name: str
    email: str = ""
    phone: str = ""


@transaction.atomic
def replace_access_code(*, number: str, contact: str, now: datetime) -> bool:
    """Sends a new code to the contact on record when `contact` is that contact; False otherwise.

    The old code ends, and with it pages and calendars opened by it. The caller tells nobody how it went.
    """
    try:
        known = str(parse_number(number))
    except BadNumber:
        return False
    rows = Appeal.objects.select_for_update(of=("self",)).select_related("region")
    appeal = rows.filter(number=known).first()
    if appeal is None:
        return False
    typed = contact.strip().lower()
    by_mail = bool(appeal.applicant_email) and constant_time_compare(typed, appeal.applicant_email.lower())
    by_phone = bool(appeal.applicant_phone) and constant_time_compare(typed, appeal.applicant_phone)
    if not (by_mail or by_phone):
        return False
    code = new_access_code()
    appeal.access_code_hash = codes.hash_code(code)
    appeal.save(update_fields=["access_code_hash"])
    letters.new_code(appeal, code, by_mail=by_mail, now=now)
    return True


@transaction.atomic
def allow_follower(
    *, appeal_id: int, relative: Relative, address: str | None, actor: Actor, now: datetime
) -> AppealFollower:
    """Lets a relative follow the appeal and tells both. Errors: AppealNotFound, InvalidInput, AppealError."""
    appeal = _own(appeal_id, actor)
    if not (relative.email or relative.phone):
        raise InvalidInput({"email": _("Give an e-mail address or a phone number for the code.")})
    active = list(appeal.followers.filter(revoked_at__isnull=True))
    same = [one for one in active if (one.email, one.phone) == (relative.email, relative.phone)]
    if same:
        # A double click, or the same person once more: one code is enough.
        return same[0]
    if len(active) >= MAX_FOLLOWERS:
        raise AppealError(
            _("No more than %(limit)s people can follow an appeal. End the access of somebody first.")
            % {"limit": MAX_FOLLOWERS},
            code="too_many_followers",
        )
    code = new_access_code()
    follower = AppealFollower.objects.create(
        appeal=appeal,
        name=relative.name,
        email=relative.email,
        phone=relative.phone,
        access_code_hash=codes.hash_code(code),
        allowed_at=now,
        allowed_address=address,
    )
    letters.follower_allowed(follower, code, now)
    return follower


@transaction.atomic
def revoke_follower(*, appeal_id: int, follower_id: int, actor: Actor, now: datetime) -> None:
    """Ends the access at once and tells both. Errors: AppealNotFound."""
    appeal = _own(appeal_id, actor)
    ended = AppealFollower.objects.filter(pk=follower_id, appeal=appeal, revoked_at__isnull=True)
    if not ended.update(revoked_at=now):
        return
    letters.follower_ended(AppealFollower.objects.select_related("appeal").get(pk=follower_id), now)


def _own(appeal_id: int, actor: Actor) -> Appeal:
    """Only the citizen decides who reads along: staff have ways of their own."""
    appeal = lock(appeal_id, actor)
    if Role.CITIZEN not in actor.roles_on(appeal):
        raise AppealNotFound
    return appeal
