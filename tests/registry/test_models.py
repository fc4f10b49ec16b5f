"""What the database refuses, whoever asks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from registry.models import (
    AccessRecord,
    CalendarDay,
    Clinic,
    Consent,
    ConsentText,
    InsuredPerson,
    LegalRepresentative,
    Organization,
    RoleGrant,
    User,
)
from registry.selectors import scope_of, work_calendar
from tests.factories import InsurerFactory, PersonFactory, RegionFactory, UserFactory, grant

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)


def refused(make) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_identifiers_keep_their_shape(cast):
    refused(lambda: InsuredPerson.objects.filter(pk=cast.maria.pk).update(enp="123"))
    refused(lambda: InsuredPerson.objects.filter(pk=cast.maria.pk).update(snils="1234567890x"))
    refused(lambda: InsuredPerson.objects.filter(pk=cast.maria.pk).update(sex="X"))
    refused(lambda: InsuredPerson.objects.filter(pk=cast.maria.pk).update(died_on=date(1900, 1, 1)))
    refused(lambda: Organization.objects.filter(pk=cast.insurer.pk).update(code="39"))
    refused(lambda: Clinic.objects.filter(pk=cast.clinic.pk).update(mo_code="1"))


def test_hours_come_in_pairs(cast):
    mine = Organization.objects.filter(pk=cast.insurer.pk)
    refused(lambda: mine.update(opens_at=time(9)))
    refused(lambda: mine.update(opens_at=time(18), closes_at=time(9)))
    mine.update(opens_at=time(9), closes_at=time(18))


def test_a_region_has_one_fund(cast):
    refused(
        lambda: Organization.objects.create(
            region=cast.fund.region, kind="fund", code="38", name="Второй фонд", short_name="Второй"
        )
    )


def test_a_role_needs_its_place(cast):
    user = UserFactory()
    refused(lambda: grant(user, "operator"))
    refused(lambda: grant(user, "fund_admin"))
    refused(lambda: grant(user, "clinic_staff", organization=cast.insurer))
    refused(lambda: RoleGrant.objects.create(user=user, role="king", valid_from=DAY))
    grant(user, "operator", organization=cast.insurer)
    refused(lambda: grant(user, "operator", organization=cast.insurer))


def test_nobody_represents_oneself_and_a_proxy_has_a_document(cast):
    pair = {"representative": cast.maria, "ward": cast.boris, "valid_from": DAY}
    refused(lambda: LegalRepresentative.objects.create(**{**pair, "ward": cast.maria}, ground="parent"))
    refused(lambda: LegalRepresentative.objects.create(**pair, ground="power_of_attorney"))
    LegalRepresentative.objects.create(**pair, ground="parent")
    refused(lambda: LegalRepresentative.objects.create(**pair, ground="guardian"))


def test_one_active_consent_a_purpose_and_channel(cast, now):
    text = ConsentText.objects.create(purpose="information_support", version=9, text="…", valid_from=DAY)
    given = {"person": cast.maria, "purpose": "information_support", "channel": "sms", "text": text}
    first = Consent.objects.create(**given, given_at=now)
    refused(lambda: Consent.objects.create(**given, given_at=now))
    refused(lambda: Consent.objects.filter(pk=first.pk).update(withdrawn_at=now - timedelta(days=1)))
    Consent.objects.filter(pk=first.pk).update(withdrawn_at=now)
    Consent.objects.create(**given, given_at=now)


def test_an_address_of_a_user_is_lower_case():
    refused(lambda: User.objects.bulk_create([User(email="Upper@example.org")]))
    assert User.objects.create_user("Upper@Example.org").email == "upper@example.org"


@pytest.mark.parametrize(
    "statement", ["UPDATE registry_accessrecord SET page = ''", "DELETE FROM registry_accessrecord"]
)
def test_the_access_log_is_append_only(now, statement):
    AccessRecord.objects.create(at=now, user_id=1, subject="test", page="/")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AccessRecord.objects.count() == 1


def test_names_sort_and_are_found_without_regard_to_case_and_yo():
    insurer = InsurerFactory(region=RegionFactory())
    for last_name in ("Яшина", "ёлкина", "Едокова", "Жукова"):
        PersonFactory(insurer=insurer, last_name=last_name)
    names = list(InsuredPerson.objects.order_by("sort_key").values_list("last_name", flat=True))
    assert names == ["Едокова", "ёлкина", "Жукова", "Яшина"]
    assert InsuredPerson.objects.get(sort_key__startswith="елкина").last_name == "ёлкина"


def test_a_grant_counts_only_in_its_term(cast):
    user = UserFactory()
    row = grant(user, "operator", organization=cast.insurer)
    moment = datetime(2026, 6, 2, tzinfo=UTC)
    assert scope_of(user, now=moment).organizations("operator") == {cast.insurer.pk}
    RoleGrant.objects.filter(pk=row.pk).update(valid_to=date(2026, 6, 1))
    assert not scope_of(user, now=moment).is_staff
    RoleGrant.objects.filter(pk=row.pk).update(valid_to=None, revoked_at=moment)
    assert not scope_of(user, now=moment).is_staff


def test_a_ward_is_visible_only_in_the_term(cast):
    LegalRepresentative.objects.create(
        representative=cast.maria, ward=cast.boris, ground="parent", valid_from=DAY, valid_to=date(2026, 3, 1)
    )
    user = cast.users["citizen"]
    inside, outside = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    assert set(InsuredPerson.objects.visible_to(scope_of(user, now=inside))) == {cast.maria, cast.boris}
    assert set(InsuredPerson.objects.visible_to(scope_of(user, now=outside))) == {cast.maria}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("citizen", {"maria"}),
        ("outsider", {"outsider"}),
        ("nobody", set()),
        ("operator", {"maria"}),
        ("case_worker", {"maria"}),
        ("expert", {"maria"}),
        ("supervisor", {"maria"}),
        ("fund_operator", {"maria", "boris"}),
        ("fund_admin", {"maria", "boris"}),
        ("clinic_staff", {"maria", "boris"}),
        ("auditor", set()),
        ("administrator", set()),
        ("foreign_fund_admin", {"outsider"}),
        ("foreign_operator", {"outsider"}),
    ],
)
def test_who_sees_whom(cast, who, sees):
    expected = {getattr(cast, name) for name in sees}
    assert set(InsuredPerson.objects.visible_to(cast.scope(who))) == expected


def test_a_region_overrides_a_day_of_the_country():
    region = RegionFactory()
    holiday, ordinary = date(2026, 6, 1), date(2026, 6, 2)
    for day in (holiday, ordinary):
        CalendarDay.objects.create(day=day, is_working=True)
    CalendarDay.objects.create(day=holiday, is_working=False, region=region)
    rows = dict(work_calendar("39", [2026]).days)
    assert rows[holiday] is False
    assert rows[ordinary] is True
    assert dict(work_calendar("26", [2026]).days)[holiday] is True
