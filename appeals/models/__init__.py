from appeals.models.appeals import (
    ActingGround,
    Appeal,
    AppealQuerySet,
    DeclineGround,
    ReplyChannel,
    Validity,
)
from appeals.models.casework import AppealEvent, HandOver, HandOverState, LadderStep
from appeals.models.intake import AppealDraft, Attachment, NumberCounter, ScanVerdict
from appeals.models.letters import AppealLetter, LetterKind
from appeals.models.reference import AppealTerm, AppealTopic, Body

__all__ = [
    "ActingGround",
    "Appeal",
    "AppealDraft",
    "AppealEvent",
    "AppealLetter",
    "AppealQuerySet",
    "AppealTerm",
    "AppealTopic",
    "Attachment",
    "Body",
    "DeclineGround",
    "HandOver",
    "HandOverState",
    "LadderStep",
    "LetterKind",
    "NumberCounter",
    "ReplyChannel",
    "ScanVerdict",
    "Validity",
]
