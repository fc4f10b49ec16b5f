from appeals.models.appeals import (
    ActingGround,
    Appeal,
    AppealQuerySet,
    DeclineGround,
    ReplyChannel,
    Validity,
)
from appeals.models.casework import AppealEvent, HandOver, HandOverState, LadderStep
from appeals.models.intake import AppealDraft, Attachment, NumberCounter
from appeals.models.reference import AppealTerm, AppealTopic, Body
from registry.scanning import ScanVerdict

__all__ = [
    "ActingGround",
    "Appeal",
    "AppealDraft",
    "AppealEvent",
    "AppealQuerySet",
    "AppealTerm",
    "AppealTopic",
    "Attachment",
    "Body",
    "DeclineGround",
    "HandOver",
    "HandOverState",
    "LadderStep",
    "NumberCounter",
    "ReplyChannel",
    "ScanVerdict",
    "Validity",
]
