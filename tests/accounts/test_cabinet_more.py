"""The cabinet: representative, calendar, consents, readers; each only for its owner."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from notifications.models import Message
from omsportal.cabinet.contact import send_link_code
from registry.audit import record_read
from registry.linking import request_link
from registry.models import AccessRecord, CalendarFeed, Consent, ConsentText
from registry.subjects import Subject
from tests.appeals.conftest import put_reference
from tests.appeals.factories import about, filed
from tests.factories import PersonFactory, UserFactory
from tests.representatives.factories import RepresentativeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen(cast) -> Client:
    client = Client()
    client.force_login(cast.users["citizen"])
    return client


@pytest.fixture
def reference(db: None) -> None:
    put_reference()


@pytest.fixture
def text(db) -> ConsentText:
    return ConsentText.objects.create(
        purpose="information_support", version=1, text="Согласен на напоминания", valid_from="2025-09-01"
    )


def test_the_representative_has_a_name_and_a_phone(citizen, cast):
    RepresentativeFactory(
        organization=cast.insurer, level=2, last_name="Сидорова", first_name="Ирина", phone="+78002006068"
    )
    page = citizen.get("/cabinet/").content.decode()
    assert "Сидорова" in page
    assert "tel:88002006068" in page


def test_the_calendar_is_secret_and_ends_when_its_owner_says_so(citizen, cast, reference, now):
    appeal = filed(about(cast), timezone.now())
    citizen.post("/cabinet/calendar/", {"feed": "on"})
    secret = CalendarFeed.objects.get().secret
    assert secret in citizen.get("/cabinet/").content.decode()
    response = Client().get(f"/calendar/{secret}/")
    events = Calendar.from_ical(response.content).walk("VEVENT")
    assert [str(one["UID"]) for one in events] == [f"appeal-{appeal.number}@oms-portal"]
    assert "Врач отказал" not in response.content.decode()
    citizen.post("/cabinet/calendar/", {"feed": "on"})
    assert Client().get(f"/calendar/{secret}/").status_code == 404
    fresh = CalendarFeed.objects.get().secret
    citizen.post("/cabinet/calendar/", {"feed": "off"})
    assert Client().get(f"/calendar/{fresh}/").status_code == 404


def test_a_calendar_shows_only_what_its_owner_may_see_now(cast, reference):
    filed(about(cast), timezone.now())
    stranger = UserFactory()
    feed = CalendarFeed.objects.create(user=stranger, created_at=timezone.now())
    assert b"VEVENT" not in Client().get(f"/calendar/{feed.secret}/").content


def test_a_consent_ends_with_one_click_and_can_be_given_again(citizen, cast, text, now):
    consent = Consent.objects.create(
        person=cast.maria, purpose="information_support", channel="sms", text=text, given_at=now
    )
    page = citizen.get("/cabinet/consents/").content.decode()
    assert "Согласен на напоминания" in page
    citizen.post("/cabinet/consents/", {"end": consent.pk})
    consent.refresh_from_db()
    assert consent.withdrawn_at
    citizen.post("/cabinet/consents/", {"allow": "sms", "text_id": text.pk})
    citizen.post("/cabinet/consents/", {"allow": "sms", "text_id": text.pk})
    (given,) = Consent.objects.filter(withdrawn_at__isnull=True)
    assert (given.channel, given.text, bool(given.address)) == ("sms", text, True)


def test_nobody_agrees_to_a_text_that_was_not_shown(citizen, text):
    citizen.post("/cabinet/consents/", {"allow": "sms", "text_id": text.pk + 1})
    assert not Consent.objects.exists()


def test_another_persons_consent_is_out_of_reach(citizen, cast, text, now):
    foreign = Consent.objects.create(
        person=cast.boris, purpose="information_support", channel="sms", text=text, given_at=now
    )
    citizen.post("/cabinet/consents/", {"end": foreign.pk})
    foreign.refresh_from_db()
    assert foreign.withdrawn_at is None


def test_without_a_policy_there_are_no_consents(cast):
    client = Client()
    client.force_login(cast.users["nobody"])
    assert client.get("/cabinet/consents/").status_code == 404


def read(cast, person, reader: str = "expert", **changes) -> None:
    record_read(
        scope=cast.scope(reader),
        subject=Subject.APPEAL,
        key="39-2026-0000001-9",
        page="/staff/",
        now=timezone.now(),
        person_id=person.pk,
        **changes,
    )


def test_who_has_read_my_data_is_told_in_plain_words(citizen, cast):
    read(cast, cast.maria, reason="Проверка жалобы")
    read(cast, cast.boris)
    page = citizen.get("/cabinet/readers/").content.decode()
    assert cast.users["expert"].full_name in page
    assert cast.insurer.name in page
    assert "Проверка жалобы" in page
    assert page.count('class="card"') == 1


def test_readings_come_in_pages_of_constant_cost(citizen, cast, django_assert_max_num_queries):
    for _n in range(60):
        read(cast, cast.maria)
    with django_assert_max_num_queries(12):
        page = citizen.get("/cabinet/readers/").content.decode()
    assert page.count('class="card"') == 50
    oldest = AccessRecord.objects.order_by("id")[10].pk
    assert f"before={oldest}" in page
    assert citizen.get(f"/cabinet/readers/?before={oldest}").content.decode().count('class="card"') == 10


def test_a_code_goes_by_sms_where_there_is_no_mail(cast):
    person = PersonFactory(insurer=cast.insurer, clinic=cast.clinic, email="", phone="+79000000001")
    user = UserFactory()
    now = timezone.now()
    request_link(user=user, enp=person.enp, birth_date=person.birth_date, now=now)
    assert send_link_code(user_id=user.pk, now=now)
    message = Message.objects.get(event="contact_code")
    assert (message.channel, message.phone) == ("sms", "+79000000001")
    assert len(message.payload["code"]) == 6
    assert not mail.outbox
    assert message.due_at <= now + timedelta(seconds=1)


def test_the_cabinet_costs_the_same_whatever_is_in_it(citizen, cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        citizen.get("/cabinet/")
