"""Delivery receipts of the local SMS gateway: posted back, signed, repeated until taken."""

import hashlib
import heapq
import hmac
import itertools
import json
import sys
import threading
import time
import urllib.request
from http.client import HTTPException

_ATTEMPTS = 5
_WORKERS = 2


def signature(secret: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 of the exact body: the value of `X-Signature`."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class ReceiptSender:
    """Posts receipts at their due time from a few threads; without a callback address it does nothing."""

    def __init__(self, *, callback: str, secret: str) -> None:
        self._callback = callback
        self._secret = secret
        self._due: list[tuple[float, int, int, bytes]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(_WORKERS)]
        for thread in self._threads:
            thread.start()

    def send(self, receipt: dict[str, str], *, delay: float) -> None:
        """Post `receipt` after `delay` seconds; a refusal is repeated with growing pauses."""
        if self._callback:
            body = json.dumps(receipt, ensure_ascii=False).encode()
            self._push(time.monotonic() + delay, attempt=1, body=body)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=6)

    def _push(self, due: float, *, attempt: int, body: bytes) -> None:
        with self._changed:
            heapq.heappush(self._due, (due, next(self._order), attempt, body))
            self._changed.notify()

    def _next(self) -> tuple[int, bytes] | None:
        with self._changed:
            while not self._closed:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    _, _, attempt, body = heapq.heappop(self._due)
                    return attempt, body
                self._changed.wait(wait)
        return None

    def _work(self) -> None:
        while (job := self._next()) is not None:
            attempt, body = job
            try:
                self._post(body)
            except (OSError, HTTPException) as error:
                print(f"Receipt not taken (attempt {attempt}): {error}", file=sys.stderr, flush=True)
                if attempt < _ATTEMPTS:
                    self._push(time.monotonic() + 0.5 * 2**attempt, attempt=attempt + 1, body=body)

    def _post(self, body: bytes) -> None:
        request = urllib.request.Request(  # noqa: S310 - the address comes from our own environment
            self._callback,
            data=body,
            headers={"Content-Type": "application/json", "X-Signature": signature(self._secret, body)},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy
        with opener.open(request, timeout=5) as response:
            response.read()
