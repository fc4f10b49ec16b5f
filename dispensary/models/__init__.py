from dispensary.models.campaigns import (
    Campaign,
    CampaignState,
    Informing,
    InformingOutcome,
    Invitation,
    InvitationState,
    OutcomeCount,
    PlanCount,
    Round,
)
from dispensary.models.capacity import ClinicCapacity
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
from dispensary.models.reference import Category, Programme, ProgrammeRule, ProgrammeTest, Tariff

__all__ = [
    "Campaign",
    "CampaignState",
    "Category",
    "ClinicCapacity",
    "ClinicFile",
    "ClinicFileFault",
    "ClinicFileRow",
    "ExamResult",
    "FileState",
    "HealthGroup",
    "Informing",
    "InformingOutcome",
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
    "Round",
    "Tariff",
]
