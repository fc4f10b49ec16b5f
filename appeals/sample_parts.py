"""Pieces of the rows of a sample appeal that follow from what was decided about it."""

import json
from datetime import datetime
from typing import Any

from appeals.deadlines import Deadlines
from appeals.escalation import end_of_day
from appeals.lifecycle import Action
from appeals.models import (
    HandOverState,
)
from appeals.routing import Decision
from appeals.sample_places import Place
from appeals.sample_story import Step
from appeals.sample_texts import NOTES
from appeals.terms import Insurance
from registry.models import Organization


def dated(filed_at: datetime, dates: Deadlines, place: Place) -> dict[str, Any]:
    return {
        "received_at": filed_at,
        "registered_at": filed_at,
        "clock_from": filed_at,
        "registered_on": dates.registered_on,
        "due_on": dates.due_on,
        "due_at": end_of_day(dates.due_on, place.policy.zone),
        "warn_on": dates.warn_on,
    }


def insurance(insurer: Organization) -> Insurance:
    return Insurance.FUND_AS_INSURER if insurer.is_fund else Insurance.OWN


def reasons(decision: Decision, dates: Deadlines) -> str:
    reasons = [reason.as_json() for reason in (*decision.reasons, *dates.reasons)]
    return json.dumps(reasons, ensure_ascii=False)


def handed_over(appeal_id: int, steps: list[Step]) -> dict[str, Any]:
    at = {step.action: step.at for step in steps}
    return {
        "appeal_id": appeal_id,
        "from_level": 1,
        "to_level": 2,
        "from_assignee_id": None,
        "state": HandOverState.ACCEPTED.value,
        "note": NOTES[0],
        "offered_by_user_id": None,
        "offered_at": at[Action.HAND_OVER],
        "decided_by_user_id": None,
        "decided_at": at[Action.ACCEPT_HAND_OVER],
        "reason": "",
    }
