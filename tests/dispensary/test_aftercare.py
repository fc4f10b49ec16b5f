"""What follows an exam: recommendations reminded of, called about and closed; waits for hospital judged."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from appeals.load import load_reference as load_appeals
from dispensary import aftercare_services, calling, hospital_services, outcomes
from dispensary.aftercare import CALL_AFTER, MISSED_AFTER, REMIND_BEFORE, next_step
from dispensary.case_services import NotPossible
from dispensary.following import Step
from dispensary.hospital import Standing, Stay, judge
from dispensary.load import load_reference
from dispensary.models import (
    Call,
    CallOutcome,
    HospitalEvent,
    HospitalReferral,
    Recommendation,
    RecommendationContact,
)
from notifications.load import load_templates
from notifications.models import Message
from omsportal.hospital_limit import hospital_limit
from registry.load import load_workdays
from registry.models import AccessRecord, Consent
from registry.scoping import Role
from tests.cast import Cast
from tests.dispensary.factories import give_consent
from tests.factories import PersonFactory

DUE = date(2026, 5, 15)
GIVEN = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("day", "done", "step"),
    [
        (DUE - timedelta(days=REMIND_BEFORE + 1), set(), None),
        (DUE - timedelta(days=REMIND_BEFORE), set(), Step.REMIND),
        (DUE, {Step.REMIND}, None),
        (DUE + timedelta(days=MISSED_AFTER - 1), set(), None),
        (DUE + timedelta(days=MISSED_AFTER), {Step.REMIND}, Step.REPEAT),
        (DUE + timedelta(days=MISSED_AFTER), {Step.REPEAT}, None),
        (DUE + timedelta(days=CALL_AFTER), {Step.REMIND, Step.REPEAT}, Step.CALL),
    ],
)
def test_the_steps_of_a_recommendation(day: date, done: set[Step], step: Step | None) -> None:
    found = next_step(GIVEN, DUE, done, day)
    assert (found.step if found else None) == step


def test_nobody_is_reminded_before_the_recommendation_was_given() -> None:
    assert next_step(DUE - timedelta(days=2), DUE, set(), DUE - timedelta(days=3)) is None


_DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(_DAYS, st.none() | _DAYS, st.none() | _DAYS, st.none() | _DAYS, _DAYS)
def test_a_breach_is_always_by_some_days_and_a_kept_term_by_none(
    latest, planned, admitted, cancelled, today
) -> None:
    found = judge(
        Stay(latest=latest, planned_on=planned, admitted_on=admitted, cancelled_on=cancelled), today
    )
    assert found.breached == (found.late_by > 0)
    if cancelled or (admitted and admitted <= latest):
        assert not found.breached
    unknown = judge(
        Stay(latest=None, planned_on=planned, admitted_on=admitted, cancelled_on=cancelled), today
    )
    assert not unknown.breached


@pytest.mark.parametrize(
    ("stay", "today", "standing"),
    [
        ({}, date(2026, 5, 10), Standing.WAITING),
        ({}, date(2026, 5, 12), Standing.SOON),
        ({"planned_on": DUE}, date(2026, 5, 14), Standing.WAITING),
        ({"planned_on": DUE + timedelta(days=1)}, date(2026, 5, 2), Standing.PLANNED_LATE),
        ({"planned_on": DUE}, DUE + timedelta(days=1), Standing.OVERDUE),
        ({"admitted_on": DUE}, date(2026, 6, 1), Standing.ADMITTED),
        ({"admitted_on": DUE + timedelta(days=1)}, date(2026, 6, 1), Standing.ADMITTED_LATE),
        ({"cancelled_on": DUE}, date(2026, 6, 1), Standing.CANCELLED),
    ],
)
def test_how_a_referral_stands(stay: dict, today: date, standing: Standing) -> None:
    assert judge(Stay(latest=DUE, **stay), today).standing is standing


@pytest.mark.django_db
def test_the_last_lawful_day_comes_from_the_norms_of_waiting() -> None:
    load_workdays((2026, 2027))
    load_appeals()
    found = hospital_limit(date(2026, 5, 5), "", "39")
    assert found is not None
    # Fourteen working days, the holidays of May among them.
    assert (found.latest, found.topic) == (date(2026, 5, 26), "3.1.5.6")
    shorter = hospital_limit(date(2026, 5, 5), "oncology", "39")
    assert shorter is not None
    assert shorter.latest < found.latest
    assert hospital_limit(date(2019, 5, 5), "", "39") is None, "no norm and no calendar of that year"


@pytest.fixture
def advice(cast: Cast, now: datetime) -> Recommendation:
    """Maria was told of a test that is overdue long enough for a call, and of a medicine."""
    load_reference()
    due = timezone.localdate(now) - timedelta(days=CALL_AFTER)
    common = {
        "person": give_consent(cast.maria, "sms"),
        "region": cast.insurer.region,
        "insurer": cast.insurer,
        "clinic": cast.clinic,
        "given_on": due - timedelta(days=40),
        "stated_at": now,
    }
    Recommendation.objects.create(**common, kind="medicine", what="Статины", due_on=due + timedelta(days=1))
    return Recommendation.objects.create(**common, kind="test", what="УЗИ сосудов шеи", due_on=due)


def common(cast: Cast, now: datetime) -> dict:
    return {"actor": cast.users["expert"], "scope": cast.scope("expert"), "now": now}


@pytest.mark.django_db
class TestRecommendations:
    def test_two_of_one_person_are_one_message_that_names_neither(self, advice, now) -> None:
        for _ in range(2):
            aftercare_services.remind_all(now=now)
        message = Message.objects.get()
        assert (message.event, message.purpose) == ("advice_reminder", "invitation")
        assert "УЗИ" not in str(message.payload)
        assert RecommendationContact.objects.filter(step="repeat").count() == 2

    def test_one_call_of_level_3_asks_about_all_and_its_outcome_closes_all(self, cast, advice, now) -> None:
        assert aftercare_services.list_calls(now=now) == 0, "no consent to be called"
        give_consent(cast.maria, "phone")
        assert [aftercare_services.list_calls(now=now) for _ in range(2)] == [1, 0]
        noon = now.replace(hour=10)
        call = calling.take_next(actor=cast.users["expert"], scope=cast.scope("expert"), now=noon)
        assert (call.recommendation, call.level, call.kind) == (advice, 3, "advice")
        answer = outcomes.Answer(outcome=CallOutcome.CAME, on_day=now.date() - timedelta(days=2))
        outcomes.record(
            call_id=call.pk, actor=cast.users["expert"], scope=cast.scope("expert"), answer=answer, now=noon
        )
        assert set(Recommendation.objects.values_list("end", flat=True)) == {"done"}
        assert aftercare_services.list_calls(now=now) == 0

    def test_who_promised_is_called_again_after_the_promised_day(self, cast, advice, now) -> None:
        promised = now.date() + timedelta(days=3)
        row = aftercare_services.record_call(
            recommendation_id=advice.pk, outcome="will_visit", on_day=promised, note="", **common(cast, now)
        )
        assert row.call_after == promised + timedelta(days=MISSED_AFTER)
        with pytest.raises(NotPossible):
            aftercare_services.record_call(
                recommendation_id=advice.pk,
                outcome="visited",
                on_day=now.date() + timedelta(days=1),
                note="",
                **common(cast, now),
            )

    def test_a_waiting_call_goes_when_everything_is_done(self, cast, advice, now) -> None:
        give_consent(cast.maria, "phone")
        aftercare_services.list_calls(now=now)
        for row in Recommendation.objects.order_by("pk"):
            assert Call.objects.filter(closed_at__isnull=True).exists()
            aftercare_services.close(
                recommendation_id=row.pk, end="done", day=now.date(), note="", **common(cast, now)
            )
        assert Call.objects.get().outcome == "not_needed"
        with pytest.raises(NotPossible, match="уже записан"):
            aftercare_services.close(
                recommendation_id=row.pk, end="refused", day=now.date(), note="х", **common(cast, now)
            )

    def test_nothing_leaves_about_what_is_done_already(self, cast, advice, now) -> None:
        from dispensary.guards import guard_advice

        aftercare_services.remind_all(now=now)
        message = Message.objects.get()
        assert guard_advice([message], now) == {}
        Recommendation.objects.update(end="done", ended_on=now.date())
        assert guard_advice([message], now)[message.pk].code == "advice_done"

    def test_a_foreign_one_is_not_there(self, cast, advice, now) -> None:
        given = {**common(cast, now), "scope": cast.scope("foreign_expert")}
        with pytest.raises(Recommendation.DoesNotExist):
            aftercare_services.close(
                recommendation_id=advice.pk, end="done", day=now.date(), note="", **given
            )


@pytest.fixture
def referral(cast: Cast, now: datetime) -> HospitalReferral:
    load_workdays((2025, 2026, 2027))
    load_appeals()
    today = timezone.localdate()
    return HospitalReferral.objects.create(
        person=cast.maria,
        region=cast.insurer.region,
        insurer=cast.insurer,
        clinic=cast.clinic,
        hospital=cast.clinic,
        number="Н-1",
        care="inpatient",
        referred_on=today - timedelta(days=40),
        latest_on=today - timedelta(days=2),
        stated_at=now,
    )


def step(cast: Cast, row: HospitalReferral, act: str, now: datetime, **given) -> HospitalReferral:
    values = {"on_day": None, "reason": None, "note": "", **given}
    return hospital_services.record(
        referral_id=row.pk,
        act=act,
        actor=cast.users["case_worker"],
        scope=cast.scope("case_worker"),
        now=now,
        **values,
    )


@pytest.mark.django_db
class TestHospital:
    def test_a_breach_is_told_once_and_never_of_what(self, cast, referral) -> None:
        now = timezone.now()
        assert [hospital_services.offer_complaints(now=now) for _ in range(2)] == [1, 0]
        message = Message.objects.get()
        assert (message.event, message.payload.keys()) == ("hospital_wait", {"link"})
        assert HospitalEvent.objects.get().by is None

    def test_who_cannot_be_told_holds_up_nobody(self, cast, referral, monkeypatch) -> None:
        monkeypatch.setattr(hospital_services, "BATCH", 1)
        today = timezone.localdate()
        mute = PersonFactory(insurer=cast.insurer, clinic=cast.clinic, phone="", email="", address="")
        for number, person, latest_on, admitted_on in (
            ("Н-2", mute, today - timedelta(days=20), None),
            ("Н-3", cast.maria, today - timedelta(days=10), today - timedelta(days=12)),  # in time
        ):
            referral.pk, referral.number, referral.person = None, number, person
            referral.latest_on, referral.admitted_on = latest_on, admitted_on
            referral.save(force_insert=True)
        assert hospital_services.offer_complaints(now=timezone.now()) == 1
        assert HospitalReferral.objects.get(offered_at__isnull=False).number == "Н-1"

    def test_steps_are_kept_and_an_end_is_an_end(self, cast, referral) -> None:
        now = timezone.now()
        today = timezone.localdate(now, referral.region.zone)
        with pytest.raises(NotPossible, match="день"):
            step(cast, referral, "admitted", now)
        with pytest.raises(NotPossible, match="не наступил"):
            step(cast, referral, "admitted", now, on_day=today + timedelta(days=1))
        with pytest.raises(NotPossible, match="причину"):
            step(cast, referral, "cancelled", now, on_day=today)
        with pytest.raises(NotPossible, match="договорились"):
            step(cast, referral, "talked", now)
        step(cast, referral, "offered", now)
        assert hospital_services.offer_complaints(now=now) == 0, "a colleague has told already"
        step(cast, referral, "planned", now, on_day=today + timedelta(days=5))
        step(cast, referral, "cancelled", now, on_day=today, reason="no_beds")
        with pytest.raises(NotPossible, match="уже записан"):
            step(cast, referral, "admitted", now, on_day=today)
        assert HospitalEvent.objects.count() == 3

    def test_a_foreign_referral_is_not_there_and_a_supervisor_only_reads(self, cast, referral) -> None:
        for who in ("foreign_case_worker", "supervisor"):
            with pytest.raises(HospitalReferral.DoesNotExist):
                hospital_services.record(
                    referral_id=referral.pk,
                    act="talked",
                    on_day=None,
                    reason=None,
                    note="х",
                    actor=cast.users[who],
                    scope=cast.scope(who),
                    now=timezone.now(),
                )


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who])
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("who", [*Role, "citizen"])
def test_who_sees_recommendations_and_referrals(cast, advice, referral, who) -> None:
    client = client_of(cast, who)
    for name, key, text, allowed in (
        ("aftercare", advice.pk, "УЗИ", {"expert"}),
        ("hospital", referral.pk, "Н-1", {"case_worker", "expert", "supervisor", "fund_admin"}),
    ):
        pages = [reverse(f"dispensary:{name}"), reverse(f"dispensary:{name}-one", args=[key])]
        for answer in map(client.get, pages):
            assert answer.status_code == (200 if who in allowed else 404)
            assert (text in answer.content.decode()) == (who in allowed)


@pytest.mark.django_db
def test_the_pages_of_recommendations(cast, advice, django_assert_max_num_queries) -> None:
    client = client_of(cast, "expert")
    today = timezone.localdate()
    new = reverse("dispensary:aftercare-new")
    given = {
        "enp": "1" * 16,
        "birth_date": cast.maria.birth_date.isoformat(),
        "kind": "specialist",
        "what": "Консультация офтальмолога",
        "given_on": (today - timedelta(days=1)).isoformat(),
        "due_on": (today + timedelta(days=30)).isoformat(),
    }
    assert client.post(new, given).context["form"].errors.keys() == {"enp"}
    assert client.post(new, {**given, "enp": cast.outsider.enp}).context["form"].errors.keys() == {"enp"}
    late = {**given, "enp": cast.maria.enp, "due_on": (today - timedelta(days=9)).isoformat()}
    assert client.post(new, late).context["form"].non_field_errors()
    made = client.post(new, {**given, "enp": cast.maria.enp})
    row = Recommendation.objects.get(kind="specialist")
    assert made.url == reverse("dispensary:aftercare-one", args=[row.pk])
    assert client.post(new, {**given, "enp": cast.maria.enp}).context["form"].non_field_errors()
    with django_assert_max_num_queries(12):
        page = client.get(reverse("dispensary:aftercare") + "?list=due")
    assert [one.pk for one in page.context["page"]] == [row.pk]
    assert client.post(made.url, {"action": "call", "call-outcome": "will_visit"}).context["form"].errors
    day = (today + timedelta(days=2)).isoformat()
    assert client.post(made.url, {"action": "call", "call-outcome": "will_visit", "call-on_day": day}).url
    ended = {"action": "end", "end-end": "refused", "end-day": today.isoformat()}
    assert client.post(made.url, ended).context["form"].non_field_errors()
    assert client.post(made.url, {**ended, "end-note": "не хочет"}).url == made.url
    Consent.objects.filter(person=cast.maria).delete()
    assert client.get(made.url).context["consent"] is False
    client.post(made.url, {"action": "consent"})
    assert AccessRecord.objects.filter(subject="recommendation").exclude(reason="").count() == 1


@pytest.mark.django_db
def test_the_page_of_a_referral_takes_steps_and_asks_for_what_is_missing(cast, referral) -> None:
    client = client_of(cast, "case_worker")
    address = reverse("dispensary:hospital-one", args=[referral.pk])
    assert client.get(address).context["found"].limit.topic == "3.1.5.6"
    assert client.post(address, {"act": "cancelled"}).context["form"].non_field_errors()
    assert client.post(address, {"act": "talked", "note": "место будет в пятницу"}).url == address
    today = timezone.localdate().isoformat()
    done = {"act": "cancelled", "on_day": today, "reason": "no_beds"}
    assert client.post(address, done).url == address
    page = client.get(reverse("dispensary:hospital") + "?list=ended")
    assert [one.row.pk for one in page.context["page"]] == [referral.pk]
    for name in ("overdue", "waiting", "unknown"):
        assert client.get(reverse("dispensary:hospital") + f"?list={name}").context["page"] == []
    assert client_of(cast, "supervisor").get(address).context["form"] is None


@pytest.mark.django_db
def test_a_citizen_says_it_is_done_and_complains_with_the_topic_filled_in(cast, advice, referral) -> None:
    load_templates()
    client = client_of(cast, "citizen")
    page = client.get(reverse("dispensary:my-exams")).content.decode()
    assert advice.what in page
    assert 'name="topics" value="3.1.5.6"' in page
    begun = client.post(reverse("appeal_new"), {"topics": "3.1.5.6"})
    assert begun.status_code == 200
    assert begun.context["form"].initial["kind"] == "complaint"
    address = reverse("dispensary:advice-done", args=[advice.pk])
    assert client.get(address).status_code == 405
    assert client_of(cast, "outsider").post(address).status_code == 404
    assert client_of(cast, "expert").post(address).status_code == 404, "staff have a page of their own"
    client.post(address)
    advice.refresh_from_db()
    assert (advice.end, advice.ended_by) == ("done", cast.users["citizen"])
    assert advice.what not in client.get(reverse("dispensary:my-exams")).content.decode()
