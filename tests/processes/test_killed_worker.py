"""A real Celery worker, killed with -9 between filing and routing: the appeal must still be routed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from celery import Celery
from django.db import connection

from appeals.load import load_reference
from appeals.models import Appeal
from omsportal.demo.redis import EmbeddedRedis
from registry.load import load_workdays
from tests.appeals.factories import filed, question
from tests.cast import make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60


def wait(what: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)


@pytest.fixture
def broker() -> Iterator[EmbeddedRedis]:
    """A broker of this test alone: a worker must not find other tests' hints."""
    redis = EmbeddedRedis(f"kill-{os.environ.get('PYTEST_XDIST_WORKER', 'one')}", durable=False)
    redis.start()
    yield redis
    redis.stop()


def database_of_the_test() -> str:
    settings = connection.settings_dict
    options = "&".join(f"{name}={quote(str(value), safe='/')}" for name, value in settings["OPTIONS"].items())
    host = f"{settings['HOST']}:{settings['PORT']}" if settings["HOST"] else ""
    return f"postgres://{settings['USER']}:{settings['PASSWORD']}@{host}/{settings['NAME']}?{options}"


@pytest.fixture
def start_worker(broker: EmbeddedRedis, tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    environment = {**os.environ, "DATABASE_URL": database_of_the_test(), "REDIS_URL": broker.url}
    command = [sys.executable, "-m", "celery", "--app=omsportal", "worker", "--pool=solo", "--queues=appeals"]
    running: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        with (tmp_path / f"worker-{len(running)}.log").open("wb") as log:
            running.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def test_an_appeal_survives_the_worker(start_worker, broker, now) -> None:
    load_reference()
    load_workdays((2025, 2026, 2027))
    client = Celery(broker=broker.broker_url)
    killed = start_worker()
    wait(lambda: client.control.ping(timeout=0.5, limit=1))

    # The worker hangs with the hint in its hands, and dies without a word.
    killed.send_signal(signal.SIGSTOP)
    appeal = filed(question(make_cast()), now, routed=False)
    client.send_task("appeals.route", kwargs={"appeal_id": appeal.pk}, queue="appeals")
    killed.kill()
    killed.wait()
    assert Appeal.objects.get(pk=appeal.pk).routed_at is None

    start_worker()
    client.send_task("appeals.route_waiting", queue="appeals")  # as beat does every 15 seconds
    wait(lambda: Appeal.objects.filter(pk=appeal.pk, routed_at__isnull=False).exists())
    routed = Appeal.objects.get(pk=appeal.pk)
    assert (routed.level, routed.state) == (1, "registered")
    assert routed.routing_reasons
    assert routed.events.filter(action="route").count() == 1
