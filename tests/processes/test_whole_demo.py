"""The demo as a person runs it: cold, twice, killed, stopped and forgotten, with all its real processes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from omsportal.demo.ports import ephemeral

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
FOLDERS = ("omsportal", "registry", "notifications", "representatives", "appeals", "dispensary")
OTHERS = ("templates", "static", "locale", "manage.py", "requirements.txt", "package-lock.json")


class Demo:
    """One checkout of its own, with the commands that `make` would run there."""

    def __init__(self, root: Path, port: int) -> None:
        self.root, self.port = root, port
        unwanted = ("PORTAL_MODE", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
        kept = {name: value for name, value in os.environ.items() if name not in unwanted}
        self.environment = {**kept, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        self.output = root / "output.txt"
        self.running: list[subprocess.Popen[bytes]] = []

    def run(self, action: str) -> "subprocess.Popen[bytes]":
        self.output.write_bytes(b"")
        with self.output.open("wb") as out:
            command = [sys.executable, "-m", "omsportal.demo", action]
            started = subprocess.Popen(
                command, cwd=self.root, env=self.environment, stdout=out, stderr=out, start_new_session=True
            )
        self.running.append(started)
        return started

    def says(self, words: str) -> bool:
        return words in self.output.read_text(encoding="utf-8", errors="replace")

    def ready(self) -> bool:
        assert self.running[-1].poll() is None, self.output.read_text()
        return self.says("The portal is ready")

    def status(self, host: str, path: str) -> int:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://{host}:{self.port}{path}", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def processes(self) -> list[psutil.Process]:
        """Everything that works in this checkout, the database and the broker included."""
        found = []
        for process in psutil.process_iter():
            try:
                words = process.cmdline()
                if process.cwd() == str(self.root) or any(str(self.root) in word for word in words):
                    found.append(process)
            except psutil.Error:
                continue
        return [process for process in found if process.pid != os.getpid()]


def wait(what: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    root = tmp_path / "checkout"
    root.mkdir()
    for name in FOLDERS:
        shutil.copytree(ROOT / name, root / name)
    for name in OTHERS:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, root / name)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    demo = Demo(root, ephemeral(1)[0])
    yield demo
    for process in demo.running:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
    demo.run("reset").wait(60)
    for leftover in demo.processes():
        leftover.kill()


def test_a_demo_starts_survives_its_killers_and_leaves_nothing_behind(demo: Demo) -> None:
    first = demo.run("up")
    wait(demo.ready)
    assert [demo.status(host, "/demo/") for host in ("127.0.0.1", "localhost")] == [200, 200]

    # Somebody types the command again.
    second = subprocess.run(
        first.args, cwd=demo.root, env=demo.environment, capture_output=True, text=True, check=True
    )
    assert f"The demo already runs: http://127.0.0.1:{demo.port}/demo/" in second.stdout

    # The machine's owner kills the program: what it started stays behind, and the next start clears it away.
    first.kill()
    first.wait()
    assert demo.processes()
    again = demo.run("up")
    wait(demo.ready)
    assert demo.says("An earlier run was killed")
    assert not demo.says("Making sample data"), "the data of the first start was complete"

    # One part dies: it comes back by itself.
    web = next(one for one in demo.processes() if "omsportal.wsgi" in one.cmdline())
    psutil.Process(web.pid).parent().kill() if web.ppid() != again.pid else web.kill()
    wait(lambda: demo.says("web ended; started again."))
    wait(lambda: demo.status("127.0.0.1", "/demo/") == 200)

    again.send_signal(signal.SIGINT)
    assert again.wait(60) == 0
    assert demo.says("the data is kept")
    wait(lambda: not demo.processes())

    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", demo.port))
        taken.listen()
        assert demo.run("up").wait(60) == 1
    assert demo.output.read_text().strip() == f"Port {demo.port} is busy; choose another: PORT=8080 make demo"

    assert demo.run("reset").wait(60) == 0
    assert demo.says("Start afresh")
    assert not (demo.root / "var" / "prepared.json").exists()
