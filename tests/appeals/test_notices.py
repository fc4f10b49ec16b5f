"""Colleagues are told in the portal of what concerns them, once, and by mail in their working hours."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from appeals import services
from appeals.actors import SYSTEM, Actor
from appeals.desk.digest import tell_of_notices
from appeals.lifecycle import Action, State
from appeals.models import Appeal, Notice
from appeals.noticing import What, rules_for
from appeals.services import forget_notices
from appeals.terms import Role
from notifications.models import Message
from tests.appeals.desk import at_desk, in_state
from tests.appeals.factories import about, filed, representative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]


def told(cast, name):
    return [str(one.what) for one in Notice.objects.filter(user=cast.users[name]).unseen().order_by("pk")]


def test_only_a_proposed_answer_comes_back_as_news():
    assert rules_for(Action.ANSWER, State.IN_PROGRESS, Role.SUPERVISOR) == ()
    assert rules_for(Action.ANSWER, State.IN_REVIEW, Role.SUPERVISOR)[0].what is What.APPROVED
    assert rules_for(Action.RESUME, State.AWAITING_CLINIC, Role.CASE_WORKER) == ()
    assert rules_for(Action.TAKE, State.REGISTERED, Role.OPERATOR) == ()


def test_a_day_of_one_case_tells_each_whom_it_concerns_and_never_who_did_it(cast, now):
    worker = representative(cast, "case_worker", 2)
    other = representative(cast, "nobody", 2, last_name="Новикова")
    appeal = filed(about(cast, topic="3.1.4"), now)
    boss, hand = Actor.of(cast.scope("supervisor")), Actor.of(cast.scope("case_worker"))
    act = {"appeal_id": appeal.pk, "now": now}
    services.assign(**act, actor=boss, representative_id=worker.pk)
    assert told(cast, "case_worker") == ["assigned"]
    services.ask_applicant(**act, actor=hand, question="Когда?")
    services.receive_reply(**act, actor=Actor.holder(appeal.pk), reply="Вчера")
    assert told(cast, "case_worker") == ["assigned", "replied"]
    services.submit_for_review(**act, actor=hand, answer="Проект")
    assert told(cast, "supervisor") == ["to_approve"]
    services.send_back(**act, actor=boss, reason="Короче")
    assert told(cast, "supervisor") == []
    services.submit_for_review(**act, actor=hand, answer="Короткий проект")
    services.answer(**act, actor=boss, text="Короткий ответ")
    assert told(cast, "case_worker") == ["assigned", "replied", "sent_back", "approved"]
    assert told(cast, "supervisor") == []
    services.reopen(**act, actor=Actor.holder(appeal.pk), reason="Не помогло")
    services.assign(**act, actor=boss, representative_id=other.pk)
    assert told(cast, "case_worker")[-2:] == ["reopened", "taken_away"]
    assert told(cast, "nobody") == ["assigned"]
    assert not Notice.objects.exclude(appeal=appeal).exists()


def test_an_offer_is_told_to_the_level_and_settled_by_the_first_who_decides(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now, level=2)
    act = {"appeal_id": appeal.pk, "now": now}
    services.hand_over(**act, actor=Actor.of(cast.scope("case_worker")), level=3, note="Качество")
    assert told(cast, "expert") == ["offered"]
    assert told(cast, "operator") == told(cast, "foreign_expert") == []
    services.return_hand_over(**act, actor=Actor.of(cast.scope("expert")), reason="Не к нам")
    assert told(cast, "expert") == []
    assert told(cast, "case_worker") == ["offer_returned"]


def test_a_wait_ended_by_the_portal_is_told_and_one_ended_by_hand_is_not(cast, now):
    appeal = in_state(State.AWAITING_APPLICANT, cast, now)
    services.resume(appeal_id=appeal.pk, reason="Срок вышел", actor=SYSTEM, now=now)
    assert told(cast, "supervisor") == ["wait_over"]
    assert Notice.objects.get().by is None


def test_the_ladder_tells_in_the_portal_what_it_tells_by_mail(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now - timedelta(days=16))
    services.climb(now=now, limit=10)
    one = Notice.objects.get(appeal=appeal)
    assert (one.what, one.user, one.told_at) == ("due_soon", cast.users["supervisor"], now)


def test_the_bell_counts_the_list_shows_and_opening_reads(cast, now):
    worker = representative(cast, "case_worker", 2)
    boss = Actor.of(cast.scope("supervisor"))
    cases = [filed(about(cast, topic="3.1.4"), now) for _ in range(3)]
    for appeal in cases:
        services.assign(appeal_id=appeal.pk, actor=boss, representative_id=worker.pk, now=now)
    client = at_desk(cast.users["case_worker"])
    bell = reverse("staff_bell")
    assert client.get(bell).context["count"] == 3
    page = client.get(reverse("staff_notices"))
    newest = page.context["rows"][0]
    assert newest.appeal == cases[-1]
    link = reverse("staff_notice", args=[newest.pk])
    assert at_desk(cast.users["expert"]).get(link).status_code == 404
    assert client.get(link)["Location"] == reverse("staff_case", args=[cases[-1].number])
    assert client.get(bell).context["count"] == 2
    # The case itself, opened from the queue: the page says that it is open, and its notices are read.
    client.post(reverse("staff_presence", args=[cases[0].number]), {"version": 1})
    assert client.get(bell).context["count"] == 1
    client.post(reverse("staff_notices_read"))
    assert client.get(bell).content.strip() == b""
    # What can be seen no longer is told no longer.
    Appeal.objects.update(organization=cast.second_insurer, assignee=None)
    assert client.get(reverse("staff_notices")).context["rows"] == []


def test_the_list_asks_a_constant_number_of_things_and_turns_pages(
    cast, now, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr("appeals.desk.notices.PAGE", 4)
    appeal = in_state(State.IN_PROGRESS, cast, now)
    rows = [
        Notice(
            user=cast.users["supervisor"], appeal=appeal, what="replied", at=now, by=cast.users["operator"]
        )
        for _ in range(9)
    ]
    Notice.objects.bulk_create(rows)
    client = at_desk(cast.users["supervisor"])
    client.get(reverse("staff_notices"))
    with django_assert_max_num_queries(10):
        page = client.get(reverse("staff_notices"))
    seen = [one.pk for one in page.context["rows"]]
    while page.context["more_url"]:
        page = client.get(reverse("staff_notices") + page.context["more_url"])
        seen += [one.pk for one in page.context["rows"]]
    assert seen == sorted((one.pk for one in rows), reverse=True)


def test_the_mail_of_the_morning_keeps_working_hours_comes_once_and_can_be_switched_off(cast, now):
    representative(cast, "case_worker", 2)
    in_state(State.IN_REVIEW, cast, now)
    boss = cast.users["supervisor"]
    Notice.objects.update(user=boss)
    assert boss.time_zone == "Europe/Moscow"
    night, holiday = datetime(2026, 6, 2, 22, tzinfo=UTC), datetime(2026, 6, 12, 9, tzinfo=UTC)
    assert tell_of_notices(now=night) == tell_of_notices(now=holiday) == 0
    client = at_desk(boss)
    client.post(reverse("staff_notices_digest"), {"digest": "off"})
    Notice.objects.create(user=boss, appeal=Appeal.objects.get(), what="replied", at=now)
    assert tell_of_notices(now=now) == 0
    client.post(reverse("staff_notices_digest"), {"digest": "on"})
    assert tell_of_notices(now=now) == 1
    assert tell_of_notices(now=now) == 0
    mail = Message.objects.get(event="staff_notices")
    assert Appeal.objects.get().number in mail.payload["cases"]
    assert "Проект" not in str(mail.payload)


def test_old_notices_are_forgotten(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    for days in (1, 89, 91):
        Notice.objects.create(
            user=cast.users["expert"], appeal=appeal, what="replied", at=now - timedelta(days=days)
        )
    assert forget_notices(now=now) == 1
    assert Notice.objects.filter(user=cast.users["expert"]).count() == 2
