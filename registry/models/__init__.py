from registry.models.accounts import RoleGrant, User
from registry.models.audit import AccessRecord
from registry.models.feeds import CalendarFeed
from registry.models.parties import Clinic, InsuredCount, Insurer, Organization, Region, TerritorialFund
from registry.models.people import Consent, ConsentText, InsuredPerson, LegalRepresentative
from registry.models.workdays import CalendarDay

__all__ = [
    "AccessRecord",
    "CalendarDay",
    "CalendarFeed",
    "Clinic",
    "Consent",
    "ConsentText",
    "InsuredCount",
    "InsuredPerson",
    "Insurer",
    "LegalRepresentative",
    "Organization",
    "Region",
    "RoleGrant",
    "TerritorialFund",
    "User",
]
