"""The one mail that is no message of the outbox: it goes before anybody is known, not even the region."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _


def send_draft_link(*, email: str, token: str, language: str) -> None:
    """Errors: those of the mail server; the person asks again."""
    link = f"{settings.PORTAL_URL}{reverse('appeal_resume', args=[token])}"
    with translation.override(language):
        text = render_to_string("appeals/citizen/email/draft_link.txt", {"link": link})
        send_mail(_("Your unfinished appeal"), text, settings.DEFAULT_FROM_EMAIL, [email])
