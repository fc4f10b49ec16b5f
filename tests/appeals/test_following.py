"""What an applicant can still do, by code and in the cabinet; the lost code; relatives who follow along."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from appeals import codes, services, tasks, tracking
from appeals.errors import TryLater, WrongPair
from appeals.lifecycle import State
from appeals.models import Appeal, AppealFollower, Attachment, ScanVerdict
from notifications.models import Message
from tests.appeals.citizen import errors
from tests.appeals.desk import in_state, paper_of, queries
from tests.appeals.factories import about, filed, representative
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
CODE = "A" * 13
TRACK, STATUS, LOST = "/appeals/track/", "/appeals/track/status/", "/appeals/track/lost/"


def with_code(appeal: Appeal) -> Client:
    """A browser that opened the appeal by number and code."""
    Appeal.objects.filter(pk=appeal.pk).update(access_code_hash=codes.hash_code(CODE))
    appeal.refresh_from_db()
    client = Client()
    assert client.post(TRACK, {"number": appeal.number, "code": CODE}).url == STATUS
    return client


def signed_in(cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.users[name])
    return client


@pytest.fixture
def worked(cast, reference, clock) -> Appeal:
    return in_state(State.IN_PROGRESS, cast, clock)


@pytest.fixture
def answered(cast, reference, clock) -> Appeal:
    return in_state(State.ANSWERED, cast, clock)


def test_the_page_names_who_has_it_with_a_phone_and_why_and_by_when(worked, cast):
    worker = representative(cast, "case_worker", 2, phone="+78002006068", middle_name="Петровна")
    Appeal.objects.update(assignee=worker)
    page = with_code(worked).get(STATUS).content.decode().replace("\u00a0", " ")
    assert "Ирина Петровна Сидорова" in page
    assert "8 800 200-60-68" in page
    assert "Почему здесь?" in page
    assert "59-ФЗ" in page


def test_an_answered_appeal_names_no_worker_any_more(answered, cast):
    Appeal.objects.update(assignee=representative(cast, "case_worker", 2))
    page = with_code(answered).get(STATUS).content.decode()
    assert "Ваш страховой представитель" not in page


@pytest.mark.parametrize("door", ["code", "account"])
def test_withdrawing_asks_first_and_ends_the_work(worked, cast, door):
    client = with_code(worked) if door == "code" else signed_in(cast, "citizen")
    base = "/appeals/track/" if door == "code" else f"/appeals/mine/{worked.number}/"
    assert "Отозвать обращение?" in client.get(f"{base}withdraw/").content.decode()
    response = client.post(f"{base}withdraw/", {"reason": ""}, follow=True)
    worked.refresh_from_db()
    assert worked.state == State.WITHDRAWN
    assert "отозвано" in response.content.decode()
    assert client.post(f"{base}withdraw/", {"reason": ""}).status_code == 302  # once is enough


@pytest.mark.parametrize("door", ["code", "account"])
def test_objecting_opens_the_appeal_again(answered, cast, door):
    client = with_code(answered) if door == "code" else signed_in(cast, "citizen")
    base = "/appeals/track/" if door == "code" else f"/appeals/mine/{answered.number}/"
    empty = client.post(f"{base}disagree/", {"way": "again", "reason": ""})
    assert empty.status_code == 422
    assert errors(empty)
    client.post(f"{base}disagree/", {"way": "again", "reason": "Так и не записали"})
    answered.refresh_from_db()
    assert answered.state == State.IN_PROGRESS
    assert answered.events.last().public_text == "Так и не записали"


def test_passing_on_to_the_fund_files_one_complaint_however_often_pressed(answered, cast):
    client = with_code(answered)
    asked = {"way": "fund", "reason": "Страховая не разобралась"}
    first = client.post("/appeals/track/disagree/", asked).content.decode()
    second = client.post("/appeals/track/disagree/", asked).content.decode()
    complaint = Appeal.objects.exclude(pk=answered.pk).get()
    assert complaint.received_by == cast.fund
    assert complaint.about_insurer
    assert answered.number in complaint.text
    assert "Страховая не разобралась" in complaint.text
    assert (complaint.applicant_name, complaint.concerned_person_id) == (
        answered.applicant_name,
        answered.concerned_person_id,
    )
    shown = re.findall(r'class="reference">([^<]+)<', first)
    assert shown == re.findall(r'class="reference">([^<]+)<', second)
    assert codes.matches(shown[1], complaint.access_code_hash)
    routed = services.route_appeal(appeal_id=complaint.pk, now=complaint.registered_at)
    assert routed.organization == cast.fund
    assert routed.copy_to_supervisor


def test_whoever_waits_in_vain_is_told_so_and_can_turn_to_the_fund_while_the_work_goes_on(
    worked, cast, clock, monkeypatch
):
    client = with_code(worked)
    assert "Мы опаздываем" not in client.get(STATUS).content.decode()
    later = worked.due_at + timedelta(hours=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    client = with_code(worked)
    page = client.get(STATUS).content.decode()
    assert "мы опаздываем" in page
    assert "Ответим до" not in page
    form = client.get("/appeals/track/disagree/").content.decode()
    assert "Ответа нет в срок" in form
    for _ in range(2):
        client.post("/appeals/track/disagree/", {"way": "fund", "reason": "Никто не звонил"})
    complaint = Appeal.objects.exclude(pk=worked.pk).get()
    assert complaint.received_by.is_fund
    assert f"почему в срок не дан ответ на обращение {worked.number}" in complaint.text
    worked.refresh_from_db()
    assert worked.state == State.IN_PROGRESS


def test_the_own_files_and_ours_open_for_the_applicant_alone(worked, cast, clock, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    sent, sealed = (
        paper_of(worked, clock, name="онколог.pdf"),
        paper_of(worked, clock, name="акт.pdf", sealed=True),
    )
    other = paper_of(in_state(State.IN_PROGRESS, cast, clock), clock, name="чужой.pdf")
    client = with_code(worked)
    page = client.get(STATUS).content.decode()
    # A name can tell a diagnosis to whoever looks over the shoulder.
    assert "Файл 1, PDF" in page
    assert "онколог" not in page
    own = signed_in(cast, "citizen").get(f"/appeals/mine/{worked.number}/").content.decode()
    assert "онколог.pdf" in own
    assert "акт.pdf" not in own
    download = client.get(f"/appeals/track/files/{sent.key}/")
    assert download["Content-Disposition"].startswith("attachment")
    assert "sandbox" in download["Content-Security-Policy"]
    assert b"".join(download.streaming_content).startswith(b"%PDF")
    for key in (sealed.key, other.key):
        assert client.get(f"/appeals/track/files/{key}/").status_code == 404
        assert (
            signed_in(cast, "citizen").get(f"/appeals/mine/{worked.number}/files/{key}/").status_code == 404
        )
    assert Client().get(f"/appeals/track/files/{sent.key}/").status_code == 302
    Attachment.objects.filter(pk=sent.pk).update(verdict=ScanVerdict.PENDING)
    assert client.get(f"/appeals/track/files/{sent.key}/").status_code == 404


def test_after_thirty_days_only_the_fund_is_left(answered, clock, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock + timedelta(days=31))
    client = with_code(answered)
    page = client.get("/appeals/track/disagree/").content.decode()
    assert 'value="again"' not in page
    assert 'value="fund"' in page
    assert client.post("/appeals/track/disagree/", {"way": "again", "reason": "?"}).status_code == 422


def test_others_and_strangers_do_nothing_with_it(answered, cast):
    for name in ("withdraw", "disagree", "relatives", "letter"):
        assert Client().post(f"/appeals/track/{name}/").status_code == 302
        assert signed_in(cast, "nobody").post(f"/appeals/mine/{answered.number}/{name}/").status_code == 404
        # Staff act in their own pages, not as the citizen.
        assert signed_in(cast, "expert").post(f"/appeals/mine/{answered.number}/{name}/").status_code == 404


# A lost code -----------------------------------------------------------------------------------------------


@pytest.fixture
def worker(monkeypatch):
    """Hints are carried out at once, and remembered."""
    given = []

    def send(task, *, kwargs, **_):
        given.append(task)
        if task == "appeals.new_code":
            tasks.new_code(**kwargs)

    monkeypatch.setattr("appeals.hints.current_app.send_task", send)
    return given


def ask(number: str, contact: str, commit) -> str:
    with commit(execute=True):
        response = Client().post(LOST, {"number": number, "contact": contact})
    assert response.status_code == 200
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())


def test_a_new_code_goes_to_the_contact_on_record_and_ends_the_old_one(
    worked, worker, django_capture_on_commit_callbacks
):
    old = with_code(worked)
    ask(worked.number.replace("-", " "), " MARIA@example.org", django_capture_on_commit_callbacks)
    message = Message.objects.get(event="access_code_new")
    assert message.email == "maria@example.org"
    assert old.get(STATUS).status_code == 302
    fresh = Client().post(TRACK, {"number": worked.number, "code": message.payload["code"]})
    assert fresh.url == STATUS


def test_the_page_is_no_oracle(worked, worker, django_capture_on_commit_callbacks):
    pairs = [
        (worked.number, "maria@example.org"),
        (worked.number, "wrong@example.org"),
        ("39-2026-7777777-3", "maria@example.org"),
        ("чепуха", "+7 900 000-00-01"),
    ]
    assert len({ask(*pair, django_capture_on_commit_callbacks) for pair in pairs}) == 1
    assert worker.count("appeals.new_code") == len(pairs)
    assert Message.objects.filter(event="access_code_new").count() == 1


def test_nobody_is_flooded_with_codes(worked, worker, django_capture_on_commit_callbacks):
    for _again in range(5):
        ask(worked.number, "maria@example.org", django_capture_on_commit_callbacks)
    assert Message.objects.filter(event="access_code_new").count() == 3


def test_a_contact_that_is_none_is_put_right():
    response = Client().post(LOST, {"number": "39-2026-0000001-9", "contact": "мой телефон"})
    assert response.status_code == 422
    assert "ни адрес" in response.content.decode() or errors(response)


# Relatives -------------------------------------------------------------------------------------------------


def allow(client: Client, **changes):
    given = {"name": "Дочь Анна", "email": "anna@example.org", "phone": "", "agree": "on", **changes}
    return client.post("/appeals/track/relatives/", given)


def test_a_relative_reads_along_by_a_code_of_their_own_and_both_are_told(worked):
    allow(with_code(worked))
    sent = Message.objects.get(event="follower_allowed")
    assert sent.email == "anna@example.org"
    assert Message.objects.get(event="follower_added").email == worked.applicant_email
    anna = Client()
    assert anna.post(TRACK, {"number": worked.number, "code": sent.payload["code"]}).url == STATUS
    page = anna.get(STATUS).content.decode()
    assert "Заявитель разрешил вам следить" in page
    for action in ("withdraw", "disagree", "relatives", "letter"):
        assert anna.post(f"/appeals/track/{action}/").status_code == 302
        assert f"/appeals/track/{action}/" not in page
    worked.refresh_from_db()
    assert worked.state == State.IN_PROGRESS


def test_the_access_ends_at_once_and_both_are_told(worked):
    client = with_code(worked)
    allow(client)
    code = Message.objects.get(event="follower_allowed").payload["code"]
    anna = Client()
    anna.post(TRACK, {"number": worked.number, "code": code})
    client.post("/appeals/track/relatives/", {"revoke": AppealFollower.objects.get().pk})
    assert anna.get(STATUS).status_code == 302
    assert anna.post(TRACK, {"number": worked.number, "code": code}).status_code == 200
    assert Message.objects.filter(event__in=["follower_ended", "follower_removed"]).count() == 2


def test_without_agreement_contact_or_room_nobody_is_let_in(worked):
    client = with_code(worked)
    assert allow(client, agree="").status_code == 422
    assert allow(client, email="").status_code == 422
    for n in range(4):
        allow(client, email=f"r{n}@example.org")
    assert AppealFollower.objects.count() == 3
    allow(client, email="r1@example.org")
    assert AppealFollower.objects.count() == 3


def test_a_follower_of_another_appeal_is_not_ended_by_us(worked, cast, clock):
    allow(with_code(worked))
    other = filed(about(cast), clock)
    with_code(other).post("/appeals/track/relatives/", {"revoke": AppealFollower.objects.get().pk})
    assert AppealFollower.objects.get().revoked_at is None


def test_hidden_and_hostile_names_are_shown_as_text(worked):
    client = with_code(worked)
    allow(client, name="<b>Анна</b>\u202e\u200b")
    page = client.get("/appeals/track/relatives/").content.decode()
    assert "&lt;b&gt;Анна&lt;/b&gt;" in page
    assert "\u202e" not in page


# Guessing --------------------------------------------------------------------------------------------------


def test_a_thousand_guesses_from_as_many_addresses_open_nothing(worked):
    """The right code among them comes too late: the number itself is closed for a while."""
    with_code(worked)
    outcomes = []
    for n in range(1000):
        code = CODE if n == 500 else f"{n:013}"
        try:
            tracking.opened(number=worked.number, code=code, address=f"10.0.{n // 250}.{n % 250}")
            outcomes.append("opened")
        except WrongPair:
            outcomes.append("wrong")
        except TryLater:
            outcomes.append("later")
    assert "opened" not in outcomes
    assert outcomes.count("wrong") <= 10


def test_pages_are_cheap(answered, cast, clock):
    client = with_code(answered)
    for page in (STATUS, "/appeals/track/disagree/", "/appeals/track/relatives/"):
        assert len(list(queries(client, page))) <= 8
    before = len(list(queries(client, STATUS)))
    for number in range(5):
        paper_of(answered, clock, name=f"{number}.pdf")
    assert len(list(queries(client, STATUS))) == before


def test_the_cabinet_opens_only_the_own_ones(answered, cast):
    own = signed_in(cast, "citizen").get(f"/appeals/mine/{answered.number}/")
    assert own.status_code == 200
    assert "30 минут" not in own.content.decode()
    stranger = Client()
    stranger.force_login(UserFactory())
    assert stranger.get(f"/appeals/mine/{answered.number}/").status_code == 404
