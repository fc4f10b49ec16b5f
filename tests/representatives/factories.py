from datetime import UTC, date, datetime, time
from typing import Any

import factory
from factory.django import DjangoModelFactory

from representatives.models import DutyPost, Representative, StaffingNorm, Training
from tests.factories import ClinicFactory, InsurerFactory

SIGNED = datetime(2026, 1, 1, tzinfo=UTC)


class RepresentativeFactory(DjangoModelFactory):
    class Meta:
        model = Representative

    organization = factory.SubFactory(InsurerFactory)
    region = factory.SelfAttribute("organization.region")
    level = 2
    contact_centre = factory.LazyAttribute(lambda one: "regional" if one.level == 1 else "")
    last_name = factory.Sequence(lambda n: f"Представителев{n}")
    first_name = "Семён"
    hired_on = date(2020, 1, 1)


class DutyPostFactory(DjangoModelFactory):
    class Meta:
        model = DutyPost

    representative = factory.SubFactory(RepresentativeFactory)
    clinic = factory.LazyAttribute(lambda post: ClinicFactory(region=post.representative.region))
    weekday = 1
    starts = time(9)
    ends = time(13)
    valid_from = date(2026, 1, 1)
    status = "published"
    insurer_approved_at = factory.LazyAttribute(lambda post: None if post.status == "draft" else SIGNED)
    clinic_approved_at = factory.SelfAttribute("insurer_approved_at")


def train(one: Representative, passed_on: date = date(2021, 1, 1), valid_to: date | None = None) -> Training:
    number = f"Т-{Training.objects.count() + 1}"
    return Training.objects.create(
        representative=one,
        organization=one.organization,
        certificate_number=number,
        passed_on=passed_on,
        valid_to=valid_to,
    )


def norm(level: int, value: int, **more: Any) -> StaffingNorm:
    return StaffingNorm.objects.create(
        level=level, insured_per_representative=value, **{"valid_from": date(2018, 1, 1)} | more
    )
