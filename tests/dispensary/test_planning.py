"""Everybody due gets one row, once; whoever is not invited gets the reason."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from dispensary import escalation, services
from dispensary.eligibility import PersonFacts, eligible
from dispensary.models import Invitation, PlanCount, PlannedExam
from dispensary.observation import shipped_observation_rules
from dispensary.reference import current_observation_rules, current_rules
from dispensary.rules import shipped_rules
from registry.models import InsuredPerson
from tests.cast import Cast
from tests.dispensary.factories import due_person, give_consent, make_campaign
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def test_the_rules_of_the_database_are_those_that_were_shipped(cast: Cast) -> None:
    make_campaign(cast)
    assert current_rules() == shipped_rules()
    assert current_observation_rules() == shipped_observation_rules()


def outcome(cast: Cast, now: datetime, *channels: str, **fields: Any) -> tuple[str, str, str] | None:
    """State, channel and reason of one person after planning."""
    person = due_person(cast, *channels, **fields)
    services.plan(campaign=make_campaign(cast), now=now)
    row = Invitation.objects.filter(person=person).first()
    return (row.state, row.channel, row.excluded_reason) if row else None


@pytest.mark.parametrize(
    ("channels", "fields", "expected"),
    [
        (["sms"], {"preferred_channel": "sms"}, ("planned", "sms", "")),
        (["email", "sms"], {"preferred_channel": "email"}, ("planned", "email", "")),
        ([""], {"preferred_channel": "email"}, ("planned", "email", "")),
        # The preferred channel cannot reach: another one the person agreed to.
        (["email", "sms"], {"preferred_channel": "email", "email": ""}, ("planned", "sms", "")),
        # No message may reach, a call may.
        (["phone"], {"preferred_channel": "sms"}, ("listed", "phone", "")),
        # Agreed to be reminded, yet not by any way that works: a letter disturbs nobody.
        (["sms"], {"phone": "", "address": "г. Примерск, д. 1"}, ("planned", "post", "")),
        (["sms"], {"phone": "", "address": ""}, ("excluded", "", "no_contact")),
        ([""], {"preferred_channel": "sms", "phone": "+4915112345678", "email": ""}, ("listed", "phone", "")),
        ([], {}, ("excluded", "", "no_consent")),
        (["sms"], {"clinic": None}, ("excluded", "", "no_clinic")),
        (["sms"], {"died_on": date(2026, 1, 9)}, None),
        (["sms"], {"last_exam_on": date(2026, 1, 9)}, None),
        (["sms"], {"birth_date": date(2015, 3, 3)}, None),
    ],
)
def test_what_becomes_of_a_person(cast, now, channels, fields, expected) -> None:
    assert outcome(cast, now, *channels, **fields) == expected


def test_a_second_run_inserts_nothing_and_counts_nobody_twice(cast: Cast, now: datetime) -> None:
    for _ in range(3):
        due_person(cast, "sms")
    campaign = make_campaign(cast)
    planned = services.plan(campaign=campaign, now=now)
    assert planned == Invitation.objects.count() == 4  # with Maria of the cast
    assert services.plan(campaign=campaign, now=now) == 0
    assert sum(PlanCount.objects.values_list("people", flat=True)) == planned


def test_a_person_who_came_to_be_due_later_is_added_to_the_plan(cast: Cast, now: datetime) -> None:
    campaign = make_campaign(cast)
    first = services.plan(campaign=campaign, now=now)
    due_person(cast, "sms")
    assert services.plan(campaign=campaign, now=now) == 1
    assert sum(PlanCount.objects.values_list("people", flat=True)) == first + 1


def test_an_insurers_campaign_takes_only_its_own_people(cast: Cast, now: datetime) -> None:
    campaign = make_campaign(cast)
    services.plan(campaign=campaign, now=now)
    people = set(Invitation.objects.values_list("person", flat=True))
    assert people == {cast.maria.pk}


def test_nobody_is_invited_by_the_insurer_and_by_the_region_too(cast: Cast, now: datetime) -> None:
    give_consent(cast.maria, "sms")
    give_consent(cast.boris, "sms")
    services.plan(campaign=make_campaign(cast), now=now)
    region = make_campaign(cast, insurer=None)
    services.plan(campaign=region, now=now)
    reasons = dict(region.invitation_set.values_list("person", "excluded_reason"))
    assert reasons == {cast.maria.pk: "already_invited", cast.boris.pk: ""}


def test_the_plan_is_whom_the_pure_function_invites(cast: Cast, now: datetime) -> None:
    for year in range(1930, 2011, 2):
        PersonFactory(insurer=cast.insurer, clinic=cast.clinic, birth_date=date(year, 12, 31))
    for categories in (["working_pensioner"], ["had_covid"]):
        PersonFactory(
            insurer=cast.insurer, clinic=cast.clinic, birth_date=date(1990, 1, 1), categories=categories
        )
    campaign = make_campaign(cast, programme_id="preventive_exam")
    services.plan(campaign=campaign, now=now)
    planned = set(campaign.invitation_set.values_list("person", flat=True))
    expected = set()
    for person in InsuredPerson.objects.filter(insurer=cast.insurer):
        facts = PersonFacts(
            birth_date=person.birth_date, sex=person.sex, categories=frozenset(person.categories)
        )
        results = {result.programme: result for result in eligible(facts, 2026, shipped_rules())}
        expected |= {person.pk} if results["preventive_exam"].invited else set()
    assert planned == expected
    assert planned


def test_the_dry_run_counts_what_planning_writes(cast: Cast, now: datetime) -> None:
    due_person(cast, "sms")
    due_person(cast, "phone", birth_date=date(1994, 1, 1), categories=["working_pensioner"])
    due_person(cast, clinic=None)
    campaign = make_campaign(cast)
    found = services.dry_run(campaign=campaign, now=now)
    assert not Invitation.objects.exists()
    assert found.channels == {"sms": 1, "phone": 1}
    assert found.excluded == {"no_consent": 1, "no_clinic": 1}
    assert found.clinics == {cast.clinic.pk: 3, None: 1}
    assert found.ages == {"40–64": 3, "18–39": 1}
    assert services.plan(campaign=campaign, now=now) == found.people


def test_the_day_that_the_clinics_list_names_is_the_persons_own(cast: Cast, now: datetime) -> None:
    """Whether the list came before the campaign or after it."""
    named, other = due_person(cast, "sms"), due_person(cast, "sms")
    campaign = make_campaign(cast)
    facts = {"region": campaign.region, "insurer": cast.insurer, "clinic": cast.clinic, "hash": "0" * 32}
    facts |= {"programme": campaign.programme, "year": 2026, "stated_at": now}
    PlannedExam.objects.create(person=named, round=1, inform_by=date(2026, 7, 1), **facts)
    PlannedExam.objects.create(person=named, round=2, inform_by=date(2026, 8, 1), **facts)
    services.plan(campaign=campaign, now=now)
    days = dict(Invitation.objects.values_list("person", "informing_deadline"))
    assert (days[named.pk], days[other.pk]) == (date(2026, 7, 1), campaign.inform_by)
    Invitation.objects.filter(state="planned").update(state="informed", informed_at=now)
    escalation.follow_up(campaign, now=now + timedelta(days=60))
    again = dict(Invitation.objects.filter(round=2).values_list("person", "informing_deadline"))
    assert again[named.pk] == date(2026, 8, 1) != again[other.pk]
