"""The post office of the demo as its senders see it: a process that speaks SMTP and HTTP."""

import hashlib
import hmac
import json
import os
import re
import smtplib
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from omsportal.demo import inbox

pytestmark = pytest.mark.processes

SECRET = "receipt-secret"


class Receipts:
    """What the portal would receive: bodies with their signatures."""

    def __init__(self) -> None:
        self.queue: Queue[tuple[bytes, str]] = Queue()
        self.refuse = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                refused, outer.refuse = outer.refuse > 0, outer.refuse - 1
                if not refused:
                    outer.queue.put((body, self.headers["X-Signature"]))
                self.send_response(503 if refused else 204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Sinks:
    def __init__(self, folder: Path, callback: str) -> None:
        self.folder = folder
        environment = {
            **os.environ,
            "SMS_GATEWAY_TOKEN": "token",
            "SMS_RECEIPT_SECRET": SECRET,
            "SMS_RECEIPT_URL": callback,
            "SMS_SINK_DELAY": "0",
        }
        command = [sys.executable, "-m", "omsportal.demo.sinks", "--smtp-port=0", "--sms-port=0"]
        self.process = subprocess.Popen(
            [*command, f"--folder={folder}"], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        found = re.findall(r"127\.0\.0\.1:(\d+)", self.process.stdout.readline())
        self.smtp_port, self.sms_port = (int(port) for port in found)

    def ask(self, path: str, content: object = None, *, token: str = "token") -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.sms_port}{path}",
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": f"Bearer {token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def stop(self) -> int:
        self.process.terminate()
        self.process.communicate(timeout=10)
        return self.process.returncode


@pytest.fixture
def receipts() -> Iterator[Receipts]:
    receipts = Receipts()
    yield receipts
    receipts.server.shutdown()
    receipts.server.server_close()


@pytest.fixture
def sinks(tmp_path: Path, receipts: Receipts) -> Iterator[Sinks]:
    sinks = Sinks(tmp_path, f"http://127.0.0.1:{receipts.server.server_address[1]}/")
    yield sinks
    assert sinks.stop() == 0


def sms(reference: str = "r-1", **changes: str) -> dict[str, str]:
    return {"reference": reference, "to": "+79001234567", "text": "Вас ждут", "sender": "OMS", **changes}


def test_a_mail_sent_over_smtp_arrives_whole(sinks: Sinks) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@portal.invalid", "b@example.org", "Ответ на обращение"
    mail.set_content("Здравствуйте!\n.\nС точкой в строке\n")
    mail.add_alternative("<p>Здравствуйте!</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", sinks.smtp_port) as client:
        client.send_message(mail, to_addrs=["b@example.org", "hidden@example.org"])
    (found,) = inbox.mails(folder=sinks.folder / "mail")
    assert (found.subject, found.sender) == ("Ответ на обращение", "a@portal.invalid")
    assert found.recipients == "b@example.org, hidden@example.org"
    assert found.text.split() == ["Здравствуйте!", ".", "С", "точкой", "в", "строке"]
    assert "<p>" in found.html


def test_the_same_reference_is_one_message(sinks: Sinks, receipts: Receipts) -> None:
    status, first = sinks.ask("/sms", sms())
    assert (status, first["status"]) == (202, "accepted")
    status, again = sinks.ask("/sms", sms())
    assert (status, again["id"]) == (200, first["id"])
    assert sinks.ask("/sms", sms(text="другой текст"))[0] == 409
    assert [message.text for message in inbox.sms(path=sinks.folder / "sms.jsonl")] == ["Вас ждут"]
    receipts.queue.get(timeout=5)
    with pytest.raises(Empty):
        receipts.queue.get(timeout=0.3)


def test_a_reference_is_known_after_a_restart(sinks: Sinks, tmp_path: Path) -> None:
    first = sinks.ask("/sms", sms())[1]
    with (sinks.folder / "sms.jsonl").open("ab") as file:
        file.write(b'{"id": "cut by a ki')
    heir = Sinks(tmp_path, "")
    try:
        assert heir.ask("/sms", sms())[1]["id"] == first["id"]
        assert heir.ask("/sms", sms("r-2"))[0] == 202
    finally:
        heir.stop()
    assert {message.reference for message in inbox.sms(path=sinks.folder / "sms.jsonl")} == {"r-1", "r-2"}


def test_status_is_told_and_unknown_is_404(sinks: Sinks) -> None:
    sinks.ask("/sms", sms("a/b 1"))
    status, found = sinks.ask("/sms/a%2Fb%201")
    assert (status, found["status"]) == (200, "delivered")
    assert sinks.ask("/sms/never") == (404, {"reference": "never", "status": "unknown"})


def test_receipts_are_signed_and_repeated_until_taken(sinks: Sinks, receipts: Receipts) -> None:
    receipts.refuse = 1
    accepted = sinks.ask("/sms", sms())[1]
    body, signature = receipts.queue.get(timeout=5)
    assert signature == hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert json.loads(body).items() >= {**accepted, "status": "delivered"}.items()


def test_switches_make_it_fail_as_real_gateways_do(sinks: Sinks, receipts: Receipts) -> None:
    assert sinks.ask("/control", {"fail": "undelivered", "duplicates": 1})[0] == 200
    sinks.ask("/sms", sms("bad"))
    assert [json.loads(receipts.queue.get(timeout=5)[0])["status"] for _ in range(2)] == ["undelivered"] * 2
    sinks.ask("/control", {"fail": "unavailable"})
    assert sinks.ask("/sms", sms("later"))[0] == 503
    assert sinks.ask("/sms/later")[0] == 404
    sinks.ask("/control", {"fail": "silent"})
    with pytest.raises(OSError):
        sinks.ask("/sms", sms("silent"))
    assert sinks.ask("/sms/silent")[0] == 200
    assert sinks.ask("/control", {"fail": "explode"})[0] == 422


@pytest.mark.parametrize(
    "wrong", [{"to": "89001234567"}, {"text": ""}, {"reference": ""}, {"text": "x" * 1001}], ids=str
)
def test_a_malformed_message_is_refused(sinks: Sinks, wrong: dict[str, str]) -> None:
    assert sinks.ask("/sms", sms(**wrong))[0] == 422


def test_without_the_token_nothing_is_taken(sinks: Sinks) -> None:
    assert sinks.ask("/sms", sms(), token="guess")[0] == 401
    assert sinks.ask("/control", {"fail": "reject"}, token="guess")[0] == 401
    assert sinks.ask("/sms/r-1")[0] == 404
