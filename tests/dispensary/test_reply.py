"""The page behind the square code: one secret, no names, and an answer that counts at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from dispensary.models import Call, Informing, Invitation, Reason, SurveyAnswer
from notifications import reply_links
from notifications.models import Message
from registry.models import Consent
from tests.dispensary.factories import due_person, make_campaign
from tests.dispensary.test_work import run_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(cast, now) -> Invitation:
    person = due_person(cast, "email", preferred_channel="email")
    make_campaign(cast)
    run_until_idle(now)
    return Invitation.objects.get(person=person)


def address_of(invitation: Invitation) -> str:
    return reply_links.link(Message.objects.get(person=invitation.person).provider_reference)


def test_the_page_asks_and_names_nobody(invitation: Invitation) -> None:
    page = Client().get(address_of(invitation)).content.decode()
    assert "диспансеризацию" in page
    assert invitation.person.last_name not in page
    assert not Informing.objects.exists(), "a scanner that opens the link has said nothing"


def test_who_went_is_not_reminded_again(invitation: Invitation) -> None:
    reason = Reason.objects.get(kind="complaint", code="queue")
    day = timezone.localdate()
    answer = {"outcome": "came", "on_day": day.isoformat(), "satisfied": "no", "complaint": reason.pk}
    assert "обращение" in Client().post(address_of(invitation), answer).content.decode()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.came_on) == ("informed", day)
    survey = SurveyAnswer.objects.get()
    assert (survey.kind, survey.way, survey.satisfied, survey.reason) == (
        "satisfaction",
        "web",
        False,
        reason,
    )
    assert Informing.objects.get().by is None


def test_who_refuses_says_why_and_may_end_all_reminders(invitation: Invitation) -> None:
    reason = Reason.objects.get(kind="absence", code="private")
    answer = {"outcome": "refused", "reason": reason.pk, "leave_alone": "on"}
    for _ in range(2):
        Client().post(address_of(invitation), answer)
    assert SurveyAnswer.objects.get().reason == reason
    assert not Consent.objects.filter(person=invitation.person, withdrawn_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "came"}, "on_day"),
        ({"outcome": "came", "on_day": "1999-01-01"}, "on_day"),
        ({"outcome": "will_come", "on_day": "2020-01-01"}, "on_day"),
        ({"outcome": "refused"}, "reason"),
        ({"outcome": "died"}, "outcome"),
    ],
)
def test_half_an_answer_is_asked_for_again(invitation: Invitation, answer, field) -> None:
    page = Client().post(address_of(invitation), answer)
    assert field in page.context["form"].errors
    assert not Informing.objects.exists()


def test_a_call_about_it_is_no_longer_needed(invitation: Invitation, now) -> None:
    Call.objects.create(
        person=invitation.person,
        region=invitation.region,
        insurer=invitation.insurer,
        level=2,
        kind="invitation",
        invitation=invitation,
        time_zone="Europe/Kaliningrad",
        opened_at=now,
        due_at=now,
    )
    day = timezone.localdate() + timedelta(days=3)
    Client().post(address_of(invitation), {"outcome": "will_come", "on_day": day.isoformat()})
    assert Call.objects.get().outcome == "not_needed"


def test_forged_and_foreign_links_look_alike(invitation: Invitation) -> None:
    forged = address_of(invitation)[:-3] + "xx/"
    unknown = reply_links.link(uuid4())
    assert {Client().get(link).status_code for link in (forged, unknown)} == {404}
