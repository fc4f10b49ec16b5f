"""Asking how it went: once for each answer, and never whoever does not want to be asked."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from appeals import letters
from appeals.models import Appeal, AppealSurvey, ReplyChannel, SurveyRefusal
from appeals.terms import Form
from notifications.services import cancel_campaign, cancel_to

# Long enough to see whether the promised help came.
ASK_AFTER = timedelta(days=3)
# The link in an old mail still works, but not for ever.
OPEN_FOR = timedelta(days=90)


def invite_survey(*, appeal: Appeal, now: datetime) -> AppealSurvey | None:
    """Prepares the questions about the answer just given, and the message that will ask; in the caller's transaction.

    What was said aloud is not surveyed by message: nobody wants an SMS after each call.
    """
    if appeal.answered_at is None or appeal.form != Form.WRITTEN:
        return None
    survey, new = AppealSurvey.objects.get_or_create(appeal=appeal, answered_at=appeal.answered_at)
    if new and not refused(appeal):
        letters.survey(appeal, survey.secret, now=now, due_at=now + ASK_AFTER)
    return survey


def recall_survey(*, appeal: Appeal) -> None:
    """The answer is being reconsidered: what has not been sent is not asked any more."""
    cancel_campaign(campaign_key=letters.survey_key(appeal), code="reopened")


@transaction.atomic
def give_survey(*, secret: str, solved: str, satisfaction: int, comment: str, now: datetime) -> bool:
    """Keeps the answers; False where they were given before, or the time is over."""
    fresh = AppealSurvey.objects.filter(
        secret=secret, given_at__isnull=True, answered_at__gte=now - OPEN_FOR, answered_at__lte=now
    )
    return bool(fresh.update(given_at=now, solved=solved, satisfaction=satisfaction, comment=comment))


def refuse_surveys(*, appeal: Appeal, now: datetime) -> None:
    """No more surveys to the contact of this appeal, from this or any other one, those on their way included."""
    key = _digest(appeal)
    if not key:
        return
    SurveyRefusal.objects.get_or_create(contact=key, defaults={"at": now})
    cancel_to(event="appeal_survey", contact=_contact(appeal), code="refused")


def refused(appeal: Appeal) -> bool:
    key = _digest(appeal)
    return bool(key) and SurveyRefusal.objects.filter(contact=key).exists()


def _digest(appeal: Appeal) -> str:
    contact = _contact(appeal)
    return salted_hmac("appeals.survey", contact.lower(), algorithm="sha256").hexdigest() if contact else ""


def _contact(appeal: Appeal) -> str:
    return appeal.applicant_phone if appeal.reply_channel == ReplyChannel.PHONE else appeal.applicant_email
