"""How a person stands to the organisation that received the appeal: the fact routing begins with."""

from datetime import date

from appeals.terms import Insurance
from registry.models import Organization


def insurance_of(*, insurer: Organization | None, received_by: Organization, day: date) -> Insurance:
    if insurer is None:
        return Insurance.UNKNOWN
    if insurer.region_id != received_by.region_id:
        return Insurance.OTHER_REGION
    if insurer.is_fund:
        return Insurance.FUND_AS_INSURER
    if insurer.licence_valid_to is not None and insurer.licence_valid_to < day:
        return Insurance.NO_LICENCE
    if received_by.is_fund or insurer.pk == received_by.pk:
        return Insurance.OWN
    return Insurance.OTHER_INSURER
