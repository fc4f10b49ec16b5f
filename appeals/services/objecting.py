"""A citizen who does not agree with the insurer's answer, or waits in vain for it, goes to the region's fund."""

from datetime import datetime
from uuid import uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actors import Actor
from appeals.errors import AppealError, AppealNotFound
from appeals.filing import MAX_TEXT, Filing
from appeals.lifecycle import State
from appeals.models import Appeal, ReplyChannel
from appeals.services.base import lock
from appeals.services.filing import Filed, file_appeal
from appeals.terms import Kind, Role
from registry.models import Organization
from registry.models.parties import OrganizationKind

# Form ЗПЗ, row 3.1.12: a complaint about the insurer itself, which the fund considers.
TOPIC = "3.1.12"
_ENDED = frozenset({State.ANSWERED, State.DECLINED, State.CLOSED})


def may_complain_to_fund(appeal: Appeal, now: datetime) -> bool:
    """An insurer has given its answer, refused one, or let the term pass; about the fund itself it is court or
    prosecutor."""
    office = appeal.organization or appeal.received_by
    return not office.is_fund and (State(appeal.state) in _ENDED or is_late(appeal, now))


def is_late(appeal: Appeal, now: datetime) -> bool:
    """The day of the answer has passed without one."""
    return appeal.is_open and now > appeal.due_at


@transaction.atomic
def complain_to_fund(*, appeal_id: int, reason: str, actor: Actor, now: datetime) -> Filed:
    """Files a complaint about the answer, or the delay, with the fund, in the same person's name; once for each.

    It is a new appeal with its own number and term: the fund judges the insurer's work, it does not continue it.
    Errors: AppealNotFound, AppealError `not_passable`, those of `file_appeal`.
    """
    appeal = lock(appeal_id, actor)
    if Role.CITIZEN not in actor.roles_on(appeal):
        raise AppealNotFound
    if not may_complain_to_fund(appeal, now):
        raise AppealError(_("The fund considers complaints about answers of insurers."), code="not_passable")
    fund = Organization.objects.get(kind=OrganizationKind.FUND, region=appeal.region_id)
    return file_appeal(
        filing=_filing(appeal, fund, reason, actor, late=is_late(appeal, now)), actor=actor, now=now
    )


def _filing(appeal: Appeal, fund: Organization, reason: str, actor: Actor, *, late: bool) -> Filing:
    day = f"{appeal.registered_on:%d.%m.%Y}"
    matter = "почему в срок не дан ответ на" if late else "как рассмотрено"
    text = (
        f"{reason.strip()}\n\nПрошу проверить, {matter} обращение {appeal.number} от {day}"
        f" ({(appeal.organization or appeal.received_by).name}).\n\nТекст того обращения:\n{appeal.text}"
    )
    return Filing(
        region=appeal.region_id,
        kind=Kind.COMPLAINT,
        topic=TOPIC,
        text=text[:MAX_TEXT],
        clinic_id=appeal.clinic_id,
        applicant_name=appeal.applicant_name,
        applicant_email=appeal.applicant_email,
        applicant_phone=appeal.applicant_phone,
        applicant_address=appeal.applicant_address,
        reply_channel=_channel(appeal, actor),
        language=appeal.language,
        acting_ground=appeal.acting_ground,
        ground_document=appeal.ground_document,
        concerned_name=appeal.concerned_name,
        concerned_birth_date=appeal.concerned_birth_date,
        concerned_enp=appeal.concerned_enp,
        insurer_id=appeal.insurer_id,
        received_by_id=fund.pk,
        about_insurer=True,
        consent_text_id=appeal.consent_text_id,
        consent_address=appeal.consent_address,
        # One complaint for each answer or missed day, however often the button is pressed.
        submission_key=uuid5(
            appeal.submission_key, f"fund:{appeal.answered_at or appeal.closed_at or appeal.due_on}"
        ),
    )


def _channel(appeal: Appeal, actor: Actor) -> str:
    """As before; an answer in the cabinet needs an account, which number and code are not."""
    if appeal.reply_channel != ReplyChannel.CABINET or actor.user_id is not None:
        return appeal.reply_channel
    if appeal.applicant_email:
        return ReplyChannel.EMAIL
    return ReplyChannel.PHONE if appeal.applicant_phone else ReplyChannel.POST
