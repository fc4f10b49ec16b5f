"""Nobody is lost on the ladder and nobody is disturbed twice: channels, rounds, budgets, places, the hold-out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connections
from django.utils import timezone

from dispensary import work
from dispensary.lifecycle import State
from dispensary.models import Call, Campaign, ClinicCapacity, Informing, Invitation
from dispensary.selectors import coverage_of
from notifications import prints
from notifications.models import Message, PrintState
from tests.cast import Cast, make_cast
from tests.dispensary.factories import due_person, make_campaign
from tests.dispensary.test_work import run_until_idle, settle

pytestmark = pytest.mark.django_db
ADDRESS = "236000, г. Калининград, ул. Примерная, д. 1"


def planned(cast: Cast, now, *channels: str, **fields) -> Invitation:
    person = due_person(cast, *channels, **{"address": ADDRESS, **fields})
    campaign = Campaign.objects.first() or make_campaign(cast)
    work.advance(campaign_id=campaign.pk, now=now)
    run_until_idle(now)
    return Invitation.objects.get(person=person, round=1)


def fail(now, channel: str) -> None:
    messages = Message.objects.filter(channel=channel, state="pending")
    messages.update(
        state="failed", failed_at=now, error_code="refused", sending_at=now, body="Приглашаем", attempts=1
    )
    work.collect_all(now=now)
    run_until_idle(now)


def test_the_whole_ladder_from_a_message_to_a_letter(cast: Cast, now) -> None:
    invitation = planned(cast, now, "sms", "email", "phone", preferred_channel="sms")
    fail(now, "sms")
    fail(now, "email")
    invitation.refresh_from_db()
    assert (invitation.state, invitation.channel, invitation.tried) == ("listed", "phone", ["sms", "email"])
    call = Call.objects.get(invitation=invitation)
    assert (call.level, call.time_zone, call.closed_at) == (2, "Europe/Kaliningrad", None)
    Call.objects.filter(pk=call.pk).update(closed_at=now, outcome="no_answer")
    invitation.state = "failed"
    invitation.save(update_fields=["state"])
    from dispensary.escalation import move_on

    move_on(invitation.campaign, [invitation.pk], now=now)
    run_until_idle(now)
    letter = Message.objects.get(channel="post")
    assert letter.address == ADDRESS
    assert letter.addressee == invitation.person.full_name
    fail(now, "post")
    invitation.refresh_from_db()
    assert invitation.state == "failed"
    report = coverage_of(invitation.campaign, cast.scope("supervisor"))
    assert report.problems == ()


def test_after_the_last_day_nobody_is_asked_any_more(cast: Cast, now) -> None:
    invitation = planned(cast, now, "sms", "email", preferred_channel="sms")
    fail(now + timedelta(days=300), "sms")
    invitation.refresh_from_db()
    assert (invitation.state, invitation.channel) == ("failed", "sms")


def test_a_message_nobody_can_tell_about_gives_way_after_some_days(cast: Cast, now) -> None:
    invitation = planned(cast, now, "sms", "email", preferred_channel="email")
    settle(state="unknown", sending_at=now)
    for days, channel in ((1, "email"), (3, "sms")):
        work.advance_all(now=now + timedelta(days=days))
        invitation.refresh_from_db()
        assert invitation.channel == channel
    # The mail had arrived after all: the SMS that was still waiting its turn is not written.
    Invitation.objects.filter(pk=invitation.pk).update(state="planned")
    Message.objects.filter(channel="sms").delete()
    Message.objects.filter(channel="email").update(state="delivered", sent_at=now, delivered_at=now)
    work.advance_all(now=now + timedelta(days=4))
    invitation.refresh_from_db()
    assert (invitation.state, invitation.channel) == ("informed", "email")


def informed(cast: Cast, now, *channels: str, **fields) -> Invitation:
    invitation = planned(cast, now, *channels, **fields)
    settle(state="delivered", sent_at=now, delivered_at=now)
    work.collect_all(now=now)
    invitation.refresh_from_db()
    assert invitation.state == "informed"
    # The register moved the moment of the test's settle to the message; the invitation knows it now.
    return invitation


def test_silence_is_answered_by_a_second_round_on_another_channel_once(cast: Cast, now) -> None:
    first = informed(cast, now, "sms", "email", preferred_channel="sms")
    run_until_idle(now + timedelta(days=20))
    assert not Invitation.objects.filter(round=2).exists()
    later = now + timedelta(days=23)
    run_until_idle(later)
    run_until_idle(later + timedelta(days=1))
    second = Invitation.objects.get(person=first.person, round=2)
    assert (second.channel, second.state, second.tried) == ("email", "queued", ["sms"])
    message = Message.objects.get(channel="email")
    assert message.event == "exam_reminder"
    work.collect_all(now=later)
    report = coverage_of(first.campaign, cast.scope("supervisor"))
    assert report.problems == ()
    assert report.total.planned == Invitation.objects.filter(round=1).count(), "people, not letters"


@pytest.mark.parametrize("reaction", ["refused", "came", "will_come", "exam", "died"])
def test_whoever_reacted_is_left_in_peace(cast: Cast, now, reaction: str) -> None:
    first = informed(cast, now, "sms", "email", preferred_channel="sms")
    later, day = now + timedelta(days=23), now.date() + timedelta(days=20)
    if reaction in {"refused", "came", "will_come"}:
        Informing.objects.create(
            invitation=first,
            channel="phone",
            outcome=reaction,
            on_day=None if reaction == "refused" else day,
            note="нет времени",
            by=cast.users["case_worker"],
            at=now,
        )
    elif reaction == "exam":
        first.person.last_exam_on = day
        first.person.save(update_fields=["last_exam_on"])
    else:
        first.person.died_on = day
        first.person.save(update_fields=["died_on"])
    run_until_idle(later)
    assert not Invitation.objects.filter(round=2).exists()
    if reaction == "exam":
        first.refresh_from_db()
        assert first.came_on == day


def test_a_budget_stops_the_writing_before_it_is_overdrawn(cast: Cast, now) -> None:
    for _ in range(5):
        due_person(cast, "email", preferred_channel="email")
    campaign = make_campaign(cast, budget=Decimal("0.12"))  # two mails at 0.05
    run_until_idle(now)
    campaign.refresh_from_db()
    assert Message.objects.count() == 2
    assert campaign.committed == Decimal("0.10")
    campaign.budget = Decimal(1)
    campaign.save(update_fields=["budget"])
    run_until_idle(now)
    assert Message.objects.count() == 5


def test_a_wave_is_as_large_as_the_clinic_has_places(cast: Cast, now) -> None:
    for _ in range(4):
        due_person(cast, "sms")
    campaign = make_campaign(cast)
    today = timezone.localdate(now)
    place = {"clinic": cast.clinic, "programme_id": "dispensarization", "stated_at": now}
    ClinicCapacity.objects.create(day=today + timedelta(days=3), places=1, **place)
    ClinicCapacity.objects.create(day=today + timedelta(days=4), places=2, **place)
    run_until_idle(now)
    assert Message.objects.count() == 3
    settle(state="delivered", sent_at=now, delivered_at=now)
    work.collect_all(now=now)
    run_until_idle(now)
    assert Message.objects.count() == 3, "the places are still kept for those who were invited"
    Invitation.objects.filter(state="informed").update(came_on=today)
    run_until_idle(now)
    assert Message.objects.count() == 4
    ClinicCapacity.objects.all().update(places=0)
    assert campaign.invitation_set.filter(state="planned").count() == 0


def test_no_places_at_all_hold_everybody_back_and_another_clinic_goes_on(cast: Cast, now) -> None:
    due_person(cast, "sms")
    elsewhere = due_person(cast, "sms", clinic=None)
    elsewhere.clinic = type(cast.clinic).objects.exclude(pk=cast.clinic.pk).filter(region="39").first()
    if elsewhere.clinic is None:
        from tests.factories import ClinicFactory

        elsewhere.clinic = ClinicFactory(region=cast.insurer.region)
    elsewhere.save(update_fields=["clinic"])
    make_campaign(cast)
    ClinicCapacity.objects.create(
        clinic=cast.clinic, programme_id="dispensarization", day=date(2026, 6, 9), places=0, stated_at=now
    )
    run_until_idle(now)
    assert list(Message.objects.values_list("person", flat=True)) == [elsewhere.pk]


def test_the_hold_out_is_drawn_by_lot_and_the_same_in_every_run(cast: Cast, now) -> None:
    people = [due_person(cast, "sms") for _ in range(40)]
    campaign = make_campaign(cast, holdout_percent=50)
    run_until_idle(now)
    left_out = set(
        campaign.invitation_set.filter(excluded_reason="hold_out").values_list("person", flat=True)
    )
    assert 5 < len(left_out) < 35
    assert left_out <= {person.pk for person in people}
    campaign.invitation_set.all().delete()
    Message.objects.all().delete()
    campaign.cohort_at = None
    campaign.save(update_fields=["cohort_at"])
    run_until_idle(now)
    again = campaign.invitation_set.filter(excluded_reason="hold_out").values_list("person", flat=True)
    assert set(again) == left_out


def test_a_closed_campaign_takes_its_people_off_the_list(cast: Cast, now) -> None:
    invitation = planned(cast, now, "phone", preferred_channel="phone")
    assert Call.objects.filter(closed_at__isnull=True).count() == 1
    Campaign.objects.update(state=State.CLOSED, closed_at=now, closed_by=cast.users["supervisor"])
    run_until_idle(now)
    assert list(Call.objects.values_list("outcome", flat=True)) == ["not_needed"]
    invitation.refresh_from_db()
    assert invitation.excluded_reason == "campaign_closed"


@pytest.mark.django_db(transaction=True)
def test_two_machines_repeat_nobody_twice(now) -> None:
    from concurrent.futures import ThreadPoolExecutor

    cast = make_cast()
    for _ in range(6):
        due_person(cast, "sms", "email", preferred_channel="sms")
    make_campaign(cast)
    run_until_idle(now)
    settle(state="delivered", sent_at=now, delivered_at=now)
    work.collect_all(now=now)
    later = now + timedelta(days=30)

    def machine(_: int) -> None:
        try:
            work.advance_all(now=later)
            work.collect_all(now=later)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(machine, range(8)))
    run_until_idle(later)
    assert Invitation.objects.filter(round=2).count() == 6
    assert Message.objects.filter(channel="email").count() == 6


def test_a_letter_that_comes_back_gives_way_to_the_next_channel(cast: Cast, now) -> None:
    invitation = planned(cast, now, "sms", "post", preferred_channel="post")
    settle(state="sent", sending_at=now, sent_at=now)
    work.collect_all(now=now)
    invitation.refresh_from_db()
    assert invitation.state == "informed"
    staff = {"actor": cast.users["supervisor"], "scope": cast.scope("supervisor"), "now": now}
    batch = prints.collect(insurer=cast.insurer, **staff)
    for to in (PrintState.PRINTED, PrintState.POSTED):
        prints.step(batch_id=batch.pk, to=to, **staff)
    number = prints.number_of(batch.sheets.get().pk)
    prints.note_return(number=number, reason="no_address", **staff)
    work.collect_all(now=now)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.channel, invitation.tried) == ("planned", "sms", ["post"])
