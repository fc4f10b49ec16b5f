"""The survey after the answer: asked once, three days later, answered once, refused for good."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client

from appeals import services
from appeals.actors import Actor
from appeals.lifecycle import State
from appeals.models import AppealSurvey
from notifications.models import Message
from tests.appeals.desk import at_desk, in_state
from tests.appeals.factories import about, filed

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(cast, reference, clock):
    return in_state(State.ANSWERED, cast, clock)


def page_of(survey: AppealSurvey) -> str:
    return f"/appeals/survey/{survey.secret}/"


GIVEN = {"solved": "no", "satisfaction": "2", "comment": "Не перезвонили"}


def test_the_question_comes_three_days_after_the_answer_by_the_chosen_way(answered, clock):
    message = Message.objects.get(event="appeal_survey")
    assert message.due_at == clock + timedelta(days=3)
    assert message.payload["link"].endswith(page_of(AppealSurvey.objects.get()))


def test_it_is_answered_without_signing_in_and_once(answered):
    address = page_of(AppealSurvey.objects.get())
    assert 'value="no"' in Client().get(f"{address}?solved=no").content.decode()
    Client().post(address, GIVEN)
    Client().post(address, {**GIVEN, "solved": "yes", "satisfaction": "5"})
    survey = AppealSurvey.objects.get()
    assert (survey.solved, survey.satisfaction, survey.comment) == ("no", 2, "Не перезвонили")
    assert "уже ответили" in Client().get(address).content.decode()


def test_looking_at_the_page_answers_nothing(answered):
    Client().get(f"{page_of(AppealSurvey.objects.get())}?solved=yes")
    assert AppealSurvey.objects.get().given_at is None


@pytest.mark.parametrize(
    "given", [{}, {"solved": "maybe", "satisfaction": "3"}, {**GIVEN, "satisfaction": "6"}]
)
def test_what_is_no_answer_is_not_kept(answered, given):
    assert Client().post(page_of(AppealSurvey.objects.get()), given).status_code == 422
    assert AppealSurvey.objects.get().given_at is None


def test_the_database_holds_half_an_answer_for_none(answered):
    with pytest.raises(IntegrityError):
        AppealSurvey.objects.update(solved="yes")


def test_whoever_does_not_want_to_be_asked_is_not_asked_again(answered, cast, clock):
    Client().post(page_of(AppealSurvey.objects.get()), {"refuse": "1"})
    assert Message.objects.get(event="appeal_survey").state == "cancelled"
    again = filed(about(cast), clock)
    services.answer(appeal_id=again.pk, text="Ответ", actor=Actor.of(cast.scope("expert")), now=clock)
    assert Message.objects.filter(event="appeal_survey", state="pending").count() == 0


def test_a_refusal_stops_the_questions_about_other_answers_on_their_way(answered, cast, clock):
    other = filed(about(cast), clock)
    stranger = filed(about(cast, applicant_email="other@example.org"), clock)
    for one in (other, stranger):
        services.answer(appeal_id=one.pk, text="Ответ", actor=Actor.of(cast.scope("expert")), now=clock)
    Client().post(page_of(AppealSurvey.objects.get(appeal=other)), {"refuse": "1"})
    waiting = Message.objects.filter(event="appeal_survey", state="pending")
    assert [one.email for one in waiting] == ["other@example.org"]


def test_heads_read_it_beside_the_case_and_those_who_answered_do_not(answered, cast):
    Client().post(page_of(AppealSurvey.objects.get()), GIVEN)
    shown = {}
    for name in ("supervisor", "fund_admin", "expert"):
        shown[name] = (
            "Не перезвонили"
            in at_desk(cast.users[name]).get(f"/staff/cases/{answered.number}/").content.decode()
        )
    assert shown == {"supervisor": True, "fund_admin": True, "expert": False}


def test_an_answer_under_reconsideration_is_not_asked_about(answered, cast, clock):
    services.reopen(appeal_id=answered.pk, reason="Нет", actor=Actor.of(cast.scope("citizen")), now=clock)
    assert Message.objects.get(event="appeal_survey").state == "cancelled"


def test_an_old_or_a_foreign_link_opens_nothing(answered, clock, monkeypatch):
    assert Client().get(f"/appeals/survey/{'a' * 26}/").status_code == 404
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock + timedelta(days=91))
    assert Client().get(page_of(AppealSurvey.objects.get())).status_code == 404


def test_it_is_read_by_heads_and_not_by_those_who_answered(answered, cast):
    Client().post(page_of(AppealSurvey.objects.get()), GIVEN)
    seen = [name for name in cast.users if AppealSurvey.objects.visible_to(cast.scope(name)).exists()]
    assert set(seen) == {"citizen", "supervisor", "fund_admin"}
