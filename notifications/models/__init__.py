from notifications.models.outbox import Channel, Message, MessageQuerySet, State
from notifications.models.providers import Provider
from notifications.models.rules import ContactCap, QuietWindow
from notifications.models.templates import MessageTemplate, TemplateDraft

__all__ = [
    "Channel",
    "ContactCap",
    "Message",
    "MessageQuerySet",
    "MessageTemplate",
    "Provider",
    "QuietWindow",
    "State",
    "TemplateDraft",
]
