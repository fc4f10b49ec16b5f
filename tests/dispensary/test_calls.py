"""The list of calls: one person for one caller, what an outcome changes, who sees what."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dispensary import calling, outcomes, work
from dispensary.callbacks import band_of
from dispensary.models import Call, CallAttempt, CallOutcome, Informing, Invitation, Reason, SurveyAnswer
from dispensary.outcomes import Answer
from notifications.models import Message
from registry.models import AccessRecord, Consent
from registry.scoping import Role
from tests.cast import Cast, make_cast
from tests.dispensary.factories import due_person, make_campaign
from tests.dispensary.test_work import run_until_idle
from tests.factories import UserFactory, grant

pytestmark = pytest.mark.django_db
# Noon in Kaliningrad on a Tuesday.
NOON = timezone.datetime.fromisoformat("2026-06-02T10:00:00+00:00")
ADDRESS = "236000, г. Калининград, ул. Примерная, д. 1"


@pytest.fixture
def listed(cast: Cast) -> Invitation:
    person = due_person(cast, "phone", preferred_channel="phone", address=ADDRESS)
    make_campaign(cast)
    run_until_idle(NOON)
    return Invitation.objects.get(person=person)


def take(cast: Cast, who: str = "case_worker", now=NOON) -> Call | None:
    return calling.take_next(actor=cast.users[who], scope=cast.scope(who), now=now)


def record(cast: Cast, call: Call, outcome: str, *, now=NOON, **answer) -> Call:
    return outcomes.record(
        call_id=call.pk,
        actor=cast.users["case_worker"],
        scope=cast.scope("case_worker"),
        answer=Answer(outcome=CallOutcome(outcome), **answer),
        now=now,
    )


def test_a_caller_keeps_the_same_person_until_the_outcome_is_written(cast: Cast, listed: Invitation) -> None:
    call = take(cast)
    assert call is not None
    assert call.person == listed.person
    assert take(cast) == call
    record(cast, call, "will_come", on_day=NOON.date() + timedelta(days=3))
    listed.refresh_from_db()
    assert (listed.state, listed.informed_at) == ("informed", NOON)
    assert take(cast) is None


def test_a_lease_that_ran_out_passes_the_person_on(cast: Cast, listed: Invitation) -> None:
    colleague = UserFactory(full_name="Коллега")
    grant(colleague, Role.CASE_WORKER, organization=cast.insurer, region=cast.insurer.region)
    first = take(cast)
    later = NOON + timedelta(minutes=16)
    taken = calling.take_next(actor=colleague, scope=cast.scope("case_worker"), now=later)
    assert taken == first
    with pytest.raises(calling.NotYours):
        record(cast, taken, "no_answer", now=later)


@pytest.mark.django_db(transaction=True)
def test_two_callers_never_get_the_same_person() -> None:
    cast = make_cast()
    for _ in range(8):
        due_person(cast, "phone", preferred_channel="phone")
    make_campaign(cast)
    run_until_idle(NOON)
    callers = [UserFactory() for _ in range(6)]
    scope = cast.scope("case_worker")

    def one(caller) -> list[int]:
        try:
            found = []
            for _ in range(2):
                call = calling.take_next(actor=caller, scope=scope, now=NOON)
                if call is None:
                    break
                found.append(call.pk)
                outcomes.record(
                    call_id=call.pk,
                    actor=caller,
                    scope=scope,
                    answer=Answer(outcome=CallOutcome.REFUSED, note="занят"),
                    now=NOON,
                )
            return found
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        given = [pk for found in pool.map(one, callers) for pk in found]
    assert len(given) == len(set(given)) == 8
    assert CallAttempt.objects.count() == 8


def test_nobody_is_called_at_night_where_they_live(cast: Cast) -> None:
    awake = due_person(cast, "phone", preferred_channel="phone", time_zone="Europe/Kaliningrad")
    due_person(cast, "phone", preferred_channel="phone", time_zone="Asia/Kamchatka")
    make_campaign(cast)
    run_until_idle(NOON)
    call = take(cast)
    assert call is not None
    assert call.person == awake
    record(cast, call, "refused", note="занят")
    assert take(cast) is None


def test_no_answer_three_times_ends_in_a_letter(cast: Cast, listed: Invitation) -> None:
    now, hours = NOON, []
    for _ in range(3):
        call = take(cast, now=now)
        assert call is not None
        hours.append(band_of(now.astimezone(cast.insurer.region.zone).time()))
        call = record(cast, call, "no_answer", now=now)
        assert take(cast, now=now) is None
        now = call.due_at
    assert sorted(hours) == [0, 1, 2]
    call.refresh_from_db()
    listed.refresh_from_db()
    assert (call.outcome, call.attempts) == ("no_answer", 3)
    assert (listed.state, listed.channel, listed.tried) == ("planned", "post", ["phone"])


def test_a_wrong_number_is_not_called_again(cast: Cast, listed: Invitation) -> None:
    record(cast, take(cast), "wrong_number")
    listed.refresh_from_db()
    assert (listed.channel, listed.state) == ("post", "planned")
    assert take(cast) is None


def test_who_asks_to_be_left_alone_is_at_once(cast: Cast, listed: Invitation) -> None:
    reason = Reason.objects.get(kind="absence", code="private")
    record(cast, take(cast), "refused", reason=reason, leave_alone=True)
    assert not Consent.objects.filter(person=listed.person, withdrawn_at__isnull=True).exists()
    assert Informing.objects.get().note == reason.title


def test_a_death_ends_everything_for_the_person(cast: Cast, listed: Invitation) -> None:
    other = make_campaign(cast, insurer=None, programme_id="preventive_exam")
    message = Message.objects.create(
        dedupe_key="x",
        event="exam_reminder",
        channel="email",
        purpose="invitation",
        person=listed.person,
        region=cast.insurer.region,
        email="a@example.org",
        payload={},
        due_at=NOON,
    )
    record(cast, take(cast), "died")
    listed.refresh_from_db()
    message.refresh_from_db()
    assert (listed.state, listed.excluded_reason) == ("excluded", "died")
    assert (message.state, message.error_code) == ("cancelled", "died")
    assert other.pk


@pytest.mark.parametrize("change", ["came", "consent", "died"])
def test_the_list_looks_again_before_somebody_is_disturbed(cast: Cast, listed: Invitation, change) -> None:
    if change == "came":
        Invitation.objects.filter(pk=listed.pk).update(came_on=NOON.date())
    elif change == "consent":
        Consent.objects.filter(person=listed.person).update(withdrawn_at=NOON)
    else:
        listed.person.died_on = NOON.date()
        listed.person.save(update_fields=["died_on"])
    assert take(cast) is None
    call = Call.objects.get()
    listed.refresh_from_db()
    assert call.outcome == "not_needed"
    assert listed.state == {"came": "excluded", "consent": "failed", "died": "excluded"}[change]


def test_a_conversation_counts_as_a_contact_of_the_month(cast: Cast, listed: Invitation) -> None:
    record(cast, take(cast), "refused", note="занят")
    message = Message.objects.get(person=listed.person)
    assert (message.channel, message.state, message.sent_at) == ("phone", "delivered", NOON)


def test_whoever_had_enough_contacts_is_called_when_the_month_is_over(cast: Cast, listed: Invitation) -> None:
    from notifications.models import ContactCap

    ContactCap.objects.create(per_month=1, valid_from=NOON.date() - timedelta(days=300))
    Message.objects.create(
        dedupe_key="x",
        event="exam_reminder",
        channel="email",
        purpose="invitation",
        person=listed.person,
        region=cast.insurer.region,
        email="a@example.org",
        payload={},
        due_at=NOON,
        sending_at=NOON,
        sent_at=NOON - timedelta(days=5),
        body="Напоминаем",
        state="sent",
    )
    assert take(cast) is None
    assert take(cast, now=NOON + timedelta(days=24)) is None
    assert take(cast, now=NOON + timedelta(days=27)) is not None


def test_a_paused_campaign_offers_nobody(cast: Cast, listed: Invitation) -> None:
    type(listed.campaign).objects.update(state="paused")
    assert take(cast) is None


def surveyed(cast: Cast, listed: Invitation, kind: str) -> Call:
    Call.objects.all().delete()
    return Call.objects.create(
        person=listed.person,
        region=listed.region,
        insurer=listed.insurer,
        level=2,
        kind=kind,
        invitation=listed,
        time_zone="Europe/Kaliningrad",
        opened_at=NOON,
        due_at=NOON,
    )


def test_surveys_are_kept_as_answers_of_the_dictionary(cast: Cast, listed: Invitation) -> None:
    surveyed(cast, listed, "absence")
    reason = Reason.objects.get(kind="absence", code="far")
    record(cast, take(cast), "answered", reason=reason)
    answer = SurveyAnswer.objects.get()
    assert (answer.kind, answer.way, answer.reason) == ("absence", "phone", reason)


def test_a_share_of_the_silent_and_of_those_who_came_is_asked(cast: Cast, now) -> None:
    people = [due_person(cast, "phone", preferred_channel="phone") for _ in range(3)]
    campaign = make_campaign(cast)
    from dispensary.models import InformingPolicy

    InformingPolicy.objects.update(survey_percent=100, rounds=1)
    run_until_idle(NOON)
    rows = campaign.invitation_set.filter(person__in=people)
    rows.update(state="informed", informed_at=NOON)
    rows.filter(person=people[0]).update(came_on=NOON.date() + timedelta(days=25))
    for _ in range(2):
        work.advance_all(now=NOON + timedelta(days=30))
    asked = Call.objects.exclude(kind="invitation").values_list("kind", flat=True)
    assert sorted(asked) == ["absence", "absence", "satisfaction"]


@pytest.fixture
def open_list(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Invitation:
    """A list on the pages' own clock: everybody is awake whatever the hour of the test."""
    from notifications.rechecks import Rules

    monkeypatch.setattr(Rules, "within_hours", lambda self, moment, *args, **kwargs: moment)
    person = due_person(cast, "phone", preferred_channel="phone", address=ADDRESS)
    make_campaign(cast, year=timezone.localdate().year)
    run_until_idle(timezone.now())
    return Invitation.objects.get(person=person)


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who])
    return client


def test_a_call_from_the_button_to_the_next_person(cast: Cast, open_list: Invitation) -> None:
    client = client_of(cast, "case_worker")
    assert open_list.person.last_name not in client.get(reverse("dispensary:calls")).content.decode()
    client.post(reverse("dispensary:calls-next"))
    page = client.get(reverse("dispensary:calls"))
    assert open_list.person.full_name in page.content.decode()
    assert AccessRecord.objects.filter(person_id=open_list.person_id).exists()
    call = page.context["call"]
    address = reverse("dispensary:call-record", args=[call.pk])
    assert "on_day" in client.post(address, {"outcome": "will_come"}).context["form"].errors
    assert "reason" in client.post(address, {"outcome": "refused"}).context["form"].errors
    assert client.post(address, {}).context["form"].non_field_errors()
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    assert client.post(address, {"outcome": "will_come", "on_day": day}).status_code == 302
    open_list.refresh_from_db()
    assert open_list.state == "informed"
    assert client.post(address, {"outcome": "no_answer"}).status_code == 302, "too late, and said so"


def test_a_person_may_be_put_back(cast: Cast, open_list: Invitation) -> None:
    client = client_of(cast, "case_worker")
    client.post(reverse("dispensary:calls-next"))
    call = Call.objects.get()
    client.post(reverse("dispensary:call-release", args=[call.pk]))
    call.refresh_from_db()
    assert call.leased_by is None


@pytest.mark.parametrize("who", [*Role, "citizen"])
def test_who_may_open_the_list_and_the_balance(cast: Cast, open_list: Invitation, who: str) -> None:
    client = client_of(cast, who)
    callers, watchers = {"case_worker", "expert"}, {"supervisor", "fund_admin"}
    expected = 200 if who in callers else 302 if who in watchers else 404
    assert client.get(reverse("dispensary:calls")).status_code == expected
    assert client.get(reverse("dispensary:calls-balance")).status_code == (200 if who in watchers else 404)


def test_the_balance_says_who_did_what(
    cast: Cast, open_list: Invitation, django_assert_max_num_queries
) -> None:
    call = take(cast, now=timezone.now())
    assert call is not None
    record(cast, call, "no_answer", now=timezone.now())
    client = client_of(cast, "supervisor")
    with django_assert_max_num_queries(18):
        page = client.get(reverse("dispensary:calls-balance"))
    (row,) = page.context["callers"]
    assert (row["today"], row["reached_today"]) == (1, 0)
    (level,) = page.context["waiting"]
    assert (level.level, level.later) == (2, 1)
