"""The one place a linking code leaves through."""

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from notifications.models import Channel
from notifications.services import Recipient, enqueue
from registry.linking import CODE_SECONDS, pending_link
from registry.models import InsuredPerson


def send_link_code(*, user_id: int, now: datetime) -> bool:
    """Sends the waiting code to the e-mail or else the phone on record; False when there is nowhere to.

    Errors: those of the mail server; the request stays, and the person may ask for a new code.
    """
    pending = pending_link(user_id=user_id, now=now)
    if pending is None or pending.person is None:
        return False
    person = InsuredPerson.objects.get(pk=pending.person)
    if not person.email:
        return _by_sms(person, pending.code, now)
    with translation.override(person.language):
        text = render_to_string(
            "cabinet/email/link_code.txt",
            {"code": pending.code, "minutes": CODE_SECONDS // 60, "portal_url": settings.PORTAL_URL},
        )
        send_mail(_("Code for your cabinet"), text, settings.DEFAULT_FROM_EMAIL, [person.email])
    return True


def _by_sms(person: InsuredPerson, code: str, now: datetime) -> bool:
    if not person.phone:
        return False
    enqueue(
        event="contact_code",
        channel=Channel.SMS,
        recipient=Recipient.of(person),
        payload={"code": code},
        # The same code once, however often the task runs.
        dedupe_key=f"link:{person.pk}:{salted_hmac('cabinet.link', code).hexdigest()[:16]}",
        now=now,
        region=person.region_id,
    )
    return True
