"""Workers: nothing lost, nothing twice, whatever dies in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from dispensary import sending, services, work
from dispensary.guards import guard
from dispensary.lifecycle import Action, State
from dispensary.models import Campaign, Invitation
from dispensary.selectors import coverage_of
from notifications.events import EVENTS
from notifications.models import Message
from notifications.verdicts import Stop, Wait
from tests.cast import Cast, make_cast
from tests.dispensary.factories import due_person, make_campaign


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    for channel in ("sms", "sms", "email", "phone"):
        due_person(cast, channel, preferred_channel=channel)
    return make_campaign(cast)


def run_until_idle(now: datetime) -> None:
    while work.advance_all(now=now):
        pass


def states(campaign: Campaign) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in campaign.invitation_set.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def settle(**fields: object) -> None:
    """What the sender of messages would write."""
    moment = datetime.fromisoformat("2026-06-03T10:00:00+00:00")
    always = {"sending_at": moment, "body": "Приглашаем", "attempts": 1}
    Message.objects.filter(state="pending").update(**always | fields)


@pytest.mark.django_db
def test_a_campaign_is_planned_and_written_to_the_outbox(campaign: Campaign, now: datetime) -> None:
    run_until_idle(now)
    assert states(campaign) == {"queued": 3, "listed": 1, "excluded": 1}
    for message in Message.objects.all():
        assert message.payload.keys() == EVENTS["exam_invitation"].given(message.channel)
        assert all(
            isinstance(value, str) and value
            for key, value in message.payload.items()
            if key != "clinic_address"
        )
        assert message.payload["exam"] == "диспансеризацию"
        assert message.payload["period"] == "до 31 декабря 2026"
        assert message.campaign_key == campaign.key
        assert message.purpose == "invitation"


@pytest.mark.django_db
def test_running_it_again_writes_no_second_message(campaign: Campaign, now: datetime) -> None:
    run_until_idle(now)
    written = Message.objects.count()
    # As after a restore from a backup in which the states were older than the outbox.
    campaign.invitation_set.filter(state="queued").update(state="planned")
    run_until_idle(now)
    assert Message.objects.count() == written
    assert states(campaign)["queued"] == written


@pytest.mark.django_db
def test_a_worker_killed_between_planning_and_sending_loses_nobody(campaign, now, monkeypatch) -> None:
    assert work.advance(campaign_id=campaign.pk, now=now) == 1
    assert campaign.invitation_set.count() == 5

    def killed() -> None:
        raise SystemExit

    assert work.advance(campaign_id=campaign.pk, now=now) == 1, "the daily work"
    with monkeypatch.context() as patch:
        patch.setattr("dispensary.sending.hints.dispatch_soon", killed)
        with pytest.raises(SystemExit):
            work.advance(campaign_id=campaign.pk, now=now)
    assert not Message.objects.exists()
    assert "queued" not in states(campaign)
    run_until_idle(now)
    assert Message.objects.count() == states(campaign)["queued"] == 3


@pytest.mark.django_db
def test_one_broken_campaign_does_not_stop_the_others(campaign, cast, now, monkeypatch) -> None:
    broken = make_campaign(cast, insurer=cast.second_insurer)
    plan = services.plan

    def failing(*, campaign: Campaign, now: datetime) -> int:
        if campaign.pk == broken.pk:
            raise RuntimeError("a rule that cannot be read")
        return plan(campaign=campaign, now=now)

    monkeypatch.setattr(services, "plan", failing)
    run_until_idle(now)
    assert states(campaign)["queued"] == 3
    assert not broken.invitation_set.exists()


@pytest.mark.django_db
def test_no_more_is_written_than_the_outbox_may_hold(campaign, now, monkeypatch) -> None:
    monkeypatch.setattr(sending, "WINDOW", 2)
    run_until_idle(now)
    assert Message.objects.count() == 2
    settle(state="sent", sent_at=now)
    run_until_idle(now)
    assert Message.objects.count() == 3


@pytest.mark.django_db
def test_who_died_came_or_lost_the_phone_since_planning_is_excluded(cast, now) -> None:
    people = [due_person(cast, "sms") for _ in range(3)]
    campaign = make_campaign(cast)
    work.advance(campaign_id=campaign.pk, now=now)
    for person, field, value in zip(
        people, ("died_on", "last_exam_on", "phone"), (date(2026, 5, 30), date(2026, 5, 30), ""), strict=True
    ):
        setattr(person, field, value)
        person.save(update_fields=[field])
    run_until_idle(now)
    reasons = dict(Invitation.objects.filter(person__in=people).values_list("person", "excluded_reason"))
    assert [reasons[person.pk] for person in people] == ["died", "came_before", "no_contact"]
    assert not Message.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("message", "state", "reason"),
    [
        ({"state": "sent"}, "informed", ""),
        ({"state": "delivered"}, "informed", ""),
        ({"state": "failed", "error_code": "unknown_address"}, "failed", ""),
        ({"state": "expired", "error_code": "expired"}, "failed", ""),
        ({"state": "excluded", "error_code": "no_consent"}, "excluded", "no_consent"),
        ({"state": "excluded", "error_code": "contact_cap"}, "excluded", "not_allowed"),
        ({"state": "unknown"}, "queued", ""),
    ],
)
def test_the_result_of_a_message_comes_back(campaign, cast, now, message, state, reason) -> None:
    run_until_idle(now)
    ended = {"sent": "sent_at", "failed": "failed_at"}
    times = {ended[message["state"]]: now} if message["state"] in ended else {}
    if message["state"] == "delivered":
        times = {"sent_at": now, "delivered_at": now}
    settle(**message, **times)
    work.collect_all(now=now)
    rows = campaign.invitation_set.filter(channel__in=["sms", "email"])
    assert set(rows.values_list("state", "excluded_reason")) == {(state, reason)}
    report = coverage_of(campaign, cast.scope("supervisor"))
    assert report.problems == ()
    assert report.total.planned == report.total.accounted == campaign.invitation_set.count()


@pytest.mark.django_db
def test_a_late_receipt_corrects_the_result_both_ways(campaign, now) -> None:
    run_until_idle(now)
    settle(state="sent", sent_at=now)
    work.collect_all(now=now)
    Message.objects.update(state="failed", failed_at=now, error_code="refused")
    work.collect_all(now=now)
    assert states(campaign)["failed"] == 3
    Message.objects.update(state="delivered", failed_at=None, delivered_at=now, error_code="")
    work.collect_all(now=now)
    assert states(campaign)["informed"] == 3
    assert not campaign.invitation_set.filter(state="informed", informed_at__isnull=True).exists()


def act(campaign: Campaign, cast: Cast, action: Action, now: datetime) -> None:
    services.act(
        campaign_id=campaign.pk,
        action=action,
        actor=cast.users["supervisor"],
        scope=cast.scope("supervisor"),
        now=now,
    )


@pytest.mark.django_db
def test_closing_takes_back_what_has_not_left_and_accounts_for_everybody(campaign, cast, now) -> None:
    run_until_idle(now)
    one = Message.objects.order_by("pk")[0]
    Message.objects.filter(pk=one.pk).update(
        state="claimed", lease_until=now + timedelta(minutes=5), claims=1
    )
    act(campaign, cast, Action.CLOSE, now)
    run_until_idle(now)
    work.collect_all(now=now)
    assert states(campaign) == {"excluded": 4, "queued": 1}
    # The one in a worker's hands is stopped by the guard, if it asks before it sends.
    assert guard([one], now) == {one.pk: Stop("cancelled", "campaign_closed")}
    report = coverage_of(campaign, cast.scope("supervisor"))
    assert report.problems == ()
    assert report.excluded["campaign_closed"] == 3


@pytest.mark.django_db
def test_a_paused_campaign_writes_nothing_and_holds_back_what_is_in_the_outbox(campaign, cast, now) -> None:
    run_until_idle(now)
    due_person(cast, "sms")
    act(campaign, cast, Action.PAUSE, now)
    messages = list(Message.objects.all())
    assert all(isinstance(verdict, Wait) for verdict in guard(messages, now).values())
    run_until_idle(now)
    assert Message.objects.count() == len(messages)
    act(campaign, cast, Action.RESUME, now)
    assert set(guard(messages, now).values()) == {None}


@pytest.mark.django_db
def test_whoever_has_come_is_not_reminded(campaign, now) -> None:
    run_until_idle(now)
    first, second, third = Message.objects.order_by("pk")
    campaign.invitation_set.filter(person=first.person).update(came_on=date(2026, 6, 1))
    second.person.last_exam_on = date(2026, 6, 1)
    second.person.save(update_fields=["last_exam_on"])
    verdicts = guard([first, second, third], now)
    assert verdicts[first.pk] == verdicts[second.pk] == Stop("excluded", "came_before")
    assert verdicts[third.pk] is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_each_message_once(now: datetime) -> None:
    cast = make_cast()
    for _ in range(12):
        due_person(cast, "sms")
    campaign = make_campaign(cast)

    def worker(_: int) -> None:
        try:
            work.advance_all(now=now)
            work.collect_all(now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(8)))
    run_until_idle(now)
    assert campaign.invitation_set.count() == 13
    assert Message.objects.count() == Message.objects.values("person").distinct().count() == 12


@pytest.mark.django_db(transaction=True)
def test_a_row_that_a_worker_holds_is_skipped_by_others_and_not_waited_for_by_pages(now: datetime) -> None:
    cast = make_cast()
    due_person(cast, "sms")
    campaign = make_campaign(cast)

    def from_elsewhere() -> tuple[int, bool]:
        try:
            steps = work.advance(campaign_id=campaign.pk, now=now)
            try:
                act(campaign, cast, Action.PAUSE, now)
            except services.BusyError:
                return steps, True
            return steps, False
        finally:
            connections.close_all()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        assert pool.submit(from_elsewhere).result() == (0, True)
    assert connection.connection is not None
    campaign.refresh_from_db()
    assert campaign.state == State.RUNNING
