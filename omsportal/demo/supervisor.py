"""Keeps the demo's processes running and ends them all.

Not honcho: it ends everything as soon as one process ends, and the demo must survive the kill of its worker.
"""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from omsportal.demo import leftovers
from omsportal.demo.environment import write_whole
from omsportal.demo.places import DemoError, Places

_ENOUGH_RESTARTS = 5  # within a minute: then it will not get better by itself
_MINUTE = 60.0


@dataclass
class Child:
    """One process that has to run; its output goes to `log`."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)
    keep: Sequence[socket.socket] = ()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts children in process groups of their own, restarts those that end, stops them all."""

    def __init__(self, places: Places, environment: dict[str, str]) -> None:
        self._places = places
        self._environment = {**os.environ, **environment}
        self._children: list[Child] = []
        self._record = places.in_var("run") / "children.json"

    def start(self, name: str, command: list[str], *, keep: Sequence[socket.socket] = ()) -> None:
        """`keep` are sockets that the child inherits under the same numbers."""
        child = Child(name, command, self._places.in_var("log") / f"{name}.log", keep=keep)
        self._children.append(child)
        self._launch(child)

    def check(self) -> list[str]:
        """Start again what has ended; returns the names. `DemoError` when something ends again and again."""
        ended = [child for child in self._children if not child.alive()]
        for child in ended:
            now = time.monotonic()
            child.starts = [moment for moment in child.starts if now - moment < _MINUTE]
            if len(child.starts) >= _ENOUGH_RESTARTS:
                raise DemoError(f"{child.name} keeps ending: {last_words(child.log)} See {child.log}")
            _kill_group(child)  # a killed parent leaves its pool behind
            self._launch(child)
        return [child.name for child in ended]

    def stop(self, *, patience: float = 10.0) -> None:
        """Ask all, wait together, then insist; in the end no process of any group is left."""
        for child in self._children:
            if child.process is not None and child.alive():
                with suppress(ProcessLookupError):
                    child.process.terminate()
        give_up = time.monotonic() + patience
        for child in self._children:
            if child.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, give_up - time.monotonic()))
                _kill_group(child)
                child.process.wait()
        self._record.unlink(missing_ok=True)

    def _launch(self, child: Child) -> None:
        if child.log.exists() and child.log.stat().st_size > 5_000_000:
            child.log.replace(child.log.with_suffix(".log.1"))
        with child.log.open("ab") as log:
            child.process = subprocess.Popen(
                child.command,
                cwd=self._places.root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[each.fileno() for each in child.keep],
                start_new_session=True,  # Ctrl-C reaches the runner alone, which stops the others in order
            )
        child.starts.append(time.monotonic())
        self._write_record()

    def _write_record(self) -> None:
        running = [child.process.pid for child in self._children if child.process is not None]
        rows = []
        for pid in running:
            with suppress(psutil.Error):
                rows.append({"pid": pid, "started": psutil.Process(pid).create_time()})
        write_whole(self._record, json.dumps(rows))


def _kill_group(child: Child) -> None:
    if child.process is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)


def end_leftovers(places: Places) -> int:
    """End what a killed runner left; returns how many. Believed only: processes of a recorded group that work
    in this checkout and began no earlier than the group's recorded leader."""
    record = places.var / "run" / "children.json"
    try:
        rows: list[dict[str, Any]] = json.loads(record.read_text())
        groups = {int(row["pid"]): float(row["started"]) for row in rows}
    except (OSError, ValueError, TypeError, KeyError):
        return 0
    found = []
    for process in leftovers.of_groups(groups, cwd=places.root):
        with suppress(psutil.Error, OSError):
            if process.create_time() >= groups[os.getpgid(process.pid)] - 1:
                found.append(process)
    leftovers.end(found)
    record.unlink(missing_ok=True)
    return len(found)


def last_words(log: Path) -> str:
    """The last line of a log that says something: of a traceback, the error itself."""
    try:
        lines = log.read_bytes()[-8192:].decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")
