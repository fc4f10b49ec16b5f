"""Sending with a provider that takes everything at once, against bare claims and against Celery tasks of nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from redis import Redis

from notifications import dispatch
from notifications.channels.base import Outcome, Outgoing, Result
from omsportal.bench.frame import Benchmark, Budget, Probe
from omsportal.bench.messages import fill_outbox
from omsportal.bench.noop import app, noop
from omsportal.bench.world import World

MESSAGES, BATCH, TASKS = 10_000, 500, 2_000
PATIENCE = 120.0


class NullSender:
    """A provider that takes whatever it is given."""

    chunk = BATCH
    idempotent = True

    def send(self, batch: Sequence[Outgoing]) -> list[Result]:
        return [Result(Outcome.SENT)] * len(batch)


def benchmarks(world: World) -> Iterator[Benchmark]:
    world.small()

    def pending() -> None:
        fill_outbox(MESSAGES, state="pending")

    def ours() -> int:
        return dispatch.run(clock=timezone.now, senders={"email": NullSender()}).total()  # type: ignore[dict-item]

    sending = Probe("dispatched", ours, pending)
    yield Benchmark(
        f"Dispatch, null provider, {MESSAGES:,} messages, against claims",
        sending,
        Probe(f"bare SKIP LOCKED claims of {BATCH}", _claims, pending),
        Budget.at_least(0.25),
    )
    with _worker() as worker:
        yield Benchmark(
            "Dispatch, null provider, against Celery tasks of nothing",
            sending,
            Probe("Celery no-op tasks, 2 processes", lambda: _drained(worker), lambda: _queued(worker)),
            Budget.at_least(10),
        )


def _claims() -> int:
    taken = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE notifications_message AS m SET state = 'claimed', lease_until = now() + interval '5 minutes'"
                " FROM (SELECT id FROM notifications_message WHERE state = 'pending' AND due_at <= now()"
                " ORDER BY priority, due_at, id LIMIT %s FOR UPDATE SKIP LOCKED) AS due WHERE m.id = due.id",
                [BATCH],
            )
            if cursor.rowcount == 0:
                return taken
            taken += cursor.rowcount


@contextmanager
def _worker() -> Iterator["subprocess.Popen[bytes]"]:
    broker = str(settings.CELERY_BROKER_URL)
    app.conf.update(broker_url=broker)
    command = [sys.executable, "-m", "celery", "--app=omsportal.bench.noop", "worker", "--concurrency=2"]
    quiet = ["--loglevel=ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = subprocess.Popen(
        [*command, *quiet],
        env={**os.environ, "BENCH_BROKER": broker},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # stopped and continued as a group
    )
    try:
        noop.delay()
        _wait_until_empty()
        yield process
    finally:
        os.killpg(process.pid, signal.SIGCONT)
        process.terminate()
        process.wait()


def _queued(worker: "subprocess.Popen[bytes]") -> None:
    """The tasks wait in the broker while the worker holds still: only running them is measured."""
    os.killpg(worker.pid, signal.SIGSTOP)
    with app.producer_or_acquire() as producer:
        for _ in range(TASKS):
            noop.apply_async(producer=producer)


def _drained(worker: "subprocess.Popen[bytes]") -> int:
    os.killpg(worker.pid, signal.SIGCONT)
    _wait_until_empty()
    return TASKS


def _wait_until_empty() -> None:
    until = time.monotonic() + PATIENCE
    with Redis.from_url(os.environ["REDIS_URL"]) as broker:
        while broker.llen("celery") or broker.hlen("unacked"):
            if time.monotonic() > until:
                raise RuntimeError("the worker of the benchmark does not work")
            time.sleep(0.01)
