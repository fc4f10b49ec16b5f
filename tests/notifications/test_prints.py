"""Letters on paper: batches, households, the sheets, and mail that comes back."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from notifications import prints
from notifications.load import load_templates
from notifications.models import InvitationBatch, Message, PrintedLetter, PrintState
from registry.models import AccessRecord, Consent
from tests.cast import Cast
from tests.notifications.factories import person_who_agreed, send_later

pytestmark = pytest.mark.django_db

HOME = "236000, г. Калининград, ул. Зелёная, д. 5, кв. 12"
ALIKE = "236000, город Калининград, улица Зеленая, дом 5, квартира 12"


@pytest.fixture
def letters(cast: Cast, now: datetime) -> list[Message]:
    """Five people: the first, the third and the fourth at one address, the last two not to be written to any more."""
    load_templates()
    found = []
    for number, address in enumerate([HOME, "г. Советск, ул. Новая, 1", ALIKE, HOME.upper(), HOME]):
        person = person_who_agreed("post", insurer=cast.insurer, clinic=cast.clinic, address=address)
        message = send_later(
            now, event="exam_invitation", channel="post", person=person, dedupe_key=f"exam:{number}"
        )
        found.append(message)
    Message.objects.update(
        insurer=cast.insurer,
        state="sent",
        sending_at=now,
        sent_at=now,
        subject="Приглашение",
        body="Здравствуйте!\n\nПриглашаем вас. Ответить: http://testserver/reply/abc:def/",
    )
    # Carried by the second letter, so it has no sheet of its own.
    carried = send_later(
        now, event="exam_reminder", channel="post", person=found[1].person, dedupe_key="exam:carried"
    )
    Message.objects.filter(pk=carried.pk).update(
        insurer=cast.insurer,
        state="sent",
        sending_at=now,
        sent_at=now,
        body="Напоминание",
        carried_by=found[1],
    )
    Consent.objects.filter(person=found[3].person).update(withdrawn_at=now)
    found[4].person.died_on = now.date()
    found[4].person.save(update_fields=["died_on"])
    return found


def collect(cast: Cast, now: datetime) -> InvitationBatch | None:
    user = cast.users["supervisor"]
    return prints.collect(insurer=cast.insurer, actor=user, scope=cast.scope("supervisor"), now=now)


def step(cast: Cast, batch: InvitationBatch, to: PrintState, now: datetime) -> InvitationBatch:
    return prints.step(
        batch_id=batch.pk, to=to, actor=cast.users["supervisor"], scope=cast.scope("supervisor"), now=now
    )


def note(cast: Cast, letter: PrintedLetter, now: datetime) -> PrintedLetter:
    return prints.note_return(
        number=prints.number_of(letter.pk),
        reason="unknown",
        actor=cast.users["supervisor"],
        scope=cast.scope("supervisor"),
        now=now,
    )


def test_a_household_shares_an_envelope_and_who_withdrew_or_died_gets_none(
    cast: Cast, letters: list[Message], now: datetime
) -> None:
    (one,) = prints.waiting(cast.scope("supervisor"))
    assert (one.insurer, one.letters, one.many) == (cast.insurer, 5, False)
    batch = collect(cast, now)
    assert batch is not None
    assert (batch.letters, batch.envelopes, batch.state) == (3, 2, "open")
    placed = batch.sheets.order_by("envelope", "sheet").values_list("message", "envelope", "sheet")
    assert list(placed) == [(letters[0].pk, 1, 1), (letters[2].pk, 1, 2), (letters[1].pk, 2, 1)]
    assert collect(cast, now) is None, "a letter is put into one batch only"
    assert prints.waiting(cast.scope("foreign_supervisor")) == []


def test_the_sheets_are_one_tagged_document_in_the_order_of_the_envelopes(
    cast: Cast, letters: list[Message], now: datetime
) -> None:
    batch = collect(cast, now)
    assert batch is not None
    reader = PdfReader(BytesIO(prints.pdf_of(batch)))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert str(batch.pk) in str(reader.metadata.title)
    texts = [page.extract_text() for page in reader.pages]
    sheets = list(batch.sheets.order_by("envelope", "sheet").select_related("message"))
    assert len(texts) == len(sheets)
    for text, sheet in zip(texts, sheets, strict=True):
        assert prints.number_of(sheet.pk) in text
        assert sheet.message.addressee.split()[0] in text
    assert ["лист 1 из 2" in texts[0], "лист 2 из 2" in texts[1], "Конверт 2" in texts[2]] == [True] * 3


def test_a_return_is_noted_once_and_only_for_what_was_posted(
    cast: Cast, letters: list[Message], now: datetime
) -> None:
    batch = collect(cast, now)
    assert batch is not None
    letter = batch.sheets.get(message=letters[1])
    with pytest.raises(prints.PrintRefusedError, match="not_posted"):
        note(cast, letter, now)
    with pytest.raises(prints.PrintRefusedError):
        step(cast, batch, PrintState.POSTED, now)
    step(cast, batch, PrintState.PRINTED, now)
    step(cast, batch, PrintState.POSTED, now)
    note(cast, letter, now + timedelta(days=20))
    message = Message.objects.get(pk=letters[1].pk)
    assert (message.state, message.error_code) == ("failed", "returned_unknown")
    with pytest.raises(prints.PrintRefusedError, match="known"):
        note(cast, letter, now)
    with pytest.raises(InvitationBatch.DoesNotExist):
        prints.step(
            batch_id=batch.pk,
            to=PrintState.POSTED,
            actor=cast.users["foreign_supervisor"],
            scope=cast.scope("foreign_supervisor"),
            now=now,
        )


@pytest.mark.parametrize("typed", ["№ 12-6", "", "x", "9" * 40, "٣٤", "7"])
def test_what_is_no_number_names_no_letter(typed: str) -> None:
    assert prints.letter_id_of(typed) is None


def test_a_slip_of_the_finger_names_nobody() -> None:
    number = prints.number_of(4711)
    assert prints.letter_id_of(f" № {number[:2]} {number[2:]} ") == 4711
    for place in range(len(number)):
        for digit in "0123456789":
            if digit != number[place]:
                assert prints.letter_id_of(number[:place] + digit + number[place + 1 :]) is None


def test_the_office_goes_through_the_pages(
    cast: Cast, letters: list[Message], now: datetime, django_assert_max_num_queries: Any
) -> None:
    client = Client()
    client.force_login(cast.users["case_worker"])
    assert "5" in client.get(reverse("notifications:prints")).content.decode()
    made = client.post(reverse("notifications:print-collect"), {"insurer": cast.insurer.pk})
    batch = InvitationBatch.objects.get()
    assert made.url == reverse("notifications:print-batch", args=[batch.pk])
    page = client.get(made.url)
    assert letters[0].addressee in page.content.decode()
    assert client.get(reverse("notifications:print-pdf", args=[batch.pk])).content[:5] == b"%PDF-"
    assert list(AccessRecord.objects.values_list("subject", "rows")) == [("printed_letters", 3)] * 2
    for to in ("printed", "posted", "posted"):
        client.post(reverse("notifications:print-step", args=[batch.pk]), {"to": to})
    batch.refresh_from_db()
    assert (batch.state, batch.posted_by) == ("posted", cast.users["case_worker"])
    letter = batch.sheets.first()
    address = reverse("notifications:returns")
    number = prints.number_of(letter.pk)
    mistyped = number[:-1] + str((int(number[-1]) + 1) % 10)
    wrong = client.post(address, {"number": mistyped, "reason": "unknown"})
    assert wrong.context["form"].errors.keys() == {"number"}
    noted = client.post(address, {"number": number, "reason": "no_address"})
    assert noted.context["form"].initial == {"reason": "no_address"}
    assert client.post(address, {"number": number, "reason": "unknown"}).context["form"].errors
    letter.refresh_from_db()
    assert letter.returned_reason == "no_address"
    with django_assert_max_num_queries(12):
        client.get(reverse("notifications:prints"))
    assert (
        client.post(reverse("notifications:print-collect"), {"insurer": cast.insurer.pk}).status_code == 302
    )
    foreign = {"insurer": cast.foreign_insurer.pk}
    assert client.post(reverse("notifications:print-collect"), foreign).status_code == 404
