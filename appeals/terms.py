"""Words shared by the rules of the appeals wing.

The values are stored in the database and sent over the API: do not rename them.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the applicant wants (59-FZ art. 4; form ЗПЗ, sections 2 to 6 of table 1)."""

    CONSULTATION = "consultation"
    APPLICATION = "application"
    COMPLAINT = "complaint"
    PROPOSAL = "proposal"
    GRATITUDE = "gratitude"


class Form(StrEnum):
    """Oral or written; what came through the site or the API is written."""

    ORAL = "oral"
    WRITTEN = "written"


class Channel(StrEnum):
    """How the appeal came in."""

    SITE = "site"
    PHONE = "phone"
    VOICE_MESSAGE = "voice_message"
    VISIT = "visit"
    DUTY_POST = "duty_post"
    POST = "post"
    EMAIL = "email"
    API = "api"
    FROM_ANOTHER_BODY = "from_another_body"


class Urgency(StrEnum):
    """How soon somebody must look at it; the lawful date is the same for all three."""

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class ReceivedBy(StrEnum):
    """Which organisation the appeal first came to."""

    INSURER = "insurer"
    FUND = "fund"


class Insurance(StrEnum):
    """How the person stands to the insurer that received the appeal, or to the receiving fund's insurers."""

    OWN = "own"
    OTHER_INSURER = "other_insurer"
    OTHER_REGION = "other_region"
    UNKNOWN = "unknown"
    FUND_AS_INSURER = "fund_as_insurer"
    NO_LICENCE = "no_licence"


class Suspicion(StrEnum):
    """A suspected disease for which the guarantee programme sets shorter waiting times."""

    ONCOLOGY = "oncology"
    CARDIOVASCULAR = "cardiovascular"


class Organisation(StrEnum):
    """Who works the appeal."""

    INSURER = "insurer"
    OTHER_INSURER = "other_insurer"
    FUND = "fund"
    OTHER_FUND = "other_fund"


class Role(StrEnum):
    """Who acts. `SYSTEM` is the portal itself; the other values are the roles of grants."""

    CITIZEN = "citizen"
    OPERATOR = "operator"
    CASE_WORKER = "case_worker"
    EXPERT = "expert"
    SUPERVISOR = "supervisor"
    FUND_OPERATOR = "fund_operator"
    FUND_ADMIN = "fund_admin"
    CLINIC_STAFF = "clinic_staff"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule decided as it did: a stable code for reports, a Russian sentence for people."""

    code: str
    text: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "text": self.text}
