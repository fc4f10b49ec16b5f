from representatives.models.load import IncomingCount, IncomingKind
from representatives.models.norms import PlannedPositions, StaffingNorm
from representatives.models.people import (
    Absence,
    AbsenceKind,
    Conflict,
    ContactCentre,
    EmploymentType,
    EventKind,
    Level,
    RegisterEvent,
    Representative,
    Training,
)
from representatives.models.places import Audience, DirectLine, DutyChange, DutyPost, PostStatus, Weekday
from representatives.models.zpz import (
    ZpzAction,
    ZpzEvent,
    ZpzReport,
    ZpzRow,
    ZpzStatus,
    ZpzVersion,
)

__all__ = [
    "Absence",
    "AbsenceKind",
    "Audience",
    "Conflict",
    "ContactCentre",
    "DirectLine",
    "DutyChange",
    "DutyPost",
    "EmploymentType",
    "EventKind",
    "IncomingCount",
    "IncomingKind",
    "Level",
    "PlannedPositions",
    "PostStatus",
    "RegisterEvent",
    "Representative",
    "StaffingNorm",
    "Training",
    "Weekday",
    "ZpzAction",
    "ZpzEvent",
    "ZpzReport",
    "ZpzRow",
    "ZpzStatus",
    "ZpzVersion",
]
