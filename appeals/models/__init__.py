from appeals.models.appeal_rules import ActingGround, ReplyChannel, Validity
from appeals.models.appeals import Appeal, AppealQuerySet
from appeals.models.calls import (
    CallBack,
    CallBackAttempt,
    CallBackKind,
    CallBackOutcome,
    CallPolicy,
    CallResult,
    PhoneCall,
)
from appeals.models.casework import AppealEvent, HandOver, HandOverState, LadderStep
from appeals.models.clinic import ClinicRequest
from appeals.models.desk import Presence, ReplyTemplate, WorkDraft
from appeals.models.expertise import Expertise, ExpertiseKind, ViolationCode
from appeals.models.following import AppealFollower, AppealSurvey, Solved, SurveyRefusal
from appeals.models.grounds import DeclineGround
from appeals.models.intake import AppealDraft, Attachment, NumberCounter
from appeals.models.knowledge import (
    Article,
    ArticleDay,
    ArticleEvent,
    ArticleEventKind,
    ArticleVersion,
    Section,
)
from appeals.models.letters import (
    TO_APPLICANT,
    AppealLetter,
    LetterKind,
    LetterOutcome,
    LetterWay,
    ReturnReason,
)
from appeals.models.links import AppealLink, AppealLinkQuerySet, LinkKind
from appeals.models.macros import Macro
from appeals.models.notices import Notice, NoticeSetting
from appeals.models.posting import BodyAddress, LetterCounter, Letterhead, PrintBatch
from appeals.models.proofs import Proof, ProofRule, Receiver
from appeals.models.quality import QualityCriterion, QualityReview
from appeals.models.recordings import Recording, VoiceKey
from appeals.models.reference import AppealTerm, AppealTopic, Body, WaitingTimeNorm
from appeals.models.report_mails import ReportMail
from appeals.models.reports import AppealChange, AppealFact, AppealSum, CountRun, Outcome
from appeals.models.search import QueueSearch
from appeals.models.talk import AppealMessage, AppealMessageQuerySet, Author, Direction
from registry.scanning import ScanVerdict

__all__ = [
    "TO_APPLICANT",
    "ActingGround",
    "Appeal",
    "AppealChange",
    "AppealDraft",
    "AppealEvent",
    "AppealFact",
    "AppealFollower",
    "AppealLetter",
    "AppealLink",
    "AppealLinkQuerySet",
    "AppealMessage",
    "AppealMessageQuerySet",
    "AppealQuerySet",
    "AppealSum",
    "AppealSurvey",
    "AppealTerm",
    "AppealTopic",
    "Article",
    "ArticleDay",
    "ArticleEvent",
    "ArticleEventKind",
    "ArticleVersion",
    "Attachment",
    "Author",
    "Body",
    "BodyAddress",
    "CallBack",
    "CallBackAttempt",
    "CallBackKind",
    "CallBackOutcome",
    "CallPolicy",
    "CallResult",
    "ClinicRequest",
    "CountRun",
    "DeclineGround",
    "Direction",
    "Expertise",
    "ExpertiseKind",
    "HandOver",
    "HandOverState",
    "LadderStep",
    "LetterCounter",
    "LetterKind",
    "LetterOutcome",
    "LetterWay",
    "Letterhead",
    "LinkKind",
    "Macro",
    "Notice",
    "NoticeSetting",
    "NumberCounter",
    "Outcome",
    "PhoneCall",
    "Presence",
    "PrintBatch",
    "Proof",
    "ProofRule",
    "QualityCriterion",
    "QualityReview",
    "QueueSearch",
    "Receiver",
    "Recording",
    "ReplyChannel",
    "ReplyTemplate",
    "ReportMail",
    "ReturnReason",
    "ScanVerdict",
    "Section",
    "Solved",
    "SurveyRefusal",
    "Validity",
    "ViolationCode",
    "VoiceKey",
    "WaitingTimeNorm",
    "WorkDraft",
]
