"""The ladder really reminds: whom, of what, once, in a number of queries that does not grow."""

import logging
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appeals import services
from appeals.actors import Actor
from appeals.models import Appeal, LadderStep
from notifications.models import Message
from registry.models import RoleGrant
from tests.appeals.factories import about, filed, filing, question, representative
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("reference")

EVENTS = ("cases_half", "cases_most", "cases_overdue")


def reminders() -> list[tuple[str, str]]:
    rows = Message.objects.filter(event__in=EVENTS).order_by("pk")
    return list(rows.values_list("event", "email"))


def taken_case(cast: Cast, now) -> Appeal:
    appeal = filed(about(cast, topic="3.1.4"), now)
    representative(cast, "case_worker", 2)
    return services.take(appeal_id=appeal.pk, actor=Actor.of(cast.scope("case_worker")), now=now)


def climb(appeal: Appeal, share: float) -> int:
    at = appeal.clock_from + (appeal.due_at - appeal.clock_from) * share
    return services.climb(now=at, limit=100)


def test_the_three_steps_reach_the_three_people_once_each(cast, now):
    appeal = taken_case(cast, now)
    assert climb(appeal, 0.49) == 0
    wanted = []
    for share, event, who in (
        (0.5, "cases_half", "case_worker"),
        (0.8, "cases_most", "supervisor"),
        (1.0, "cases_overdue", "fund_admin"),
    ):
        assert climb(appeal, share) == 1
        assert climb(appeal, share) == 0
        wanted.append((event, cast.users[who].email))
        assert reminders() == wanted
    steps = LadderStep.objects.filter(appeal=appeal).order_by("at").values_list("step", "recipient")
    assert list(steps) == [("half", "assignee"), ("most", "supervisor"), ("all", "fund")]
    appeal.refresh_from_db()
    assert appeal.next_step_at is None


def test_the_mail_names_the_case_and_nothing_about_the_person(cast, now):
    appeal = taken_case(cast, now)
    climb(appeal, 0.5)
    message = Message.objects.get(event="cases_half")
    assert message.payload["cases"] == f"{appeal.number}, ответить до {appeal.due_on:%d.%m.%Y}"
    assert message.payload["link"].endswith("/staff/queue/")
    assert "Ёлкина" not in str(message.payload)


def test_a_case_in_nobodys_hands_goes_up_at_once(cast, now):
    appeal = filed(about(cast, topic="3.1.4"), now)
    climb(appeal, 0.5)
    assert reminders() == [("cases_half", cast.users["supervisor"].email)]


def test_a_case_whose_holder_is_away_goes_up_too(cast, now):
    appeal = taken_case(cast, now)
    appeal.assignee.absences.create(first_day=date(2026, 6, 10), last_day=date(2026, 6, 30))
    climb(appeal, 0.5)
    assert reminders() == [("cases_half", cast.users["supervisor"].email)]
    assert LadderStep.objects.get().recipient == "supervisor"


def test_without_a_supervisor_the_fund_is_told(cast, now):
    RoleGrant.objects.filter(role="supervisor").update(valid_to=date(2026, 6, 1))
    climb(filed(about(cast, topic="3.1.4"), now), 0.5)
    assert reminders() == [("cases_half", cast.users["fund_admin"].email)]
    assert LadderStep.objects.get().recipient == "fund"


def test_where_nobody_is_left_the_step_is_kept_and_the_log_says_so(cast, now, caplog):
    RoleGrant.objects.update(valid_to=date(2026, 6, 1))
    with caplog.at_level(logging.ERROR, "appeals.reminders"):
        assert climb(filed(about(cast, topic="3.1.4"), now), 0.5) == 1
    assert reminders() == []
    assert "Nobody can be reminded" in caplog.text


def test_a_case_of_the_fund_goes_up_inside_the_fund(cast, now):
    appeal = filed(filing(), now)
    assert appeal.organization_id == cast.fund.pk
    climb(appeal, 0.8)
    assert {email for _, email in reminders()} == {cast.users["fund_admin"].email}


def test_many_cases_make_one_mail_and_as_many_queries(cast, now):
    def queries_for(cases: int) -> int:
        LadderStep.objects.all().delete()
        Message.objects.all().delete()
        for _ in range(cases):
            appeal = filed(question(cast), now)
        with CaptureQueriesContext(connection) as captured:
            climb(appeal, 0.5)
        return len(captured)

    few = queries_for(2)
    many = queries_for(40)
    assert many <= few
    message = Message.objects.get(event="cases_half")
    assert message.payload["count"] == "40"
    assert message.payload["cases"].endswith("и ещё 10")


def test_the_oldest_step_is_taken_first(cast, now):
    late = filed(question(cast), now)
    early = filed(question(cast), now - timedelta(days=3))
    services.climb(now=late.due_at, limit=1)
    assert set(LadderStep.objects.values_list("appeal", flat=True)) == {early.pk}


def test_a_run_reads_the_index_of_the_ladder(cast, now):
    filed(question(cast), now)
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as captured:
        cursor.execute("SET LOCAL enable_seqscan = off")
        services.climb(now=now + timedelta(days=40), limit=10)
        claim = next(query["sql"] for query in captured if "SKIP LOCKED" in query["sql"])
        cursor.execute(f"EXPLAIN {claim}")
        assert "appeal_ladder" in "\n".join(row[0] for row in cursor.fetchall())
