"""Pages and API: who gets in, what is shown, how many queries it takes, and that reading names is logged."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dispensary import services, work
from dispensary.lifecycle import State
from dispensary.models import Campaign, Invitation, Reason, SurveyAnswer
from registry.models import AccessRecord
from registry.scoping import Role
from tests.cast import Cast
from tests.dispensary.factories import due_person, make_campaign

pytestmark = pytest.mark.django_db

READERS = {"fund_admin", "supervisor", "case_worker"}
PLANNERS = {"fund_admin", "supervisor"}


@pytest.fixture
def campaign(cast: Cast, now: datetime) -> Campaign:
    for channel in ("sms", "email", "phone"):
        due_person(cast, channel, preferred_channel=channel)
    campaign = make_campaign(cast)
    while work.advance_all(now=now):
        pass
    work.collect_all(now=now)
    campaign.refresh_from_db()
    return campaign


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who])
    return client


def addresses(campaign: Campaign) -> dict[str, set[str]]:
    key = campaign.pk
    invitation = Invitation.objects.filter(campaign=campaign).first()
    return {
        reverse("dispensary:campaigns"): READERS,
        reverse("dispensary:campaign-new"): PLANNERS,
        reverse("dispensary:campaign", args=[key]): READERS,
        reverse("dispensary:invitations", args=[key]): READERS,
        reverse("dispensary:invitation", args=[key, invitation.pk]): READERS,
    }


@pytest.mark.parametrize("who", [*Role, "citizen", "nobody"])
def test_who_may_open_which_page(cast: Cast, campaign: Campaign, who: str) -> None:
    client = client_of(cast, who)
    for address, readers in addresses(campaign).items():
        assert client.get(address).status_code == (200 if who in readers else 404), address


@pytest.mark.parametrize("who", sorted(READERS))
def test_a_foreign_campaign_looks_like_none(cast: Cast, campaign: Campaign, who: str) -> None:
    client = client_of(cast, f"foreign_{who}")
    for name in ("campaign", "invitations"):
        assert client.get(reverse(f"dispensary:{name}", args=[campaign.pk])).status_code == 404
        assert client.get(reverse(f"dispensary:{name}", args=[10**9])).status_code == 404
    assert client.get(reverse("api-campaign-coverage", args=[campaign.pk])).status_code == 404
    assert client.get(reverse("api-campaigns")).json()["results"] == []
    if who in PLANNERS:
        client.post(reverse("dispensary:campaign-act", args=[campaign.pk, "close"]))
        campaign.refresh_from_db()
        assert campaign.state == State.RUNNING


def test_strangers_are_sent_to_sign_in(campaign: Campaign) -> None:
    for address in addresses(campaign):
        assert Client().get(address).status_code == 302
    assert Client().get(reverse("dispensary:my-exams")).status_code == 302
    assert Client().get(reverse("api-campaigns")).status_code in {401, 403}


def test_the_page_shows_the_sum_and_that_it_holds(cast: Cast, campaign: Campaign) -> None:
    page = client_of(cast, "supervisor").get(reverse("dispensary:campaign", args=[campaign.pk]))
    report = page.context["report"]
    assert report.problems == ()
    assert report.total.planned == report.total.accounted == campaign.invitation_set.count() == 4
    assert "4 = " in page.content.decode().replace("\xa0", " ")


def test_a_lost_person_is_reported_on_the_page(cast: Cast, campaign: Campaign) -> None:
    campaign.outcomecount_set.filter(state="excluded").delete()
    page = client_of(cast, "supervisor").get(reverse("dispensary:campaign", args=[campaign.pk]))
    (problem,) = page.context["report"].problems
    assert problem.code == "lost"
    assert problem.text in page.content.decode()


def test_an_insurer_sees_only_its_share_of_a_regional_campaign(cast: Cast, now: datetime) -> None:
    campaign = make_campaign(cast, insurer=None)
    services.plan(campaign=campaign, now=now)
    work.collect_all(now=now)
    address = reverse("api-campaign-coverage", args=[campaign.pk])
    assert client_of(cast, "fund_admin").get(address).json()["total"]["planned"] == 2
    assert client_of(cast, "supervisor").get(address).json()["total"]["planned"] == 1
    people = client_of(cast, "supervisor").get(
        reverse("dispensary:invitations", args=[campaign.pk]), {"state": "excluded"}
    )
    assert [row.person for row in people.context["page"]] == [cast.maria]


def test_the_api_tells_the_same_counts(cast: Cast, campaign: Campaign) -> None:
    client = client_of(cast, "case_worker")
    (row,) = client.get(reverse("api-campaigns")).json()["results"]
    assert (row["id"], row["state"]) == (campaign.pk, "running")
    answer = client.get(reverse("api-campaign-coverage", args=[campaign.pk])).json()
    parts = answer["total"]
    assert parts["planned"] == sum(parts[name] for name in ("informed", "excluded", "failed", "pending")) == 4
    assert answer["problems"] == []
    assert sum(clinic["planned"] for clinic in answer["clinics"]) == 4


def test_reading_names_is_logged(cast: Cast, campaign: Campaign) -> None:
    invitation = campaign.invitation_set.first()
    client = client_of(cast, "case_worker")
    client.get(reverse("dispensary:invitations", args=[campaign.pk]), {"state": "queued"})
    client.get(reverse("dispensary:invitation", args=[campaign.pk, invitation.pk]))
    of_list, of_person = AccessRecord.objects.order_by("pk")
    assert (of_list.subject, of_list.key, of_list.rows) == ("campaign_people", str(campaign.pk), 2)
    assert of_person.person_id == invitation.person_id


def test_pages_turn_by_the_key_of_the_last_row(cast, campaign, now, monkeypatch) -> None:
    monkeypatch.setattr("dispensary.selectors.PAGE", 1)
    client = client_of(cast, "supervisor")
    address = reverse("dispensary:invitations", args=[campaign.pk])
    first = client.get(address, {"state": "queued"})
    second = client.get(address + first.context["next_url"])
    assert second.context["next_url"] == ""
    seen = [*first.context["page"], *second.context["page"]]
    assert {row.pk for row in seen} == set(
        campaign.invitation_set.filter(state="queued").values_list("pk", flat=True)
    )


@pytest.mark.parametrize("address", ["campaigns", "campaign", "invitations"])
def test_queries_do_not_grow_with_the_people(
    cast, campaign, now, django_assert_max_num_queries, address
) -> None:
    client = client_of(cast, "supervisor")
    url = reverse(f"dispensary:{address}", args=[] if address == "campaigns" else [campaign.pk])
    client.get(url)
    for _ in range(15):
        due_person(cast, "sms")
    services.plan(campaign=campaign, now=now)
    while work.advance_all(now=now):
        pass
    with django_assert_max_num_queries(15):
        assert client.get(url, {"state": "queued"}).status_code == 200


def post_new(client: Client, **changed: object) -> object:
    data = {
        "programme": "preventive_exam",
        "year": timezone.localdate().year,
        "inform_by": f"{timezone.localdate().year}-12-30",
        "attend_by": f"{timezone.localdate().year}-12-31",
    }
    return client.post(reverse("dispensary:campaign-new"), data | changed)


def test_planning_by_the_form_and_approving_by_another(cast: Cast, campaign: Campaign, now: datetime) -> None:
    supervisor, fund = client_of(cast, "supervisor"), client_of(cast, "fund_admin")
    place = f"insurer-{cast.insurer.pk}"
    assert post_new(supervisor, place=place).status_code == 302
    planned = Campaign.objects.get(state="planned")
    assert planned.planned_by == cast.users["supervisor"]
    work.advance_all(now=now)
    page = supervisor.get(reverse("dispensary:campaign", args=[planned.pk]))
    assert page.context["dry_run"].people == 0
    assert "approve" not in [action for action, _ in page.context["actions"]]
    approve = reverse("dispensary:campaign-act", args=[planned.pk, "approve"])
    supervisor.post(approve)
    planned.refresh_from_db()
    assert planned.state == "planned"
    fund.post(approve)
    planned.refresh_from_db()
    assert planned.state == "approved"
    # A double click: the second press finds the step done and changes nothing.
    assert fund.post(approve).status_code == 302


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(cast: Cast, campaign: Campaign) -> None:
    client = client_of(cast, "supervisor")
    place = f"insurer-{cast.insurer.pk}"
    year = timezone.localdate().year
    page = post_new(client, place=place, inform_by=f"{year}-12-31", attend_by=f"{year}-12-30")
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {"inform_by"}
    assert f'value="{year}-12-31"' in page.content.decode()
    page = post_new(client, place="region-39")
    assert page.context["form"].errors.keys() == {"place"}
    post_new(client, place=place)
    again = post_new(client, place=place)
    assert again.context["form"].errors.keys() == {"place"}


def test_an_unknown_action_is_not_found(cast: Cast, campaign: Campaign) -> None:
    client = client_of(cast, "supervisor")
    assert client.post(f"/region/exams/{campaign.pk}/explode/").status_code == 404
    assert client.get(reverse("dispensary:campaign-act", args=[campaign.pk, "close"])).status_code == 405


def test_an_outcome_without_its_day_is_explained(cast: Cast, campaign: Campaign) -> None:
    invitation = campaign.invitation_set.get(state="listed")
    client = client_of(cast, "case_worker")
    address = reverse("dispensary:invitation", args=[campaign.pk, invitation.pk])
    page = client.post(address, {"outcome": "will_come", "note": ""})
    assert page.status_code == 200
    assert page.context["form"].errors
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert client.post(address, {"outcome": "will_come", "on_day": tomorrow.isoformat()}).status_code == 302
    invitation.refresh_from_db()
    assert invitation.state == "informed"


def test_anybody_sees_what_is_due_without_a_name(cast: Cast, campaign: Campaign) -> None:
    client = Client()
    assert client.get("/exams/").status_code == 200
    year = timezone.localdate().year
    page = client.post("/exams/", {"birth_date": f"{year - 45}-07-12", "sex": "F"})
    assert [result.programme for result in page.context["due"]][:1] == ["dispensarization"]
    assert "Диспансеризация" in page.content.decode()
    for wrong in (f"{year + 1}-01-01", "1850-01-01", "завтра", ""):
        page = client.post("/exams/", {"birth_date": wrong, "sex": "F"})
        assert page.context["form"].errors.keys() == {"birth_date"}


def test_a_citizen_sees_the_own_exams_and_nobody_elses(cast: Cast, campaign: Campaign) -> None:
    page = client_of(cast, "citizen").get(reverse("dispensary:my-exams"))
    assert [exams.person for exams in page.context["people"]] == [cast.maria]
    assert page.context["people"][0].due
    assert client_of(cast, "nobody").get(reverse("dispensary:my-exams")).context["people"] == []


def test_what_people_answered_stands_in_the_report_of_the_campaign(cast, campaign, now) -> None:
    reasons = {kind: Reason.objects.filter(kind=kind).first() for kind in ("absence", "complaint")}
    answers = [
        {"kind": "absence", "reason": reasons["absence"], "way": "web"},
        {"kind": "satisfaction", "satisfied": False, "reason": reasons["complaint"], "way": "phone"},
        {"kind": "satisfaction", "satisfied": True, "way": "phone"},
    ]
    client, address = client_of(cast, "supervisor"), reverse("dispensary:campaign", args=[campaign.pk])
    assert "surveys" not in client.get(address).context
    for invitation, answer in zip(Invitation.objects.order_by("pk"), answers, strict=False):
        SurveyAnswer.objects.create(invitation=invitation, at=now, **answer)
    found = client.get(address).context["surveys"]
    assert (found.asked, found.content, found.not_content) == (3, 1, 1)
    assert found.absence == [(reasons["absence"].title, 1)]
    assert found.complaints == [(reasons["complaint"].title, 1)]
