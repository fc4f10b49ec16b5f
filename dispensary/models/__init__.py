from dispensary.models.aftercare import (
    HospitalEvent,
    HospitalReferral,
    Recommendation,
    RecommendationContact,
    RecommendationEnd,
    RecommendationKind,
)
from dispensary.models.calls import Call, CallAttempt, CallKind, CallOutcome, SurveyAnswer
from dispensary.models.campaigns import (
    Campaign,
    CampaignState,
    Informing,
    InformingOutcome,
    Invitation,
    InvitationState,
    Round,
)
from dispensary.models.capacity import ClinicCapacity
from dispensary.models.counts import CoverageCount, OutcomeCount, PlanCount
from dispensary.models.files import (
    ClinicFile,
    ClinicFileFault,
    ClinicFileRow,
    ExamResult,
    FileState,
    HealthGroup,
    PlannedExam,
)
from dispensary.models.following import ObservationContact, ObservationVisit
from dispensary.models.observation import ObservationCase, ObservationRule
from dispensary.models.policy import CoverageTarget, FileKeeping, InformingPolicy, Reason, ReasonKind
from dispensary.models.proofs import SumProof
from dispensary.models.reference import Category, Programme, ProgrammeRule, ProgrammeTest, Tariff

__all__ = [
    "Call",
    "CallAttempt",
    "CallKind",
    "CallOutcome",
    "Campaign",
    "CampaignState",
    "Category",
    "ClinicCapacity",
    "ClinicFile",
    "ClinicFileFault",
    "ClinicFileRow",
    "CoverageCount",
    "CoverageTarget",
    "ExamResult",
    "FileKeeping",
    "FileState",
    "HealthGroup",
    "HospitalEvent",
    "HospitalReferral",
    "Informing",
    "InformingOutcome",
    "InformingPolicy",
    "Invitation",
    "InvitationState",
    "ObservationCase",
    "ObservationContact",
    "ObservationRule",
    "ObservationVisit",
    "OutcomeCount",
    "PlanCount",
    "PlannedExam",
    "Programme",
    "ProgrammeRule",
    "ProgrammeTest",
    "Reason",
    "ReasonKind",
    "Recommendation",
    "RecommendationContact",
    "RecommendationEnd",
    "RecommendationKind",
    "Round",
    "SumProof",
    "SurveyAnswer",
    "Tariff",
]
