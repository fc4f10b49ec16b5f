from notifications.models.outbox import Channel, Message, MessageQuerySet, State
from notifications.models.prints import InvitationBatch, PrintedLetter, PrintState, ReturnReason
from notifications.models.providers import Provider
from notifications.models.rules import ContactCap, QuietWindow
from notifications.models.templates import MessageTemplate, TemplateDraft

__all__ = [
    "Channel",
    "ContactCap",
    "InvitationBatch",
    "Message",
    "MessageQuerySet",
    "MessageTemplate",
    "PrintState",
    "PrintedLetter",
    "Provider",
    "QuietWindow",
    "ReturnReason",
    "State",
    "TemplateDraft",
]
