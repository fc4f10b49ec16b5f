"""Lists of recommendations and of referrals to hospital: taken in, taken in again, and what is wrong in them."""

from datetime import date, datetime

import pytest

from appeals.load import load_reference as load_appeals
from dispensary.models import ClinicFileFault, HospitalReferral, Recommendation
from registry.load import load_workdays
from tests.cast import Cast
from tests.dispensary.files.making import csv_of, row_of, send

pytestmark = pytest.mark.django_db


def codes() -> set[tuple[str, str]]:
    return set(ClinicFileFault.objects.values_list("field", "code"))


def test_recommendations_are_taken_in_once_and_closed_by_a_later_list(place: Cast, now: datetime) -> None:
    first = row_of("advice", place.clinic, place.maria)
    other = {**first, "KIND": "лекарство", "WHAT": "Статины"}
    bad = [
        {**first, "WHAT": "о" * 201},
        {**first, "DUE_ON": "01.04.2026"},
        {**first, "RESULT": "выполнено"},
        {**first, "RESULT": "отказ", "RESULT_ON": "20.04.2026"},
    ]
    file = send(place.clinic, "advice", csv_of([first, other, *bad]), now)
    assert (file.taken, file.bad) == (2, 4)
    assert {code for _, code in codes()} == {"too_long", "period_order", "result_half", "refusal_reason"}
    again = send(place.clinic, "advice", csv_of([other, first]), now)
    assert (again.taken, again.same) == (0, 2)
    done = {**first, "RESULT": "выполнено", "RESULT_ON": "20.04.2026"}
    send(place.clinic, "advice", csv_of([done]), now)
    row = Recommendation.objects.get(kind="test")
    assert (row.end, row.ended_on) == ("done", date(2026, 4, 20))
    send(place.clinic, "advice", csv_of([first, other, first]), now)
    row.refresh_from_db()
    assert row.end == "done", "a list made before does not open it again"


def test_the_second_stage_is_followed_until_it_was_passed(place: Cast, now: datetime) -> None:
    sent = row_of("results", place.clinic, place.maria, STAGE2_NEEDED="да", GROUP="3а")
    send(place.clinic, "results", csv_of([sent]), now)
    row = Recommendation.objects.get()
    assert (row.kind, row.given_on, row.due_on, row.end) == (
        "stage2",
        date(2026, 5, 15),
        date(2026, 7, 14),
        "",
    )
    send(place.clinic, "results", csv_of([{**sent, "STAGE2_ON": "30.05.2026"}]), now)
    row.refresh_from_db()
    assert (row.end, row.ended_on) == ("done", date(2026, 5, 30))


def test_referrals_get_their_last_lawful_day_and_keep_their_end(place: Cast, now: datetime) -> None:
    load_workdays((2026, 2027))
    load_appeals()
    first = row_of("hospital", place.clinic, place.maria, HOSPITAL=place.clinic.mo_code)
    bad = [
        {**first, "NUMBER": "Н-2", "ADMITTED_ON": "01.05.2026"},
        {**first, "NUMBER": "Н-3", "CANCELLED_ON": "10.05.2026"},
        {
            **first,
            "NUMBER": "Н-4",
            "ADMITTED_ON": "10.05.2026",
            "CANCELLED_ON": "10.05.2026",
            "REASON": "неявка",
        },
        {**first, "NUMBER": "Н-5", "HOSPITAL": "399998"},
        {**first, "NUMBER": "Н-6", "HOSPITAL": "39"},
    ]
    file = send(place.clinic, "hospital", csv_of([first, *bad]), now)
    assert (file.taken, file.bad) == (1, 5)
    assert codes() == {
        ("ADMITTED_ON", "before_referral"),
        ("REASON", "result_half"),
        ("CANCELLED_ON", "admitted_and_cancelled"),
        ("HOSPITAL", "hospital_unknown"),
        ("HOSPITAL", "clinic_shape"),
    }
    row = HospitalReferral.objects.get()
    assert (row.latest_on, row.insurer, row.hospital) == (date(2026, 5, 26), place.insurer, place.clinic)
    send(place.clinic, "hospital", csv_of([{**first, "ADMITTED_ON": "29.05.2026"}]), now)
    assert send(place.clinic, "hospital", csv_of([first, bad[0]]), now).taken == 0
    stolen = row_of("hospital", place.clinic, place.boris, HOSPITAL=place.clinic.mo_code)
    send(place.clinic, "hospital", csv_of([stolen]), now)
    row.refresh_from_db()
    assert (row.admitted_on, row.person) == (date(2026, 5, 29), place.maria)
