"""What the database itself refuses."""

from datetime import date, time
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from representatives.models import Absence, DutyPost, Representative, Training
from tests.factories import ClinicFactory, FundFactory, InsurerFactory, RegionFactory
from tests.representatives.factories import DutyPostFactory, RepresentativeFactory, norm, train

JUNE = (date(2026, 6, 1), date(2026, 6, 14))


def refuses(constraint: str):
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"level": 1, "contact_centre": ""}, "representative_contact_centre"),
        ({"level": 2, "contact_centre": "federal"}, "representative_contact_centre"),
        ({"level": 4, "contact_centre": ""}, "representative_contact_centre"),
        ({"level": 2, "expert_register_number": "Э-1"}, "representative_expert_level"),
        ({"employment_type": "hourly"}, "representative_employment"),
        ({"left_on": date(2019, 12, 31)}, "representative_term"),
        ({"works_from": time(9)}, "representative_hours_paired"),
        ({"works_from": time(9), "works_until": time(9)}, "representative_hours_paired"),
    ],
)
def test_impossible_representatives(changes, constraint) -> None:
    with refuses(constraint):
        RepresentativeFactory(**changes)


@pytest.mark.django_db
def test_a_representative_works_in_the_region_of_the_employer() -> None:
    insurer = InsurerFactory()
    with refuses("representative_region_of_organization"), transaction.atomic():
        RepresentativeFactory(organization=insurer, region=RegionFactory(code="26"))
        connection.check_constraints()


@pytest.mark.django_db
def test_certificates_are_unique_within_an_employer_and_belong_to_it() -> None:
    one = RepresentativeFactory()
    certificate = train(one)
    other = RepresentativeFactory(organization=one.organization)
    with refuses("training_certificate"), transaction.atomic():
        Training.objects.create(
            representative=other,
            organization=one.organization,
            certificate_number=certificate.certificate_number,
            passed_on=date(2021, 1, 1),
        )
    with refuses("training_organization_of_representative"), transaction.atomic():
        Training.objects.create(
            representative=one,
            organization=FundFactory(),
            certificate_number="Ч-1",
            passed_on=date(2021, 1, 1),
        )
        connection.check_constraints()


@pytest.mark.django_db
def test_absences_of_one_person_do_not_overlap_and_others_may_be_away_too() -> None:
    one, other = RepresentativeFactory(), RepresentativeFactory()
    Absence.objects.create(representative=one, first_day=JUNE[0], last_day=JUNE[1])
    Absence.objects.create(representative=other, first_day=JUNE[0], last_day=JUNE[1])
    Absence.objects.create(representative=one, first_day=date(2026, 6, 15), last_day=date(2026, 6, 15))
    with refuses("absence_no_overlap"):
        Absence.objects.create(representative=one, first_day=JUNE[1], last_day=date(2026, 7, 1))


@pytest.mark.django_db
def test_a_norm_is_above_zero_and_alone_in_its_time() -> None:
    with refuses("staffingnorm_positive"), transaction.atomic():
        norm(1, 0)
    norm(1, 41_000, valid_to=date(2025, 12, 31))
    norm(1, 40_000, valid_from=date(2026, 1, 1))
    norm(2, 35_000)
    norm(1, 30_000, region=RegionFactory(code="39"))
    norm(1, 30_000, region=RegionFactory(code="26"))
    with refuses("staffingnorm_no_overlap"), transaction.atomic():
        norm(1, 39_000, valid_from=date(2025, 12, 31), valid_to=date(2025, 12, 31))
    with refuses("staffingnorm_no_overlap"):
        norm(1, 29_000, region=RegionFactory(code="39"), valid_from=date(2026, 3, 1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "clashes"),
    [
        ({}, True),
        ({"starts": time(12, 59), "ends": time(15)}, True),
        ({"starts": time(13), "ends": time(15)}, False),
        ({"weekday": 2}, False),
        ({"valid_from": date(2027, 1, 1)}, False),
        ({"status": "draft"}, True),
    ],
)
def test_nobody_sits_in_two_places_at_once(changes, clashes) -> None:
    first = DutyPostFactory(valid_to=date(2026, 12, 31))
    second = {"representative": first.representative, "clinic": ClinicFactory(region=first.clinic.region)}
    if not clashes:
        DutyPostFactory(**second | changes)
        return
    with refuses("dutypost_no_double_booking"):
        DutyPostFactory(**second | changes)


@pytest.mark.django_db
def test_a_post_needs_an_open_clinic_in_the_region() -> None:
    post = DutyPostFactory()
    post.full_clean()
    post.clinic = ClinicFactory(region=RegionFactory(code="26"))
    with pytest.raises(ValidationError, match="регион"):
        post.full_clean()
    post.clinic = ClinicFactory(region=post.representative.region, closed_on=date(2026, 6, 1))
    with pytest.raises(ValidationError, match="закрывается"):
        post.full_clean()


@pytest.mark.django_db(transaction=True)
def test_of_two_bookings_at_the_same_moment_one_stays() -> None:
    one = RepresentativeFactory()
    clinics = [ClinicFactory(region=one.region), ClinicFactory(region=one.region)]
    together, outcomes = Barrier(2, timeout=10), []

    def book(clinic) -> None:
        try:
            with transaction.atomic():
                together.wait()
                DutyPostFactory(representative=one, clinic=clinic)
            outcomes.append("booked")
        except (IntegrityError, OperationalError):
            # Two that wait for each other's row are a deadlock to PostgreSQL, which refuses one of them too.
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=book, args=[clinic]) for clinic in clinics]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["booked", "refused"]
    assert DutyPost.objects.count() == 1


@pytest.mark.django_db
def test_a_name_sorts_with_e_and_yo_together() -> None:
    for name in ("Ёжиков", "Жуков", "Ежов"):
        RepresentativeFactory(last_name=name)
    ordered = Representative.objects.order_by("sort_key").values_list("last_name", flat=True)
    assert list(ordered) == ["Ёжиков", "Ежов", "Жуков"]
