"""What is judged at the moment of sending: consent, death, hours, caps and what an app above says."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications import rechecks
from notifications.models import ContactCap, QuietWindow
from notifications.states import State
from notifications.verdicts import Stop
from registry.models import Consent
from tests.notifications.factories import Clock, FakeSender, person_who_agreed, send_later
from tests.notifications.sending import invite, send, state_of

pytestmark = pytest.mark.usefixtures("words")


def test_a_consent_withdrawn_after_writing_stops_the_message(clock: Clock) -> None:
    message, sender = invite(clock), FakeSender()
    Consent.objects.update(withdrawn_at=clock.now)
    send(clock, sender)
    assert (state_of(message), sender.taken) == (("excluded", "no_consent"), [])


def test_a_consent_for_another_channel_is_none(clock: Clock) -> None:
    message = invite(clock, person=person_who_agreed("email"))
    send(clock, FakeSender())
    assert state_of(message) == ("excluded", "no_consent")


def test_an_answer_needs_no_consent(clock: Clock) -> None:
    message = send_later(clock.now, person=person_who_agreed())
    send(clock, FakeSender())
    assert state_of(message) == ("sent", "")


def test_nobody_writes_to_the_dead(clock: Clock) -> None:
    person = person_who_agreed("sms")
    message = invite(clock, person=person)
    person.died_on = clock.now.date()
    person.save(update_fields=["died_on"])
    send(clock, FakeSender())
    assert state_of(message) == ("excluded", "died")


def test_a_message_that_is_too_late_is_not_sent(clock: Clock) -> None:
    message = invite(clock, expires_at=clock.now + timedelta(hours=1))
    clock.go(hours=2)
    send(clock, FakeSender())
    assert state_of(message) == ("expired", "expired")


def test_quiet_hours_of_the_persons_own_zone_move_the_message(clock: Clock) -> None:
    person = person_who_agreed("sms", time_zone="Asia/Kamchatka")  # 20:00 there when it is 8:00 in UTC
    message, sender = invite(clock, person=person), FakeSender()
    clock.go(hours=2)
    send(clock, sender)
    assert state_of(message) == ("pending", "quiet_hours")
    assert message.due_at == datetime(2026, 6, 2, 21, 0, tzinfo=UTC), "nine in the morning in Kamchatka"
    assert (sender.taken, message.attempts) == ([], 0)
    clock.now = message.due_at
    send(clock, sender)
    assert state_of(message) == ("sent", "")


@pytest.mark.parametrize(
    ("event", "channel", "expected"),
    [
        ("appeal_answered", "sms", "pending"),
        ("appeal_answered", "email", "sent"),
        ("access_code_new", "sms", "sent"),
        ("exam_invitation", "email", "pending"),
        ("exam_invitation", "post", "sent"),
    ],
)
def test_at_night_only_what_disturbs_waits(clock: Clock, event, channel, expected) -> None:
    clock.now = datetime(2026, 6, 2, 0, 30, tzinfo=UTC)
    person = person_who_agreed("sms", "email", "post", address="Калининград, Примерная, 1")
    message = send_later(clock.now, event=event, channel=channel, person=person)
    send(clock, FakeSender(), channel)
    assert state_of(message)[0] == expected


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../etc/passwd"])
def test_an_unknown_zone_falls_back_to_the_regions(clock: Clock, zone: str) -> None:
    message = invite(clock, person=person_who_agreed("sms", time_zone=zone))
    send(clock, FakeSender())
    assert state_of(message) == ("sent", "")


def test_without_contact_hours_of_its_own_the_installation_keeps_the_portals(clock: Clock) -> None:
    QuietWindow.objects.all().delete()
    clock.now = datetime(2026, 6, 2, 0, 30, tzinfo=UTC)
    message = invite(clock)
    send(clock, FakeSender())
    assert state_of(message) == ("pending", "quiet_hours")


def test_a_hotline_that_is_no_number_is_shown_as_it_is(clock: Clock) -> None:
    person, sender = person_who_agreed("email"), FakeSender()
    person.insurer.phone = "через портал"
    person.insurer.save(update_fields=["phone"])
    send_later(clock.now, channel="email", person=person)
    send(clock, sender, "email")
    assert "Телефон для вопросов: через портал" in sender.taken[0].body


def test_the_monthly_cap_holds_a_message_until_there_is_room(clock: Clock) -> None:
    ContactCap.objects.update(per_month=2)
    person = person_who_agreed("sms")
    # Of an event that leaves alone: several invitations would become one message.
    messages = [invite(clock, person=person, event="hospital_wait") for _ in range(3)]
    sender = FakeSender()
    send(clock, sender)
    assert [state_of(message) for message in messages] == [
        ("sent", ""),
        ("sent", ""),
        ("pending", "contact_cap"),
    ]
    assert messages[2].due_at == clock.now + timedelta(days=30)
    clock.go(days=30)
    send(clock, sender)
    assert state_of(messages[2]) == ("sent", "")


def test_a_region_may_have_a_cap_of_its_own(clock: Clock) -> None:
    person = person_who_agreed("sms")
    ContactCap.objects.create(region=person.region, per_month=1, valid_from="2026-01-01")
    invite(clock, person=person, event="hospital_wait")
    late = invite(clock, person=person, event="hospital_wait", expires_at=clock.now + timedelta(days=10))
    send(clock, FakeSender())
    assert state_of(late) == ("excluded", "contact_cap")


def test_an_app_above_may_stop_a_message_at_send_time(clock: Clock, monkeypatch) -> None:
    monkeypatch.setattr(rechecks, "_guards", {})
    came, due = invite(clock), invite(clock)
    rechecks.register(
        "exam_invitation", lambda messages, now: {came.pk: Stop(State.EXCLUDED, "already_came")}
    )
    send(clock, FakeSender())
    assert (state_of(came), state_of(due)) == (("excluded", "already_came"), ("sent", ""))
