"""Joins referrals to hospital (dispensary) with the norms of waiting (appeals): the last lawful day."""

from datetime import date

from appeals.policy import calendar_from, norms
from appeals.terms import Suspicion
from appeals.waiting import NormMissing, Service, Wait, check
from dispensary.waits import Limit
from registry.workdays import CalendarMissing


def hospital_limit(referred_on: date, suspicion: str, region: str) -> Limit | None:
    """By the guarantee programme; None where no norm or no working calendar is known for that year."""
    wait = Wait(
        service=Service.HOSPITAL, start=referred_on, suspicion=Suspicion(suspicion) if suspicion else None
    )
    calendar = calendar_from(region, referred_on)
    try:
        verdict = check(wait, norms=norms(), calendar=calendar, region=region)
    except (NormMissing, CalendarMissing):
        return None
    return Limit(verdict.latest, verdict.norm.topic, tuple(reason.text for reason in verdict.reasons))
