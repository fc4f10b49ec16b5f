from notifications.models.outbox import Channel, Message, MessageQuerySet, State
from notifications.models.prints import PrintBatch, PrintedLetter, PrintState, ReturnReason
from notifications.models.providers import Provider
from notifications.models.rules import ContactCap, QuietWindow
from notifications.models.templates import MessageTemplate, TemplateDraft

__all__ = [
    "Channel",
    "ContactCap",
    "Message",
    "MessageQuerySet",
    "MessageTemplate",
    "PrintBatch",
    "PrintState",
    "PrintedLetter",
    "Provider",
    "QuietWindow",
    "ReturnReason",
    "State",
    "TemplateDraft",
]
