"""A clinic's file from its arrival to the facts of the portal."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from dispensary import services as campaigns
from dispensary.files import keeping, services, staging, work
from dispensary.files.codes import FileRejected
from dispensary.models import (
    ClinicCapacity,
    ClinicFile,
    ClinicFileRow,
    ExamResult,
    FileState,
    Invitation,
    ObservationCase,
    PlannedExam,
)
from dispensary.observation import next_window, rule_for
from dispensary.reference import current_observation_rules
from registry.models import InsuredPerson
from tests.cast import Cast
from tests.dispensary.factories import due_person, make_campaign
from tests.dispensary.files.making import codes, csv_of, row_of, send, sums
from tests.factories import ClinicFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_a_name_list_becomes_plans_and_one_bad_row_stops_nobody(place: Cast, now: datetime) -> None:
    rows = [
        row_of("name_list", place.clinic, place.maria),
        row_of("name_list", place.clinic, place.boris, INFORM_BY="31.02.2026", W="неизвестен"),
    ]
    file = send(place.clinic, "name_list", csv_of(rows), now)
    assert (file.state, file.format, sums(file)) == (FileState.DONE, "csv", (1, 0, 1, 0))
    assert codes(file) == [(3, "W", "choice"), (3, "INFORM_BY", "date_impossible")]
    plan = PlannedExam.objects.get()
    assert (plan.person, plan.clinic, plan.inform_by) == (place.maria, place.clinic, date(2026, 7, 25))
    assert not ClinicFileRow.objects.exists()


def test_the_same_file_twice_and_half_of_it_mended_changes_only_what_is_new(
    place: Cast, now: datetime
) -> None:
    good = row_of("name_list", place.clinic, place.maria)
    bad = row_of("name_list", place.clinic, place.boris, YEAR="26")
    first = send(place.clinic, "name_list", csv_of([good, good]), now)
    assert sums(first) == (1, 1, 0, 0)
    assert codes(first) == [(3, "", "duplicate")]
    with first.file.open("rb") as same:
        again = services.receive(
            clinic=place.clinic, kind="name_list", upload=same, actor=None, now=now + timedelta(hours=1)
        )
    assert (again.file, again.is_new) == (first, False)
    stated = PlannedExam.objects.get().stated_at
    mended = send(place.clinic, "name_list", csv_of([good, bad]), now)
    assert sums(mended) == (0, 1, 1, 0)
    mended = send(place.clinic, "name_list", csv_of([good, {**bad, "YEAR": "2026"}]), now)
    assert sums(mended) == (1, 1, 0, 0)
    assert PlannedExam.objects.get(person=place.maria).stated_at == stated


def test_a_known_file_with_errors_is_checked_anew(place: Cast, now: datetime) -> None:
    stranger = PersonFactory.build(
        insurer=place.insurer, clinic=place.clinic, region=place.insurer.region, last_name="Незнакомцев"
    )
    text = csv_of([row_of("name_list", place.clinic, stranger)])
    file = send(place.clinic, "name_list", text, now)
    assert codes(file) == [(2, "FAM", "unknown")]
    InsuredPerson.objects.bulk_create([stranger])
    assert send(place.clinic, "name_list", text, now) == file
    file.refresh_from_db()
    assert (sums(file), codes(file)) == ((1, 0, 0, 0), [])


def test_the_plan_sets_the_day_by_which_the_person_is_told(place: Cast, now: datetime) -> None:
    person = due_person(place, "sms")
    campaign = make_campaign(place)
    campaigns.plan(campaign=campaign, now=now)
    send(place.clinic, "name_list", csv_of([row_of("name_list", place.clinic, person)]), now)
    assert Invitation.objects.get(person=person).informing_deadline == date(2026, 7, 25)


def test_results_mark_who_came_and_leave_who_refused_in_peace(place: Cast, now: datetime) -> None:
    came, refused = due_person(place, "sms"), due_person(place, "phone", preferred_channel="phone")
    campaign = make_campaign(place)
    campaigns.plan(campaign=campaign, now=now)
    nothing = {"CAME_ON": "", "STAGE1_ON": "", "GROUP": ""}
    rows = [
        row_of("results", place.clinic, came),
        row_of(
            "results", place.clinic, refused, **nothing, REFUSED_ON="13.05.2026", REFUSAL="наблюдается сам"
        ),
        row_of("results", place.clinic, place.boris, **nothing),
    ]
    file = send(place.clinic, "results", csv_of(rows), now)
    assert (sums(file), codes(file)) == ((2, 0, 1, 0), [(4, "CAME_ON", "came_or_refused")])
    assert Invitation.objects.get(person=came).came_on == date(2026, 5, 12)
    left = Invitation.objects.get(person=refused)
    assert (left.state, left.excluded_reason) == ("excluded", "refused")
    came.refresh_from_db()
    assert came.last_exam_on == date(2026, 5, 15)
    assert ExamResult.objects.get(person=came).health_group == "2"


def test_observation_is_put_on_and_taken_off(place: Cast, now: datetime) -> None:
    on = row_of("observation", place.clinic, place.maria, DS="Е11.9")
    file = send(place.clinic, "observation", csv_of([on]), now)
    assert (sums(file), codes(file)) == ((1, 0, 0, 0), [])
    case = ObservationCase.objects.get()
    assert (case.icd10, case.visit_to) == ("E11.9", date(2026, 4, 15))
    off = on | {"ACTION": "снят", "TAKEN_OFF": "01.06.2026", "REASON": "переезд"}
    other = off | {"DS": "J45"}
    file = send(place.clinic, "observation", csv_of([off, other]), now)
    assert (sums(file), codes(file)) == ((1, 0, 1, 0), [(3, "DS", "not_observed")])
    case.refresh_from_db()
    assert (case.taken_off_on, case.taken_off_reason, case.visit_to) == (date(2026, 6, 1), "moved", None)
    # The list that put the case on comes once more: what was closed stays closed.
    file = send(place.clinic, "observation", csv_of([on, other | {"DS": "I10"}]), now)
    assert sums(file) == (0, 1, 1, 0)
    assert ObservationCase.objects.count() == 1


def test_free_places_are_stated_anew(place: Cast, now: datetime) -> None:
    day = row_of("capacity", place.clinic)
    rows = [day, day | {"DAY": "04.06.2026", "PLACES": "0"}, day | {"DAY": "05.06.2026", "PLACES": "-1"}]
    rows += [day | {"DAY": "01.06.2026"}, day | {"PLACES": "21"}]
    file = send(place.clinic, "capacity", csv_of(rows), now)
    assert sums(file) == (2, 0, 3, 0)
    assert codes(file) == [(4, "PLACES", "places"), (5, "DAY", "day_past"), (6, "", "conflict")]
    send(place.clinic, "capacity", csv_of([day | {"PLACES": "7"}]), now)
    assert list(ClinicCapacity.objects.order_by("day").values_list("places", flat=True)) == [7, 0]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"MO": "260001"}, "foreign_region"),
        ({"MO": "390999"}, "foreign_clinic"),
    ],
)
def test_a_foreign_file_changes_nothing_and_says_so(place: Cast, now: datetime, changed, code) -> None:
    rows = [row_of("name_list", place.clinic, person, **changed) for person in (place.maria, place.boris)]
    file = send(place.clinic, "name_list", csv_of(rows), now)
    assert (file.state, file.rejected_code, codes(file)) == (FileState.REJECTED, code, [])
    assert changed["MO"] in file.rejected_text
    assert not PlannedExam.objects.exists()


def test_a_single_foreign_row_is_only_a_bad_row(place: Cast, now: datetime) -> None:
    rows = [
        row_of("name_list", place.clinic, place.maria),
        row_of("name_list", place.clinic, place.boris, MO="390999"),
    ]
    file = send(place.clinic, "name_list", csv_of(rows), now)
    assert (sums(file), codes(file)) == ((1, 0, 1, 0), [(3, "MO", "clinic_foreign")])


def test_a_file_of_another_kind_is_named(place: Cast, now: datetime) -> None:
    file = send(place.clinic, "name_list", csv_of([row_of("results", place.clinic, place.maria)]), now)
    assert file.rejected_code == "other_kind"
    assert "Результаты осмотров" in file.rejected_text


@pytest.mark.parametrize("cut", [3, 25, 60, 100, 120])
def test_a_file_cut_anywhere_inside_its_last_row_changes_nothing(
    place: Cast, now: datetime, cut: int
) -> None:
    rows = [row_of("name_list", place.clinic, person) for person in (place.maria, place.boris)]
    text = csv_of(rows)
    assert len(text.split("\r\n")[2]) > cut
    file = send(place.clinic, "name_list", text[: -2 - cut], now)
    assert (file.state, file.rejected_code) == (FileState.REJECTED, "truncated")
    assert not PlannedExam.objects.exists()


def test_a_file_shorter_than_declared_changes_nothing(place: Cast, now: datetime) -> None:
    rows = [row_of("name_list", place.clinic, place.maria)]
    file = send(place.clinic, "name_list", csv_of(rows), now, declared_rows=2)
    assert file.rejected_text.startswith("Заявлено строк: 2, а в файле 1")
    assert not PlannedExam.objects.exists()


def test_a_worker_killed_between_portions_is_replaced(place: Cast, now: datetime, monkeypatch) -> None:
    people = [due_person(place, birth_date=date(1960, 1, day)) for day in range(1, 8)]
    monkeypatch.setattr(staging, "PORTION", 2)
    text = csv_of([row_of("name_list", place.clinic, person) for person in people])
    real, calls = staging._write, []

    def dying(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt  # stands for kill -9: nothing of ours catches it
        real(*args, **kwargs)

    monkeypatch.setattr(staging, "_write", dying)
    with pytest.raises(KeyboardInterrupt):
        send(place.clinic, "name_list", text, now)
    file = ClinicFile.objects.get()
    assert (file.state, file.rows_read, PlannedExam.objects.count()) == ("reading", 4, 0)
    assert work.take(now=now) is None, "the dead worker's lease still holds"
    assert work.work_all(now=file.lease_until + timedelta(seconds=1)) == 1
    file.refresh_from_db()
    assert (file.state, sums(file), PlannedExam.objects.count()) == ("done", (7, 0, 0, 0), 7)


def test_a_worker_that_lost_its_lease_writes_nothing(place: Cast, now: datetime) -> None:
    text = csv_of([row_of("name_list", place.clinic, place.maria)]).encode()
    services.receive(
        clinic=place.clinic, kind="name_list", upload=ContentFile(text, "a.csv"), actor=None, now=now
    )
    slow = work.take(now=now)
    assert slow is not None
    later = slow.lease_until + timedelta(seconds=1)
    assert work.work_all(now=later) == 1
    assert work.run(slow) is False
    file = ClinicFile.objects.get()
    assert (sums(file), PlannedExam.objects.count()) == ((1, 0, 0, 0), 1)


def test_a_file_that_breaks_every_worker_is_given_up(place: Cast, now: datetime, monkeypatch) -> None:
    monkeypatch.setattr(work, "open_table", lambda *_: 1 / 0)
    file = send(place.clinic, "name_list", csv_of([row_of("name_list", place.clinic, place.maria)]), now)
    assert file.state == "waiting"
    for _ in range(work.ATTEMPTS):
        file.refresh_from_db()
        work.work_all(now=file.lease_until + timedelta(seconds=1))
    file.refresh_from_db()
    assert (file.state, file.rejected_code) == ("rejected", "failed")


def test_a_file_waits_for_the_scanner_and_an_infected_one_is_refused(
    place, now, settings, monkeypatch
) -> None:
    settings.FILES_WITHOUT_SCANNER = "hold"
    file = send(place.clinic, "name_list", csv_of([row_of("name_list", place.clinic, place.maria)]), now)
    assert (file.state, file.attempts) == ("waiting", 0)
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    monkeypatch.setattr("registry.scanning.scan", lambda _: "rejected")
    work.work_all(now=file.lease_until + timedelta(seconds=1))
    file.refresh_from_db()
    assert (file.state, file.rejected_code) == ("rejected", "infected")


def test_two_clinics_do_not_wait_for_each_other(place: Cast, now: datetime) -> None:
    other = ClinicFactory(region=place.insurer.region)
    for clinic, number in ((place.clinic, "1"), (place.clinic, "2"), (other, "3")):
        services.receive(
            clinic=clinic, kind="name_list", upload=ContentFile(number.encode(), "a.csv"), actor=None, now=now
        )
    first, second = work.take(now=now), work.take(now=now)
    assert [first.clinic, second.clinic] == [place.clinic, other]
    assert work.take(now=now) is None


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty"), (b"%PDF-1.7 x", "format_unknown"), (b"MZ\x90", "format_unknown")]
)
def test_what_is_no_list_is_refused_at_the_door(
    place: Cast, now: datetime, content: bytes, code: str
) -> None:
    with pytest.raises(FileRejected) as refused:
        send(place.clinic, "name_list", content, now)
    assert refused.value.code == code
    assert not ClinicFile.objects.exists()


def test_windows_set_by_a_list_are_those_of_the_pure_rule(place: Cast, now: datetime) -> None:
    rules = current_observation_rules()
    days = ["31.01.2024", "29.02.2024", "28.02.2025", "31.08.2025", "15.01.2026", "30.04.2026"]
    visits = ["", "29.02.2024", "31.05.2025", "31.12.2025", "01.06.2026"]
    diagnoses = ["I10", "E11.9", "C50.9", "I69.3", "J12", "K25", "Z99"]
    rows = [
        row_of("observation", place.clinic, due_person(place), DS=code, PUT_ON=day, LAST_VISIT=visit)
        for code in diagnoses
        for day in days[:3] + days[4:5]
        for visit in visits[::2]
    ]
    rows += [
        row_of("observation", place.clinic, place.maria, DS=code, PUT_ON=day, LAST_VISIT=visit)
        for code, day, visit in zip(diagnoses, days, visits, strict=False)
    ]
    file = send(place.clinic, "observation", csv_of(rows), now)
    assert file.taken == len(rows)
    for case in ObservationCase.objects.all():
        rule = rule_for(case.icd10, now.date(), rules)
        window = next_window(rule, case.put_on, case.last_visit_on) if rule else None
        expected = (window.opens, window.closes) if window else (None, None)
        assert (case.visit_from, case.visit_to) == expected, (case.icd10, case.put_on, case.last_visit_on)


def test_an_original_goes_when_its_term_is_over_and_comes_back_when_it_is_sent_again(
    place: Cast, now: datetime
) -> None:
    text = csv_of([row_of("name_list", place.clinic, place.maria, FAM="Мар1я")])
    file = send(place.clinic, "name_list", text, now)
    ClinicFile.objects.update(finished_at=now)
    stored = file.file.name
    assert keeping.forget_originals(now=now + timedelta(days=90)) == 0
    assert keeping.forget_originals(now=now + timedelta(days=91)) == 1
    assert keeping.forget_originals(now=now + timedelta(days=92)) == 0
    file.refresh_from_db()
    assert (file.file.name, file.bad, codes(file)) == ("", 1, [(2, "FAM", "name")])
    assert not file.clinicfilefault_set.exclude(value="").exists()
    assert not file.file.storage.exists(stored)
    assert send(place.clinic, "name_list", text, now + timedelta(days=93)) == file
    file.refresh_from_db()
    assert (bool(file.file), codes(file)) == (True, [(2, "FAM", "name")])
