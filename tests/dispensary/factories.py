"""Campaigns and people who are due, for tests."""

from datetime import date, datetime, timedelta
from typing import Any

from dispensary.lifecycle import State
from dispensary.load import load_reference
from dispensary.models import Campaign
from registry.models import Consent, ConsentText, InsuredPerson
from tests.cast import Cast
from tests.factories import PersonFactory

PLANNED_AT = datetime.fromisoformat("2026-05-20T09:00:00+00:00")


def give_consent(person: InsuredPerson, *channels: str) -> InsuredPerson:
    text, _ = ConsentText.objects.get_or_create(
        purpose="information_support",
        language="ru",
        version=1,
        defaults={"text": "Согласен", "valid_from": date(2025, 1, 1)},
    )
    for channel in channels:
        Consent.objects.create(
            person=person,
            purpose="information_support",
            channel=channel,
            text=text,
            given_at=PLANNED_AT - timedelta(days=30),
        )
    return person


def due_person(cast: Cast, *channels: str, **fields: Any) -> InsuredPerson:
    """Insured by the cast's insurer, 60 years old: due for dispensarization every year."""
    fields = {"insurer": cast.insurer, "clinic": cast.clinic, "birth_date": date(1966, 3, 3)} | fields
    return give_consent(PersonFactory(**fields), *channels)


def make_campaign(cast: Cast, *, state: State = State.RUNNING, **fields: Any) -> Campaign:
    """The insurer's own dispensarization of 2026, planned by the supervisor and approved by the fund."""
    if not Campaign.objects.exists():
        load_reference()
    approved: dict[str, Any] = {}
    if state is not State.PLANNED:
        approved = {"approved_by": cast.users["fund_admin"], "approved_at": PLANNED_AT}
    if state in {State.RUNNING, State.PAUSED}:
        approved["started_at"] = PLANNED_AT
    values = {
        "region": cast.insurer.region,
        "insurer": cast.insurer,
        "programme_id": "dispensarization",
        "year": 2026,
        "inform_by": date(2026, 9, 30),
        "attend_by": date(2026, 12, 31),
        "planned_by": cast.users["supervisor"],
        "planned_at": PLANNED_AT,
        "state": state,
        **approved,
        **fields,
    }
    return Campaign.objects.create(**values)
