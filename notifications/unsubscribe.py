"""Signed links that end reminders with one click. They do not expire: a mail may be opened years later."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT = "notifications.unsubscribe"


@dataclass(frozen=True)
class Wish:
    """Whose reminders by which channel shall end."""

    person_id: int
    channel: str


def link(wish: Wish) -> str:
    token = signing.dumps([wish.person_id, wish.channel], salt=_SALT)
    return f"{settings.PORTAL_URL}{reverse('notifications:unsubscribe', args=[token])}"


def read(token: str) -> Wish | None:
    """None for a link we did not sign."""
    try:
        person_id, channel = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Wish(int(person_id), str(channel))
