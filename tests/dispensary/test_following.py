"""Following a case of observation: the pure steps, reminders without a diagnosis, calls of level 3, access."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dispensary import calling, case_services, outcomes
from dispensary.following import CALL_AFTER, MISSED_AFTER, Step, call_again, next_step
from dispensary.load import load_reference
from dispensary.models import CallOutcome, ObservationCase, ObservationContact, ObservationVisit
from notifications.models import Message
from registry.models import AccessRecord, Consent
from registry.scoping import Role
from tests.cast import Cast
from tests.dispensary.factories import give_consent

CLOSES = date(2026, 5, 1)
OPENS = CLOSES - timedelta(days=30)


@pytest.mark.parametrize(
    ("day", "done", "step"),
    [
        (OPENS - timedelta(days=1), set(), None),
        (OPENS, set(), Step.REMIND),
        (CLOSES, set(), Step.REMIND),
        (CLOSES, {Step.REMIND}, None),
        (CLOSES + timedelta(days=MISSED_AFTER - 1), set(), None),
        (CLOSES + timedelta(days=MISSED_AFTER), {Step.REMIND}, Step.REPEAT),
        (CLOSES + timedelta(days=MISSED_AFTER), {Step.REPEAT}, None),
        (CLOSES + timedelta(days=CALL_AFTER), {Step.REMIND, Step.REPEAT}, Step.CALL),
    ],
)
def test_the_steps_of_a_window(day: date, done: set[Step], step: Step | None) -> None:
    found = next_step(OPENS, CLOSES, done, day)
    assert (found.step if found else None) == step


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.sets(st.sampled_from(Step)))
def test_a_reminder_written_is_never_due_again(day: date, done: set[Step]) -> None:
    found = next_step(OPENS, CLOSES, done, day)
    assert found is None or found.step is Step.CALL or found.step not in done
    assert next_step(None, None, done, day) is None


def test_calls_without_an_answer_come_ever_later() -> None:
    today = date(2026, 6, 2)
    days = [(call_again(calls, today) - today).days for calls in range(1, 6)]
    assert days == sorted(days)
    assert days[0] > 0


@pytest.fixture
def case(cast: Cast, now: datetime) -> ObservationCase:
    """Maria's visit for hypertension was due three weeks ago and more."""
    load_reference()
    closes = now.date() - timedelta(days=CALL_AFTER)
    return ObservationCase.objects.create(
        person=give_consent(cast.maria, "sms"),
        region=cast.insurer.region,
        insurer=cast.insurer,
        clinic=cast.clinic,
        icd10="E11.9",
        put_on=date(2025, 1, 15),
        visit_from=closes - timedelta(days=30),
        visit_to=closes,
    )


def common(cast: Cast, case: ObservationCase, now: datetime) -> dict:
    return {"case_id": case.pk, "actor": cast.users["expert"], "scope": cast.scope("expert"), "now": now}


@pytest.mark.django_db
class TestReminders:
    def test_each_window_is_reminded_once_and_never_of_what(
        self, case: ObservationCase, now: datetime
    ) -> None:
        open_day = datetime.combine(case.visit_from, now.timetz())
        for moment in (open_day, open_day + timedelta(days=1), now, now + timedelta(days=1)):
            case_services.remind_all(now=moment)
        steps = list(ObservationContact.objects.order_by("pk").values_list("step", flat=True))
        assert steps == ["remind", "repeat"]
        first, second = Message.objects.order_by("pk")
        assert {first.event, second.event} == {"visit_reminder"}
        assert first.payload.keys() == {"period", "clinic", "phone", "link"}
        assert "E11" not in str(first.payload) + str(second.payload)

    def test_a_visit_begins_a_new_window_with_new_reminders(self, cast, case, now) -> None:
        case_services.remind_all(now=now)
        case_services.record_visit(visited_on=now.date(), **common(cast, case, now))
        case.refresh_from_db()
        assert case.visit_to == date(2026, 9, 2)
        assert case_services.remind_all(now=now) == 0
        later = datetime.combine(case.visit_from, now.timetz())
        assert case_services.remind_all(now=later) == 1

    def test_nobody_reminds_the_dead_or_the_taken_off(self, cast, case, now) -> None:
        case.person.died_on = now.date()
        case.person.save()
        assert case_services.remind_all(now=now) == 0


@pytest.mark.django_db
class TestCalls:
    def test_what_came_of_a_call_moves_the_case(self, cast, case, now) -> None:
        given = common(cast, case, now)
        case_services.record_call(outcome="no_answer", on_day=None, note="", **given)
        case.refresh_from_db()
        first = case.call_after
        case_services.record_call(outcome="no_answer", on_day=None, note="", **given)
        case.refresh_from_db()
        assert now.date() < first < case.call_after
        came = now.date() - timedelta(days=1)
        case_services.record_call(outcome="visited", on_day=came, note="", **given)
        case.refresh_from_db()
        assert (case.last_visit_on, case.call_after) == (came, None)
        assert ObservationVisit.objects.get().visited_on == came

    @pytest.mark.parametrize("day", [date(2024, 1, 1), date(2026, 6, 3)])
    def test_a_visit_cannot_be_before_putting_on_or_tomorrow(self, cast, case, now, day) -> None:
        with pytest.raises(case_services.NotPossible):
            case_services.record_visit(visited_on=day, **common(cast, case, now))

    def test_nothing_is_written_after_taking_off(self, cast, case, now) -> None:
        given = common(cast, case, now)
        case_services.take_off(day=now.date(), reason="moved", **given)
        case.refresh_from_db()
        assert (case.taken_off_reason, case.taken_off_by, case.visit_to) == (
            "moved",
            cast.users["expert"],
            None,
        )
        with pytest.raises(case_services.NotPossible):
            case_services.record_visit(visited_on=now.date(), **given)

    def test_a_missed_visit_goes_to_the_list_of_calls_and_its_outcome_to_the_case(
        self, cast, case, now
    ) -> None:
        assert case_services.list_calls(now=now) == 0, "no consent to be called"
        give_consent(case.person, "phone")
        assert case_services.list_calls(now=now) == 1
        assert case_services.list_calls(now=now) == 0
        noon = now.replace(hour=10)
        call = calling.take_next(actor=cast.users["expert"], scope=cast.scope("expert"), now=noon)
        assert (call.case, call.level) == (case, 3)
        day = now.date() + timedelta(days=5)
        outcomes.record(
            call_id=call.pk,
            actor=cast.users["expert"],
            scope=cast.scope("expert"),
            answer=outcomes.Answer(outcome=CallOutcome.WILL_COME, on_day=day),
            now=noon,
        )
        case.refresh_from_db()
        assert case.call_after == day + timedelta(days=MISSED_AFTER)
        assert case_services.list_calls(now=noon) == 0
        assert case_services.list_calls(now=noon + timedelta(days=20)) == 1
        case_services.record_visit(visited_on=now.date(), **common(cast, case, now))
        assert not case.calls.filter(closed_at__isnull=True).exists()

    def test_a_foreign_case_is_not_there(self, cast, case, now) -> None:
        given = {**common(cast, case, now), "scope": cast.scope("foreign_expert")}
        with pytest.raises(ObservationCase.DoesNotExist):
            case_services.record_visit(visited_on=now.date(), **given)


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who])
    return client


@pytest.fixture
def late(case: ObservationCase) -> ObservationCase:
    """The same against today's clock, which pages read."""
    closes = timezone.localdate() - timedelta(days=CALL_AFTER)
    case.visit_from, case.visit_to = closes - timedelta(days=30), closes
    case.save()
    return case


@pytest.mark.django_db
@pytest.mark.parametrize("who", [*Role, "citizen"])
def test_only_level_3_sees_a_diagnosis(cast: Cast, late: ObservationCase, who: str) -> None:
    client = client_of(cast, who)
    for address in (
        reverse("dispensary:observation"),
        reverse("dispensary:observation-case", args=[late.pk]),
    ):
        answer = client.get(address)
        assert answer.status_code == (200 if who == "expert" else 404)
        assert (late.icd10 in answer.content.decode()) == (who == "expert")


@pytest.mark.django_db
def test_the_page_tells_the_next_step_and_takes_what_was_done(cast: Cast, late: ObservationCase) -> None:
    client = client_of(cast, "expert")
    assert [one.pk for one in client.get(reverse("dispensary:observation")).context["page"]] == [late.pk]
    address = reverse("dispensary:observation-case", args=[late.pk])
    assert client.get(address).context["next_step"].step is Step.CALL
    page = client.post(address, {"action": "call", "call-outcome": "refused"})
    assert page.context["forms"]["call"].errors.keys() == {"note"}
    page = client.post(address, {"action": "call", "call-outcome": "will_visit"})
    assert page.context["forms"]["call"].errors.keys() == {"on_day"}
    assert client.post(address, {"action": "call", "call-outcome": "no_answer"}).status_code == 302
    assert client.get(reverse("dispensary:observation")).context["page"] == []
    day = timezone.localdate().isoformat()
    assert client.post(address, {"action": "visit", "visit-visited_on": day}).status_code == 302
    page = client.post(address, {"action": "off", "off-day": "2020-01-01", "off-reason": "moved"})
    assert page.context["forms"]["off"].non_field_errors()
    assert client.post(address, {"action": "off", "off-day": day, "off-reason": "moved"}).status_code == 302
    late.refresh_from_db()
    assert late.taken_off_reason == "moved"
    assert AccessRecord.objects.filter(subject="observation", person_id=cast.maria.pk).exists()


@pytest.mark.django_db
def test_a_consent_by_voice_is_written_down_once(cast: Cast, late: ObservationCase) -> None:
    give_consent(cast.boris, "sms")  # makes the text
    Consent.objects.filter(person=cast.maria).delete()
    client = client_of(cast, "expert")
    address = reverse("dispensary:observation-case", args=[late.pk])
    assert client.get(address).context["consent"] is False
    for _ in range(2):
        client.post(address, {"action": "consent"})
    assert Consent.objects.filter(person=cast.maria, channel="").count() == 1
    assert AccessRecord.objects.exclude(reason="").count() == 1


@pytest.mark.django_db
def test_lists_turn_by_the_key_of_the_last_row(
    cast, late, monkeypatch, django_assert_max_num_queries
) -> None:
    monkeypatch.setattr("dispensary.cases.PAGE", 2)
    for code in ("I10", "I25.1", "J45.0", "N18.3"):
        late.pk, late.icd10 = None, code
        late.save(force_insert=True)
    client = client_of(cast, "expert")
    seen, url = [], "?list=missed"
    while url:
        with django_assert_max_num_queries(12):
            page = client.get(reverse("dispensary:observation") + url)
        seen += [case.pk for case in page.context["page"]]
        url = page.context["next_url"]
    assert seen == sorted(ObservationCase.objects.values_list("pk", flat=True))
