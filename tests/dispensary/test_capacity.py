"""Free places: one number for a clinic's day, none that cannot be."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from dispensary.load import load_reference
from dispensary.models import ClinicCapacity
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def state(cast: Cast, now: datetime, **fields: object) -> ClinicCapacity:
    day = {"clinic": cast.clinic, "programme_id": "dispensarization", "day": date(2026, 6, 3), "places": 20}
    return ClinicCapacity.objects.create(**{**day, "stated_at": now, **fields})


def test_a_day_of_a_programme_has_one_number(cast: Cast, now: datetime) -> None:
    load_reference()
    state(cast, now)
    state(cast, now, programme_id="preventive_exam", places=0)
    with pytest.raises(IntegrityError, match="cliniccapacity_once"), transaction.atomic():
        state(cast, now, places=21)


@pytest.mark.parametrize("places", [-1, 5_001])
def test_impossible_numbers_are_refused(cast: Cast, now: datetime, places: int) -> None:
    load_reference()
    with pytest.raises(IntegrityError), transaction.atomic():
        state(cast, now, places=places)
