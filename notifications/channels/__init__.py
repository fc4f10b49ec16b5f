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


def _second_gateway() -> Sender:
    return SmsSender(
        url=settings.SMS_GATEWAY_2_URL, token=settings.SMS_GATEWAY_2_TOKEN, sender=settings.SMS_SENDER
    )


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
    """A fresh sender of each provider, the preferred ones first; messages of a channel that has none wait."""
    found = {str(name): factory() for name, factory in _factories.items()}
    # A second provider of a channel is one more entry, called after the channel; see `providers`.
    return found | ({f"{Channel.SMS}-2": _second_gateway()} if settings.SMS_GATEWAY_2_URL else {})
