"""A local SMS gateway with the manners of a real one.

Every request carries `Authorization: Bearer <SMS_GATEWAY_TOKEN>`.

- `POST /sms` with JSON `{"reference", "to": "+7…", "text", "sender"}`: 202 `{"id", "reference", "status":
  "accepted"}`. The same reference with the same content again: 200 with the earlier id and present status,
  nothing is sent twice. The same reference with other content: 409. A malformed message: 422.
- `GET /sms/<reference>`: 200 `{"id", "reference", "status"}`, or 404 with status `unknown`: never accepted.
- Receipts `{"id", "reference", "status": "delivered" | "undelivered", "at"}` go to `SMS_RECEIPT_URL`.
- `POST /control` with any of `delay` (seconds before a receipt), `duplicates` (extra copies of each receipt),
  `fail`: `""`, `reject` (422), `unavailable` (503, nothing kept), `silent` (accepted, but the connection
  breaks before the answer: the sender cannot know), `undelivered` (accepted, then a receipt of failure).
  The first values come from `SMS_SINK_DELAY`, `SMS_SINK_DUPLICATES`, `SMS_SINK_FAIL`.
"""

import hmac
import json
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from omsportal.demo.sms_receipts import ReceiptSender

_FIELDS = ("reference", "to", "text", "sender")
_FAILURES = ("", "reject", "unavailable", "silent", "undelivered")
_LARGEST_BODY = 64 * 1024

Answer = tuple[HTTPStatus, dict[str, Any]]


@dataclass(frozen=True)
class Behaviour:
    """How the gateway treats messages from now on."""

    delay: float = 1.0
    duplicates: int = 0
    fail: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Behaviour":
        names = {"delay": "SMS_SINK_DELAY", "duplicates": "SMS_SINK_DUPLICATES", "fail": "SMS_SINK_FAIL"}
        given = {key: environment[name] for key, name in names.items() if environment.get(name)}
        return cls().changed(given)

    def changed(self, wishes: Mapping[str, Any]) -> "Behaviour":
        """Raises ValueError for an unknown switch or value."""
        if unknown := set(wishes) - {"delay", "duplicates", "fail"}:
            raise ValueError(f"unknown switch: {', '.join(sorted(unknown))}")
        behaviour = replace(
            self,
            delay=float(wishes.get("delay", self.delay)),
            duplicates=int(wishes.get("duplicates", self.duplicates)),
            fail=str(wishes.get("fail", self.fail)),
        )
        if behaviour.fail not in _FAILURES:
            raise ValueError(f"fail is one of {', '.join(repr(name) for name in _FAILURES)}")
        if not (0 <= behaviour.delay <= 86_400 and 0 <= behaviour.duplicates <= 10):
            raise ValueError("delay is 0 to 86400 seconds, duplicates 0 to 10")
        return behaviour


@dataclass(frozen=True)
class Message:
    """One SMS as the gateway keeps it; each change appends a whole line to the file."""

    id: str
    reference: str
    to: str
    text: str
    sender: str
    status: str
    at: str

    def short(self) -> dict[str, str]:
        return {"id": self.id, "reference": self.reference, "status": self.status}


class Gateway:
    """Messages by reference, in memory and in a file of JSON lines that a restart reads back."""

    def __init__(self, path: Path, *, token: str, receipts: ReceiptSender, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._path = path
        self._token = token
        self._receipts = receipts
        self._lock = threading.Lock()
        self._messages = {message.reference: message for message in _read(path)}
        if path.exists() and path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            with path.open("ab") as file:  # a line cut by a kill must not swallow the next one
                file.write(b"\n")

    def allows(self, authorization: str) -> bool:
        return hmac.compare_digest(authorization.encode(), f"Bearer {self._token}".encode())

    def accept(self, given: Any) -> Answer | None:
        """The answer to `POST /sms`; None stands for a broken connection."""
        behaviour = self.behaviour
        if problem := _problem(given):
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"error": problem}
        if behaviour.fail == "unavailable":
            return HTTPStatus.SERVICE_UNAVAILABLE, {"error": "temporarily unavailable"}
        with self._lock:
            earlier = self._messages.get(given["reference"])
            if earlier is not None:
                if any(getattr(earlier, field) != given[field] for field in _FIELDS):
                    return HTTPStatus.CONFLICT, {"error": "reference already used for another message"}
                return HTTPStatus.OK, earlier.short()
            if behaviour.fail == "reject":
                return HTTPStatus.UNPROCESSABLE_ENTITY, {"error": "the number does not take messages"}
            content = {field: given[field] for field in _FIELDS}
            message = Message(id=uuid.uuid4().hex, status="accepted", at=_now(), **content)
            self._keep(message)
            outcome = "undelivered" if behaviour.fail == "undelivered" else "delivered"
            self._keep(replace(message, status=outcome, at=_now()))
        receipt = {**message.short(), "status": outcome, "at": _now()}
        for _ in range(1 + behaviour.duplicates):
            self._receipts.send(receipt, delay=behaviour.delay)
        return None if behaviour.fail == "silent" else (HTTPStatus.ACCEPTED, message.short())

    def status(self, reference: str) -> Answer:
        with self._lock:
            message = self._messages.get(reference)
        if message is None:
            return HTTPStatus.NOT_FOUND, {"reference": reference, "status": "unknown"}
        return HTTPStatus.OK, message.short()

    def control(self, given: Any) -> Answer:
        try:
            self.behaviour = self.behaviour.changed(given)
        except (ValueError, TypeError) as error:
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(error)}
        return HTTPStatus.OK, asdict(self.behaviour)

    def _keep(self, message: Message) -> None:
        with self._path.open("ab") as file:
            file.write(json.dumps(asdict(message), ensure_ascii=False).encode() + b"\n")
        self._messages[message.reference] = message


def _problem(given: Any) -> str:
    if not isinstance(given, dict) or not all(isinstance(given.get(field), str) for field in _FIELDS):
        return f"strings needed: {', '.join(_FIELDS)}"
    if not given["reference"] or len(given["reference"]) > 200:
        return "reference: 1 to 200 characters"
    if not re.fullmatch(r"\+7\d{10}", given["to"]):
        return "to: +7 and ten digits"
    if not given["text"] or len(given["text"]) > 1000:
        return "text: 1 to 1000 characters"
    return ""


def _read(path: Path) -> list[Message]:
    messages = []
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                messages.append(Message(**json.loads(line)))
            except (ValueError, TypeError):
                continue  # cut by a kill
    return messages


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def serve(gateway: Gateway, *, port: int) -> ThreadingHTTPServer:
    """Serve on 127.0.0.1 from a thread of its own; `shutdown` and `server_close` end it."""

    class Handler(_Handler):
        pass

    Handler.gateway = gateway
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    gateway: Gateway
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        if self._allowed():
            if self.path.startswith("/sms/"):
                self._answer(*self.gateway.status(unquote(self.path.removeprefix("/sms/"))))
            else:
                self._answer(HTTPStatus.NOT_FOUND, {"error": "no such address"})

    def do_POST(self) -> None:
        doors = {"/sms": self.gateway.accept, "/control": self.gateway.control}
        given = self._body()
        if given is None or not self._allowed():
            return
        door = doors.get(self.path)
        answer = door(given[0]) if door else (HTTPStatus.NOT_FOUND, {"error": "no such address"})
        if answer is None:
            self.close_connection = True
        else:
            self._answer(*answer)

    def log_message(self, format: str, *args: Any) -> None:
        """One line for each SMS would only fill the log."""

    def _allowed(self) -> bool:
        if self.gateway.allows(self.headers.get("Authorization", "")):
            return True
        self._answer(HTTPStatus.UNAUTHORIZED, {"error": "wrong token"})
        return False

    def _body(self) -> tuple[Any] | None:
        """The JSON given, or None when an error was answered; read even if refused, or the next fails."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "a body of up to 64 KiB is needed"})
            return None
        raw = self.rfile.read(int(length))
        try:
            return (json.loads(raw),)
        except ValueError:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": "not JSON"})
            return None

    def _answer(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
