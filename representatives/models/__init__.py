from representatives.models.norms import StaffingNorm
from representatives.models.people import (
    Absence,
    AbsenceKind,
    Conflict,
    ContactCentre,
    EmploymentType,
    Level,
    Representative,
    Training,
)
from representatives.models.places import Audience, DirectLine, DutyPost, PostStatus, Weekday

__all__ = [
    "Absence",
    "AbsenceKind",
    "Audience",
    "Conflict",
    "ContactCentre",
    "DirectLine",
    "DutyPost",
    "EmploymentType",
    "Level",
    "PostStatus",
    "Representative",
    "StaffingNorm",
    "Training",
    "Weekday",
]
