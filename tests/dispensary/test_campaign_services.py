"""Who may do what with a campaign, in the service and once more in the database."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from dispensary import outcomes, services
from dispensary.lifecycle import Action, Refused, State
from dispensary.models import CallOutcome, Campaign, Informing, Invitation
from dispensary.outcomes import Answer
from tests.cast import Cast
from tests.dispensary.factories import PLANNED_AT, due_person, make_campaign

pytestmark = pytest.mark.django_db


def act(campaign: Campaign, cast: Cast, who: str, action: Action, now: datetime) -> Campaign:
    return services.act(
        campaign_id=campaign.pk, action=action, actor=cast.users[who], scope=cast.scope(who), now=now
    )


def test_a_campaign_lives_from_plan_to_close(cast: Cast, now: datetime) -> None:
    campaign = make_campaign(cast, state=State.PLANNED)
    steps = [
        ("fund_admin", Action.APPROVE),
        ("supervisor", Action.START),
        ("supervisor", Action.PAUSE),
        ("fund_admin", Action.RESUME),
        ("supervisor", Action.CLOSE),
    ]
    for who, action in steps:
        campaign = act(campaign, cast, who, action, now)
    assert campaign.state == State.CLOSED
    assert campaign.approved_by == cast.users["fund_admin"]
    assert campaign.started_at == campaign.closed_at == now


def test_the_planner_cannot_approve(cast: Cast, now: datetime) -> None:
    campaign = make_campaign(cast, state=State.PLANNED)
    with pytest.raises(Refused) as refused:
        act(campaign, cast, "supervisor", Action.APPROVE, now)
    assert refused.value.refusal.code == "same_person"


def test_the_database_refuses_an_approval_by_the_planner_too(cast: Cast) -> None:
    campaign = make_campaign(cast, state=State.PLANNED)
    with pytest.raises(IntegrityError, match="campaign_approved_by_another"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(
            state="approved", approved_by=cast.users["supervisor"], approved_at=PLANNED_AT
        )


@pytest.mark.parametrize(
    "who", ["foreign_supervisor", "foreign_fund_admin", "operator", "citizen", "auditor"]
)
def test_outsiders_do_not_find_it(cast: Cast, now: datetime, who: str) -> None:
    campaign = make_campaign(cast, state=State.PLANNED)
    with pytest.raises(Campaign.DoesNotExist):
        act(campaign, cast, who, Action.CLOSE, now)


def test_a_reader_who_does_not_manage_is_refused(cast: Cast, now: datetime) -> None:
    campaign = make_campaign(cast, state=State.PLANNED)
    with pytest.raises(Refused) as refused:
        act(campaign, cast, "case_worker", Action.APPROVE, now)
    assert refused.value.refusal.code == "not_yours"
    region = make_campaign(cast, state=State.PLANNED, insurer=None)
    with pytest.raises(Refused):
        act(region, cast, "supervisor", Action.APPROVE, now)


@pytest.mark.parametrize(
    ("who", "insurer", "allowed"),
    [
        ("fund_admin", None, True),
        ("fund_admin", "insurer", True),
        ("supervisor", "insurer", True),
        ("supervisor", "second_insurer", False),
        ("supervisor", None, False),
        ("case_worker", "insurer", False),
        ("foreign_fund_admin", None, False),
    ],
)
def test_who_may_plan_for_whom(cast: Cast, now: datetime, who, insurer, allowed) -> None:
    make_campaign(cast, year=2025)
    values = {
        "actor": cast.users[who],
        "scope": cast.scope(who),
        "programme": Campaign.objects.get().programme,
        "year": 2026,
        "region": cast.insurer.region,
        "insurer": getattr(cast, insurer) if insurer else None,
        "inform_by": date(2026, 9, 30),
        "attend_by": date(2026, 12, 31),
        "now": now,
    }
    if allowed:
        assert services.create_campaign(**values).state == State.PLANNED
    else:
        with pytest.raises(Refused):
            services.create_campaign(**values)


def test_one_active_campaign_for_a_place_a_programme_and_a_year(cast: Cast, now: datetime) -> None:
    first = make_campaign(cast, insurer=None)
    with pytest.raises(IntegrityError, match="campaign_one_active"), transaction.atomic():
        make_campaign(cast, insurer=None)
    act(first, cast, "fund_admin", Action.CLOSE, now)
    make_campaign(cast, insurer=None)


@pytest.fixture
def listed(cast: Cast, now: datetime) -> Invitation:
    person = due_person(cast, "phone", preferred_channel="phone", address="г. Примерск, д. 1")
    services.plan(campaign=make_campaign(cast), now=now)
    return Invitation.objects.get(person=person)


@pytest.mark.parametrize(
    ("outcome", "on_day", "note", "state", "channel", "reason"),
    [
        ("will_come", date(2026, 6, 9), "", "informed", "phone", ""),
        ("came", date(2026, 6, 1), "", "informed", "phone", ""),
        ("refused", None, "наблюдается частно", "informed", "phone", ""),
        ("no_answer", None, "", "listed", "phone", ""),
        ("wrong_number", None, "", "planned", "post", ""),
        ("moved", None, "", "excluded", "phone", "moved"),
        ("died", None, "", "excluded", "phone", "died"),
    ],
)
def test_what_a_call_changes(listed, cast, now, outcome, on_day, note, state, channel, reason) -> None:
    changed = outcomes.note(
        invitation_id=listed.pk,
        actor=cast.users["case_worker"],
        scope=cast.scope("case_worker"),
        answer=Answer(outcome=CallOutcome(outcome), on_day=on_day, note=note),
        now=now,
    )
    changed.refresh_from_db()
    assert (changed.state, changed.channel, changed.excluded_reason) == (state, channel, reason)
    assert changed.came_on == (on_day if outcome == "came" else None)
    assert Informing.objects.get().by == cast.users["case_worker"]


def test_what_was_said_cannot_be_rewritten(listed, cast, now) -> None:
    Informing.objects.create(
        invitation=listed, channel="phone", outcome="no_answer", by=cast.users["case_worker"], at=now
    )
    for statement in ("UPDATE dispensary_informing SET note = 'x'", "DELETE FROM dispensary_informing"):
        with (
            pytest.raises((InternalError, IntegrityError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
