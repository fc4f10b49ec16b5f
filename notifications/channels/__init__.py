"""The channels that messages leave by, by the name they have in `Message.channel`."""

from collections.abc import Callable, Mapping
from functools import partial

from django.conf import settings
from django.core.files.storage import default_storage

from notifications.channels.base import Sender
from notifications.channels.email import EmailSender
from notifications.channels.post import PostSender
from notifications.channels.sms import SmsSender
from notifications.models import Channel

_factories: dict[str, Callable[[], Sender]] = {
    Channel.EMAIL: EmailSender,
    Channel.SMS: lambda: SmsSender(
        url=settings.SMS_GATEWAY_URL, token=settings.SMS_GATEWAY_TOKEN, sender=settings.SMS_SENDER
    ),
    Channel.POST: partial(PostSender, storage=default_storage),
}


def register(channel: str, factory: Callable[[], Sender]) -> None:
    """Adds a channel that lives in an app above this one, such as the list of people to be called."""
    _factories[channel] = factory


def senders() -> Mapping[str, Sender]:
    """A fresh sender of each channel; messages of a channel that has none wait."""
    return {str(name): factory() for name, factory in _factories.items()}
