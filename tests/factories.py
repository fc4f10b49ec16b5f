"""Objects for tests, with valid identifiers."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from registry.identifiers import enp_for, snils_for
from registry.models import Clinic, InsuredPerson, Organization, Region, RoleGrant, User

ZONES = {"39": "Europe/Kaliningrad", "26": "Europe/Moscow", "42": "Asia/Novokuznetsk"}
NAMES = {"39": "Калининградская область", "26": "Ставропольский край", "42": "Кемеровская область — Кузбасс"}
OKATO = {"39": "27000", "26": "07000", "42": "32000"}


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "39"
    name = factory.LazyAttribute(lambda region: NAMES[region.code])
    okato = factory.LazyAttribute(lambda region: OKATO[region.code])
    time_zone = factory.LazyAttribute(lambda region: ZONES[region.code])


class InsurerFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    region = factory.SubFactory(RegionFactory)
    kind = "insurer"
    code = factory.LazyAttributeSequence(lambda insurer, n: f"{insurer.region.code}{n % 900 + 100:03}")
    name = factory.LazyAttribute(lambda insurer: f"Страховая компания {insurer.code}")
    short_name = factory.LazyAttribute(lambda insurer: f"СК {insurer.code}")
    phone = "+78002000000"
    is_sample = True


class FundFactory(DjangoModelFactory):
    class Meta:
        model = Organization
        django_get_or_create = ("code",)

    region = factory.SubFactory(RegionFactory)
    kind = "fund"
    code = factory.LazyAttribute(lambda fund: fund.region.code)
    name = factory.LazyAttribute(lambda fund: f"Территориальный фонд ОМС, {fund.region.name}")
    short_name = factory.LazyAttribute(lambda fund: f"ТФОМС {fund.region.code}")
    phone = "+78002000001"
    is_sample = True


class ClinicFactory(DjangoModelFactory):
    class Meta:
        model = Clinic

    region = factory.SubFactory(RegionFactory)
    mo_code = factory.LazyAttributeSequence(lambda clinic, n: f"{clinic.region.code}{n % 9000 + 1000:04}")
    name = factory.LazyAttribute(lambda clinic: f"Поликлиника № {clinic.mo_code}")
    short_name = factory.LazyAttribute(lambda clinic: f"Поликлиника № {clinic.mo_code}")
    is_sample = True


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = InsuredPerson

    class Params:
        serial = factory.Sequence(lambda n: n % 90000 + 1)

    region = factory.SelfAttribute("insurer.region")
    insurer = factory.SubFactory(InsurerFactory)
    clinic = factory.LazyAttribute(lambda person: ClinicFactory(region=person.insurer.region))
    last_name = "Ёлкина"
    first_name = "Мария"
    middle_name = "Петровна"
    birth_date = date(1985, 7, 12)
    sex = "F"
    phone = factory.LazyAttribute(lambda person: f"+7900{person.serial:07}")
    email = factory.LazyAttribute(lambda person: f"person{person.serial}@example.org")
    enp = factory.LazyAttribute(
        lambda person: enp_for(person.region.code, person.birth_date, person.sex, person.serial)
    )
    snils = factory.LazyAttribute(lambda person: snils_for(person.serial + 100_000_000))


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    full_name = "Ирина Сидорова"


def grant(user: User, role: str, **target: Any) -> RoleGrant:
    return RoleGrant.objects.create(user=user, role=role, valid_from=date(2025, 1, 1), **target)
