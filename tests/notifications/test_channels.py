"""Real SMTP, real HTTP, real files: the demo's own sinks on this machine."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.core.files.storage import FileSystemStorage

from notifications import dispatch, sweep
from notifications.channels import senders
from notifications.channels.base import CannotTell, Outcome, Outgoing
from notifications.channels.email import EmailSender
from notifications.channels.post import PostSender
from notifications.channels.sms import SmsSender
from notifications.letters import Letter, render_letter
from notifications.models import Message
from notifications.states import State
from omsportal.demo import inbox
from omsportal.demo.sinks import MailFolder
from omsportal.demo.sms_gateway import Behaviour, Gateway
from tests.notifications.factories import Clock, person_who_agreed, send_later


def outgoing(now, **changes) -> Outgoing:
    given = {
        "reference": uuid4(),
        "to": "+79001234567",
        "name": "Мария Петровна",
        "sender": "СК «Образец»",
        "subject": "Ответ на обращение готов",
        "body": "Здравствуйте!\n\nОтвет готов: https://oms.example.ru/a?b=1&c=2",
        "language": "ru",
        "written_at": now,
    }
    return Outgoing(**{**given, **changes})


class Post(MailFolder):
    """The demo's mail folder that may first answer something else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.connections = 0
        self.refusals: dict[str, str] = {}
        self.break_off = False

    async def handle_HELO(self, server, session, envelope, hostname):
        self.connections += 1
        session.host_name = hostname
        return "250 here"

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = await super().handle_DATA(server, session, envelope)
        if self.break_off:
            server.transport.abort()  # taken, but the sender will never hear of it
        return answer


class AnyPort(Controller):
    """On a free port: the base class would try its own server at port 0."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post_office(tmp_path: Path, settings) -> Iterator[Post]:
    folder = tmp_path / "mail"
    folder.mkdir()
    handler = Post(folder)
    controller = AnyPort(handler, hostname="127.0.0.1", port=0, ready_timeout=10)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield handler
    controller.stop()


def mails(tmp_path: Path) -> list:
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((tmp_path / "mail").glob("*.eml"))
    ]


def test_mails_of_a_batch_share_one_connection(post_office: Post, tmp_path: Path, now) -> None:
    batch = [outgoing(now, to=f"person{number}@example.org") for number in range(3)]
    assert [result.outcome for result in EmailSender().send(batch)] == [Outcome.SENT] * 3
    assert post_office.connections == 1
    mail = mails(tmp_path)[0]
    assert mail["Subject"].strip() == "Ответ на обращение готов"
    assert str(batch[0].reference) in mail["Message-ID"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    text = mail.get_body(("plain",)).get_content()
    assert "https://oms.example.ru/a?b=1&c=2" in text
    html = mail.get_body(("html",)).get_content()
    assert '<html lang="ru">' in html
    assert '<a href="https://oms.example.ru/a?b=1&amp;c=2"' in html


def test_what_people_typed_is_text_in_the_html_twin(post_office: Post, tmp_path: Path, now) -> None:
    EmailSender().send([outgoing(now, to="a@example.org", body="<script>alert(1)</script>")])
    assert "&lt;script&gt;" in mails(tmp_path)[0].get_body(("html",)).get_content()


def test_an_invitation_can_be_refused_with_one_click(post_office: Post, tmp_path: Path, now) -> None:
    link = "https://oms.example.ru/unsubscribe/t/"
    EmailSender().send([outgoing(now, to="a@example.org", unsubscribe=link)])
    mail = mails(tmp_path)[0]
    assert mail["List-Unsubscribe"] == f"<{link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in mail.get_body(("plain",)).get_content()


def test_one_refused_address_does_not_hold_up_the_others(post_office: Post, tmp_path: Path, now) -> None:
    post_office.refusals = {"gone@example.org": "550 no such box", "full@example.org": "452 box is full"}
    batch = [outgoing(now, to=to) for to in ("gone@example.org", "full@example.org", "here@example.org")]
    results = EmailSender().send(batch)
    assert [(result.outcome, result.code) for result in results] == [
        (Outcome.REFUSED, "smtp_550"),
        (Outcome.NOT_NOW, "smtp_452"),
        (Outcome.SENT, ""),
    ]
    assert len(mails(tmp_path)) == 1


def test_a_dialogue_that_breaks_after_the_text_is_unknown_and_the_next_begins_anew(
    post_office: Post, tmp_path: Path, now
) -> None:
    post_office.break_off = True
    first = EmailSender().send([outgoing(now, to="a@example.org"), outgoing(now, to="b@example.org")])
    assert [result.outcome for result in first] == [Outcome.UNKNOWN] * 2
    assert post_office.connections == 2


def test_no_mail_server_means_not_now(settings, now) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    (result,) = EmailSender().send([outgoing(now, to="a@example.org")])
    assert (result.outcome, result.code) == (Outcome.NOT_NOW, "smtp_unreachable")


def test_an_address_with_a_line_break_is_refused(post_office: Post, now) -> None:
    (result,) = EmailSender().send([outgoing(now, to="a@example.org\nBcc: b@example.org")])
    assert result.outcome is Outcome.REFUSED


def sms_sender() -> SmsSender:
    found = senders()["sms"]
    assert isinstance(found, SmsSender)
    return found


def test_the_gateway_takes_a_reference_once(gateway: Gateway, now, tmp_path: Path) -> None:
    batch = [outgoing(now) for _ in range(20)]
    for _ in range(2):
        assert {result.outcome for result in sms_sender().send(batch)} == {Outcome.SENT}
    assert len(inbox.sms(path=tmp_path / "sms.jsonl")) == 20
    assert (tmp_path / "sms.jsonl").read_text().count('"accepted"') == 20
    assert sms_sender().status(batch[0].reference) is State.DELIVERED
    assert sms_sender().status(uuid4()) is None


@pytest.mark.parametrize(
    ("fail", "outcome"),
    [("reject", Outcome.REFUSED), ("unavailable", Outcome.NOT_NOW), ("silent", Outcome.UNKNOWN)],
)
def test_what_the_gateway_does_is_understood(gateway: Gateway, now, fail, outcome) -> None:
    gateway.behaviour = Behaviour(delay=0, fail=fail)
    batch = [outgoing(now), outgoing(now)]
    assert [result.outcome for result in sms_sender().send(batch)] == [outcome] * 2


def test_the_same_reference_with_another_text_is_asked_about(gateway: Gateway, now) -> None:
    message = outgoing(now)
    sms_sender().send([message])
    (result,) = sms_sender().send([outgoing(now, reference=message.reference, body="другое")])
    assert (result.outcome, result.code) == (Outcome.UNKNOWN, "gateway_409")


def test_a_wrong_token_does_not_use_the_message_up(gateway: Gateway, settings, now) -> None:
    settings.SMS_GATEWAY_TOKEN = "wrong"
    (result,) = sms_sender().send([outgoing(now)])
    assert (result.outcome, result.code) == (Outcome.NOT_NOW, "gateway_401")
    with pytest.raises(CannotTell):
        sms_sender().status(uuid4())


def test_no_gateway_means_not_now(now) -> None:
    sender = SmsSender(url="http://127.0.0.1:1/sms", token="t", sender="OMS")
    (result,) = sender.send([outgoing(now)])
    assert (result.outcome, result.code) == (Outcome.NOT_NOW, "gateway_unreachable")


def test_an_answer_lost_on_the_way_ends_as_one_sms(
    words: None, gateway: Gateway, clock: Clock, tmp_path: Path
) -> None:
    """The gateway took the SMS and the connection broke: asked about, found delivered, not repeated."""
    gateway.behaviour = Behaviour(delay=0, fail="silent")
    message = send_later(clock.now)
    dispatch.run(clock=clock)
    message.refresh_from_db()
    assert message.state == State.UNKNOWN
    gateway.behaviour = Behaviour(delay=0)
    clock.go(seconds=31)
    sweep.run(now=clock.now)
    dispatch.run(clock=clock)
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    assert (tmp_path / "sms.jsonl").read_text().count('"accepted"') == 1


LETTER = Letter(
    language="ru",
    sender="СК «Образец»",
    date="2 июня 2026",
    number="12345678",
    name="Мария Петровна",
    address="236000, г. Калининград, ул. Примерная, д. 1, кв. 2",
    subject="Приглашаем вас на диспансеризацию",
    paragraphs=["Здравствуйте!", "Это *не* разметка: #panic() $x$ [скобки] \\"],
)


def test_a_letter_is_a_tagged_document_with_title_and_language() -> None:
    pdf = render_letter(LETTER)
    for mark in (
        b"%PDF-1.",
        b"/MarkInfo<</Marked true",
        b"/Lang(ru)",
        b"/StructTreeRoot",
        b"/DisplayDocTitle true",
    ):
        assert mark in pdf
    assert b"/Title<FEFF" + LETTER.subject.encode("utf-16-be").hex().upper().encode() in pdf


def test_a_letter_in_english_says_so() -> None:
    assert b"/Lang(en)" in render_letter(Letter(**{**LETTER.__dict__, "language": "en"}))


def test_letters_lie_in_the_private_store_and_the_inbox_shows_them(tmp_path: Path, now) -> None:
    storage = FileSystemStorage(location=tmp_path, base_url=None)
    sender, letter = PostSender(storage=storage), outgoing(now, to="Калининград, Примерная, 1")
    for _ in range(2):  # a repeat writes over itself
        assert [result.outcome for result in sender.send([letter])] == [Outcome.SENT]
    (shown,) = inbox.letters(folder=tmp_path / "letters")
    assert (shown.subject, shown.to) == (letter.subject, "Мария Петровна, Калининград, Примерная, 1")
    assert shown.created_at == now
    assert len(list((tmp_path / "letters").iterdir())) == 2
    assert sender.status(letter.reference) is State.SENT
    assert sender.status(uuid4()) is None


def test_a_letter_without_its_sidecar_is_not_ready(tmp_path: Path, now) -> None:
    storage = FileSystemStorage(location=tmp_path)
    sender, letter = PostSender(storage=storage), outgoing(now, to="Калининград")
    sender.send([letter])
    (tmp_path / "letters" / f"{letter.reference}.json").unlink()
    assert sender.status(letter.reference) is None


def test_all_channels_together(
    words: None, post_office: Post, gateway: Gateway, clock: Clock, tmp_path: Path, settings
) -> None:
    settings.STORAGES = {
        **django_settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    person = person_who_agreed("sms", "email", "post", address="Калининград, Примерная, 1")
    for channel in ("sms", "email", "post"):
        send_later(
            clock.now,
            event="exam_invitation",
            channel=channel,
            person=person,
            expires_at=clock.now + timedelta(days=30),
        )
    dispatch.run(clock=clock)
    assert list(Message.objects.values_list("state", flat=True)) == ["sent"] * 3
    (mail,) = mails(tmp_path)
    assert mail["To"] == person.email
    assert "/unsubscribe/" in mail["List-Unsubscribe"]
    assert "Мария Петровна" in mail.get_body(("plain",)).get_content()
    (sms,) = inbox.sms(path=tmp_path / "sms.jsonl")
    assert sms.to == person.phone
    (letter,) = inbox.letters(folder=tmp_path / "letters")
    assert letter.to == "Ёлкина Мария Петровна, Калининград, Примерная, 1"
