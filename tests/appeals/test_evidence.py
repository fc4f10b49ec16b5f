"""Requests to clinics and expertises: asked, answered, sealed."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from appeals import services
from appeals.actors import Actor
from appeals.desk.evidence import roubles
from appeals.desk.forms_evidence import KopecksField
from appeals.errors import AppealError, AppealNotFound, IllegalAction, InvalidInput
from appeals.lifecycle import State
from appeals.models import Attachment, ClinicRequest, Expertise
from registry.models import AccessRecord
from tests.appeals.desk import at_desk, in_state, order
from tests.factories import ClinicFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock", "_files")]


@pytest.fixture
def _files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


def paper(name="выписка.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7\n", content_type="application/pdf")


def outcome(**changes):
    values = {"act_number": "12/Э", "act_on": date(2026, 6, 2), "conclusion": "Диагноз поставлен поздно"}
    return services.Outcome(**{**values, **changes})


def page(appeal, action=""):
    return reverse("staff_act", args=[appeal.number, action]) if action else reverse(
        "staff_case", args=[appeal.number]
    )  # fmt: skip


def test_a_clinic_reads_its_request_and_replies_with_documents(cast, now):
    appeal = in_state(State.AWAITING_CLINIC, cast, now)
    asked = ClinicRequest.objects.get()
    assert asked.due_on == date(2026, 6, 17)  # ten working days with a holiday among them
    client = at_desk(cast.users["clinic_staff"])
    listed = client.get(reverse("clinic_requests"))
    assert "Пришлите выписку" in listed.content.decode()
    address = reverse("clinic_request", args=[asked.key])
    html = client.get(address).content.decode()
    assert cast.maria.full_name in html or appeal.applicant_name in html
    assert appeal.text not in html
    assert appeal.applicant_email not in html
    asked.refresh_from_db()
    assert asked.seen_at == now
    assert AccessRecord.objects.filter(page=address, user_id=cast.users["clinic_staff"].pk).exists()
    sent = client.post(address, {"reply": "Выписка приложена", "papers": [paper()], "medical": "on"})
    assert sent.url == reverse("clinic_requests")
    appeal.refresh_from_db()
    asked.refresh_from_db()
    assert (appeal.state, asked.reply, asked.by_clinic) == (State.IN_PROGRESS, "Выписка приложена", True)
    kept = Attachment.objects.get()
    assert (kept.medical, kept.sealed, kept.clinic_request_id, kept.appeal_id) == (
        True,
        False,
        asked.pk,
        appeal.pk,
    )
    assert not client.get(reverse("clinic_requests")).context["page"]
    assert "Выписка приложена" in client.get(address).content.decode()


def test_other_clinics_and_roles_find_no_request(cast, now):
    in_state(State.AWAITING_CLINIC, cast, now)
    address = reverse("clinic_request", args=[ClinicRequest.objects.get().key])
    for name in ("foreign_clinic_staff", "operator", "supervisor", "citizen", "fund_admin", "nobody"):
        client = at_desk(cast.users[name])
        assert client.get(address).status_code == 404, name
        assert client.post(address, {"reply": "Чужой ответ"}).status_code == 404, name
    other = at_desk(cast.users["foreign_clinic_staff"])
    assert not other.get(reverse("clinic_requests")).context["page"]
    assert ClinicRequest.objects.unanswered().count() == 1
    clinic = cast.scope("clinic_staff")
    with pytest.raises(AppealNotFound):
        services.clinic_replied(
            appeal_id=ClinicRequest.objects.get().appeal_id + 1,
            request_id=ClinicRequest.objects.get().pk,
            reply="Не туда",
            actor=Actor.of(clinic),
            now=now,
        )


def test_a_clinic_can_do_nothing_else_to_the_appeal(cast, now):
    appeal = in_state(State.AWAITING_CLINIC, cast, now)
    clinic = Actor.clinic(cast.scope("clinic_staff"), appeal.pk)
    with pytest.raises(IllegalAction) as refused:
        services.answer(appeal_id=appeal.pk, text="Ответ", actor=clinic, now=now)
    assert [str(one) for one in refused.value.possible] == ["clinic_replied"]
    assert at_desk(cast.users["clinic_staff"]).get(page(appeal)).status_code == 404


def test_of_two_replies_the_second_keeps_its_text(cast, now):
    appeal = in_state(State.AWAITING_CLINIC, cast, now)
    asked = ClinicRequest.objects.get()
    boss = Actor.of(cast.scope("supervisor"))
    services.clinic_replied(
        appeal_id=appeal.pk, request_id=asked.pk, reply="Пришло письмом", actor=boss, now=now
    )
    client = at_desk(cast.users["clinic_staff"])
    response = client.post(reverse("clinic_request", args=[asked.key]), {"reply": "Долго писали это"})
    assert response.status_code == 409
    assert "Долго писали это" in response.content.decode()
    asked.refresh_from_db()
    assert (asked.reply, asked.by_clinic) == ("Пришло письмом", False)


def test_a_late_reply_is_kept_and_ends_no_other_wait(cast, now):
    appeal = in_state(State.AWAITING_CLINIC, cast, now)
    boss = Actor.of(cast.scope("supervisor"))
    services.resume(appeal_id=appeal.pk, reason="Не дождались", actor=boss, now=now)
    services.ask_applicant(appeal_id=appeal.pk, question="Когда?", actor=boss, now=now)
    asked = ClinicRequest.objects.get()
    clinic = Actor.clinic(cast.scope("clinic_staff"), appeal.pk)
    late = services.clinic_replied(
        appeal_id=appeal.pk, request_id=asked.pk, reply="Вот", actor=clinic, now=now + timedelta(days=30)
    )
    assert late.state == State.AWAITING_APPLICANT
    assert late.events.last().data["late"] is True


@pytest.mark.parametrize("wrong", ["foreign", "closed", "again", "past"])
def test_what_cannot_be_asked_is_refused_by_field(cast, now, wrong):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    boss = Actor.of(cast.scope("supervisor"))
    clinic, due_on = cast.clinic, None
    if wrong == "foreign":
        clinic = cast.outsider.clinic
    if wrong == "closed":
        clinic = ClinicFactory(region=cast.clinic.region, closed_on=date(2026, 1, 1))
    if wrong == "past":
        due_on = date(2026, 6, 1)
    ask = {"appeal_id": appeal.pk, "clinic_id": clinic.pk, "question": "Пришлите", "actor": boss, "now": now}
    if wrong == "again":
        services.ask_clinic(**ask)
        services.resume(appeal_id=appeal.pk, reason="Не дождались", actor=boss, now=now)
    with pytest.raises(InvalidInput) as refused:
        services.ask_clinic(**ask, due_on=due_on)
    assert set(refused.value.fields) == {"due_on" if wrong == "past" else "clinic"}


def test_the_staff_asks_and_records_on_the_case_page(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    client = at_desk(cast.users["case_worker"])
    assert cast.clinic.short_name in client.get(page(appeal, "ask_clinic")).content.decode()
    said = {"version": appeal.version, "clinic": "999999 Нет такой", "question": "Пришлите журнал"}
    refused = client.post(page(appeal, "ask_clinic"), said)
    assert refused.status_code == 422
    assert set(refused.context["case"]["form"].errors) == {"clinic"}
    said["clinic"] = f"{cast.clinic.mo_code} {cast.clinic.short_name}"
    assert client.post(page(appeal, "ask_clinic"), said).status_code == 302
    html = client.get(page(appeal)).content.decode()
    assert "Пришлите журнал" in html
    assert "ещё не открыт" in html
    appeal.refresh_from_db()
    reply = {
        "version": appeal.version,
        "request_id": ClinicRequest.objects.get().pk,
        "reply": "По почте пришло",
    }
    sent = client.post(page(appeal, "clinic_replied"), {**reply, "papers": [paper("журнал.pdf")]})
    assert sent.status_code == 302
    # Not marked medical: level 2 may open it.
    assert Attachment.objects.get().medical is False
    assert "журнал.pdf" in client.get(page(appeal)).content.decode()


def test_an_expertise_is_ordered_recorded_and_sealed(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now, level=3)
    expert = at_desk(cast.users["expert"])
    said = {
        "version": appeal.version,
        "kind": "ekmp",
        "clinic": cast.clinic.mo_code,
        "period_from": "2026-05-01",
        "period_to": "2026-05-20",
        "task": "Сроки обследования",
        "expert": "Образцов П. П.",
    }
    backwards = expert.post(page(appeal, "order_expertise"), {**said, "period_to": "2026-04-01"})
    assert (backwards.status_code, set(backwards.context["case"]["form"].errors)) == (422, {"period_to"})
    assert expert.post(page(appeal, "order_expertise"), said).status_code == 302
    appeal.refresh_from_db()
    act = {
        "version": appeal.version,
        "act_number": "12/Э",
        "act_on": "02.06.2026",
        "conclusion": "Диагноз поставлен поздно",
        "violations": ["3.1"],
        "unpaid": "1 234,56",
        "fine": "",
        "refund": "500",
        "validity": "justified",
    }
    silly = expert.post(page(appeal, "expertise_received"), {**act, "fine": "-5"})
    assert (silly.status_code, set(silly.context["case"]["form"].errors)) == (422, {"fine"})
    assert (
        expert.post(page(appeal, "expertise_received"), {**act, "papers": [paper("акт.pdf")]}).status_code
        == 302
    )
    done = Expertise.objects.get()
    assert (done.unpaid, done.fine, done.refund, done.found_violations) == (123_456, 0, 50_000, True)
    assert [code.code for code in done.violations.all()] == ["3.1"]
    appeal.refresh_from_db()
    assert (appeal.state, appeal.validity) == (State.IN_PROGRESS, "justified")
    html = expert.get(page(appeal)).content.decode()
    for shown in ("Диагноз поставлен поздно", "акт.pdf", roubles(123_456), "3.1"):
        assert shown in html, shown
    # The head of the insurer sees that there was one, and nothing of what it says.
    other = at_desk(cast.users["supervisor"]).get(page(appeal)).content.decode()
    for hidden in ("Диагноз поставлен поздно", "акт.pdf", "Образцов П. П.", roubles(123_456)):
        assert hidden not in other, hidden
    act_paper = Attachment.objects.get()
    act_paper.verdict = "clean"
    act_paper.save()
    address = reverse("staff_file", args=[act_paper.key])
    assert at_desk(cast.users["supervisor"]).get(address).status_code == 404
    opened = expert.post(address, {"reason": "Готовлю ответ"})
    assert b"".join(opened.streaming_content) == b"%PDF-1.7\n"
    assert AccessRecord.objects.get(page=address).reason == "Готовлю ответ"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"act_on": date(2026, 6, 3)}, "act_on"),
        ({"act_on": date(2026, 5, 1)}, "act_on"),
        ({"unpaid": 100}, "violations"),
        ({"refund": -1}, "unpaid"),
        ({"violations": ["99.9"]}, "violations"),
    ],
)
def test_an_act_that_cannot_be_is_refused_by_field(cast, now, changes, field):
    appeal = in_state(State.AWAITING_EXPERTISE, cast, now, level=3)
    expert = Actor.of(cast.scope("expert"))
    with pytest.raises(InvalidInput) as refused:
        services.record_expertise(appeal_id=appeal.pk, outcome=outcome(**changes), actor=expert, now=now)
    assert set(refused.value.fields) == {field}
    appeal.refresh_from_db()
    assert appeal.state == State.AWAITING_EXPERTISE


def test_only_level_3_orders_and_only_once(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now, level=3)
    with pytest.raises(IllegalAction):
        services.order_expertise(
            appeal_id=appeal.pk, order=order(cast), actor=Actor.of(cast.scope("supervisor")), now=now
        )
    expert = Actor.of(cast.scope("expert"))
    services.order_expertise(appeal_id=appeal.pk, order=order(cast), actor=expert, now=now)
    services.resume(appeal_id=appeal.pk, reason="Акт задержан", actor=expert, now=now)
    with pytest.raises(InvalidInput):
        services.order_expertise(appeal_id=appeal.pk, order=order(cast), actor=expert, now=now)
    with pytest.raises(AppealError):
        services.record_expertise(
            appeal_id=appeal.pk, outcome=outcome(), actor=Actor.of(cast.scope("case_worker")), now=now
        )


@pytest.mark.parametrize(
    "change", [{"act_number": "1"}, {"received_at": "2026-06-02T10:00Z"}, {"fine": 5}, {"task": ""}]
)
def test_the_database_refuses_half_an_act(cast, now, change):
    in_state(State.AWAITING_EXPERTISE, cast, now, level=3)
    if "act_number" in change:
        change = {"conclusion": "Без номера"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Expertise.objects.update(**change)


@pytest.mark.parametrize(
    "change", [{"reply": "Без даты"}, {"answered_at": "2026-06-02T10:00Z"}, {"question": ""}]
)
def test_the_database_refuses_half_a_reply(cast, now, change):
    in_state(State.AWAITING_CLINIC, cast, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClinicRequest.objects.update(**change)


@pytest.mark.parametrize(
    ("typed", "kopecks"),
    [("", 0), ("1 234,56", 123_456), ("1\u00a0000", 100_000), ("0.5", 50), ("12 ₽", 1200), ("007", 700)],
)
def test_sums_are_read_as_people_type_them(typed, kopecks):
    assert KopecksField().clean(typed) == kopecks


@pytest.mark.parametrize("typed", ["-1", "1,234", "NaN", "Infinity", "десять", "1e20", "1,2,3"])
def test_what_is_no_sum_is_refused(typed):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        KopecksField().clean(typed)
