"""The drill's provider: the local gateway, whose receipts come in heaps, doubled, and in the wrong order."""

import random
import threading
import time
import urllib.request
from collections import Counter
from contextlib import suppress
from http.client import HTTPException
from http.server import ThreadingHTTPServer
from json import dumps
from pathlib import Path
from typing import Any

from omsportal.demo.sms_gateway import Answer, Behaviour, Gateway, serve
from omsportal.demo.sms_receipts import ReceiptSender, signature

_HEAP = 500


class Heaps(ReceiptSender):
    """Keeps receipts back and posts them by the heap: shuffled, each twice, earlier states after later ones."""

    def __init__(self, *, callback: str, secret: str, seed: int) -> None:
        super().__init__(callback="", secret="")
        self.posted = 0
        # While it is set nothing is reported, and what is in doubt stays in doubt.
        self.held = threading.Event()
        self._to, self._sign_with = callback, secret
        self._random = random.Random(seed)  # noqa: S311 - a drill has to be repeatable
        self._heap: list[dict[str, str]] = []
        self._guard = threading.Lock()

    def send(self, receipt: dict[str, str], *, delay: float) -> None:
        with self._guard:
            self._heap.append(receipt)

    def post_some(self) -> int:
        """Posts one heap; what the portal did not take stays for the next time. Returns how many were taken."""
        with self._guard:
            heap, self._heap = self._heap[:_HEAP], self._heap[_HEAP:]
        if not heap:
            return 0
        # The gateway says "accepted" once more after "delivered": a late copy from another of its machines.
        doubled = [*heap, *heap, *({**receipt, "status": "accepted"} for receipt in heap[::5])]
        self._random.shuffle(doubled)
        try:
            for start in range(0, len(doubled), _HEAP):
                self._post_list(doubled[start : start + _HEAP])
        except (OSError, HTTPException):
            with self._guard:
                self._heap += heap
            return 0
        self.posted += len(doubled)
        return len(heap)

    def _post_list(self, receipts: list[dict[str, str]]) -> None:
        body = dumps(receipts).encode()
        headers = {"Content-Type": "application/json", "X-Signature": signature(self._sign_with, body)}
        request = urllib.request.Request(self._to, data=body, headers=headers)  # noqa: S310 - our own address
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as response:
            response.read()


class Counting(Gateway):
    """The gateway, counting what it was asked for. It keeps one message for a reference, as real ones do."""

    def __init__(self, path: Path, *, token: str, receipts: Heaps, latency: float) -> None:
        super().__init__(path, token=token, receipts=receipts, behaviour=Behaviour(delay=0))
        self._latency = latency
        self.asked: Counter[str] = Counter()
        self.conflicts = 0

    def accept(self, given: Any) -> Answer | None:
        time.sleep(self._latency)
        before = len(self._messages)
        answer = super().accept(given)
        with self._lock:
            self.asked["repeats" if len(self._messages) == before else "first"] += 1
            if answer is not None and answer[0] == 409:
                self.conflicts += 1
        return answer

    def counted(self) -> Counter[str]:
        """How many messages each number got, told apart by reference."""
        with self._lock:
            return Counter(message.to for message in self._messages.values())


class Provider:
    """Gateway, receipts and the thread that posts them. `latency`: seconds that each message takes."""

    def __init__(
        self, folder: Path, *, callback: str, secret: str, token: str, seed: int, latency: float
    ) -> None:
        self.receipts = Heaps(callback=callback, secret=secret, seed=seed)
        self.gateway = Counting(
            folder / "gateway.jsonl", token=token, receipts=self.receipts, latency=latency
        )
        self._server: ThreadingHTTPServer = serve(self.gateway, port=0)
        # A worker killed in the middle of a request is no news here.
        self._server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
        self._ended = threading.Event()
        self._poster = threading.Thread(target=self._post, daemon=True)
        self._poster.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/sms"

    def behave(self, fail: str) -> None:
        """One of the gateway's ways to fail; empty for none. While it is silent, its receipts are late too."""
        (self.receipts.held.set if fail == "silent" else self.receipts.held.clear)()
        self.gateway.control({"fail": fail})

    def _post(self) -> None:
        while not self._ended.wait(0.05):
            while not (self._ended.is_set() or self.receipts.held.is_set()) and self.receipts.post_some():
                pass

    def close(self) -> None:
        self._ended.set()
        self._poster.join(timeout=30)
        self._server.shutdown()
        self._server.server_close()
        with suppress(RuntimeError):
            self.receipts.close()
