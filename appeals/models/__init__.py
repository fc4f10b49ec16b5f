from appeals.models.appeals import (
    ActingGround,
    Appeal,
    AppealQuerySet,
    DeclineGround,
    ReplyChannel,
    Validity,
)
from appeals.models.casework import AppealEvent, HandOver, HandOverState, LadderStep
from appeals.models.following import AppealFollower, AppealSurvey, Solved, SurveyRefusal
from appeals.models.intake import AppealDraft, Attachment, NumberCounter, ScanVerdict
from appeals.models.letters import AppealLetter, LetterKind
from appeals.models.reference import AppealTerm, AppealTopic, Body

__all__ = [
    "ActingGround",
    "Appeal",
    "AppealDraft",
    "AppealEvent",
    "AppealFollower",
    "AppealLetter",
    "AppealQuerySet",
    "AppealSurvey",
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
    "Solved",
    "SurveyRefusal",
    "Validity",
]
