"""After sending: the date for the calendar, the receipt, and the confirmation that carries them."""

import re
from datetime import date, timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from appeals import codes
from appeals.links import calendar_link
from appeals.models import Appeal
from notifications.models import Message
from tests.appeals.citizen import say, walk
from tests.factories import FundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def filed(reference_data: None, client: Client) -> Appeal:
    FundFactory(region__code="39")
    walk(client)
    say(client, "check")
    return Appeal.objects.select_related("region").get()


def path(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def event_of(client: Client, appeal: Appeal):
    response = client.get(path(calendar_link(appeal)))
    assert response["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    return event


def test_the_date_moves_in_calendars_when_the_term_is_extended(filed):
    stranger = Client()
    before = event_of(stranger, filed)
    assert before["DTSTART"].dt == filed.due_on
    later = filed.due_on + timedelta(days=30)
    Appeal.objects.update(due_on=later, extended_on=date(2026, 6, 30), extension_reason="СЕКРЕТ", version=2)
    after = event_of(stranger, filed)
    assert (after["UID"], after["DTSTART"].dt) == (before["UID"], later)
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert "СЕКРЕТ" not in str(after.to_ical().decode())


def test_the_calendar_names_no_person_and_no_matter(filed):
    text = Client().get(path(calendar_link(filed))).content.decode().replace("\r\n ", "")
    assert filed.number in text
    for hidden in ("Ёлкина", "МРТ", "maria@example.org", "3952410887"):
        assert hidden not in text


def test_a_new_code_ends_the_old_link_and_a_forged_one_opens_nothing(filed):
    old = path(calendar_link(filed))
    Appeal.objects.update(access_code_hash=codes.hash_code("0" * 13))
    assert Client().get(old).status_code == 404
    forged = signing.dumps([filed.pk, ""], salt="guessed")
    assert Client().get(f"/appeals/calendar/{forged}/").status_code == 404


def test_after_the_answer_nothing_rings(filed):
    now = timezone.now()
    Appeal.objects.update(
        state="answered",
        answer="Записали",
        answered_at=now,
        taken_at=now,
        routed_at=now,
        organization_id=filed.received_by_id,
    )
    event = event_of(Client(), filed)
    assert "дан ответ" in str(event["SUMMARY"])
    assert not event.walk("VALARM")


def test_the_receipt_is_a_document_for_the_browser_that_sent(filed, client):
    page = client.get("/appeals/new/sent/").content.decode()
    assert "Скачать расписку" in page
    assert "webcal://" in page
    pdf = client.get("/appeals/new/receipt/")
    assert pdf["Content-Type"] == "application/pdf"
    assert b"/StructTreeRoot" in pdf.content
    assert Client().get("/appeals/new/receipt/").status_code == 302


def test_the_confirmation_carries_the_calendar_by_mail_and_number_and_date(filed):
    message = Message.objects.get(event="appeal_registered")
    assert message.channel == "email"
    assert message.payload["number"] == filed.number
    link = message.payload["calendar"]
    assert re.search(r"/appeals/calendar/[\w:-]+/$", link)
    assert Client().get(path(link)).status_code == 200
