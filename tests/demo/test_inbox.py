"""The reader of the sinks: hostile and half-written items never break the page."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omsportal.demo import inbox

HOSTILE = {
    "empty": b"",
    "no headers": b"\x00\xff\xfe",
    "broken encoded word": b"Subject: =?utf-8?b?0J/RgNC40LLQ?=\r\n\r\nx",
    "unknown charset": b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff",
    "broken base64": b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
    "raw bytes in a header": b"Subject: \xcf\xf0\xe8\r\nFrom: \xff@x\r\n\r\nbody",
    "multipart without end": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
    "multipart without boundary": b"Content-Type: multipart/alternative\r\n\r\ntext",
    "header injection": b"Subject: a\r\n b\r\nX-Envelope-To: <script>\r\n\r\n",
    "bad address": b"From: <<<>>>\r\nTo: ,,,;;;:\r\n\r\n",
    "bad message type": b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_is_listed_and_can_be_shown(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "1.eml").write_bytes(content)
    (found,) = inbox.mails(folder=tmp_path)
    for text in (found.subject, found.sender, found.recipients, found.text, found.html):
        text.encode("utf-8")  # what cannot be encoded cannot be shown
        assert "\x00" not in text
    assert "\n" not in found.subject + found.sender + found.recipients


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=400))
def test_no_bytes_break_the_reader(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "1.eml").write_bytes(content)
    (tmp_path / "sms.jsonl").write_bytes(content)
    assert len(inbox.mails(folder=tmp_path)) == 1
    inbox.sms(path=tmp_path / "sms.jsonl")


def test_mails_come_newest_first_and_no_more_than_asked(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"2026060{number}.eml").write_text(f"Subject: {number}\n\n")
    (tmp_path / ".20260609.eml").write_text("Subject: still being written\n\n")
    (tmp_path / "20260608.eml").symlink_to(tmp_path / "20260600.eml")
    assert [mail.subject for mail in inbox.mails(last=3, folder=tmp_path)] == ["4", "3", "2"]


def test_sms_show_their_latest_state_once(tmp_path: Path) -> None:
    def line(reference: str, status: str) -> str:
        return json.dumps({"reference": reference, "status": status, "at": "2026-06-01T10:00:00+00:00"})

    path = tmp_path / "sms.jsonl"
    path.write_text(
        "\n".join([line("a", "accepted"), line("b", "accepted"), line("a", "delivered"), '{"cut'])
    )
    assert [(message.reference, message.status) for message in inbox.sms(path=path)] == [
        ("a", "delivered"),
        ("b", "accepted"),
    ]
    assert len(inbox.sms(path=path, last=1)) == 1


def test_letters_need_their_sidecar(tmp_path: Path) -> None:
    for number, name in enumerate(("old", "new", "being-written", "broken")):
        (tmp_path / f"{name}.pdf").write_bytes(b"%PDF")
        os.utime(tmp_path / f"{name}.pdf", (number, number))
    for name in ("old", "new"):
        (tmp_path / f"{name}.json").write_text(
            json.dumps({"to": "И. Петров", "subject": name, "created": "2026-06-01T10:00:00+03:00"})
        )
    (tmp_path / "broken.json").write_text("[" * 100_000)
    assert [letter.subject for letter in inbox.letters(folder=tmp_path)] == ["new", "old"]


@pytest.mark.parametrize(
    "name", ["../secret.pdf", "/etc/passwd", "link.pdf", ".hidden.pdf", "", "absent.pdf"]
)
def test_a_letters_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (tmp_path / "secret.pdf").write_bytes(b"%PDF")
    (folder / ".hidden.pdf").write_bytes(b"%PDF")
    (folder / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    (folder / "own.pdf").write_bytes(b"%PDF")
    assert inbox.letter_file(name, folder=folder) is None
    assert inbox.letter_file("own.pdf", folder=folder) == folder / "own.pdf"


def test_nothing_received_is_an_empty_list(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    assert (inbox.mails(folder=absent), inbox.sms(path=absent), inbox.letters(folder=absent)) == ([], [], [])
