from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from dispensary import work
from dispensary.lifecycle import State
from dispensary.models import Campaign
from dispensary.progress import Pace
from dispensary.uplift import Group, uplift
from tests.dispensary.factories import due_person, make_campaign
from tests.dispensary.test_work import run_until_idle, settle

HOUR = timedelta(hours=1)


def test_a_pace_is_smoothed_and_tells_the_time_left() -> None:
    pace = Pace(per_hour=None)
    assert pace.left(100) is None
    pace = pace.after(settled=100, span=HOUR)
    assert pace.left(50) == timedelta(minutes=30)
    slower = pace.after(settled=0, span=HOUR)
    assert slower.per_hour == pytest.approx(70)
    assert slower.after(settled=-5, span=HOUR) == slower
    assert slower.after(settled=5, span=timedelta(0)) == slower
    assert Pace(per_hour=0.0).left(10) is None
    assert Pace(per_hour=0.0).left(0) == timedelta(0)


groups = st.integers(1, 5000).flatmap(
    lambda n: st.integers(0, n).map(lambda came: Group(people=n, came=came))
)


@given(groups, groups)
def test_an_interval_holds_the_difference_and_stays_possible(invited: Group, left_out: Group) -> None:
    found = uplift(invited, left_out)
    assert found is not None
    assert -1.0000001 <= found.low <= found.difference <= found.high <= 1.0000001
    mirrored = uplift(left_out, invited)
    assert mirrored is not None
    assert mirrored.low == pytest.approx(-found.high)


def test_a_known_interval() -> None:
    """Newcombe 1998, table II, example (a): 56/70 against 48/80 is 0.2 with 0.0524 to 0.3339."""
    found = uplift(Group(people=70, came=56), Group(people=80, came=48))
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))
    assert found.is_certain


def test_nothing_is_compared_with_nobody() -> None:
    assert uplift(Group(people=0, came=0), Group(people=5, came=1)) is None


@pytest.mark.django_db
def test_the_command_draws_the_bar(cast, now) -> None:
    for _ in range(4):
        due_person(cast, "sms")
    campaign = make_campaign(cast)
    run_until_idle(now)
    work.collect_all(now=now)
    settle(state="sent", sent_at=now)
    work.collect_all(now=now + timedelta(minutes=30))
    out = StringIO()
    call_command("campaign_progress", stdout=out)
    assert "5 из 5" in out.getvalue()
    assert "8 в час" in out.getvalue()
    assert "готово" in out.getvalue()
    with pytest.raises(CommandError, match="no campaign"):
        call_command("campaign_progress", campaign.pk + 1)


def client_of(cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who])
    return client


@pytest.mark.django_db
def test_a_recount_shows_what_changed_since_the_last_one(cast, now) -> None:
    due_person(cast, "sms")
    campaign = make_campaign(cast, state=State.PLANNED)
    run_until_idle(now)
    due_person(cast, "sms")
    client = client_of(cast, "supervisor")
    assert client.post(reverse("dispensary:campaign-recount", args=[campaign.pk])).status_code == 302
    run_until_idle(now)
    page = client.get(reverse("dispensary:campaign", args=[campaign.pk]))
    changes = {
        row["cells"][0]["text"]: row["cells"][3]["text"] for row in page.context["changes_table"]["rows"]
    }
    assert "+1" in changes.values()
    # Not in the middle of a campaign that runs.
    Campaign.objects.update(
        state=State.RUNNING, started_at=now, approved_by=cast.users["fund_admin"], approved_at=now
    )
    client.post(reverse("dispensary:campaign-recount", args=[campaign.pk]))
    campaign.refresh_from_db()
    assert campaign.dry_run_at is not None


@pytest.mark.django_db
def test_a_campaign_says_when_its_budget_is_used_up_and_takes_more(cast, now) -> None:
    for _ in range(3):
        due_person(cast, "email", preferred_channel="email")
    campaign = make_campaign(cast, budget=Decimal("0.05"))
    run_until_idle(now)
    work.collect_all(now=now)
    client = client_of(cast, "supervisor")
    page = client.get(reverse("dispensary:campaign", args=[campaign.pk]))
    assert page.context["budget"]["used_up"]
    address = reverse("dispensary:campaign-budget", args=[campaign.pk])
    assert client.post(address, {"budget": "0.01"}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.budget == Decimal("0.05"), "less than what is spent is refused"
    client.post(address, {"budget": "10"})
    campaign.refresh_from_db()
    assert campaign.budget == 10
    assert client_of(cast, "case_worker").post(address, {"budget": "99"}).status_code == 404


@pytest.mark.django_db
def test_the_page_says_what_inviting_was_worth(cast, now) -> None:
    people = [due_person(cast, "sms") for _ in range(30)]
    campaign = make_campaign(cast, holdout_percent=50)
    run_until_idle(now)
    settle(state="sent", sent_at=now)
    campaign.invitation_set.filter(person__in=people).exclude(state="excluded").update(came_on=now.date())
    work.collect_all(now=now)
    page = client_of(cast, "supervisor").get(reverse("dispensary:campaign", args=[campaign.pk]))
    assert page.context["uplift"].difference > 0.9
