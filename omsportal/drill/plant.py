"""The processes of the drill, each to be killed and started again at will."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from omsportal.demo.places import PLACES, DemoError
from omsportal.demo.postgres import EmbeddedPostgres
from omsportal.demo.redis import EmbeddedRedis
from omsportal.drill.provider import Provider

# Short enough for a drill; a worker of the portal holds its messages for five minutes.
LEASE_SECONDS = 6
_START_SECONDS = 60.0
_SECRET = "drill-receipts"  # noqa: S105 - of no use outside the drill


def wait(what: Callable[[], object], seconds: float = _START_SECONDS) -> bool:
    """Whether it became true in time."""
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


class Plant:
    """Start with `build`, end with `tear_down`; nothing of it survives."""

    def __init__(self, folder: Path, *, name: str, workers: int, seed: int, latency: float) -> None:
        self.folder, self.workers = folder, workers
        self.database = EmbeddedPostgres(name, durable=True)
        self.redis = EmbeddedRedis(name, durable=False)
        self.port = free_port()
        callback = f"http://127.0.0.1:{self.port}/webhooks/sms-receipts/"
        self.provider = Provider(
            folder, callback=callback, secret=_SECRET, token="drill", seed=seed, latency=latency
        )
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment: dict[str, str] = {}

    def build(self) -> None:
        """Errors: DemoError where a part does not start."""
        self.environment = {
            **os.environ,
            "PORTAL_MODE": "test",
            "DATABASE_URL": self.database.start(),
            "REDIS_URL": self.redis.start(),
            "SMS_GATEWAY_URL": self.provider.url,
            "SMS_GATEWAY_TOKEN": "drill",
            "SMS_RECEIPT_SECRET": _SECRET,
            "OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
            "OUTBOX_REST_SECONDS": "1",
            "PORTAL_URL": f"http://127.0.0.1:{self.port}",
        }
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        for command in ("migrate", "load_reference"):
            self._manage(command)
        self.start("web")
        for number in range(self.workers):
            self.start(f"worker-{number}")
        for number in range(2):  # one beat too many, all the time
            self.start(f"beat-{number}")
        if not wait(self._answers):
            raise DemoError(f"The web server of the drill does not answer; see {self.folder}/web.log")

    def start(self, name: str) -> None:
        celery = [sys.executable, "-m", "celery"]
        commands = {
            "web": [
                *(sys.executable, "-m", "gunicorn", "omsportal.wsgi", f"--bind=127.0.0.1:{self.port}"),
                *("--workers=1", "--worker-class=gthread", "--threads=2", "--no-control-socket"),
            ],
            "worker": [
                *celery,
                "--app=omsportal",
                "worker",
                "--pool=solo",
                "--queues=messages",
                "--without-mingle",
            ],
            "beat": [
                *(*celery, "--app=omsportal.drill.beat", "beat", "--pidfile="),
                f"--schedule={self.folder / name}.db",
            ],
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                commands[name.split("-")[0]],
                cwd=PLACES.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """As `kill -9`, and another one in its place."""
        self.processes[name].kill()
        self.processes[name].wait()
        self.start(name)

    def revive(self) -> list[str]:
        """Starts whatever ended by itself, as a supervisor does; returns the names."""
        ended = [name for name, process in self.processes.items() if process.poll() is not None]
        for name in ended:
            self.start(name)
        return ended

    def restart_database(self) -> None:
        """An immediate shutdown, as at a power cut, and recovery."""
        server = psutil.Process(int((self.database.data / "postmaster.pid").read_text().split("\n", 1)[0]))
        server.send_signal(3)  # SIGQUIT
        server.wait(timeout=30)
        self.database.start()

    def restart_redis(self) -> None:
        """Everything in it is lost, then it is gone, then it is back and empty."""
        self.redis.stop()
        time.sleep(0.5)
        self.redis.start()

    def query(self, statement: str, *given: Any) -> list[tuple[Any, ...]]:
        """Asks the database directly; an empty list while it is down."""
        url = f"host={self.database.sockets} port=5432 user=postgres dbname=omsportal connect_timeout=5"
        try:
            with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
                cursor.execute(statement, given)
                rows = cursor.fetchall() if cursor.description else []
                connection.commit()
                return rows
        except psycopg2.OperationalError:
            return []

    def tear_down(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()
        self.provider.close()
        self.redis.destroy()
        self.database.destroy()

    def _manage(self, command: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", command],
            cwd=PLACES.root,
            env=self.environment,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise DemoError(f"manage.py {command} failed: {done.stderr.decode(errors='replace')[-500:]}")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
