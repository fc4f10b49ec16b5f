"""SMS through an HTTP gateway that takes our reference as the key of idempotency.

`POST <url>` with JSON reference, to, text, sender; `GET <url>/<reference>` tells the status. The standard library's
client, because it tells apart what matters here: a connection that never came to be (nothing left) and one that broke
after the request (nobody knows). It follows no redirects and uses no proxy of the environment.
"""

import http.client
import json
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit
from uuid import UUID

from notifications.channels.base import CannotTell, Outcome, Outgoing, Result
from notifications.states import State

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
_PARALLEL = 8
_LARGEST_ANSWER = 64 * 1024

# What the gateway says of a message, in our words.
STATUSES = {"accepted": State.SENT, "delivered": State.DELIVERED, "undelivered": State.FAILED}


class NoConnection(Exception):
    """The gateway was not reached: nothing left."""


class Broken(Exception):
    """The request left, the answer did not come."""


class SmsSender:
    idempotent = True
    can_tell = True
    # Eight at a time and ten seconds at worst: far within a lease of five minutes.
    chunk = 100

    def __init__(self, *, url: str, token: str, sender: str) -> None:
        self._url = url
        self._token = token
        self._sender = sender

    def send(self, batch: Sequence[Outgoing]) -> list[Result]:
        if len(batch) == 1:
            with _Line(self._url, self._token) as line:
                return [self._send_one(line, batch[0])]
        with _Lines(self._url, self._token) as lines, ThreadPoolExecutor(_PARALLEL) as pool:
            return list(pool.map(lambda message: self._send_one(lines.mine(), message), batch))

    def status(self, reference: UUID) -> State | None:
        try:
            with _Line(self._url, self._token) as line:
                code, answer = line.ask("GET", f"/{quote(str(reference))}")
        except (NoConnection, Broken) as error:
            raise CannotTell(str(error)) from error
        if code == HTTPStatus.NOT_FOUND and answer.get("status") == "unknown":
            return None
        state = STATUSES.get(str(answer.get("status")))
        if code != HTTPStatus.OK or state is None:
            raise CannotTell(f"the gateway answered {code}")
        return state

    def _send_one(self, line: "_Line", message: Outgoing) -> Result:
        content = {
            "reference": str(message.reference),
            "to": message.to,
            "text": message.body,
            "sender": self._sender,
        }
        try:
            code, answer = line.ask("POST", "", content)
        except NoConnection as error:
            log.warning("The SMS gateway does not answer: %s", error)
            return Result(Outcome.NOT_NOW, "gateway_unreachable")
        except Broken as error:
            log.warning("The SMS gateway broke off: %s", error)
            return Result(Outcome.UNKNOWN, "gateway_broke_off")
        return _result(code, answer)


def _result(code: int, answer: dict[str, Any]) -> Result:
    if code in {HTTPStatus.OK, HTTPStatus.ACCEPTED, HTTPStatus.CREATED}:
        return Result(Outcome.SENT, provider_id=str(answer.get("id", "")))
    if code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
        return Result(Outcome.REFUSED, f"gateway_{code}")
    if code in {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }:
        # A wrong token or address is ours to mend; the message is not to blame.
        log.warning("The SMS gateway answered %s", code)
        return Result(Outcome.NOT_NOW, f"gateway_{code}")
    # 409 and other errors of the server: it may have been taken. The gateway is asked.
    return Result(Outcome.UNKNOWN, f"gateway_{code}")


class _Line:
    """One kept-alive connection."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        self._path = parts.path
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def ask(
        self, method: str, path: str, content: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """The status and the JSON object of the answer, empty where it is none. Errors: NoConnection, Broken."""
        if self._connection.sock is None:
            try:
                self._connection.connect()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                raise NoConnection(str(error)) from error
        body = None if content is None else json.dumps(content, ensure_ascii=False).encode()
        try:
            self._connection.request(method, self._path + path, body=body, headers=self._headers)
            response = self._connection.getresponse()
            raw = response.read(_LARGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Broken(repr(error)) from error
        if len(raw) > _LARGEST_ANSWER:
            self._connection.close()
            return response.status, {}
        try:
            answer = json.loads(raw)
        except ValueError:
            answer = None
        return response.status, answer if isinstance(answer, dict) else {}


class _Lines:
    """A line for each thread, closed together."""

    def __init__(self, url: str, token: str) -> None:
        self._given = (url, token)
        self._local = threading.local()
        self._all: list[_Line] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._all:
            line.__exit__(None, None, None)

    def mine(self) -> _Line:
        if not hasattr(self._local, "line"):
            self._local.line = _Line(*self._given)
            self._all.append(self._local.line)  # appending is atomic
        line: _Line = self._local.line
        return line
