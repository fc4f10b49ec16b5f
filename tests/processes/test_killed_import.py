"""A worker that dies with -9 at each step of a clinic's file: the register has all of it or nothing, never a part."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile

from dispensary.files import services, work
from dispensary.load import load_reference
from dispensary.models import ClinicFile, ClinicFileFault, PlannedExam
from tests.cast import make_cast
from tests.dispensary.factories import due_person
from tests.dispensary.files.making import csv_of, row_of, sums
from tests.processes.test_killed_at_each_step import killed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

STEPS = (
    "dispensary.files.staging._begin",
    "dispensary.files.staging._write",
    "dispensary.files.work.finish",
    "dispensary.files.matching.match",
    "dispensary.files.applying._execute",
    "dispensary.files.work._sum_up",
    "dispensary.files.work._save",
)


def test_at_each_step(transactional_db, settings, tmp_path, now):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    load_reference()
    place = make_cast()
    people = [due_person(place, birth_date=date(1960, 1, day)) for day in range(1, 6)]
    rows = [row_of("name_list", place.clinic, person) for person in people]
    text = csv_of([*rows, rows[0] | {"DR": "31.02.1960"}]).encode()
    upload = ContentFile(text, "list.csv")
    services.receive(clinic=place.clinic, kind="name_list", upload=upload, actor=None, now=now)
    # The patience of the queue ends before the steps do; here only the steps are of interest.
    for where in STEPS:
        ClinicFile.objects.update(attempts=0, lease_until=None)
        killed_in(where, lambda: work.work_all(now=now))
        file = ClinicFile.objects.get()
        assert not file.is_finished, where
        assert not PlannedExam.objects.exists(), where
        assert not ClinicFileFault.objects.exists(), where
    assert work.take(now=now) is None, "the dead worker's lease still holds"
    assert work.work_all(now=file.lease_until + timedelta(seconds=1)) == 1
    file.refresh_from_db()
    assert (file.state, sums(file), PlannedExam.objects.count()) == ("done", (5, 0, 1, 0), 5)
