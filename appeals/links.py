"""Secret links that need no sign-in: signed, bound to one purpose, and ended by a new access code.

What a link opens says little, so it may lie in a calendar or a mail for weeks: a date, a form with three questions.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from appeals.models import Appeal

_CALENDAR = "appeals.links.calendar"
# Enough of the hash to tell one code from the next.
_ENDING = 16


def calendar_link(appeal: Appeal) -> str:
    """The whole address of the calendar of one appeal."""
    token = signing.dumps([appeal.pk, appeal.access_code_hash[-_ENDING:]], salt=_CALENDAR)
    return f"{settings.PORTAL_URL}{reverse('appeal_calendar', args=[token])}"


def appeal_of_calendar(token: str) -> Appeal | None:
    """The appeal of a calendar link; None for a link we did not sign, or one from before the code was replaced."""
    try:
        pk, ending = signing.loads(token, salt=_CALENDAR)
    except signing.BadSignature:
        return None
    appeal = Appeal.objects.select_related("region").filter(pk=int(pk)).first()
    return appeal if appeal is not None and appeal.access_code_hash.endswith(str(ending)) else None


def subscription(link: str) -> str:
    """The same address in the scheme by which calendars subscribe instead of copying once."""
    return f"webcal://{link.partition('://')[2]}"


def verify_link(secret: str) -> str:
    return f"{settings.PORTAL_URL}{reverse('letter_verify', args=[secret])}"


def survey_link(secret: str) -> str:
    return f"{settings.PORTAL_URL}{reverse('appeal_survey', args=[secret])}"
