"""The register of outgoing letters: numbers, what stands on the sheet, how each goes, batches, what comes back."""

import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from appeals import letter_sheet, services
from appeals.actors import Actor
from appeals.errors import AppealNotFound, InvalidInput
from appeals.lifecycle import State
from appeals.models import (
    Appeal,
    AppealLetter,
    BodyAddress,
    Letterhead,
    LetterKind,
    LetterOutcome,
    LetterWay,
    PrintBatch,
)
from notifications.models import Message
from registry.models import AccessRecord, Clinic
from tests.appeals.desk import at_desk, in_state, queries
from tests.appeals.factories import about, filed

pytestmark = pytest.mark.django_db
ADDRESS = "236000, Примерск, Лесная, 4"


@pytest.fixture
def boss(cast):
    return cast.scope("supervisor")


@pytest.fixture
def on_paper(cast, reference, clock) -> Appeal:
    """A complaint of somebody who wants letters by post, in work."""
    appeal = filed(about(cast, topic="3.1.4", reply_channel="post", applicant_address=ADDRESS), clock)
    services.take(appeal_id=appeal.pk, actor=Actor.of(cast.scope("supervisor")), now=clock)
    return appeal


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_each_step_that_writes_leaves_a_letter_with_the_next_number(cast, boss, on_paper, clock):
    act = {"appeal_id": on_paper.pk, "actor": Actor.of(boss), "now": clock}
    due_before = Appeal.objects.get(pk=on_paper.pk).due_on
    services.inform_applicant(**act, text="Запросили документы")
    services.extend(**act, days=10, reason="Ждём документы")
    services.ask_clinic(**act, clinic_id=cast.clinic.pk, question="Пришлите выписку")
    services.resume(**act, reason="Без ответа")
    services.answer(**act, text="Ответ по существу")
    letters = list(AppealLetter.objects.order_by("running"))
    assert [one.kind for one in letters] == ["interim", "extension", "clinic_request", "answer"]
    assert [one.running for one in letters] == [1, 2, 3, 4]
    assert letters[0].number == f"{cast.insurer.code}/2026/1"
    assert [one.way for one in letters if one.kind != "clinic_request"] == [LetterWay.POST] * 3
    assert letters[1].due_on == due_before
    assert "Ждём документы" in letters[1].body
    # Who reads on paper gets the letters and no message beside them.
    assert not Message.objects.filter(
        event__in=("appeal_message", "appeal_extended", "appeal_answered")
    ).exists()


def test_forwarding_writes_the_letter_with_the_appeal_and_the_notice_in_one(cast, boss, on_paper, clock):
    BodyAddress.objects.create(
        body="health_ministry",
        region_id="39",
        name="Министерство здравоохранения области",
        address="Примерск, Учебная, 1",
        valid_from=date(2025, 1, 1),
    )
    act = {"appeal_id": on_paper.pk, "actor": Actor.of(boss)}
    late = clock + timedelta(days=9)
    services.forward(**act, now=late, addressee="health_ministry", letter="Просим рассмотреть")
    to_body, notice = AppealLetter.objects.order_by("running")
    assert (to_body.addressee, to_body.way) == ("Министерство здравоохранения области", LetterWay.POST)
    assert on_paper.text in to_body.enclosure
    assert on_paper.applicant_name in to_body.enclosure
    assert (notice.kind, notice.addressee) == (LetterKind.FORWARD_NOTICE, on_paper.applicant_name)
    assert to_body.number in notice.body
    assert "Министерство здравоохранения области" in notice.body
    # Seven days of the law, measured.
    assert to_body.late_by == 2
    page = at_desk(cast.users["supervisor"]).get("/staff/letters/")
    assert page.context["forwarded"] == page.context["forwarded_late"] == 1


def test_a_body_without_an_address_is_served_by_hand_and_the_applicant_reads_the_notice_only(
    cast, boss, reference, clock
):
    appeal = in_state(State.FORWARDED, cast, clock)
    letter = appeal.letters.get(kind="forwarding")
    assert letter.way == LetterWay.HAND
    citizen = AppealLetter.objects.visible_to(cast.scope("citizen"))
    assert [one.kind for one in citizen.filter(appeal=appeal)] in ([], ["forward_notice"])
    services.note_outcome(
        letter_id=letter.pk, outcome="delivered", on=letter.issued_on, reason="", scope=boss, now=clock
    )
    letter.refresh_from_db()
    assert letter.outcome == LetterOutcome.DELIVERED


def test_a_letter_stays_as_it_was_sent(cast, reference, clock):
    in_state(State.ANSWERED, cast, clock)
    for change in ({"body": "Другое"}, {"number": "7"}, {"addressee": "Другой"}, {"head": {"name": "Х"}}):
        with pytest.raises(DatabaseError), transaction.atomic():
            AppealLetter.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        AppealLetter.objects.all().delete()


def test_no_number_twice_in_the_database(cast, reference, clock):
    first, second = (in_state(State.ANSWERED, cast, clock).letters.get() for _ in range(2))
    assert (first.running, second.running) == (1, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        AppealLetter.objects.create(
            **{
                name: getattr(second, name)
                for name in ("appeal", "organization", "year", "sender", "body", "issued_at", "issued_on")
            },
            number="other",
            running=1,
        )


def test_the_sheet_carries_letterhead_number_reference_and_signature(cast, boss, on_paper, clock):
    Letterhead.objects.create(
        organization=cast.insurer,
        name="Страховая компания «Пример»",
        address="Примерск, Главная, 1",
        inn="3900000009",
        signatory="Образцова Н. В.",
        position="Директор филиала",
        valid_from=date(2025, 1, 1),
    )
    services.answer(appeal_id=on_paper.pk, text="Первое.\n\nВторое.", actor=Actor.of(boss), now=clock)
    letter = AppealLetter.objects.select_related("appeal").get()
    pdf = letter_sheet.render([letter])
    assert b"/Lang(ru)" in pdf
    assert b"/StructTreeRoot" in pdf
    words = text_of(pdf)
    for wanted in (
        "«Пример»",
        "ИНН 3900000009",
        letter.number,
        on_paper.number,
        "Образцова",
        ADDRESS,
        "Второе.",
    ):
        assert wanted in words
    # A changed letterhead changes no letter that was sent.
    Letterhead.objects.update(name="Другая")
    assert "«Пример»" in text_of(letter_sheet.render([AppealLetter.objects.select_related("appeal").get()]))


def test_the_applicant_opens_the_letters_to_them_and_no_others(cast, boss, on_paper, clock, client):
    act = {"appeal_id": on_paper.pk, "actor": Actor.of(boss), "now": clock}
    services.ask_clinic(**act, clinic_id=cast.clinic.pk, question="Пришлите выписку")
    services.extend(**act, days=5, reason="Ждём клинику")
    Appeal.objects.filter(pk=on_paper.pk).update(applicant_user=cast.users["citizen"])
    client.force_login(cast.users["citizen"])
    page = client.get(f"/appeals/mine/{on_paper.number}/").content.decode()
    mine = on_paper.letters.get(kind="extension")
    theirs = on_paper.letters.get(kind="clinic_request")
    assert f"/letters/{mine.pk}/" in page
    assert f"/letters/{theirs.pk}/" not in page
    assert client.get(f"/appeals/mine/{on_paper.number}/letters/{mine.pk}/").status_code == 200
    assert client.get(f"/appeals/mine/{on_paper.number}/letters/{theirs.pk}/").status_code == 404
    # The page of verification takes no outcome of what is no answer.
    check = client.get(f"/verify/{mine.secret}/")
    assert check.context["may_dispute"] is False
    client.post(f"/verify/{mine.secret}/", {"outcome": "dispute", "reason": "Нет"})
    on_paper.refresh_from_db()
    assert on_paper.state == State.AWAITING_CLINIC


def test_a_batch_goes_from_the_printer_to_the_post_and_a_letter_comes_back(cast, boss, on_paper, clock):
    act = {"appeal_id": on_paper.pk, "actor": Actor.of(boss), "now": clock}
    services.inform_applicant(**act, text="Запросили документы")
    services.answer(**act, text="Ответ")
    desk = at_desk(cast.users["supervisor"])
    office = {"office": cast.insurer.pk, "registered_mail": "on"}
    where = desk.post("/staff/letters/batches/", office).headers["Location"]
    batch = PrintBatch.objects.get()
    assert (batch.size, batch.registered_mail) == (2, True)
    assert desk.post("/staff/letters/batches/", office).headers["Location"] == "/staff/letters/batches/"
    pdf = desk.get(f"{where}pdf/").content
    words = text_of(pdf)
    assert "Запросили документы" in words
    assert "Ответ" in words
    book = CalamineWorkbook.from_filelike(io.BytesIO(desk.get(f"{where}list/").content))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[-1][2] == ADDRESS
    letter = AppealLetter.objects.filter(kind="answer").get()
    early = desk.post(f"/staff/letters/{letter.pk}/outcome/", {"outcome": "returned", "on": "2026-06-02"})
    assert early.status_code == 422
    today = letter.issued_on.isoformat()
    assert desk.post(f"{where}posted/", {"on": today}).status_code == 302
    batch.refresh_from_db()
    assert batch.posted_on is None, "what is not printed is not posted"
    desk.post(f"{where}printed/")
    desk.post(f"{where}dissolve/")
    assert PrintBatch.objects.exists(), "what is printed is not dissolved"
    assert desk.post(f"{where}posted/", {"on": "2020-01-01"}).status_code == 422
    desk.post(f"{where}posted/", {"on": today})
    back = {"outcome": "returned", "on": today}
    assert desk.post(f"/staff/letters/{letter.pk}/outcome/", back).status_code == 422
    desk.post(f"/staff/letters/{letter.pk}/outcome/", {**back, "reason": "gone"})
    letter.refresh_from_db()
    assert letter.return_reason == "gone"
    assert letter.number in desk.get("/staff/letters/?tab=returned").content.decode()
    assert AccessRecord.objects.filter(subject="printed_letters").exists()
    # Another office's batch is not there for anybody else.
    assert at_desk(cast.users["foreign_supervisor"]).get(where).status_code == 404
    with pytest.raises(AppealNotFound):
        services.batch_printed(batch_id=batch.pk, scope=cast.scope("case_worker"), now=clock)


def test_a_dissolved_batch_gives_its_letters_back(boss, on_paper, clock, cast):
    services.inform_applicant(appeal_id=on_paper.pk, text="Ждите", actor=Actor.of(boss), now=clock)
    batch = services.form_batch(organization_id=cast.insurer.pk, registered_mail=False, scope=boss, now=clock)
    assert batch is not None
    services.dissolve_batch(batch_id=batch.pk, scope=boss)
    again = services.form_batch(organization_id=cast.insurer.pk, registered_mail=False, scope=boss, now=clock)
    assert again is not None
    assert again.size == 1
    with pytest.raises(InvalidInput):
        services.note_outcome(
            letter_id=AppealLetter.objects.get().pk,
            outcome="delivered",
            on=clock.date(),
            reason="",
            scope=boss,
            now=clock,
        )


def test_the_register_finds_filters_and_asks_the_same_number_of_questions(cast, boss, reference, clock):
    appeal = in_state(State.ANSWERED, cast, clock)
    desk = at_desk(cast.users["supervisor"])
    desk.get("/staff/letters/")
    few = len(list(queries(desk, "/staff/letters/")))
    for _ in range(3):
        in_state(State.ANSWERED, cast, clock)
    assert len(list(queries(desk, "/staff/letters/"))) == few <= 10
    found = desk.post("/staff/letters/find/", {"q": "ёлк"})
    assert len(found.context["rows"]) == 4
    assert desk.post("/staff/letters/find/", {"q": "ё"}).status_code == 422
    one = desk.get("/staff/letters/", {"number": appeal.number}).context["rows"]
    assert [row.letter.appeal_id for row in one] == [appeal.pk]
    assert desk.get("/staff/letters/", {"kind": "decline"}).context["rows"] == []
    assert desk.get("/staff/letters/", {"since": "когда-то"}).status_code == 200
    letter = appeal.letters.get()
    assert letter.number in desk.get(f"/staff/cases/{appeal.number}/").content.decode()
    assert desk.get(f"/staff/letters/{letter.pk}/pdf/").headers["Content-Type"] == "application/pdf"


def test_a_head_changes_the_letterhead_from_today(cast, boss, reference, clock):
    desk = at_desk(cast.users["supervisor"])
    head = {"name": "СК «Новая»", "address": "Примерск, 1", "inn": "3900000007"}
    assert desk.post("/staff/letters/head/", head).status_code == 422, "a wrong check digit"
    head["inn"] = "3900000009"
    Letterhead.objects.create(
        organization=cast.insurer, name="Старая", address="Примерск", valid_from=date(2025, 1, 1)
    )
    for name in ("СК «Новая»", "СК «Новейшая»"):
        assert desk.post("/staff/letters/head/", {**head, "name": name}).status_code == 302
    old, new = Letterhead.objects.order_by("valid_from")
    assert (old.name, new.name) == ("Старая", "СК «Новейшая»")
    assert old.valid_to == new.valid_from - timedelta(days=1)
    assert at_desk(cast.users["case_worker"]).get("/staff/letters/head/").status_code == 404
    with pytest.raises(ValidationError):
        Letterhead(
            organization=cast.insurer, name="Х", address="Х", ogrn="1" * 13, valid_from=date(2027, 1, 1)
        ).full_clean()


def test_a_clinic_is_told_by_mail_where_somebody_reads_it_and_on_paper_elsewhere(cast, boss, on_paper, clock):
    act = {"appeal_id": on_paper.pk, "actor": Actor.of(boss), "now": clock}
    services.ask_clinic(**act, clinic_id=cast.clinic.pk, question="Пришлите выписку")
    told = Message.objects.filter(event="clinic_asked")
    assert {row.email for row in told} == {cast.users["clinic_staff"].email}
    assert "выписку" not in str(told.get().payload)
    assert on_paper.letters.get(kind="clinic_request").way == LetterWay.PAGE
    silent = Clinic.objects.create(
        region_id="39", mo_code="390977", name="Молчит", short_name="Молчит", address="Примерск, 2"
    )
    services.resume(**act, reason="Дальше")
    services.ask_clinic(**act, clinic_id=silent.pk, question="И вы пришлите")
    assert on_paper.letters.get(addressee="Молчит").way == LetterWay.POST
    assert told.count() == 1
