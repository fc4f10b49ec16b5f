"""Secret links by which an invited person says what came of the invitation. They name a message, never a person."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT = "notifications.reply"


def link(reference: UUID) -> str:
    """The page that takes the answer; it belongs to the app that invited, so it is known here by its name only."""
    token = signing.Signer(salt=_SALT).sign(reference.hex)
    return f"{settings.PORTAL_URL}{reverse('dispensary:reply', args=[token])}"


def read(token: str) -> UUID | None:
    """None for a link we did not sign."""
    try:
        return UUID(hex=signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
