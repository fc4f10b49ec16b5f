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
from appeals.models.knowledge import (
    Article,
    ArticleDay,
    ArticleEvent,
    ArticleEventKind,
    ArticleVersion,
    Section,
)
from appeals.models.reference import AppealTerm, AppealTopic, Body

__all__ = [
    "ActingGround",
    "Appeal",
    "AppealDraft",
    "AppealEvent",
    "AppealQuerySet",
    "AppealTerm",
    "AppealTopic",
    "Article",
    "ArticleDay",
    "ArticleEvent",
    "ArticleEventKind",
    "ArticleVersion",
    "Attachment",
    "Body",
    "DeclineGround",
    "HandOver",
    "HandOverState",
    "LadderStep",
    "NumberCounter",
    "ReplyChannel",
    "ScanVerdict",
    "Section",
    "Validity",
]
